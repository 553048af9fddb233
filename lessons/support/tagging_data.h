// What the tagging lesson learns from: sentences with a tag a word, in three parts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/random.h"
#include "lessons/support/classification.h"
#include "lessons/support/json.h"
#include "lessons/support/lexicon.h"
#include "lessons/support/tagged_sentences.h"
#include "lessons/support/tagging_language.h"

namespace unroll::lessons {

/// A word of a part: number `position` of sentence number `sentence`.
struct TokenPlace {
  std::int64_t sentence = 0;
  std::int64_t position = 0;
};

/// Some sentences as numbers, one vector a sentence and one number a word in each member.
struct TaggingPart {
  using Numbers = SentenceNumbers;

  Numbers words = {};  // in the vocabulary, where the unknown have one number together
  Numbers forms = {};  // among the lexicon's forms, where every word has its own
  Numbers tags = {};
  std::vector<std::vector<Decider>> deciders = {};  // of the lesson's own language; else empty

  std::int64_t size() const { return static_cast<std::int64_t>(words.size()); }
  std::int64_t tokens() const;
  /// The members joined, sentence after sentence.
  static std::vector<std::int32_t> joined(const Numbers& numbers);
  /// The sentence of each place, of which only the words up to `visible` behind the place are left.
  TaggingPart cut(std::span<const TokenPlace> places, std::int64_t visible) const;
};

struct TaggingData {
  std::string name;
  std::vector<std::string> tags;  // in the order of their letters
  TaggingPart train, validation, test;
  Lexicon lexicon;
  std::string split = {};   // how the parts were made, a sentence
  std::string sha256 = {};  // of all words and tags
  bool is_generated = false;

  std::int64_t num_tags() const { return static_cast<std::int64_t>(tags.size()); }
  const std::string& word(const TaggingPart& part, TokenPlace place) const;
  /// Some lines for the terminal.
  std::string describe() const;
  /// The same for metrics.json.
  Json to_json() const;
};

/// The lesson's own language (`tagging_language.h`) with `sentences` to train on, or with `data`
/// what `read_tagged_parts` reads from there, of whose training part `sentences` are taken (0:
/// all). Words that come less than `min_count` times in the training part are not in the
/// vocabulary. Throws an input error when all words have the same tag.
TaggingData read_tagging_data(const std::string& data, std::int64_t sentences,
                              std::int64_t min_count);

/// The tag of what is no word. Losses leave it out.
inline constexpr std::int32_t kNoTag = -100;

/// Some sentences side by side.
struct TaggingBatch : WordBatch {
  Tensor tags;  // (longest, batch), i32, kNoTag behind the ends
};

TaggingBatch make_batch(const TaggingData& data, const TaggingPart& part,
                        std::span<const std::int64_t> sentences);

/// Puts the tags' probabilities of a batch, p (longest, batch, tags), where they belong in `said`,
/// which holds the words of all sentences of `part` joined; room for them is made at the first
/// batch.
void put_batch(Predictions& said, const TaggingPart& part, std::span<const std::int64_t> sentences,
               std::span<const float> p);

/// The same sentences without their last words; each word's tag is the word behind it (as a number
/// in the vocabulary). So a tagger becomes a language model.
TaggingData next_words(const TaggingData& data);

/// `count` places of those words of `part` for which `wanted` holds (one flag a word, all sentences
/// joined), chosen at random, the same in every run; all if there are fewer.
std::vector<TokenPlace> choose_places(const TaggingPart& part, const std::vector<bool>& wanted,
                                      std::int64_t count);

}  // namespace unroll::lessons
