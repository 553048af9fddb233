// Verbs of both languages with what they agree with, their tenses and their negations.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lessons/support/translation_lexicon.h"
#include "lessons/support/translation_writer.h"

namespace unroll::lessons {

/// sleeps: dort; was sleeping: dormait; slept: a dormi; will sleep: dormira.
enum class Tense { kPresent, kImperfect, kPast, kFuture };
/// not: ne … pas; never: ne … jamais; no longer: ne … plus.
enum class Polarity { kPlain, kNot, kNever, kNoLonger };

/// What verbs and adjectives agree with.
struct Agent {
  Person person;
  bool feminine;
  std::vector<const Noun*> nouns = {};  // none: a pronoun

  bool plural() const { return person == Person::kWe || person == Person::kThey; }
};

/// An object that stands before the French verb: a pronoun, or (without a word) a noun further
/// ahead, "la pomme que le chat a prise".
struct ObjectBefore {
  std::string french;
  int meaning;
  Agent agent;
};

/// Writes a verb with its helpers, its negation, and the pronoun that French has before it. Adds
/// what there was to `phenomena`.
void write_verb(BilingualWriter& out, std::set<std::string>& phenomena, const Agent& agent,
                const Verb& verb, Tense tense, Polarity polarity,
                const std::optional<ObjectBefore>& object = {});

/// The same for "is" and "will not be"; the past is that of "was", était.
void write_be(BilingualWriter& out, const Agent& agent, Tense tense, Polarity polarity);

}  // namespace unroll::lessons
