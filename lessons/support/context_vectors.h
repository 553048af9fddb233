// Sentences that are nearly the same, to see what a network makes of the difference.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lessons/support/translation_data.h"

namespace unroll::lessons {

struct SimilarSentences {
  std::string title;
  std::vector<std::string> texts = {};
  std::vector<std::string> names = {};  // of each text: what it has for itself in its class
  std::vector<int> classes = {};        // of each text: what it has in common with others
  std::vector<std::string> class_names = {};
};

/// Of generated data: sentences that differ in who does something, whether, and when. Of others:
/// test sentences, by how they begin.
std::vector<SimilarSentences> similar_sentences(const TranslationData& data);

/// Similar sentences and where they lie along the two directions in which their vectors differ
/// most.
struct ContextMap {
  SimilarSentences sentences;
  std::vector<double> x = {}, y = {};
  double x_share = 0, y_share = 0;  // of the variance
};

/// The numbers that a network makes of some sentences, (texts, features).
using ContextsOf = std::function<std::vector<std::vector<float>>(const std::vector<std::string>&)>;

std::vector<ContextMap> map_contexts(const TranslationData& data, const ContextsOf& contexts_of);

}  // namespace unroll::lessons
