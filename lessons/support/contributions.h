// Which word did it: what each word of a text contributes to the judgement of a classifier.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lessons/support/classification.h"

namespace unroll::lessons {

/// Judges some texts, each given as its words.
using TextClassifier = std::function<Predictions(const std::vector<std::vector<std::string>>&)>;

/// The log-odds of the last class (positive) against the first (negative), ln p(last)/p(first), for
/// each text: above 0 it leans to the last.
std::vector<double> log_odds(const TextClassifier& classifier,
                             const std::vector<std::vector<std::string>>& texts);

/// Leave-one-out: by how much the log-odds of the whole text are higher than those of the text
/// without word i. A positive number: the word pulls towards the last class. (J. Li et al.,
/// "Understanding neural networks through representation erasure", 2016.) A text's only word
/// contributes all of its log-odds. Contributions need not sum up to anything: words act together.
std::vector<double> leave_one_out(const TextClassifier& classifier,
                                  const std::vector<std::string>& words);

/// The log-odds after the first 1, 2, … all words, as if the text ended there.
std::vector<double> log_odds_while_reading(const TextClassifier& classifier,
                                           const std::vector<std::string>& words);

}  // namespace unroll::lessons
