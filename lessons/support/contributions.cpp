#include "lessons/support/contributions.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace unroll::lessons {

namespace {

using Words = std::vector<std::string>;

}  // namespace

std::vector<double> log_odds(const TextClassifier& classifier, const std::vector<Words>& texts) {
  const Predictions predictions = classifier(texts);
  std::vector<double> odds;
  for (std::int64_t i = 0; i < predictions.count(); ++i) {
    // Probabilities that were rounded to 0 have no logarithm.
    const double last = std::max(1e-12, predictions.at(i, predictions.classes - 1));
    odds.push_back(std::log(last / std::max(1e-12, predictions.at(i, 0))));
  }
  return odds;
}

std::vector<double> leave_one_out(const TextClassifier& classifier, const Words& words) {
  if (words.empty()) return {};
  std::vector<Words> texts{words};
  if (words.size() > 1)
    for (std::size_t i = 0; i < words.size(); ++i) {
      texts.push_back(words);
      texts.back().erase(texts.back().begin() + static_cast<std::ptrdiff_t>(i));
    }
  const std::vector<double> odds = log_odds(classifier, texts);
  if (words.size() == 1) return odds;
  std::vector<double> contributions;
  for (std::size_t i = 1; i < odds.size(); ++i) contributions.push_back(odds[0] - odds[i]);
  return contributions;
}

std::vector<double> log_odds_while_reading(const TextClassifier& classifier, const Words& words) {
  std::vector<Words> texts;
  for (std::size_t length = 1; length <= words.size(); ++length)
    texts.emplace_back(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(length));
  return texts.empty() ? std::vector<double>{} : log_odds(classifier, texts);
}

}  // namespace unroll::lessons
