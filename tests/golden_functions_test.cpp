// Losses and layers against PyTorch's numbers, values and gradients.
#include <functional>
#include <gtest/gtest.h>

#include "engine/autograd.h"
#include "engine/ops.h"
#include "tests/expect_tensor.h"
#include "tests/golden_file.h"

namespace unroll {
namespace {

using testing::GoldenCase;

// A golden case with its inputs as leaves.
class Replay {
 public:
  explicit Replay(const GoldenCase& golden) : golden_(golden) {
    for (const auto& [name, input] : golden.inputs)
      inputs_[name] = golden.gradients.count(name) ? input.detach().set_requires_grad() : input;
  }

  const std::string& name() const { return golden_.name; }
  const Tensor& operator[](const std::string& input) const { return inputs_.at(input); }
  bool has(const std::string& input) const { return inputs_.count(input) > 0; }

  template <class T>
  T option(const char* name, T otherwise) const {
    return golden_.options.value(name, otherwise);
  }

  Reduction reduction() const {
    const auto name = golden_.options["reduction"].get<std::string>();
    return name == "mean" ? Reduction::kMean : name == "sum" ? Reduction::kSum : Reduction::kNone;
  }

  // Compares the only output, and the gradients that flow back from it.
  void expect(const Tensor& output) const {
    ASSERT_EQ(golden_.outputs.size(), 1u);
    const auto& [name, expected] = *golden_.outputs.begin();
    EXPECT_TRUE(testing::close(output, expected)) << golden_.name;
    backward({output}, {golden_.output_weights.at(name)});
    for (const auto& [input, gradient] : golden_.gradients)
      EXPECT_TRUE(testing::close(inputs_.at(input).grad(), gradient))
          << golden_.name << ", gradient of " << input;
  }

 private:
  const GoldenCase& golden_;
  std::map<std::string, Tensor> inputs_;
};

// PyTorch's weights of the positive class, one a column; ours is one number.
Tensor bce_by_column(const Replay& c) {
  const Tensor& logits = c["logits"];
  Tensors columns;
  for (int64_t i = 0; i < logits.size(1); ++i)
    columns.push_back(bce_with_logits(slice(logits, 1, i, i + 1), slice(c["targets"], 1, i, i + 1),
                                      c["pos_weight"].at({i}), Reduction::kNone));
  const Tensor all = concat(columns, 1);
  switch (c.reduction()) {
    case Reduction::kMean:
      return mean(all);
    case Reduction::kSum:
      return sum(all);
    case Reduction::kNone:
      break;
  }
  return all;
}

Tensor loss(const Replay& c) {
  if (c.name().starts_with("cross_entropy")) {
    CrossEntropyOptions options;
    options.ignore_index = c.option("ignore_index", options.ignore_index);
    options.label_smoothing = c.option("label_smoothing", options.label_smoothing);
    if (c.has("class_weights")) options.class_weights = c["class_weights"];
    options.reduction = c.reduction();
    return cross_entropy(c["logits"], c["targets"], options);
  }
  if (c.has("pos_weight")) return bce_by_column(c);
  if (c.name().starts_with("bce"))
    return bce_with_logits(c["logits"], c["targets"], 1.0, c.reduction());
  if (c.name().starts_with("mse")) return mse(c["predictions"], c["targets"], c.reduction());
  if (c.name().starts_with("huber"))
    return huber(c["predictions"], c["targets"], c.option("delta", 1.0), c.reduction());
  throw Error("no loss for the golden case " + c.name());
}

TEST(GoldenFunctions, Losses) {
  const auto cases = testing::golden_cases("losses.json");
  EXPECT_EQ(cases.size(), 33u);
  for (const GoldenCase& golden : cases) {
    const Replay c(golden);
    c.expect(loss(c));
  }
}

Tensor layer(const Replay& c) {
  const std::string& name = c.name();
  const int axis = c.option("axis", -1);
  if (name == "linear") return matmul(c["x"], c["weight"], {.b = true}) + c["bias"];
  if (name == "layer_norm") return layer_norm(c["x"], c["weight"], c["bias"], c.option("eps", 0.0));
  if (name == "embedding") return embedding(c["weight"], c["indices"]);
  if (name == "softplus") return softplus(c["x"]);
  if (name.starts_with("matmul"))
    return matmul(c["a"], c["b"],
                  {.a = c.option("transpose_a", false), .b = c.option("transpose_b", false)});
  if (name.starts_with("softmax")) return softmax(c["x"], axis);
  if (name.starts_with("log_softmax")) return log_softmax(c["x"], axis);
  if (name.starts_with("logsumexp")) return logsumexp(c["x"], axis);
  throw Error("no layer for the golden case " + name);
}

TEST(GoldenFunctions, Layers) {
  const auto cases = testing::golden_cases("layers.json");
  EXPECT_EQ(cases.size(), 21u);
  for (const GoldenCase& golden : cases) {
    const Replay c(golden);
    c.expect(layer(c));
  }
}

}  // namespace
}  // namespace unroll
