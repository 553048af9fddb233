// What every line of op_cases.h is put through.
#include "tests/op_cases.h"

#include <set>
#include <string>

#include "engine/error.h"
#include "engine/gradcheck.h"
#include "kernels/parallel.h"
#include "tests/evaluate.h"
#include "tests/expect_tensor.h"
#include "tests/on_device.h"

namespace unroll::op_cases {

void PrintTo(const OpCase& c, std::ostream* out) { *out << c.name; }  // for GoogleTest

namespace {

const std::vector<OpCase>& table() {
  static const std::vector<OpCase> cases = all();
  return cases;
}

std::vector<int64_t> sizes_of(const OpCase& c) {
  return c.scales() ? std::vector<int64_t>{3, 1, 31, 33, 257} : std::vector<int64_t>{1};
}

class Ops : public ::testing::TestWithParam<OpCase> {};

void check_gradients(const OpCase& c, const std::vector<int64_t>& sizes) {
  for (int64_t n : sizes) {
    const Tensors inputs = cast_floats(c.make_inputs(n), DType::f64);
    Tensors leaves;
    for (size_t i = 0; i < inputs.size(); ++i)
      if (differentiable(c, i)) leaves.push_back(inputs[i]);
    const auto function = [&](const Tensors& x) {
      Tensors all = inputs;
      for (size_t i = 0, next = 0; i < all.size(); ++i)
        if (differentiable(c, i)) all[i] = x[next++];
      return c.function(all);
    };
    if (function(leaves)[0].dtype() == DType::i32) return;  // not differentiable
    const GradcheckResult result = gradcheck(function, leaves);
    EXPECT_TRUE(result.ok) << "N = " << n << " on " << name(default_device()) << ": "
                           << result.message;
  }
}

TEST_P(Ops, GradientsMatchFiniteDifferences) { check_gradients(GetParam(), sizes_of(GetParam())); }

TEST_P(Ops, GradientsMatchFiniteDifferencesOnGpus) {
  for (Device device : testing::gpu_devices()) {
    const testing::OnDevice on(device);
    check_gradients(GetParam(),
                    GetParam().scales() ? std::vector<int64_t>{3, 33} : std::vector<int64_t>{1});
  }
}

TEST_P(Ops, GpusAgreeWithCpu) {
  const OpCase& c = GetParam();
  for (DType dtype : {DType::f32, DType::f64})
    for (int64_t n : sizes_of(c)) {
      const Evaluated expected = evaluate(c, cast_floats(c.make_inputs(n), dtype));
      for (Device device : testing::gpu_devices()) {
        const testing::OnDevice on(device);
        const Evaluated actual = evaluate(c, cast_floats(c.make_inputs(n), dtype));
        const double tolerance = dtype == DType::f32 ? c.f32_tolerance : 1e-11;
        const double tiny = dtype == DType::f32 ? 1e-6 : 1e-12;
        const auto compare = [&](const char* what, const Tensors& got, const Tensors& wanted) {
          ASSERT_EQ(got.size(), wanted.size());
          for (size_t i = 0; i < got.size(); ++i)
            EXPECT_TRUE(testing::close(got[i], wanted[i], tolerance, tiny))
                << name(dtype) << " on " << name(device) << ", N = " << n << ", " << what << " "
                << i;
        };
        compare("output", actual.outputs, expected.outputs);
        compare("gradient", actual.gradients, expected.gradients);
      }
    }
}

TEST_P(Ops, GpusGiveTheSameBitsAgain) {
  const OpCase& c = GetParam();
  for (Device device : testing::gpu_devices()) {
    const testing::OnDevice on(device);
    const int64_t n = c.scales() ? 33 : 1;
    const Evaluated first = evaluate(c, c.make_inputs(n)), second = evaluate(c, c.make_inputs(n));
    for (size_t i = 0; i < first.outputs.size(); ++i)
      EXPECT_TRUE(testing::same_bits(second.outputs[i], first.outputs[i])) << "output " << i;
    for (size_t i = 0; i < first.gradients.size(); ++i)
      EXPECT_TRUE(testing::same_bits(second.gradients[i], first.gradients[i])) << "gradient " << i;
  }
}

TEST_P(Ops, F32AgreesWithF64) {
  const OpCase& c = GetParam();
  for (int64_t n : sizes_of(c)) {
    const Tensors inputs = c.make_inputs(n);
    const Evaluated f32 = evaluate(c, cast_floats(inputs, DType::f32));
    const Evaluated f64 = evaluate(c, cast_floats(inputs, DType::f64));
    ASSERT_EQ(f32.outputs.size(), f64.outputs.size());
    for (size_t i = 0; i < f32.outputs.size(); ++i)
      EXPECT_TRUE(testing::close(f32.outputs[i], f64.outputs[i], c.f32_tolerance, 1e-6))
          << "N = " << n << ", output " << i;
    for (size_t i = 0; i < f32.gradients.size(); ++i)
      EXPECT_TRUE(testing::close(f32.gradients[i], f64.gradients[i], c.f32_tolerance, 1e-6))
          << "N = " << n << ", gradient " << i;
  }
}

TEST_P(Ops, BitsDoNotDependOnThreads) {
  const OpCase& c = GetParam();
  const int before = kernels::num_threads();
  for (int64_t n : sizes_of(c)) {
    kernels::set_num_threads(1);
    const Evaluated one = evaluate(c, c.make_inputs(n));
    for (int threads : {2, 3}) {
      kernels::set_num_threads(threads);
      const Evaluated several = evaluate(c, c.make_inputs(n));
      for (size_t i = 0; i < one.outputs.size(); ++i)
        EXPECT_TRUE(testing::same_bits(several.outputs[i], one.outputs[i]))
            << "N = " << n << ", output " << i << ", " << threads << " threads";
      for (size_t i = 0; i < one.gradients.size(); ++i)
        EXPECT_TRUE(testing::same_bits(several.gradients[i], one.gradients[i]))
            << "N = " << n << ", gradient " << i << ", " << threads << " threads";
    }
  }
  kernels::set_num_threads(before);
}

TEST_P(Ops, NothingIsComputedOrRefused) {  // N = 0; the sanitizers watch
  const OpCase& c = GetParam();
  if (!c.scales()) return;
  std::vector<Device> devices = testing::gpu_devices();
  devices.push_back(Device::cpu);
  for (Device device : devices) {
    const testing::OnDevice on(device);
    try {
      const Evaluated result = evaluate(c, c.make_inputs(0));
      EXPECT_FALSE(result.outputs.empty());
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find('['), std::string::npos) << error.what();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Case, Ops, ::testing::ValuesIn(table()), [](const auto& test) {
  std::string name = test.param.name;
  for (char& character : name)
    if (character == '/') character = '_';
  return name;
});

// The names of all nodes behind `outputs`.
std::set<std::string> tape_of(const Tensors& outputs) {
  std::set<std::string> names;
  std::set<const Node*> seen;
  std::vector<const Node*> waiting;
  for (const Tensor& y : outputs)
    if (y.requires_grad()) waiting.push_back(y.impl().node.get());
  while (!waiting.empty()) {
    const Node* node = waiting.back();
    waiting.pop_back();
    if (node == nullptr || !seen.insert(node).second) continue;
    names.insert(node->name);
    for (const Node::Edge& edge : node->edges) waiting.push_back(edge.node.get());
  }
  return names;
}

// Ops that tests define for themselves are called "test.…".
bool is_of_a_test(const std::string& op) { return op.starts_with("test."); }

TEST(OpTable, EveryRegisteredOpHasALine) {
  std::set<std::string> names;
  for (const OpCase& c : table()) names.insert(c.op());
  for (const std::string& op : registered_ops())
    EXPECT_TRUE(names.count(op) || is_of_a_test(op)) << "no line in op_cases.h for " << op;
}

TEST(OpTable, EveryLineReachesItsOp) {
  for (const OpCase& c : table()) {
    if (!registered_ops().count(c.op())) continue;  // composed of others
    Tensors inputs = c.make_inputs(3);
    for (size_t i = 0; i < inputs.size(); ++i)
      if (differentiable(c, i)) inputs[i].set_requires_grad();
    const Tensors outputs = c.function(inputs);
    if (outputs[0].dtype() == DType::i32) continue;
    EXPECT_TRUE(tape_of(outputs).count(c.op())) << c.name << " does not record " << c.op();
  }
}

TEST(OpTable, NamesAreUnique) {
  std::set<std::string> names;
  for (const OpCase& c : table()) EXPECT_TRUE(names.insert(c.name).second) << c.name;
}

}  // namespace
}  // namespace unroll::op_cases
