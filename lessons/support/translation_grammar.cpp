#include "lessons/support/translation_grammar.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/random.h"
#include "lessons/support/translation_lexicon.h"
#include "lessons/support/translation_verbs.h"
#include "lessons/support/translation_writer.h"

namespace unroll::lessons {

namespace {

using Words = std::vector<std::string>;
using WordPair = std::pair<std::string, std::string>;

// How much a noun may have around it.
struct Extras {
  bool phrases = true;         // "of the neighbour", "that sleeps"
  bool negated = false;        // the object of a negated verb: "pas de chat"
  bool definite_only = false;  // after de: never "de des"
};

// No word would do; another sentence is begun.
struct DeadEnd {};

// Draws the pieces of one sentence.
class Author {
 public:
  Author(Random& random, DataPart part) : random_(random), part_(part) {}

  GeneratedPair write() {
    static const std::vector<std::pair<std::string, Words>> conjunctions{
        {"and", {"et"}}, {"but", {"mais"}}, {"because", {"parce", "que"}}, {"when", {"quand"}}};
    const Tense tense = static_cast<Tense>(random_.below(4));
    const bool time_first = sometimes(0.15), time_last = !time_first && sometimes(0.25);
    if (time_first) time(tense);
    clause(tense);
    if (sometimes(0.25)) {
      const auto& [english, french] = one_of(conjunctions);
      const int joined = out_.meaning();
      out_.english(english, {joined});
      for (const std::string& word : french) out_.french(word, {joined});
      phenomena_.insert("two clauses");
      clause(tense);
    }
    if (time_last) time(tense);
    out_.finish(phenomena_);
    return {out_.texts(), out_.links(), {phenomena_.begin(), phenomena_.end()}, combinations_};
  }

 private:
  template <class Item>
  const Item& one_of(const std::vector<Item>& items) {
    return items[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(items.size())))];
  }
  bool sometimes(double share) { return random_.next_uniform() < share; }

  // One of `items` that fits and whose combinations with all `partners` this part may have.
  // `combine` says how item and partner are called together. Throws `DeadEnd` when there is none.
  template <class Item, class Partners, class Fits, class Combine>
  const Item& choose(const std::vector<Item>& items, const Partners& partners, Fits fits,
                     Combine combine) {
    constexpr int kMostTries = 300;
    for (int tries = 0; tries < kMostTries; ++tries) {
      const Item& item = one_of(items);
      if (!fits(item)) continue;
      Words found;
      for (const auto& partner : partners) found.push_back(combine(item, partner));
      const bool allowed = std::all_of(found.begin(), found.end(), [&](const std::string& which) {
        const DataPart owner = part_of_combination(which);
        return owner == part_ || owner == DataPart::kTrain;
      });
      if (!allowed) continue;
      combinations_.insert(combinations_.end(), found.begin(), found.end());
      return item;
    }
    throw DeadEnd();
  }

  const Adjective& choose_adjective(const std::vector<const Noun*>& nouns, auto fits) {
    return choose(
        adjectives(), nouns,
        [&](const Adjective& adjective) {
          return fits(adjective) && std::all_of(nouns.begin(), nouns.end(), [&](const Noun* noun) {
                   return adjective.kind == NounKind::kAny || adjective.kind == noun->kind;
                 });
        },
        [](const Adjective& adjective, const Noun* noun) {
          return adjective.english + " + " + noun->english;
        });
  }

  const Verb& choose_verb(const std::vector<Verb>& verbs, const Agent& agent) {
    return choose(
        verbs, agent.nouns, [](const Verb&) { return true; },
        [](const Verb& verb, const Noun* noun) { return noun->english + " + " + verb.english; });
  }

  // A noun with what belongs to it; `verb`: whose object it is.
  Agent noun_phrase(NounKind kind, const Extras& extras, const Verb* verb = nullptr) {
    std::vector<const Verb*> verbs;
    if (verb != nullptr) verbs.push_back(verb);
    const Noun& noun = choose(
        nouns(), verbs,
        [&](const Noun& n) {
          return n.kind == kind || (kind == NounKind::kAny && n.kind != NounKind::kPlace);
        },
        [](const Noun& n, const Verb* v) { return v->english + " + " + n.english; });
    const bool plural = sometimes(0.35);
    const Agent agent{plural ? Person::kThey : Person::kHe, noun.feminine, {&noun}};
    const Adjective *before = nullptr, *behind = nullptr;
    if (sometimes(0.25))
      before = &choose_adjective(agent.nouns, [](const Adjective& a) { return a.stands_before; });
    if (sometimes(0.25))
      behind = &choose_adjective(agent.nouns, [](const Adjective& a) { return !a.stands_before; });
    determiner(noun, plural, before != nullptr, extras);
    const int what = out_.meaning();
    if (before != nullptr) {
      phenomena_.insert("adjective before");
      const bool vowel = !plural && !noun.feminine && !before->before_vowel.empty() &&
                         begins_with_vowel(noun.french);
      out_.both(before->english,
                vowel ? before->before_vowel : before->form(noun.feminine, plural));
    }
    const int how = out_.meaning();
    if (behind != nullptr) {
      phenomena_.insert("adjective behind");
      out_.english(behind->english, {how});
    }
    out_.english(plural ? noun.english_plural : noun.english, {what});
    out_.french(plural ? noun.french_plural : noun.french, {what});
    if (behind != nullptr) out_.french(behind->form(noun.feminine, plural), {how});
    if (extras.phrases && sometimes(0.1)) {
      out_.both("of", "de");
      noun_phrase(NounKind::kLiving, {.phrases = false, .definite_only = true});
    } else if (extras.phrases && sometimes(0.15)) {
      relative_clause(agent);
    }
    return agent;
  }

