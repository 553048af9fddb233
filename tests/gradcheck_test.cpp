// That gradcheck finds what is wrong with an op, and says what.
#include "engine/gradcheck.h"

#include <gtest/gtest.h>

#include "engine/autograd.h"
#include "engine/ops.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"

namespace unroll {
namespace {

enum class Fault {
  kNone,
  kLastElement,  // one element's gradient is 1 % too large
  kNan,
  kMissing,       // the second input gets nothing
  kForgetsNeeds,  // the second input gets nothing when it alone needs a gradient
  kOverwrites,    // writes into a saved tensor
};

struct Product {  // a∘b
  static constexpr const char* name = "test.product";
  Fault fault;

  Tensor forward(Context& context, const Tensor& a, const Tensor& b) const {
    context.save(fault == Fault::kOverwrites ? copy_to(a, a.device()) : a, b);
    return mul(a, b);
  }
  void backward(Backward& pass) const {
    Tensor da = mul(pass.d_output(), pass.saved(1)), db = mul(pass.d_output(), pass.saved(0));
    if (fault == Fault::kLastElement) da.mutable_data<double>()[da.numel() - 1] *= 1.01;
    if (fault == Fault::kNan) da.mutable_data<double>()[0] = std::nan("");
    if (fault == Fault::kOverwrites) {
      const double* saved = pass.saved(0).data<double>();
      const_cast<double*>(saved)[0] += 1.0;
    }
    pass.add(0, da);
    const bool adds = fault == Fault::kForgetsNeeds ? pass.needs(0) : fault != Fault::kMissing;
    if (adds) pass.add(1, db);
  }
};

GradcheckResult check(Fault fault, const Shape& shape) {
  Random random(1, "gradcheck_test");
  return gradcheck([=](const Tensors& x) { return Tensors{apply(Product{fault}, x[0], x[1])}; },
                   {uniform(shape, 0.5, 1.5, random), uniform(shape, 0.5, 1.5, random)});
}

void expect_found(Fault fault, const Shape& shape, std::initializer_list<const char*> parts) {
  const GradcheckResult result = check(fault, shape);
  EXPECT_FALSE(result.ok);
  for (const char* part : parts)
    EXPECT_NE(result.message.find(part), std::string::npos) << result.message;
}

TEST(Gradcheck, PassesWhatIsRight) {
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{2, 3}, Shape{64}, Shape{5, 7, 11}}) {
    const GradcheckResult result = check(Fault::kNone, shape);
    EXPECT_TRUE(result.ok) << shape << ": " << result.message;
    EXPECT_EQ(result.message, "");
  }
}

TEST(Gradcheck, NamesTheWrongElement) {
  expect_found(
      Fault::kLastElement, {2, 3},
      {"input 0 of shape (2, 3), element (1, 2), output 0", "numeric", "analytic", "1 of 12"});
}

TEST(Gradcheck, FindsTheLastElementOfALargeInput) {
  expect_found(Fault::kLastElement, {40, 50}, {"input 0", "element (39, 49)"});
}

TEST(Gradcheck, FindsNan) { expect_found(Fault::kNan, {2}, {"element (0)", "analytic nan"}); }

TEST(Gradcheck, FindsAMissingGradient) {
  expect_found(Fault::kMissing, {2}, {"input 1", "analytic 0"});
}

TEST(Gradcheck, FindsAWrongUseOfNeeds) {
  expect_found(Fault::kForgetsNeeds, {2}, {"input 1", "alone", "needs(i)"});
}

TEST(Gradcheck, FindsABackwardThatOverwrites) {
  expect_found(Fault::kOverwrites, {2}, {"kept graph"});
}

TEST(Gradcheck, ChecksEachOutputAndAllTogether) {
  const auto function = [](const Tensors& x) {
    return Tensors{square(x[0]), apply(Product{Fault::kLastElement}, x[0], x[1])};
  };
  const GradcheckResult result =
      gradcheck(function, {ones({3}, DType::f64), ones({3}, DType::f64)});
  EXPECT_FALSE(result.ok);
  EXPECT_NE(result.message.find("2 of 18 comparisons"), std::string::npos) << result.message;
}

TEST(Gradcheck, PassesIndicesThroughAndLeavesInputsAlone) {
  const Tensor x = tensor({1, 2, 3}), index = tensor({2, 0}, DType::i32);
  const auto function = [](const Tensors& in) {
    return Tensors{gather(in[0], 0, in[1]), argmax(in[0], 0)};
  };
  EXPECT_TRUE(gradcheck(function, {x, index}));
  EXPECT_FALSE(x.requires_grad());
  EXPECT_TRUE(testing::same_bits(x, tensor({1, 2, 3})));
}

TEST(Gradcheck, RefusesWhatChangesFromCallToCall) {
  Random random(3, "noise");
  const auto function = [&](const Tensors& x) { return Tensors{dropout(x[0], 0.5, random)}; };
  const GradcheckResult result = gradcheck(function, {ones({50})});
  EXPECT_NE(result.message.find("when called again"), std::string::npos) << result.message;
}

TEST(Gradcheck, RefusesWhatCannotBeChecked) {
  const auto detached = [](const Tensors& x) { return Tensors{square(x[0]).detach()}; };
  EXPECT_NE(gradcheck(detached, {ones({2})}).message.find("no output depends"), std::string::npos);
  testing::expect_error([&] { gradcheck(detached, {ones({2}, DType::i32)}); },
                        Error::Cause::kMachine, "no input of dtype f32 or f64");
}

}  // namespace
}  // namespace unroll
