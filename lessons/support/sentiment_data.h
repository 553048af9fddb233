// What the sentiment lesson learns from: texts of two or three classes in three parts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/json.h"
#include "lessons/support/word_vocabulary.h"

namespace unroll::lessons {

/// Some texts, number i of each vector about the same one.
struct TextPart {
  std::vector<std::vector<std::string>> words = {};
  std::vector<std::vector<std::int32_t>> ids = {};  // of the words
  std::vector<std::int32_t> labels = {};
  std::vector<std::string> constructions = {};  // of the lesson's own reviews

  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
};

struct SentimentData {
  std::string name;
  std::vector<std::string> classes;  // negative before positive; letters decide elsewhere
  TextPart train, validation, test;
  WordVocabulary vocabulary;  // of the training part alone
  std::string split;          // how the parts were made, a sentence
  std::string sha256;         // of all labels and texts
  bool is_generated = false;

  std::int64_t num_classes() const { return static_cast<std::int64_t>(classes.size()); }
  /// Some lines for the terminal.
  std::string describe() const;
  /// The same for metrics.json.
  Json to_json() const;
};

struct SentimentChoice {
  std::string data;            // what `find_data` finds; empty: the lesson's own reviews
  std::int64_t texts = 2000;   // own: how many to train on; --data: at most so many, 0 for all
  std::int64_t classes = 3;    // of the own reviews
  std::int64_t max_words = 0;  // texts are cut to so many
  std::int64_t min_count = 1;  // rarer words are unknown
  std::int64_t fold = 1;       // of --data: which tenth is tested
};

/// Makes reviews (`review_grammar.h`), or reads texts (`labelled_texts.h`) and splits them: 80 % to
/// train on, 10 % to validate, 10 % to test, near-duplicates on one side; or, where the data set
/// says itself what to test on, the rest 90/10, without those that nearly stand in its test part.
/// The split is the same in every run; the ten folds test on each text once. Throws an input error
/// when there are not two or three classes or one of them is missing in a part.
SentimentData read_sentiment_data(const SentimentChoice& choice);

}  // namespace unroll::lessons
