// Accuracy of the float functions of kernels/functions.h, through the kernels of this SIMD level.
#include "kernels/functions.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

#include "engine/autograd.h"
#include "engine/ops.h"

namespace unroll {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Floats of every exponent and both signs, denormals too: the two ends of each binade, its middle
// and evenly spaced mantissas; and small steps where the functions bend.
std::vector<float> arguments() {
  std::vector<float> result{0.0f, -0.0f, kInfinity, -kInfinity};
  for (int32_t exponent = 0; exponent < 255; ++exponent)
    for (int32_t i = 0; i <= 1024; ++i) {
      const int32_t mantissa = i < 1024 ? i * 8191 : 0x7FFFFF;
      const float x = kernels::float_of_bits(exponent << 23 | mantissa);
      result.insert(result.end(), {x, -x});
    }
  for (float x = -110.0f; x < 110.0f; x += 1.0f / 1024) result.push_back(x);
  for (float x = -1.0f; x < 1.0f; x += 1.0f / 65536) result.push_back(x);
  return result;
}

// The distance between neighbouring floats at `value`.
double unit_in_last_place(double value) {
  const double magnitude =
      std::max(std::abs(value), static_cast<double>(std::numeric_limits<float>::min()));
  return std::ldexp(1.0, std::ilogb(magnitude) - 23);
}

struct Function {
  const char* name;
  Tensor (*op)(const Tensor&);
  double (*exact)(double);
  double absolute;  // an error up to this is fine
};

void PrintTo(const Function& function, std::ostream* out) { *out << function.name; }

double exact_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double exact_softplus(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

const Function kFunctions[] = {{"exp", exp, std::exp, 0},
                               {"tanh", tanh, std::tanh, 1e-7},
                               {"sigmoid", sigmoid, exact_sigmoid, 1e-7},
                               {"softplus", softplus, exact_softplus, 0}};

class Functions : public ::testing::TestWithParam<Function> {};

TEST_P(Functions, AreWithinTwoUnitsOfTheLastPlace) {
  const std::vector<float> x = arguments();
  const std::vector<float> y =
      GetParam().op(from_vector(x, {static_cast<int64_t>(x.size())})).to_vector<float>();
  double worst = 0, worst_at = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double exact = GetParam().exact(static_cast<double>(x[i]));
    if (std::abs(exact) > static_cast<double>(std::numeric_limits<float>::max())) {
      ASSERT_EQ(y[i], exact > 0 ? kInfinity : -kInfinity) << "at " << x[i];
      continue;
    }
    const double error = std::abs(static_cast<double>(y[i]) - exact);
    ASSERT_FALSE(std::isnan(error)) << "at " << x[i];
    if (error <= GetParam().absolute) continue;
    const double units = error / unit_in_last_place(exact);
    if (units > worst) {
      worst = units;
      worst_at = static_cast<double>(x[i]);
    }
  }
  EXPECT_LE(worst, 2.0) << "at " << worst_at;
  RecordProperty("worst_ulp", std::to_string(worst));
}

TEST_P(Functions, KeepNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (float y :
       GetParam().op(from_vector<float>(std::vector<float>(37, nan), {37})).to_vector<float>())
    EXPECT_TRUE(std::isnan(y));
}

TEST_P(Functions, TailsEqualTheRest) {  // a vector loop and its tail compute the same
  std::vector<float> x;
  for (int i = 0; i < 67; ++i) x.push_back(static_cast<float>(i) * 0.37f - 11.0f);
  const std::vector<float> whole = GetParam().op(from_vector(x, {67})).to_vector<float>();
  for (int64_t n : {1, 7, 15, 31, 66}) {
    const std::vector<float> part =
        GetParam()
            .op(from_vector(std::vector<float>(x.begin(), x.begin() + n), {n}))
            .to_vector<float>();
    EXPECT_EQ(part, std::vector<float>(whole.begin(), whole.begin() + n)) << GetParam().name;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Functions, ::testing::ValuesIn(kFunctions),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(FunctionLimits, AreExact) {
  const auto at = [](Tensor (*op)(const Tensor&), float x) {
    return static_cast<float>(op(from_vector<float>({x}, {1})).item());
  };
  EXPECT_EQ(at(exp, -kInfinity), 0.0f);
  EXPECT_EQ(at(exp, kInfinity), kInfinity);
  EXPECT_EQ(at(exp, 0.0f), 1.0f);
  EXPECT_EQ(at(tanh, kInfinity), 1.0f);
  EXPECT_EQ(at(tanh, -kInfinity), -1.0f);
  EXPECT_EQ(at(tanh, 0.0f), 0.0f);
  EXPECT_EQ(at(sigmoid, kInfinity), 1.0f);
  EXPECT_EQ(at(sigmoid, -kInfinity), 0.0f);
  EXPECT_EQ(at(sigmoid, 0.0f), 0.5f);
  EXPECT_EQ(at(softplus, kInfinity), kInfinity);
  EXPECT_EQ(at(softplus, -kInfinity), 0.0f);
}

TEST(FunctionLimits, TanhStaysWithinOne) {  // or 1 − tanh² would be negative
  const std::vector<float> x = arguments();
  for (float y : tanh(from_vector(x, {static_cast<int64_t>(x.size())})).to_vector<float>())
    ASSERT_LE(std::abs(y), 1.0f);
}

}  // namespace
}  // namespace unroll
