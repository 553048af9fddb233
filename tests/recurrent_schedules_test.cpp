// The CPU has several ways to run a sequence, by shape, threads and what is kept
// (kernels/recurrent/ cpu_*): all give the same bits for any number of threads, and what f64 says.
#include <gtest/gtest.h>

#include "engine/autograd.h"
#include "engine/ops.h"
#include "kernels/parallel.h"
#include "tests/expect_tensor.h"

namespace unroll {
namespace {

struct Case {
  const char* way;
  int64_t seq_len, batch, input_size, hidden_size;
};

void PrintTo(const Case& shape, std::ostream* out) { *out << shape.way; }

const Case kCases[] = {
    {"one_step_of_one_row", 1, 1, 40, 70},
    {"weights_in_place", 2, 3, 33, 70},
    {"one_row", 40, 1, 20, 129},
    {"one_row_in_place", 5, 1, 12, 520},
    {"narrower_than_a_vector", 9, 2, 3, 5},
    {"by_rows", 20, 26, 31, 48},
    {"large_weights_by_rows", 4, 50, 24, 200},
    {"by_panels", 7, 20, 24, 290},  // and more gate rows than a tile takes at once
    {"several_chunks", 31, 16, 20, 130},
    {"no_steps", 0, 4, 6, 16},
    {"no_rows", 4, 0, 6, 16}};

struct Layer {
  const char* name;
  int64_t gates;
  SequenceResult (*run)(const Tensor& x, const RecurrentWeights&, const SequenceOptions&);
};

const Layer kLayers[] = {
    {"rnn", 1,
     [](const Tensor& x, const RecurrentWeights& w, const SequenceOptions& options) {
       return rnn(x, {}, w, Nonlinearity::kTanh, options);
     }},
    {"lstm", 4,
     [](const Tensor& x, const RecurrentWeights& w, const SequenceOptions& options) {
       return lstm(x, {}, {}, w, options);
     }},
    {"gru", 3, [](const Tensor& x, const RecurrentWeights& w, const SequenceOptions& options) {
       return gru(x, {}, w, options);
     }}};

class Schedules : public ::testing::TestWithParam<Case> {
 protected:
  ~Schedules() override { kernels::set_num_threads(before_); }

 private:
  int before_ = kernels::num_threads();
};

// The outputs of a layer and the gradients of its inputs.
Tensors run(const Layer& layer, const Tensors& leaves, const SequenceOptions& options) {
  const SequenceResult result =
      layer.run(leaves[0], {leaves[1], leaves[2], leaves[3], leaves[4]}, options);
  Random random(3, "output gradient");
  const Tensor d_output =
      cast(uniform(result.output.shape(), -1, 1, random), result.output.dtype());
  Tensors all{result.output, result.h_n};
  for (const Tensor& gradient : grad({result.output}, leaves, {d_output})) all.push_back(gradient);
  return all;
}

TEST_P(Schedules, AgreeWithEachOtherAndWithF64) {
  const auto& [way, T, B, I, H] = GetParam();
  for (const Layer& layer : kLayers)
    for (bool reverse : {false, true}) {
      SCOPED_TRACE(concat_message(layer.name, ", reverse ", reverse));
      Random random(7, way);
      Tensors leaves, precise;
      for (const Shape& shape :
           {Shape{T, B, I}, Shape{layer.gates * H, I}, Shape{layer.gates * H, H},
            Shape{layer.gates * H}, Shape{layer.gates * H}}) {
        leaves.push_back(uniform(shape, -0.2, 0.2, random).set_requires_grad());
        precise.push_back(cast(leaves.back(), DType::f64).set_requires_grad());
      }
      const SequenceOptions options{.reverse = reverse};
      kernels::set_num_threads(1);
      const Tensors expected = run(layer, leaves, options), exact = run(layer, precise, options);
      for (size_t i = 0; i < expected.size(); ++i)
        EXPECT_TRUE(testing::close(cast(expected[i], DType::f64), exact[i], 1e-3, 1e-4)) << i;
      for (int threads : {2, 3}) {
        kernels::set_num_threads(threads);
        const Tensors actual = run(layer, leaves, options);
        for (size_t i = 0; i < expected.size(); ++i)
          EXPECT_TRUE(testing::same_bits(actual[i], expected[i])) << i << ", threads " << threads;
        const NoGrad keeps_no_gates;
        const RecurrentWeights weights{leaves[1], leaves[2], leaves[3], leaves[4]};
        EXPECT_TRUE(testing::same_bits(layer.run(leaves[0], weights, options).output, expected[0]));
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Of, Schedules, ::testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.way); });

}  // namespace
}  // namespace unroll
