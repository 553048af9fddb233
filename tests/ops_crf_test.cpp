// The conditional random field against the enumeration of all paths, and its corner cases.
#include <cmath>
#include <limits>

#include "engine/autograd.h"
#include "engine/ops.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"

namespace unroll {
namespace {

using testing::close;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr int64_t kSteps = 4, kBatch = 5, kLabels = 3;

using Path = std::vector<int32_t>;

struct Problem {
  Tensor emissions, lengths;
  CrfWeights weights;

  double score(int64_t b, const Path& path) const {
    const auto e = emissions.to_vector<double>(), a = weights.transitions.to_vector<double>(),
               s = weights.start.to_vector<double>(), f = weights.end.to_vector<double>();
    double sum = path.empty() ? 0 : s[size_t(path[0])] + f[size_t(path.back())];
    for (size_t t = 0; t < path.size(); ++t) {
      sum += e[(t * kBatch + size_t(b)) * kLabels + size_t(path[t])];
      if (t > 0) sum += a[size_t(path[t - 1] * kLabels + path[t])];
    }
    return sum;
  }
  int64_t length(int64_t b) const { return lengths.to_vector<int32_t>()[size_t(b)]; }
};

Problem random_problem() {
  Random random(3, "crf");
  const auto f64 = [&](const Shape& shape) { return uniform(shape, -2, 2, random, DType::f64); };
  return {f64({kSteps, kBatch, kLabels}),
          from_vector(std::vector<int32_t>{4, 0, 1, 3, 2}, {kBatch}),
          {f64({kLabels, kLabels}), f64({kLabels}), f64({kLabels})}};
}

std::vector<Path> all_paths(int64_t length) {
  std::vector<Path> paths{{}};
  for (int64_t t = 0; t < length; ++t) {
    std::vector<Path> longer;
    for (const Path& path : paths)
      for (int32_t label = 0; label < kLabels; ++label) {
        longer.push_back(path);
        longer.back().push_back(label);
      }
    paths = longer;
  }
  return paths;
}

TEST(OpsCrf, LogPartitionAndViterbiAreThoseOfAllPaths) {
  const Problem problem = random_problem();
  const auto log_z =
      crf_log_partition(problem.emissions, problem.weights, problem.lengths).to_vector<double>();
  const CrfPath found = crf_viterbi(problem.emissions, problem.weights, problem.lengths);
  const auto labels = found.labels.to_vector<int32_t>();
  const auto score = found.score.to_vector<double>();
  for (int64_t b = 0; b < kBatch; ++b) {
    double z = 0, highest = -kInf;
    Path best;
    for (const Path& path : all_paths(problem.length(b))) {
      const double of_path = problem.score(b, path);
      z += std::exp(of_path);
      if (of_path > highest) {
        highest = of_path;
        best = path;
      }
    }
    EXPECT_NEAR(log_z[size_t(b)], std::log(z), 1e-12) << b;
    EXPECT_NEAR(score[size_t(b)], highest, 1e-12) << b;
    best.resize(kSteps, 0);  // behind the end
    for (int64_t t = 0; t < kSteps; ++t)
      EXPECT_EQ(labels[size_t(t * kBatch + b)], best[size_t(t)]) << b << ", step " << t;
  }
}

TEST(OpsCrf, ScoresAreThoseOfThePath) {
  const Problem problem = random_problem();
  // Behind the ends stands what is no label.
  const Path padded{0, -100, 2,    1, 0,    2, -100, -100, 1,    1,
                    1, -100, -100, 2, -100, 0, -100, -100, -100, -100};
  const auto scores = crf_score(problem.emissions, problem.weights,
                                from_vector(padded, {kSteps, kBatch}), problem.lengths)
                          .to_vector<double>();
  for (int64_t b = 0; b < kBatch; ++b) {
    Path path;
    for (int64_t t = 0; t < problem.length(b); ++t) path.push_back(padded[size_t(t * kBatch + b)]);
    EXPECT_NEAR(scores[size_t(b)], problem.score(b, path), 1e-12) << b;
  }
}

TEST(OpsCrf, GradientsAreProbabilities) {
  Problem problem = random_problem();
  for (Tensor* leaf : {&problem.emissions, &problem.weights.transitions, &problem.weights.start,
                       &problem.weights.end})
    leaf->set_requires_grad(true);
  sum(crf_log_partition(problem.emissions, problem.weights, problem.lengths)).backward();
  std::vector<double> emissions(kSteps * kBatch * kLabels), transitions(kLabels * kLabels),
      start(kLabels), end(kLabels);
  for (int64_t b = 0; b < kBatch; ++b) {
    double z = 0;
    for (const Path& path : all_paths(problem.length(b))) z += std::exp(problem.score(b, path));
    for (const Path& path : all_paths(problem.length(b))) {
      const double p = std::exp(problem.score(b, path)) / z;
      for (size_t t = 0; t < path.size(); ++t) {
        emissions[(t * kBatch + size_t(b)) * kLabels + size_t(path[t])] += p;
        if (t > 0) transitions[size_t(path[t - 1] * kLabels + path[t])] += p;
      }
      if (path.empty()) continue;
      start[size_t(path[0])] += p;
      end[size_t(path.back())] += p;
    }
  }
  const auto same = [](const Tensor& leaf, const std::vector<double>& expected) {
    return close(leaf.grad(), from_vector(expected, leaf.shape()), 1e-12);
  };
  EXPECT_TRUE(same(problem.emissions, emissions));
  EXPECT_TRUE(same(problem.weights.transitions, transitions));
  EXPECT_TRUE(same(problem.weights.start, start));
  EXPECT_TRUE(same(problem.weights.end, end));
}

// Two labels, label 1 never behind label 0, and it would be the better one everywhere but at first.
TEST(OpsCrf, MinusInfinityForbids) {
  Tensor emissions = from_vector(std::vector<double>{5, 0, 0, 3, 0, 3}, {3, 1, 2});
  Tensor transitions = from_vector(std::vector<double>{0, -kInf, 0, 0}, {2, 2});
  const Tensor nothing = zeros({2}, DType::f64);
  const CrfPath path = crf_viterbi(emissions, {transitions, nothing, nothing});
  EXPECT_EQ(path.labels.to_vector<int32_t>(), (Path{1, 1, 1}));
  EXPECT_EQ(path.score.item(), 6);
  emissions.set_requires_grad(true);
  transitions.set_requires_grad(true);
  const Tensor log_z = crf_log_partition(emissions, {transitions, nothing, nothing});
  // 111, 110, 100, 000
  EXPECT_NEAR(log_z.item(), std::log(std::exp(6) + std::exp(3) + 1 + std::exp(5)), 1e-12);
  log_z.backward();
  EXPECT_EQ(transitions.grad().to_vector<double>()[1], 0);
  for (const double gradient : emissions.grad().to_vector<double>())
    EXPECT_TRUE(gradient >= 0 && gradient <= 1) << gradient;
}

TEST(OpsCrf, LargeScoresDoNotOverflow) {
  const Tensor emissions =
      from_vector(std::vector<float>{1e4f, 0, -1e4f, 0, 1e4f, 1e4f}, {3, 1, 2});
  const CrfWeights weights{zeros({2, 2}), zeros({2}), zeros({2})};
  EXPECT_NEAR(crf_log_partition(emissions, weights).item(), 2e4 + std::log(2.0), 1e-2);
}

TEST(OpsCrf, TheFirstOfEqualsIsTaken) {
  const CrfWeights weights{zeros({3, 3}), zeros({3}), zeros({3})};
  EXPECT_EQ(crf_viterbi(zeros({2, 2, 3}), weights).labels.to_vector<int32_t>(), Path(4, 0));
}

TEST(OpsCrf, ErrorsNameTheArgument) {
  const Tensor emissions = zeros({2, 3, 4});
  const CrfWeights weights{zeros({4, 4}), zeros({4}), zeros({4})};
  const auto refuses = [](auto&& action, const std::string& part) {
    testing::expect_error(action, Error::Cause::kMachine, part);
  };
  refuses(
      [&] {
        crf_log_partition(zeros({2, 4}), weights);
      },
      "[crf_log_partition] emissions: expected 3 dimensions");
  refuses(
      [&] {
        crf_viterbi(zeros({2, 3, 0}), weights);
      },
      "[crf_viterbi] emissions: expected at least one label");
  refuses(
      [&] {
        crf_log_partition(emissions, {zeros({4, 3}), weights.start, weights.end});
      },
      "transitions: expected (4, 4) = (labels, labels), got (4, 3)");
  refuses(
      [&] {
        crf_log_partition(emissions, weights, from_vector(std::vector<int32_t>{1, 2, 3}, {3}));
      },
      "lengths: expected 0 to 2 = seq_len, got 3 in row 2");
  refuses(
      [&] {
        crf_score(emissions, weights, from_vector(Path{0, 0, 0, 0, 4, 0}, {2, 3}));
      },
      "[crf_score] path: expected labels from 0 to 3, got 4 at step 1 of row 1");
}

}  // namespace
}  // namespace unroll
