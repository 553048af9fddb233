// Attention against its definition in plain loops, and its gradients.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <vector>

#include "engine/autograd.h"
#include "engine/gradcheck.h"
#include "engine/ops.h"
#include "lessons/support/attention.h"
#include "lessons/support/attention_maps.h"
#include "lessons/support/attention_options.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_input_error;
using Vector = std::vector<double>;

constexpr int64_t kSteps = 3, kBatch = 2, kLongest = 4, kSize = 5;
const std::vector<int32_t> kLengths{4, 2};

const std::vector<std::string> kScores{"additive", "dot", "general", "scaled-dot"};

AttentionScore score_of(const std::string& name) {
  AttentionOptions options;
  options.attention = name;
  return *options.kinds()[0].score;
}

struct Model : nn::Module {
  explicit Model(const std::string& score)
      : Module(3, DType::f64), attention(*this, "attention", score_of(score), kSize) {}
  Attention attention;
};

Tensor some(const Shape& shape, const char* name) {
  Random random(7, name);
  return uniform(shape, -1.5, 1.5, random, DType::f64);
}

Tensor mask() { return attention_mask(from_vector(kLengths, {kBatch}), kLongest, DType::f64); }

Vector row(const Tensor& x, int64_t i, int64_t j) {
  const Vector all = x.to_vector<double>();
  const auto begin = all.begin() + (i * x.size(1) + j) * x.size(2);
  return {begin, begin + x.size(2)};
}

double dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

Vector multiply(const Tensor& matrix, const Vector& x) {
  const Vector w = matrix.to_vector<double>();
  Vector y;
  for (size_t i = 0; i < x.size(); ++i)
    y.push_back(
        std::inner_product(x.begin(), x.end(), w.begin() + static_cast<long>(i * x.size()), 0.0));
  return y;
}

Tensor parameter(const Model& model, const std::string& name) {
  for (const NamedTensor& parameter : model.parameters())
    if (parameter.name == "attention." + name + ".weight") return parameter.tensor;
  throw Error("no parameter " + name);
}

// The formulas of the header, word by word.
double plain_score(const Model& model, const std::string& score, const Vector& q, const Vector& v) {
  if (score == "dot") return dot(q, v);
  const Vector k = multiply(parameter(model, "w_k"), v);
  if (score == "general") return dot(q, k);
  const Vector wq = multiply(parameter(model, "w_q"), q);
  if (score == "scaled-dot") return dot(wq, k) / std::sqrt(static_cast<double>(q.size()));
  const Vector w = parameter(model, "w").to_vector<double>();
  double sum = 0;
  for (size_t i = 0; i < w.size(); ++i) sum += w[i] * std::tanh(wq[i] + k[i]);
  return sum;
}

TEST(Attention, IsItsDefinition) {
  const Tensor queries = some({kSteps, kBatch, kSize}, "queries");
  const Tensor values = some({kLongest, kBatch, kSize}, "values");
  for (const std::string& score : kScores) {
    const Model model(score);
    const auto [context, weights] =
        model.attention(queries, model.attention.keys(values), values, mask());
    ASSERT_EQ(context.shape(), (Shape{kSteps, kBatch, kSize}));
    ASSERT_EQ(weights.shape(), (Shape{kSteps, kBatch, kLongest}));
    for (int64_t t = 0; t < kSteps; ++t)
      for (int64_t b = 0; b < kBatch; ++b) {
        SCOPED_TRACE(score + ", step " + std::to_string(t) + ", sentence " + std::to_string(b));
        const auto length = kLengths[static_cast<size_t>(b)];
        Vector alpha;
        for (int64_t s = 0; s < length; ++s)
          alpha.push_back(
              std::exp(plain_score(model, score, row(queries, t, b), row(values, s, b))));
        const double all = std::accumulate(alpha.begin(), alpha.end(), 0.0);
        Vector c(kSize);
        for (int64_t s = 0; s < kLongest; ++s) {
          const double weight = s < length ? alpha[static_cast<size_t>(s)] / all : 0.0;
          EXPECT_NEAR(row(weights, t, b)[static_cast<size_t>(s)], weight, 1e-12);
          const Vector v = row(values, s, b);
          for (size_t i = 0; i < v.size(); ++i) c[i] += weight * v[i];
        }
        for (size_t i = 0; i < c.size(); ++i) EXPECT_NEAR(row(context, t, b)[i], c[i], 1e-12);
      }
  }
}

TEST(Attention, GradientsOfQueriesAndValues) {
  for (const std::string& score : kScores) {
    const Model model(score);
    const GradcheckResult result = gradcheck(
        [&](const Tensors& x) {
          const auto attended = model.attention(x[0], model.attention.keys(x[1]), x[1], mask());
          return Tensors{attended.context, attended.weights};
        },
        {some({kSteps, kBatch, kSize}, "queries"), some({kLongest, kBatch, kSize}, "values")});
    EXPECT_TRUE(result) << score << ": " << result.message;
  }
}

TEST(Attention, GradientsOfItsWeights) {
  const Tensor queries = some({kSteps, kBatch, kSize}, "queries");
  const Tensor values = some({kLongest, kBatch, kSize}, "values");
  const Tensor projection = some({kSteps, kBatch, kSize}, "projection");
  for (const std::string& score : kScores) {
    const Model model(score);
    if (model.parameters().empty()) continue;  // dot
    const auto loss = [&] {
      const Tensor keys = model.attention.keys(values);
      return sum(model.attention(queries, keys, values, mask()).context * projection);
    };
    loss().backward();
    for (const NamedTensor& parameter : model.parameters()) {
      Tensor weights = parameter.tensor;
      const Vector gradient = weights.grad().to_vector<double>();
      const NoGrad no_grad;
      for (size_t i = 0; i < gradient.size(); ++i) {
        const auto loss_at = [&](double move) {
          weights.mutable_data<double>()[i] += move;
          const double value = loss().item();
          weights.mutable_data<double>()[i] -= move;
          return value;
        };
        constexpr double kStep = 1e-6;
        EXPECT_NEAR(gradient[i], (loss_at(kStep) - loss_at(-kStep)) / (2 * kStep), 1e-7)
            << score << ", " << parameter.name << "[" << i << "]";
      }
    }
  }
}