  void determiner(const Noun& noun, bool plural, bool has_adjective_before, const Extras& extras) {
    const auto agreeing = [&](const char* masculine, const char* feminine, const char* of_many) {
      return plural ? of_many : noun.feminine ? feminine : masculine;
    };
    const double which = random_.next_uniform();
    if (which < 0.45) return out_.both("the", agreeing("le", "la", "les"));
    if (which < 0.55) return out_.both(plural ? "these" : "this", agreeing("ce", "cette", "ces"));
    if (which < 0.65) return out_.both("my", agreeing("mon", "ma", "mes"));
    if (which < 0.75)
      return out_.both(sometimes(0.5) ? "his" : "her", agreeing("son", "sa", "ses"));
    if (which < 0.8 || (plural && extras.definite_only))
      return out_.both("our", agreeing("notre", "notre", "nos"));
    if (extras.negated) {
      phenomena_.insert("de for un");
      return out_.both(plural ? "any" : "a", "de");
    }
    out_.both(plural ? "some" : "a",
              plural && has_adjective_before ? "de" : agreeing("un", "une", "des"));
  }

  Agent pronoun() {
    static const struct {
      const char *english, *french;
      Agent agent;
    } all[]{{"I", "je", {Person::kI, false}},
            {"he", "il", {Person::kHe, false}},
            {"she", "elle", {Person::kHe, true}},
            {"we", "nous", {Person::kWe, false}},
            {"they", "ils", {Person::kThey, false}}};
    const auto& chosen = all[random_.below(5)];
    out_.both(chosen.english, chosen.french);
    return chosen.agent;
  }

  Agent subject() {
    if (sometimes(0.25)) return pronoun();
    Agent agent = noun_phrase(sometimes(0.85) ? NounKind::kLiving : NounKind::kThing, {});
    const bool living = agent.nouns[0]->kind == NounKind::kLiving;
    if (living && sometimes(0.1)) {
      out_.both("and", "et");
      const Agent other = noun_phrase(NounKind::kLiving, {.phrases = false});
      agent = {Person::kThey, agent.feminine && other.feminine, {agent.nouns[0], other.nouns[0]}};
    }
    return agent;
  }

  Polarity polarity() {
    if (!sometimes(0.35)) return Polarity::kPlain;
    phenomena_.insert("negation");
    const double which = random_.next_uniform();
    if (which < 0.6) return Polarity::kNot;
    return which < 0.8 ? Polarity::kNever : Polarity::kNoLonger;
  }

  void clause(Tense tense) {
    const Agent agent = subject();
    predicate(agent, tense, true);
  }

  // What is said of the agent: it is somehow, does something, or does it to somebody.
  void predicate(const Agent& agent, Tense tense, bool phrases) {
    const bool living = agent.nouns.empty() || agent.nouns[0]->kind == NounKind::kLiving;
    if (!living || sometimes(0.2))
      return copula(agent, tense == Tense::kPast ? Tense::kImperfect : tense);
    if (sometimes(0.5)) return transitive(agent, tense, phrases);
    const Polarity polarity_here = polarity();
    if (sometimes(0.2)) {
      write_verb(out_, phenomena_, agent, verb_go(), tense, polarity_here);
      out_.both("to", "à");
      noun_phrase(NounKind::kPlace, {.phrases = false, .definite_only = true});
      return;
    }
    write_verb(out_, phenomena_, agent, choose_verb(intransitive_verbs(), agent), tense,
               polarity_here);
    if (sometimes(0.35)) place();
  }

