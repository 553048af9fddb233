// The saved model of the sentiment lesson: what it needs to be used, and a judgement in words.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "lessons/support/contributions.h"
#include "lessons/support/sentiment_options.h"
#include "lessons/support/word_vocabulary.h"

namespace unroll::lessons {

/// What stands in the file beside the weights: how the network is built, classes, words.
std::map<std::string, std::string> sentiment_model_metadata(const SentimentOptions& settings,
                                                            const SentimentData& data);

struct SavedSentimentModel {
  std::vector<std::string> classes;
  WordVocabulary vocabulary;
};

/// Reads that, and makes `settings` build such a network. Throws an input error when the file is
/// not there or not such a model.
SavedSentimentModel read_sentiment_model(const std::filesystem::path& file,
                                         SentimentOptions& settings);

/// What the classifier says of a text, for the terminal: the classes with their probabilities, the
/// likeliest first, then what each word contributes (`leave_one_out`).
std::string describe_judgement(const TextClassifier& classifier,
                               const std::vector<std::string>& classes, const std::string& text);

}  // namespace unroll::lessons
