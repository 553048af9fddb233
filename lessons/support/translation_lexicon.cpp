#include "lessons/support/translation_lexicon.h"

#include <string_view>

namespace unroll::lessons {

namespace {

constexpr bool kMasculine = false, kFeminine = true;

// With an s in the plural of both languages.
Noun noun(const std::string& english, const std::string& french, bool feminine, Kind kind) {
  return {english, english + "s", french, french + "s", feminine, kind};
}

// petit, petite, petits, petites; calme, calme, calmes, calmes; gris, grise, gris, grises.
Adjective adjective(const std::string& english, const std::string& french, bool stands_before,
                    Kind kind) {
  const std::string feminine = french.ends_with('e') ? french : french + "e";
  const std::string plural = french.ends_with('s') ? french : french + "s";
  return {english, {french, feminine, plural, feminine + "s"}, "", stands_before, kind};
}

// Of those in -er: je chante, il chante, nous chantons, ils chantent.
Verb regular(std::array<std::string, 4> english, const std::string& stem, bool with_etre,
             Kind object) {
  return {english[0],
          english[1],
          english[2],
          english[3],
          {stem + "e", stem + "e", stem + "ons", stem + "ent"},
          stem,
          stem + "er",
          stem + "é",
          with_etre,
          object};
}

}  // namespace

const std::vector<Noun>& nouns() {
  using enum Kind;
  static const std::vector<Noun> all{
      {"man", "men", "homme", "hommes", kMasculine, kLiving},
      {"woman", "women", "femme", "femmes", kFeminine, kLiving},
      {"child", "children", "enfant", "enfants", kMasculine, kLiving},
      {"mouse", "mice", "souris", "souris", kFeminine, kLiving},
      {"horse", "horses", "cheval", "chevaux", kMasculine, kLiving},
      {"bird", "birds", "oiseau", "oiseaux", kMasculine, kLiving},
      {"actress", "actresses", "actrice", "actrices", kFeminine, kLiving},
      noun("boy", "garçon", kMasculine, kLiving),
      noun("girl", "fille", kFeminine, kLiving),
      noun("friend", "ami", kMasculine, kLiving),
      noun("neighbour", "voisin", kMasculine, kLiving),
      noun("doctor", "médecin", kMasculine, kLiving),
      noun("student", "étudiant", kMasculine, kLiving),
      noun("queen", "reine", kFeminine, kLiving),
      noun("cat", "chat", kMasculine, kLiving),
      noun("dog", "chien", kMasculine, kLiving),
      noun("cow", "vache", kFeminine, kLiving),
      noun("bee", "abeille", kFeminine, kLiving),
      noun("sister", "sœur", kFeminine, kLiving),
      noun("uncle", "oncle", kMasculine, kLiving),
      {"hat", "hats", "chapeau", "chapeaux", kMasculine, kThing},
      {"coat", "coats", "manteau", "manteaux", kMasculine, kThing},
      noun("book", "livre", kMasculine, kThing),
      noun("letter", "lettre", kFeminine, kThing),
      noun("apple", "pomme", kFeminine, kThing),
      noun("car", "voiture", kFeminine, kThing),
      noun("picture", "image", kFeminine, kThing),
      noun("bottle", "bouteille", kFeminine, kThing),
      noun("umbrella", "parapluie", kMasculine, kThing),
      noun("egg", "œuf", kMasculine, kThing),
      noun("flower", "fleur", kFeminine, kThing),
      noun("plane", "avion", kMasculine, kThing),
      noun("chair", "chaise", kFeminine, kThing),
      noun("garden", "jardin", kMasculine, kPlace),
      noun("house", "maison", kFeminine, kPlace),
      noun("school", "école", kFeminine, kPlace),
      noun("market", "marché", kMasculine, kPlace),
      noun("hotel", "hôtel", kMasculine, kPlace),
      noun("forest", "forêt", kFeminine, kPlace),
      {"church", "churches", "église", "églises", kFeminine, kPlace},
  };
  return all;
}

const std::vector<Adjective>& adjectives() {
  using enum Kind;
  static const std::vector<Adjective> all{
      {"beautiful", {"beau", "belle", "beaux", "belles"}, "bel", true, kAny},
      {"old", {"vieux", "vieille", "vieux", "vieilles"}, "vieil", true, kAny},
      {"new", {"nouveau", "nouvelle", "nouveaux", "nouvelles"}, "nouvel", true, kAny},
      {"good", {"bon", "bonne", "bons", "bonnes"}, "", true, kAny},
      {"white", {"blanc", "blanche", "blancs", "blanches"}, "", false, kAny},
      {"happy", {"heureux", "heureuse", "heureux", "heureuses"}, "", false, kLiving},
      {"jealous", {"jaloux", "jalouse", "jaloux", "jalouses"}, "", false, kLiving},
      {"active", {"actif", "active", "actifs", "actives"}, "", false, kLiving},
      adjective("big", "grand", true, kAny),
      adjective("small", "petit", true, kAny),
      adjective("young", "jeune", true, kLiving),
      adjective("pretty", "joli", true, kAny),
      adjective("bad", "mauvais", true, kAny),
      adjective("red", "rouge", false, kThing),
      adjective("black", "noir", false, kAny),
      adjective("green", "vert", false, kThing),
      adjective("blue", "bleu", false, kThing),
      adjective("grey", "gris", false, kAny),
      adjective("sad", "triste", false, kLiving),
      adjective("strange", "étrange", false, kAny),
      adjective("famous", "célèbre", false, kAny),
      adjective("tired", "fatigué", false, kLiving),
      adjective("heavy", "lourd", false, kThing),
      adjective("clean", "propre", false, kAny),
  };
  return all;
}

const std::vector<Verb>& intransitive_verbs() {
  static const std::vector<Verb> all{
      {"sleep",
       "sleeps",
       "slept",
       "sleeping",
       {"dors", "dort", "dormons", "dorment"},
       "dorm",
       "dormir",
       "dormi",
       false,
       Kind::kAny},
      {"laugh",
       "laughs",
       "laughed",
       "laughing",
       {"ris", "rit", "rions", "rient"},
       "ri",
       "rir",
       "ri",
       false,
       Kind::kAny},
      {"run",
       "runs",
       "ran",
       "running",
       {"cours", "court", "courons", "courent"},
       "cour",
       "courr",
       "couru",
       false,
       Kind::kAny},
      {"leave",
       "leaves",
       "left",
       "leaving",
       {"pars", "part", "partons", "partent"},
       "part",
       "partir",
       "parti",
       true,
       Kind::kAny},
      regular({"sing", "sings", "sang", "singing"}, "chant", false, Kind::kAny),
      regular({"dance", "dances", "danced", "dancing"}, "dans", false, Kind::kAny),
      regular({"work", "works", "worked", "working"}, "travaill", false, Kind::kAny),
      regular({"cry", "cries", "cried", "crying"}, "pleur", false, Kind::kAny),
      regular({"jump", "jumps", "jumped", "jumping"}, "saut", false, Kind::kAny),
      regular({"hesitate", "hesitates", "hesitated", "hesitating"}, "hésit", false, Kind::kAny),
      regular({"arrive", "arrives", "arrived", "arriving"}, "arriv", true, Kind::kAny),
      regular({"fall", "falls", "fell", "falling"}, "tomb", true, Kind::kAny),
      regular({"stay", "stays", "stayed", "staying"}, "rest", true, Kind::kAny),
  };
  return all;
}

const std::vector<Verb>& transitive_verbs() {
  static const std::vector<Verb> all{
      {"see",
       "sees",
       "saw",
       "seeing",
       {"vois", "voit", "voyons", "voient"},
       "voy",
       "verr",
       "vu",
       false,
       Kind::kAny},
      {"take",
       "takes",
       "took",
       "taking",
       {"prends", "prend", "prenons", "prennent"},
       "pren",
       "prendr",
       "pris",
       false,
       Kind::kThing},
      {"lose",
       "loses",
       "lost",
       "losing",
       {"perds", "perd", "perdons", "perdent"},
       "perd",
       "perdr",
       "perdu",
       false,
       Kind::kThing},
      {"sell",
       "sells",
       "sold",
       "selling",
       {"vends", "vend", "vendons", "vendent"},
       "vend",
       "vendr",
       "vendu",
       false,
       Kind::kThing},
      {"hear",
       "hears",
       "heard",
       "hearing",
       {"entends", "entend", "entendons", "entendent"},
       "entend",
       "entendr",
       "entendu",
       false,
       Kind::kLiving},
      {"open",
       "opens",
       "opened",
       "opening",
       {"ouvre", "ouvre", "ouvrons", "ouvrent"},
       "ouvr",
       "ouvrir",
       "ouvert",
       false,
       Kind::kThing},
      regular({"watch", "watches", "watched", "watching"}, "regard", false, Kind::kAny),
      regular({"find", "finds", "found", "finding"}, "trouv", false, Kind::kAny),
      regular({"carry", "carries", "carried", "carrying"}, "port", false, Kind::kThing),
      regular({"draw", "draws", "drew", "drawing"}, "dessin", false, Kind::kAny),
      regular({"hide", "hides", "hid", "hiding"}, "cach", false, Kind::kThing),
      regular({"help", "helps", "helped", "helping"}, "aid", false, Kind::kLiving),
      regular({"invite", "invites", "invited", "inviting"}, "invit", false, Kind::kLiving),
      regular({"admire", "admires", "admired", "admiring"}, "admir", false, Kind::kAny),
  };
  return all;
}

const Verb& verb_go() {
  static const Verb go{"go",  "goes", "went", "going", {"vais", "va", "allons", "vont"},
                       "all", "ir",   "allé", true,    Kind::kPlace};
  return go;
}

const Verb& verb_be() {
  static const Verb be{"be", "is",  "was", "being", {"suis", "est", "sommes", "sont"},
                       "ét", "ser", "été", false,   Kind::kAny};
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
