// A small made-up language in which a word's tag is often decided by words to its right.
//
// Words are two syllables; an ending tells the tag: tobuk NOUN, tobur VERB, tobus ADJ, tobul ADV.
// Bare stems (tobu) are NOUN or VERB, and a small word says which. It stands to the left,
//   ka … tobu   NOUN       so … tobu   VERB
// or to the right,
//   tobu … lo   NOUN       tobu … ti   VERB
// with up to three adverbs between. Which one it is cannot be told from the other side.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/tagged_sentences.h"

namespace unroll::lessons {

enum class LanguagePart { kTrain, kValidation, kTest };

/// What tells the tag of a word.
enum class Decider {
  kWord,   // its ending, or that it is one of the small words
  kLeft,   // a word before it
  kRight,  // a word behind it
};

struct LanguageSentence {
  TaggedSentence sentence = {};
  std::vector<Decider> deciders = {};  // one a word
};

/// The part that may have a sentence: decided by its letters alone, 80 % train, 10 % validation,
/// 10 % test.
LanguagePart part_of_sentence(const std::vector<std::string>& words);

/// `count` different sentences of one part. Of the words with an ending and of the bare stems, one
/// in eight is new in the validation and test parts: no other part has it. Each known bare stem is
/// a noun with a probability of its own, from 0.2 to 0.8, a new one with 0.5; a coin that is thrown
/// before its surroundings are chosen decides.
std::vector<LanguageSentence> generate_language(LanguagePart part, std::int64_t count,
                                                std::uint64_t seed);

}  // namespace unroll::lessons
