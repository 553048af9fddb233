#include "lessons/support/translation_lexicon.h"

#include <string_view>

namespace unroll::lessons {

namespace {

constexpr bool kMasculine = false, kFeminine = true;

// With an s in the plural of both languages.
Noun noun(const std::string& english, const std::string& french, bool feminine, NounKind kind) {
  return {english, english + "s", french, french + "s", feminine, kind};
}

// petit, petite, petits, petites; calme, calme, calmes, calmes; gris, grise, gris, grises.
Adjective adjective(const std::string& english, const std::string& french, bool stands_before,
                    NounKind kind) {
  const std::string feminine = french.ends_with('e') ? french : french + "e";
  const std::string plural = french.ends_with('s') ? french : french + "s";
  return {english, {french, feminine, plural, feminine + "s"}, "", stands_before, kind};
}

using Forms = std::array<std::string, 4>;

// stems: of the imparfait, of the futur, and the participle.
Verb verb(const Forms& english, const Forms& present, const std::array<std::string, 3>& stems,
          bool with_etre, NounKind object) {
  return {english[0], english[1], english[2], english[3], present,
          stems[0],   stems[1],   stems[2],   with_etre,  object};
}

// Those in -er: je chante, il chante, nous chantons, ils chantent.
Verb regular(const Forms& english, const std::string& stem, bool with_etre, NounKind object) {
  return verb(english, {stem + "e", stem + "e", stem + "ons", stem + "ent"},
              {stem, stem + "er", stem + "é"}, with_etre, object);
}

}  // namespace

const std::vector<Noun>& nouns() {
  using enum NounKind;
  static const std::vector<Noun> all{
      {"man", "men", "homme", "hommes", kMasculine, kLiving},
      {"woman", "women", "femme", "femmes", kFeminine, kLiving},
      {"child", "children", "enfant", "enfants", kMasculine, kLiving},
      {"mouse", "mice", "souris", "souris", kFeminine, kLiving},
      {"horse", "horses", "cheval", "chevaux", kMasculine, kLiving},
      {"bird", "birds", "oiseau", "oiseaux", kMasculine, kLiving},
      {"actress", "actresses", "actrice", "actrices", kFeminine, kLiving},
      noun("girl", "fille", kFeminine, kLiving),
      noun("doctor", "médecin", kMasculine, kLiving),
      noun("queen", "reine", kFeminine, kLiving),
      noun("cat", "chat", kMasculine, kLiving),
      noun("dog", "chien", kMasculine, kLiving),
      noun("cow", "vache", kFeminine, kLiving),
      noun("bee", "abeille", kFeminine, kLiving),
      {"hat", "hats", "chapeau", "chapeaux", kMasculine, kThing},
      noun("book", "livre", kMasculine, kThing),
      noun("letter", "lettre", kFeminine, kThing),
      noun("apple", "pomme", kFeminine, kThing),
      noun("car", "voiture", kFeminine, kThing),
      noun("picture", "image", kFeminine, kThing),
      noun("egg", "œuf", kMasculine, kThing),
      noun("flower", "fleur", kFeminine, kThing),
      noun("garden", "jardin", kMasculine, kPlace),
      noun("house", "maison", kFeminine, kPlace),
      noun("school", "école", kFeminine, kPlace),
      noun("hotel", "hôtel", kMasculine, kPlace),
      noun("forest", "forêt", kFeminine, kPlace),
  };
  return all;
}

const std::vector<Adjective>& adjectives() {
  using enum NounKind;
  static const std::vector<Adjective> all{
      {"beautiful", {"beau", "belle", "beaux", "belles"}, "bel", true, kAny},
      {"old", {"vieux", "vieille", "vieux", "vieilles"}, "vieil", true, kAny},
      {"new", {"nouveau", "nouvelle", "nouveaux", "nouvelles"}, "nouvel", true, kAny},
      {"white", {"blanc", "blanche", "blancs", "blanches"}, "", false, kAny},
      {"happy", {"heureux", "heureuse", "heureux", "heureuses"}, "", false, kLiving},
      {"active", {"actif", "active", "actifs", "actives"}, "", false, kLiving},
      adjective("big", "grand", true, kAny),
      adjective("small", "petit", true, kAny),
      adjective("young", "jeune", true, kLiving),
      adjective("red", "rouge", false, kThing),
      adjective("black", "noir", false, kAny),
      adjective("blue", "bleu", false, kThing),
      adjective("sad", "triste", false, kLiving),
      adjective("strange", "étrange", false, kAny),
      adjective("heavy", "lourd", false, kThing),
  };
  return all;
}

const std::vector<Verb>& intransitive_verbs() {
  using enum NounKind;
  static const std::vector<Verb> all{
      verb({"sleep", "sleeps", "slept", "sleeping"}, {"dors", "dort", "dormons", "dorment"},
           {"dorm", "dormir", "dormi"}, false, kAny),
      verb({"run", "runs", "ran", "running"}, {"cours", "court", "courons", "courent"},
           {"cour", "courr", "couru"}, false, kAny),
      verb({"leave", "leaves", "left", "leaving"}, {"pars", "part", "partons", "partent"},
           {"part", "partir", "parti"}, true, kAny),
      regular({"sing", "sings", "sang", "singing"}, "chant", false, kAny),
      regular({"work", "works", "worked", "working"}, "travaill", false, kAny),
      regular({"jump", "jumps", "jumped", "jumping"}, "saut", false, kAny),
      regular({"fall", "falls", "fell", "falling"}, "tomb", true, kAny),
      regular({"stay", "stays", "stayed", "staying"}, "rest", true, kAny),
  };
  return all;
}

const std::vector<Verb>& transitive_verbs() {
  using enum NounKind;
  static const std::vector<Verb> all{
      verb({"see", "sees", "saw", "seeing"}, {"vois", "voit", "voyons", "voient"},
           {"voy", "verr", "vu"}, false, kAny),
      verb({"take", "takes", "took", "taking"}, {"prends", "prend", "prenons", "prennent"},
           {"pren", "prendr", "pris"}, false, kThing),
      verb({"hear", "hears", "heard", "hearing"}, {"entends", "entend", "entendons", "entendent"},
           {"entend", "entendr", "entendu"}, false, kLiving),
      verb({"open", "opens", "opened", "opening"}, {"ouvre", "ouvre", "ouvrons", "ouvrent"},
           {"ouvr", "ouvrir", "ouvert"}, false, kThing),
      regular({"watch", "watches", "watched", "watching"}, "regard", false, kAny),
      regular({"find", "finds", "found", "finding"}, "trouv", false, kAny),
      regular({"hide", "hides", "hid", "hiding"}, "cach", false, kThing),
      regular({"help", "helps", "helped", "helping"}, "aid", false, kLiving),
      regular({"admire", "admires", "admired", "admiring"}, "admir", false, kAny),
  };
  return all;
}

const Verb& verb_go() {
  static const Verb go = verb({"go", "goes", "went", "going"}, {"vais", "va", "allons", "vont"},
                              {"all", "ir", "allé"}, true, NounKind::kPlace);
  return go;
}

const Verb& verb_be() {
  static const Verb be = verb({"be", "is", "was", "being"}, {"suis", "est", "sommes", "sont"},
                              {"ét", "ser", "été"}, false, NounKind::kAny);
  return be;
}

const std::string& avoir(Person person) {
  static const std::array<std::string, kPersons> forms{"ai", "a", "avons", "ont"};
  return forms[static_cast<std::size_t>(person)];
}

bool begins_with_vowel(const std::string& french) {
  for (const std::string_view start :
       {"a", "e", "i", "o", "u", "h", "é", "è", "ê", "â", "î", "ô", "œ"})
    if (french.starts_with(start)) return true;
  return false;
}

}  // namespace unroll::lessons
