#include "lessons/support/tagging_language.h"

#include <set>

#include "engine/random.h"
#include "lessons/support/words.h"

namespace unroll::lessons {

namespace {

constexpr double kNewWords = 1.0 / 8;
constexpr std::int64_t kBareStems = 60, kNouns = 200, kVerbs = 150, kAdjectives = 80, kAdverbs = 40;
constexpr std::int64_t kKnownStems = kBareStems + kNouns + kVerbs + kAdjectives + kAdverbs;

// All stems of two syllables, "tobu", in an order that says nothing.
const std::vector<std::string>& stems() {
  static const std::vector<std::string> shuffled = [] {
    std::vector<std::string> syllables, all, in_order;
    for (const char consonant :
         {'b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'z'})
      for (const char vowel : {'a', 'e', 'i', 'o', 'u'}) syllables.push_back({consonant, vowel});
    for (const std::string& first : syllables)
      for (const std::string& second : syllables) in_order.push_back(first + second);
    for (const std::int64_t i :
         Random(1, "stems").permutation(static_cast<std::int64_t>(in_order.size())))
      all.push_back(in_order[static_cast<std::size_t>(i)]);
    return all;
  }();
  return shuffled;
}

// Writes one sentence.
class Speaker {
 public:
  Speaker(LanguagePart part, Random& random) : part_(part), random_(random) {}

  LanguageSentence sentence() {
    said_ = {};
    const std::int64_t clauses = 1 + random_.below(3);
    for (std::int64_t i = 0; i < clauses; ++i) {
      if (i > 0) say("e", "CCONJ");
      clause();
    }
    say(".", "PUNCT");
    return said_;
  }

 private:
  bool sometimes(double share) { return random_.next_uniform() < share; }

  void say(const std::string& word, const std::string& tag, Decider decider = Decider::kWord) {
    said_.sentence.words.push_back(word);
    said_.sentence.tags.push_back(tag);
    said_.deciders.push_back(decider);
  }

  // A stem that no other part has.
  const std::string& new_stem() {
    const auto left = static_cast<std::int64_t>(stems().size()) - kKnownStems;
    const std::int64_t pair = random_.below(left / 2);
    return stems()[static_cast<std::size_t>(kKnownStems + 2 * pair +
                                            (part_ == LanguagePart::kTest ? 1 : 0))];
  }
  bool is_new() { return part_ != LanguagePart::kTrain && sometimes(kNewWords); }

  // One of `count` stems from number `begin` on; the first are more frequent, as in real languages.
  std::int64_t known_stem(std::int64_t begin, std::int64_t count) {
    const double u = random_.next_uniform();
    return begin + static_cast<std::int64_t>(u * u * static_cast<double>(count));
  }
  void with_ending(char ending, const std::string& tag, std::int64_t begin, std::int64_t count) {
    const std::string& stem =
        is_new() ? new_stem() : stems()[static_cast<std::size_t>(known_stem(begin, count))];
    say(stem + ending, tag);
  }
  void noun() { with_ending('k', "NOUN", kBareStems, kNouns); }
  void verb() { with_ending('r', "VERB", kBareStems + kNouns, kVerbs); }
  void adjective() { with_ending('s', "ADJ", kBareStems + kNouns + kVerbs, kAdjectives); }
  void adverb() { with_ending('l', "ADV", kKnownStems - kAdverbs, kAdverbs); }
  void noun_or_verb() { sometimes(0.5) ? noun() : verb(); }
  void some_adverbs() {
    for (std::int64_t i = random_.below(4); i > 0; --i) adverb();
  }

  void clause() {
    const double kind = random_.next_uniform();
    if (kind < 0.3) return plain();
    bool is_noun = sometimes(0.5);
    std::string stem;
    if (is_new()) {
      stem = new_stem();
    } else {
      const std::int64_t number = known_stem(0, kBareStems);
      stem = stems()[static_cast<std::size_t>(number)];
      // Steps of 2, so that the frequent stems, which come first, are half nouns as well.
      is_noun = sometimes(0.2 + 0.1 * static_cast<double>((2 * number + 3) % 7));
    }
    const std::string tag = is_noun ? "NOUN" : "VERB";
    if (kind < 0.6) {
      is_noun ? say("ka", "DET") : say("so", "AUX");
      some_adverbs();
      say(stem, tag, Decider::kLeft);
      noun_or_verb();
    } else {
      if (sometimes(0.5)) noun_or_verb();
      say(stem, tag, Decider::kRight);
      some_adverbs();
      is_noun ? say("lo", "ADP") : say("ti", "PART");
    }
  }

  void plain() {
    if (sometimes(0.5)) {
      say("ka", "DET");
      if (sometimes(0.5)) adjective();
      noun();
      verb();
    } else {
      say("so", "AUX");
      verb();
      if (sometimes(0.5)) adverb();
      if (sometimes(0.5)) adjective();
      noun();
    }
  }

  LanguagePart part_;
  Random& random_;
  LanguageSentence said_;
};

}  // namespace

LanguagePart part_of_sentence(const std::vector<std::string>& words) {
  std::uint64_t hash = 14695981039346656037ull;  // FNV-1a
  for (const char c : join_words(words))
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  const std::uint64_t tenth = (hash >> 32) % 10;
  if (tenth < 8) return LanguagePart::kTrain;
  return tenth == 8 ? LanguagePart::kValidation : LanguagePart::kTest;
}

std::vector<LanguageSentence> generate_language(LanguagePart part, std::int64_t count,
                                                std::uint64_t seed) {
  Random random(seed, "language." + std::to_string(static_cast<int>(part)));
  Speaker speaker(part, random);
  std::set<std::vector<std::string>> known;
  std::vector<LanguageSentence> sentences;
  while (static_cast<std::int64_t>(sentences.size()) < count) {
    LanguageSentence next = speaker.sentence();
    const std::vector<std::string>& words = next.sentence.words;
    if (part_of_sentence(words) == part && known.insert(words).second)
      sentences.push_back(std::move(next));
  }
  return sentences;
}

}  // namespace unroll::lessons
