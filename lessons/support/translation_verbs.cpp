#include "lessons/support/translation_verbs.h"

namespace unroll::lessons {

namespace {

using Words = std::vector<std::string>;

std::string finite(const Verb& verb, Person person, Tense tense) {
  static const std::string imperfect[]{"ais", "ait", "ions", "aient"},
      future[]{"ai", "a", "ons", "ont"};
  const auto p = static_cast<std::size_t>(person);
  if (tense == Tense::kPresent) return verb.present[p];
  if (tense == Tense::kImperfect) return verb.imperfect_stem + imperfect[p];
  return verb.future_stem + future[p];
}

Words english_negation(Polarity polarity) {
  switch (polarity) {
    case Polarity::kPlain:
      return {};
    case Polarity::kNot:
      return {"not"};
    case Polarity::kNever:
      return {"never"};
    default:
      return {"no", "longer"};
  }
}
std::string french_negation(Polarity polarity) {
  return polarity == Polarity::kNot ? "pas" : polarity == Polarity::kNever ? "jamais" : "plus";
}

}  // namespace

void write_verb(BilingualWriter& out, std::set<std::string>& phenomena, const Agent& agent,
                const Verb& verb, Tense tense, Polarity polarity,
                const std::optional<ObjectBefore>& object) {
  const int helper = out.meaning(), action = out.meaning(), negation = out.meaning();
  const bool third = agent.person == Person::kHe;
  const auto deny = [&] {
    for (const std::string& word : english_negation(polarity)) out.english(word, {negation});
  };
  if (tense == Tense::kImperfect || tense == Tense::kFuture) {
    const bool singular = third || agent.person == Person::kI;
    out.english(tense == Tense::kFuture ? "will" : singular ? "was" : "were", {helper});
    deny();
    out.english(tense == Tense::kFuture ? verb.english : verb.english_ing, {action});
  } else if (polarity == Polarity::kNot) {
    out.english(tense == Tense::kPast ? "did" : third ? "does" : "do", {helper});
    deny();
    out.english(verb.english, {action});
  } else {
    deny();
    out.english(tense == Tense::kPast ? verb.english_past
                : third               ? verb.english_third
                                      : verb.english,
                {helper, action});
  }
  const bool negated = polarity != Polarity::kPlain;
  if (negated) out.french("ne", {negation});
  if (object && !object->french.empty()) out.french(object->french, {object->meaning});
  if (tense != Tense::kPast) {
    out.french(finite(verb, agent.person, tense), {helper, action});
    if (negated) out.french(french_negation(polarity), {negation});
  } else {
    out.french(verb.with_etre ? verb_be().present[static_cast<std::size_t>(agent.person)]
                              : avoir(agent.person),
               {helper});
    if (negated) out.french(french_negation(polarity), {negation});
    const Agent* agrees = verb.with_etre ? &agent : object ? &object->agent : nullptr;
    std::string participle = verb.participle;
    if (agrees != nullptr) {
      phenomena.insert("participle agreement");
      if (agrees->feminine) participle += "e";
      if (agrees->plural() && !participle.ends_with('s')) participle += "s";
    }
    out.french(participle, {action});
  }
  if (tense == Tense::kPast) phenomena.insert("passé composé");
  if (tense == Tense::kImperfect) phenomena.insert("imparfait");
  if (tense == Tense::kFuture) phenomena.insert("futur");
}

void write_be(BilingualWriter& out, const Agent& agent, Tense tense, Polarity polarity) {
  const int helper = out.meaning(), negation = out.meaning();
  const bool singular = agent.person == Person::kHe || agent.person == Person::kI;
  const std::string present = agent.person == Person::kI ? "am" : singular ? "is" : "are";
  out.english(tense == Tense::kFuture      ? "will"
              : tense == Tense::kImperfect ? (singular ? "was" : "were")
                                           : present,
              {helper});
  for (const std::string& word : english_negation(polarity)) out.english(word, {negation});
  if (tense == Tense::kFuture) out.english("be", {helper});
  const bool negated = polarity != Polarity::kPlain;
  if (negated) out.french("ne", {negation});
  out.french(finite(verb_be(), agent.person, tense), {helper});
  if (negated) out.french(french_negation(polarity), {negation});
}

}  // namespace unroll::lessons