TEST(Attention, WhatIsBehindASentenceChangesNothing) {
  const Tensor queries = some({kSteps, kBatch, kSize}, "queries");
  const Tensor values = some({kLongest, kBatch, kSize}, "values");
  // Sentence 1 has two words: places 2 and 3 of it hold other numbers, very large ones.
  Tensor other = copy_to(values, Device::cpu);
  for (int64_t place = 2; place < kLongest; ++place)
    for (int64_t i = 0; i < kSize; ++i)
      other.mutable_data<double>()[(place * kBatch + 1) * kSize + i] = 1e6;
  for (const std::string& score : kScores) {
    const Model model(score);
    const auto read = [&](const Tensor& v) {
      return model.attention(queries, model.attention.keys(v), v, mask()).context;
    };
    EXPECT_EQ(read(values).to_vector<double>(), read(other).to_vector<double>()) << score;
  }
}

// Looks only at the word of the source at the place that its number says: 0, 1, 2 …
struct Diagonal : Translator {
  Diagonal() : Translator(1) {}
  TranslatorState read(const PaddedBatch& source) override { return {.memory = {source.values}}; }
  Written write(const TranslatorState& from, const Tensor& symbols) override {
    const int64_t steps = symbols.size(0), batch = symbols.size(1);
    const int64_t longest = from.memory[0].size(0);
    std::vector<float> weights(static_cast<size_t>(steps * batch * longest));
    for (int64_t t = 0; t < steps; ++t)
      for (int64_t b = 0; b < batch; ++b)
        weights[static_cast<size_t>((t * batch + b) * longest + t % longest)] = 1;
    return {
        .scores = {}, .state = from, .attention = from_vector(weights, {steps, batch, longest})};
  }
};

TEST(AttentionMaps, AreOfEachSentenceItsOwnWords) {
  const TranslationData data = read_translation_data({.pairs = 40});
  Diagonal model;
  const TranslationPart& part = data.validation;
  const auto maps = attention_maps(model, data, part.source, part.target);
  ASSERT_EQ(maps.size(), part.source.size());
  int64_t longest = 0;  // all are one batch
  for (const auto& words : part.source)
    longest = std::max(longest, static_cast<int64_t>(words.size()));
  double agreeing = 0, found = 0, right = 0;
  for (size_t i = 0; i < maps.size(); ++i) {
    ASSERT_EQ(maps[i].rows, static_cast<int64_t>(part.target[i].size()) + 1);
    ASSERT_EQ(maps[i].columns, static_cast<int64_t>(part.source[i].size()));
    ASSERT_EQ(maps[i].weights.size(), static_cast<size_t>(maps[i].rows * maps[i].columns));
    for (int64_t t = 0; t < std::min(maps[i].rows, maps[i].columns); ++t)
      EXPECT_EQ(maps[i].row(t)[static_cast<size_t>(t)], 1.0) << "sentence " << i;
    for (int64_t t = 0; t + 1 < maps[i].rows; ++t) {
      const int64_t place = t % longest;  // behind the end there is no weight: the first word wins
      const AlignmentLink link{place < maps[i].columns ? place : 0, t};
      const Links& links = part.alignments[i];
      agreeing += std::find(links.begin(), links.end(), link) != links.end() ? 1 : 0;
    }
    found += static_cast<double>(part.target[i].size());
    right += static_cast<double>(part.alignments[i].size());
  }
  EXPECT_EQ(mean_entropy(maps), 0);
  EXPECT_DOUBLE_EQ(alignment_error(maps, part.alignments).rate(),
                   1 - 2 * agreeing / (found + right));
  const auto samples = attention_samples(model, data, {1, 0}, {{2, 3}, {4}});
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].source.size(), data.test.source[1].size());
  EXPECT_EQ(samples[0].target,
            (std::vector<std::string>{data.target.shown(2), data.target.shown(3)}));
  EXPECT_EQ(samples[1].map.rows, 2);
}

TEST(Attention, Entropy) {
  EXPECT_DOUBLE_EQ(attention_entropy(Vector{0, 1, 0}), 0);
  EXPECT_DOUBLE_EQ(attention_entropy(Vector{0.25, 0.25, 0.25, 0.25}), std::log(4.0));
}

TEST(Attention, WhichNetworks) {
  AttentionOptions options;
  options.attention = "none,general,scaled-dot+feeding";
  const std::vector<AttentionKind> kinds = options.kinds();
  ASSERT_EQ(kinds.size(), 3u);
  EXPECT_FALSE(kinds[0].score);
  EXPECT_EQ(kinds[1].score, AttentionScore::kGeneral);
  EXPECT_FALSE(kinds[1].feeds);
  EXPECT_EQ(kinds[2].name(), "scaled-dot+feeding");
  for (const auto& [list, message] :
       std::vector<std::pair<std::string, std::string>>{{"soft", "got 'soft'"},
                                                        {"none+feeding", "got 'none+feeding'"},
                                                        {"", "got none"},
                                                        {"dot,none,dot", "'dot' comes twice"}}) {
    options.attention = list;
    expect_input_error([&] { options.kinds(); }, message);
  }
}

}  // namespace
}  // namespace unroll::lessons
