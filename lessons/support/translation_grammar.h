// English sentences and their French translations, made up by a grammar that knows both languages.
//
// What the two do differently is what there is to learn: gender and number of articles and
// adjectives, adjectives behind the noun, negation around the verb, pronouns before it, tenses,
// words that lose a vowel or melt into one. Sentences have 3 to some 30 words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/alignment_error.h"
#include "lessons/support/data_part.h"
#include "lessons/support/parallel_text.h"

namespace unroll::lessons {

struct GeneratedPair {
  SentencePair texts;
  /// Which words (joined_words.h) say the same, sorted: "does not sleep" is "ne dort pas" by
  /// does-dort, not-ne, not-pas, sleep-dort.
  Links links = {};
  /// What is in it, sorted: "negation", "elision", "adjective behind".
  std::vector<std::string> phenomena = {};
  /// What was combined: "red + hat", "cat + sleep". A sentence has one or more.
  std::vector<std::string> combinations = {};
};

/// `count` different sentences. Those of kTrain have combinations of that part only (data_part.h);
/// every other has at least one of its own part, the rest may be those of kTrain. So the words of
/// the test part are known and what is made of them is new. Throws an input error for more
/// sentences than the grammar can make.
std::vector<GeneratedPair> generate_pairs(DataPart part, std::int64_t count, std::uint64_t seed);

}  // namespace unroll::lessons
