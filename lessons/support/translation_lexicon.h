// The words of the generated English → French sentences, with all their forms.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace unroll::lessons {

/// Who or what a noun names; which nouns an adjective or a verb goes with.
enum class NounKind { kLiving, kThing, kPlace, kAny };

struct Noun {
  std::string english, english_plural;
  std::string french, french_plural;
  bool feminine;
  NounKind kind;
};

struct Adjective {
  std::string english;
  std::array<std::string, 4> french;  // masculine, feminine; then both in the plural
  std::string before_vowel;           // masculine: "bel homme"; empty: as before others
  bool stands_before;                 // the noun: "un grand chat", but "un chat noir"
  NounKind kind;

  const std::string& form(bool feminine, bool plural) const {
    return french[(feminine ? 1u : 0u) + (plural ? 2u : 0u)];
  }
};

enum class Person { kI, kHe, kWe, kThey };  // he: any singular, they: any plural
inline constexpr std::size_t kPersons = 4;

struct Verb {
  std::string english, english_third, english_past, english_ing;
  std::array<std::string, kPersons> present;
  std::string imperfect_stem, future_stem, participle;
  bool with_etre;   // "est tombé", whose participle agrees with the subject; else "a chanté"
  NounKind object;  // of transitive ones
};

const std::vector<Noun>& nouns();
const std::vector<Adjective>& adjectives();
const std::vector<Verb>& intransitive_verbs();
const std::vector<Verb>& transitive_verbs();
const Verb& verb_go();  // aller
const Verb& verb_be();  // être, whose English forms depend on the person and stand in the grammar

/// "a" and "est": the present of avoir.
const std::string& avoir(Person person);

/// Whether a French word makes the one before it drop its vowel. An h is mute in all our words.
bool begins_with_vowel(const std::string& french);

}  // namespace unroll::lessons
