// What the network of the lesson on character language models writes, judged.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/language_model_report.h"

namespace unroll::lessons {

/// One way to choose the next character, by what it writes behind several prompts.
struct MethodScore {
  std::string name;
  std::string shown = {};  // what it writes behind the user's prompt
  double nats = 0;         // −ln p a character, by the network's own probabilities
  double different = 0;    // share of a text's 4-grams that come for the first time in it
  double copied = 0;       // share of 12-grams that stand in the training text
  double known_words = 0;  // share of words that stand in the training text
};

/// Greedy, three temperatures, top-k, top-p, beam search, what the user chose if it is none of
/// them, and last the validation text itself.
std::vector<MethodScore> score_methods(const LanguageModelReport& report);

/// How often each character comes, in the training text and in what is written.
struct CharacterStudy {
  std::vector<double> text;          // shares of the symbols of the vocabulary
  std::vector<double> temperatures;  // at which was written, ascending
  std::vector<std::vector<double>> written = {};
  std::vector<double> divergence = {};  // KL of what was written from the training text, in nats
  double validation = 0;                // KL of as much validation text from the training text
};
CharacterStudy study_characters(const LanguageModelReport& report);

/// Functions of the validation text of which a writer gets the head (and what stands before it).
struct FunctionScore {
  std::string writer;
  double closed = 0;                    // share that ends with a "}" at the start of a line
  double balanced = 0;                  // share that is closed and has balanced brackets
  std::vector<std::string> shown = {};  // the first few, head and body
};

struct FunctionStudy {
  std::int64_t heads = 0, functions = 0;  // how many of them, and how often they were completed
  std::vector<FunctionScore> writers = {};
};

/// Lets the network at several temperatures and the best n-gram write the bodies, and looks at the
/// real ones, too. Without writers when the validation text has too few functions.
FunctionStudy study_functions(const LanguageModelReport& report);

}  // namespace unroll::lessons
