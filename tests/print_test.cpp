#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <sstream>

#include "engine/tensor.h"

namespace unroll {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string printed(const Tensor& x) {
  std::ostringstream out;
  out << x;
  return out.str();
}

TEST(Print, AlignsColumns) {
  EXPECT_EQ(printed(tensor({1, -2.5, 0.125, 30}).view({2, 2})),
            "[[ 1.000, -2.500],\n"
            " [ 0.125, 30.000]]");
}

TEST(Print, NestsBrackets) {
  EXPECT_EQ(printed(arange(8).view({2, 2, 2})),
            "[[[0, 1],\n"
            "  [2, 3]],\n"
            "\n"
            " [[4, 5],\n"
            "  [6, 7]]]");
  EXPECT_EQ(printed(arange(2).view({1, 1, 2})), "[[[0, 1]]]");
}

TEST(Print, SharesOnePrecision) {
  EXPECT_EQ(printed(tensor({1, 2, 3})), "[1, 2, 3]");
  EXPECT_EQ(printed(tensor({1, 2.5, -3})), "[ 1.0,  2.5, -3.0]");
  EXPECT_EQ(printed(tensor({0.1, 1.0 / 3})), "[0.1000, 0.3333]");
  EXPECT_EQ(printed(tensor({0.01234567, 0.05})), "[0.01235, 0.05000]");
  EXPECT_EQ(printed(tensor({12345.678, 1})), "[12345.68,     1.00]");
}

TEST(Print, TellsZeroFromSmall) {
  EXPECT_EQ(printed(tensor({0, 1.5, 0.00001, -0.0})), "[  0, 1.5, 0.0,   0]");
}

TEST(Print, IsScientificOnlyWhenNeeded) {
  EXPECT_EQ(printed(tensor({0.002, 0.001})), "[0.002, 0.001]");
  EXPECT_EQ(printed(tensor({1.5e-5, -2e-7})), "[ 1.5e-05, -2.0e-07]");
  EXPECT_EQ(printed(tensor({1234567.5, 1}, DType::f64)), "[1.2346e+06, 1.0000e+00]  <f64>");
  EXPECT_EQ(printed(tensor({1234567, 1})), "[1234567,       1]");
  EXPECT_EQ(printed(tensor({1e20, 0})), "[1e+20,     0]");
}

TEST(Print, ShowsWhatIsNotFinite) {
  EXPECT_EQ(printed(tensor({kNan, 0.5, -HUGE_VAL, HUGE_VAL})), "[ nan,  0.5, -inf,  inf]");
  EXPECT_EQ(printed(tensor({kNan, kNan})), "[nan, nan]");
}

TEST(Print, NotesWhatIsUnusual) {
  EXPECT_EQ(printed(scalar(2.5)), "2.5");
  EXPECT_EQ(printed(scalar(2.5, DType::f64)), "2.5  <f64>");
  EXPECT_EQ(printed(Tensor()), "<undefined>");
  EXPECT_EQ(printed(zeros({0, 3})), "[]  <(0, 3)>");
  EXPECT_EQ(printed(tensor({-1, 2147483647}, DType::i32)), "[        -1, 2147483647]  <i32>");
  EXPECT_EQ(printed(ones({1}, DType::f64).set_requires_grad()), "[1]  <f64, requires_grad>");
}

TEST(Print, AbbreviatesLongDimensions) {
  EXPECT_EQ(printed(arange(201)), "[  0,   1,   2, ..., 198, 199, 200]  <(201)>");
  EXPECT_EQ(printed(arange(8 * 30).view({8, 30})),
            "[[  0,   1,   2, ...,  27,  28,  29],\n"
            " [ 30,  31,  32, ...,  57,  58,  59],\n"
            " [ 60,  61,  62, ...,  87,  88,  89],\n"
            " [ 90,  91,  92, ..., 117, 118, 119],\n"
            " [120, 121, 122, ..., 147, 148, 149],\n"
            " [150, 151, 152, ..., 177, 178, 179],\n"
            " [180, 181, 182, ..., 207, 208, 209],\n"
            " [210, 211, 212, ..., 237, 238, 239]]  <(8, 30)>");
  EXPECT_EQ(printed(arange(1000).view({1000, 1})),
            "[[  0],\n [  1],\n [  2],\n ...,\n [997],\n [998],\n [999]]  <(1000, 1)>");
  // An element that is not shown has no say in the precision.
  Tensor x = ones({300});
  x.mutable_data<float>()[150] = 0.123f;
  EXPECT_EQ(printed(x), "[1, 1, 1, ..., 1, 1, 1]  <(300)>");
}

TEST(Print, BreaksLongRows) {
  std::istringstream lines(printed(full({200}, 0.25)));
  std::string line;
  size_t count = 0, longest = 0;
  for (; std::getline(lines, line); ++count) longest = std::max(longest, line.size());
  EXPECT_LE(longest, 100u);
  EXPECT_GT(longest, 90u);
  EXPECT_EQ(count, 13u);
}

TEST(Print, LeavesTheStreamAsItWas) {
  std::ostringstream out;
  out << tensor({1e-5}) << 0.5 << tensor({1}) << 1e-5;
  EXPECT_EQ(out.str(), "[1e-05]0.5[1]1e-05");
}

}  // namespace
}  // namespace unroll