  void transitive(const Agent& agent, Tense tense, bool phrases) {
    const Verb& verb = choose_verb(transitive_verbs(), agent);
    const Polarity polarity_here = polarity();
    if (verb.object != NounKind::kThing && sometimes(0.25)) {
      static const struct {
        const char *english, *french;
        Agent agent;
      } all[]{{"him", "le", {Person::kHe, false}},
              {"her", "la", {Person::kHe, true}},
              {"them", "les", {Person::kThey, false}},
              {"me", "me", {Person::kI, false}},
              {"us", "nous", {Person::kWe, false}}};
      const bool own = agent.person == Person::kI || agent.person == Person::kWe;
      const auto& object = all[random_.below(own ? 3 : 5)];
      phenomena_.insert("object pronoun");
      const int whom = out_.meaning();
      write_verb(out_, phenomena_, agent, verb, tense, polarity_here,
                 ObjectBefore{object.french, whom, object.agent});
      out_.english(object.english, {whom});
      return;
    }
    write_verb(out_, phenomena_, agent, verb, tense, polarity_here);
    noun_phrase(verb.object, {.phrases = phrases, .negated = polarity_here != Polarity::kPlain},
                &verb);
  }

  void place() {
    static const std::vector<std::pair<std::string, Words>> prepositions{
        {"in", {"dans"}}, {"behind", {"derrière"}}, {"near", {"près", "de"}}};
    const auto& [english, french] = one_of(prepositions);
    const int where = out_.meaning();
    out_.english(english, {where});
    for (const std::string& word : french) out_.french(word, {where});
    noun_phrase(NounKind::kPlace, {.phrases = false, .definite_only = true});
  }

  void relative_clause(const Agent& agent) {
    phenomena_.insert("relative clause");
    const Tense tense = static_cast<Tense>(random_.below(4));
    if (agent.nouns[0]->kind != NounKind::kPlace && sometimes(0.4)) {
      // "that the dog sees": the verb's object is the noun before, with which it agrees.
      out_.both("that", "que");
      const Agent other =
          sometimes(0.5) ? pronoun() : noun_phrase(NounKind::kLiving, {.phrases = false});
      const Verb& verb = choose(
          transitive_verbs(), other.nouns,
          [&](const Verb& v) {
            const DataPart owner = part_of_combination(v.english + " + " + agent.nouns[0]->english);
            return (v.object == NounKind::kAny || v.object == agent.nouns[0]->kind) &&
                   (owner == part_ || owner == DataPart::kTrain);
          },
          [](const Verb& v, const Noun* noun) { return noun->english + " + " + v.english; });
      combinations_.push_back(verb.english + " + " + agent.nouns[0]->english);
      return write_verb(out_, phenomena_, other, verb, tense, Polarity::kPlain,
                        ObjectBefore{"", 0, agent});
    }
    out_.both("that", "qui");
    predicate(agent, tense, false);
  }

  void copula(const Agent& agent, Tense tense) {
    write_be(out_, agent, tense, polarity());
    const Adjective& adjective = choose_adjective(agent.nouns, [&](const Adjective& a) {
      return !agent.nouns.empty() || a.kind != NounKind::kThing;
    });
    out_.both(adjective.english, adjective.form(agent.feminine, agent.plural()));
  }

  void time(Tense tense) {
    using Times = std::vector<WordPair>;
    static const Times now{{"now", "maintenant"}}, then{{"yesterday", "hier"}},
        soon{{"tomorrow", "demain"}, {"soon", "bientôt"}};
    const auto& [english, french] = one_of(tense == Tense::kPresent  ? now
                                           : tense == Tense::kFuture ? soon
                                                                     : then);
    out_.both(english, french);
  }

  Random& random_;
  DataPart part_;
  BilingualWriter out_;
  std::set<std::string> phenomena_;
  Words combinations_;
};

}  // namespace

std::vector<GeneratedPair> generate_pairs(DataPart part, std::int64_t count, std::uint64_t seed) {
  Random random(seed, "translation." + std::to_string(static_cast<int>(part)));
  std::set<std::string> known;
  std::vector<GeneratedPair> pairs;
  constexpr int kMostTries = 10'000;  // in a row that gave nothing new
  for (int tries = 0; static_cast<std::int64_t>(pairs.size()) < count; ++tries) {
    if (tries == kMostTries)
      throw input_error("the grammar cannot make ", count, " different sentences of one part (it ",
                        "has made ", pairs.size(), "); choose fewer");
    GeneratedPair pair;
    try {
      pair = Author(random, part).write();
    } catch (const DeadEnd&) {
      continue;
    }
    const bool has_own =
        std::any_of(pair.combinations.begin(), pair.combinations.end(),
                    [part](const std::string& c) { return part_of_combination(c) == part; });
    if (!has_own || !known.insert(pair.texts.source).second) continue;
    pairs.push_back(std::move(pair));
    tries = 0;
  }
  return pairs;
}

}  // namespace unroll::lessons
