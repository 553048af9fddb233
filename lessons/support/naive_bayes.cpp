#include "lessons/support/naive_bayes.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/error.h"

namespace unroll::lessons {

NaiveBayes::NaiveBayes(std::span<const std::vector<std::string>> texts,
                       std::span<const std::int32_t> labels, std::int64_t classes, int order)
    : order_(order),
      texts_(static_cast<std::size_t>(classes)),
      sums_(static_cast<std::size_t>(classes)) {
  require(texts.size() == labels.size(), "[NaiveBayes] expected ", texts.size(),
          " labels, one a text, got ", labels.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    require(labels[i] >= 0 && labels[i] < classes, "[NaiveBayes] expected labels from 0 to ",
            classes - 1, ", got ", labels[i]);
    const auto label = static_cast<std::size_t>(labels[i]);
    ++texts_[label];
    for (const std::string& feature : features_of(texts[i])) {
      ++counts_.try_emplace(feature, texts_.size(), 0.0).first->second[label];
      ++sums_[label];
    }
  }
}

std::vector<std::string> NaiveBayes::features_of(const std::vector<std::string>& words) const {
  std::set<std::string> features(words.begin(), words.end());
  if (order_ == 2)
    for (std::size_t i = 1; i < words.size(); ++i)
      features.insert(words[i - 1] + ' ' + words[i]);  // no word has a blank
  return {features.begin(), features.end()};
}

Predictions NaiveBayes::predict(std::span<const std::vector<std::string>> texts) const {
  const std::size_t classes = texts_.size();
  double all_texts = 0;
  for (const double count : texts_) all_texts += count;
  Predictions predictions{static_cast<std::int64_t>(classes)};
  for (const auto& text : texts) {
    std::vector<double> log_p;
    for (std::size_t c = 0; c < classes; ++c) log_p.push_back(std::log(texts_[c] / all_texts));
    for (const std::string& feature : features_of(text)) {
      const auto found = counts_.find(feature);
      if (found == counts_.end()) continue;
      for (std::size_t c = 0; c < classes; ++c)
        log_p[c] +=
            std::log((found->second[c] + 1) / (sums_[c] + static_cast<double>(counts_.size())));
    }
    const double highest = *std::max_element(log_p.begin(), log_p.end());
    double total = 0;
    for (double& p : log_p) total += p = std::exp(p - highest);
    for (const double p : log_p) predictions.probabilities.push_back(p / total);
  }
  return predictions;
}

Predictions majority_predictions(std::span<const std::int32_t> training_labels,
                                 std::int64_t classes, std::int64_t count) {
  std::vector<double> shares(static_cast<std::size_t>(classes));
  for (const std::int32_t label : training_labels)
    shares[static_cast<std::size_t>(label)] += 1.0 / static_cast<double>(training_labels.size());
  Predictions predictions{classes};
  for (std::int64_t i = 0; i < count; ++i)
    predictions.probabilities.insert(predictions.probabilities.end(), shares.begin(), shares.end());
  return predictions;
}

}  // namespace unroll::lessons
