#include "lessons/support/sentiment_scores.h"

#include <algorithm>

#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/naive_bayes.h"

namespace unroll::lessons {

namespace {

// What a text of the test part is, what the network of the first seed says, and how sure it is.
std::string judgement(const SentimentReport& report, std::size_t text) {
  const Predictions& said = report.runs[0].test;
  const auto label = static_cast<std::size_t>(said.labels()[text]);
  const double p = said.at(static_cast<std::int64_t>(text), static_cast<std::int64_t>(label));
  return report.data.classes[static_cast<std::size_t>(report.data.test.labels[text])] +
         "; judged " + report.data.classes[label] + ", " + format_fixed(100 * p, 0) + " %";
}

}  // namespace

std::vector<SentimentBaseline> sentiment_baselines(const SentimentData& data) {
  const auto majority = [&](const TextPart& part) {
    return majority_predictions(data.train.labels, data.num_classes(), part.size());
  };
  const auto right = [&](const Predictions& predictions) {
    return mean(correctness(predictions, data.validation.labels));
  };
  std::vector<SentimentBaseline> baselines{
      {"majority", "majority", majority(data.test), right(majority(data.validation))}};
  for (const int order : {1, 2}) {
    const NaiveBayes counted(data.train.words, data.train.labels, data.num_classes(), order);
    baselines.push_back({order == 1 ? "Naive Bayes, words" : "Naive Bayes, words and pairs",
                         order == 1 ? "NB words" : "NB pairs", counted.predict(data.test.words),
                         right(counted.predict(data.validation.words))});
  }
  return baselines;
}

ConstructionScores score_constructions(const SentimentReport& report,
                                       const std::vector<SentimentBaseline>& baselines) {
  const TextPart& test = report.data.test;
  ConstructionScores scores;
  for (std::int32_t label = 0; label < report.data.num_classes(); ++label)
    for (std::size_t i = 0; i < test.labels.size(); ++i) {
      const std::string& name = test.constructions[i];
      if (test.labels[i] == label &&
          std::find(scores.constructions.begin(), scores.constructions.end(), name) ==
              scores.constructions.end())
        scores.constructions.push_back(name);
    }
  const auto percent = [&](const Predictions& predictions) {
    const std::vector<double> right = correctness(predictions, test.labels);
    std::vector<double> shares;
    for (const std::string& name : scores.constructions) {
      RunningMean of_construction;
      for (std::size_t i = 0; i < right.size(); ++i)
        if (test.constructions[i] == name) of_construction.add(100 * right[i]);
      shares.push_back(of_construction.value());
    }
    return shares;
  };
  for (const SentimentBaseline& baseline : baselines)
    scores.baselines.push_back(percent(baseline.test));
  for (const SentimentRun& run : report.runs) scores.runs.push_back(percent(run.test));
  return scores;
}

std::vector<SampleText> choose_samples(const SentimentReport& report) {
  const SentimentData& data = report.data;
  const std::vector<std::int32_t> said = report.runs[0].test.labels();
  const std::size_t longest = data.is_generated ? 14 : 18;
  std::vector<SampleText> samples;
  // Takes the first texts for which it holds.
  const auto take = [&](std::size_t count, const std::string& heading, auto&& holds) {
    for (std::size_t i = 0; i < said.size() && count > 0; ++i) {
      const std::size_t length = data.test.words[i].size();
      if (length < 4 || length > longest || !holds(i)) continue;
      samples.push_back({data.test.words[i], heading + judgement(report, i)});
      --count;
    }
  };
  if (!data.is_generated) {
    for (const bool right : {true, false})
      for (std::int32_t label = 0; label < data.num_classes(); ++label)
        take(data.num_classes() == 2 ? 2 : 1, "", [&](std::size_t i) {
          return data.test.labels[i] == label && (said[i] == label) == right;
        });
    return samples;
  }
  std::int32_t label = 0;  // the first and the last class in turns
  for (const char* name : {"contrast", "concession", "negation", "far negation", "plain",
                           "intensifier", "hearsay", "neither, nor"}) {
    take(1, std::string(name) + ", ", [&](std::size_t i) {
      const bool is_neutral = data.num_classes() == 3 && data.test.labels[i] == 1;
      return data.test.constructions[i] == name && (data.test.labels[i] == label || is_neutral);
    });
    label = static_cast<std::int32_t>(data.num_classes()) - 1 - label;
  }
  return samples;
}

}  // namespace unroll::lessons
