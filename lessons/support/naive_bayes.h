// Naive Bayes: the classifier that counts words, and a baseline that is hard to beat.
//
// It sees which words (and, of order 2, which pairs of neighbours) a text has, not how often and
// not in which order. With n(f, c) the training texts of class c that have feature f, V the number
// of different features and N the number of texts,
//
//   ln p(c | text) = ln N(c)/N + Σ_f ln (n(f, c) + 1)/(Σ_g n(g, c) + V) + constant,
//
// summed over the features of the text that the training texts have. (S. Wang and C. Manning,
// "Baselines and bigrams", 2012: multinomial Naive Bayes on presence.)
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "lessons/support/classification.h"

namespace unroll::lessons {

class NaiveBayes {
 public:
  /// Counts the training texts. `order` 1: words; 2: words and pairs of neighbours. Throws `Error`
  /// unless there is a label from 0 to `classes` − 1 for each text.
  NaiveBayes(std::span<const std::vector<std::string>> texts, std::span<const std::int32_t> labels,
             std::int64_t classes, int order);

  Predictions predict(std::span<const std::vector<std::string>> texts) const;

  /// How many different features the training texts have.
  std::int64_t features() const { return static_cast<std::int64_t>(counts_.size()); }

 private:
  /// What a text has, each once.
  std::vector<std::string> features_of(const std::vector<std::string>& words) const;

  int order_;
  std::vector<double> texts_, sums_;  // of each class: N(c) and Σ_g n(g, c)
  std::unordered_map<std::string, std::vector<double>> counts_;
};

/// The shares of the classes among the training labels for each of `count` items: "majority".
Predictions majority_predictions(std::span<const std::int32_t> training_labels,
                                 std::int64_t classes, std::int64_t count);

}  // namespace unroll::lessons
