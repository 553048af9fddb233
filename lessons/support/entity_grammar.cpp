#include "lessons/support/entity_grammar.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "engine/random.h"
#include "lessons/support/entity_tags.h"

namespace unroll::lessons {

namespace {

using Texts = std::vector<std::string_view>;

constexpr std::size_t kParts = 3;
constexpr std::int64_t kStems = 250;  // of a gazetteer

// P person, F family, L place, O organisation, E event, X any of them but the last; D day or month,
// N number, C what somebody has done; inside of names S a stem, A capital letters. No word is like
// them.
const Texts kSentences{
    "P lives in L .",
    "P , who was born in L , works for O .",
    "P was born in L on a D .",
    "We met P at the E .",
    "Last D O hired P .",
    "P and P moved to L .",
    "The mayor of L , P , opened the E .",
    "O opens an office in L .",
    "On D O bought O .",
    "Trains from L to L were late by N minutes .",
    "It rained in L on D .",
    "The E ended on D .",
    "F said no .",
    "F , as everyone knows , said no .",
    "F has C .",
    "L lies on the coast .",
    "L , as everyone knows , lies on the coast .",
    "L is a town of N houses .",
    "Shares of O fell by N percent on D .",
    "O , as everyone knows , is bankrupt .",
    "According to P , O has C .",
    "The bank of the river near L was under water .",
    "A university that nobody knows wrote to P .",
    "P 's letter reached L after N days .",
    "F and F met in L .",
    "O and O agreed on the price .",
    "A lawyer of O spoke to F for N minutes .",
    "After the E , P went back to L .",
    "N people came to the E .",
    "Nobody in L reads what F writes .",
    "The director of O , P , has C .",
    "Without F the E is nothing .",
    "L , L and L are towns in the north .",
    "F , F and F were the best players .",
    "O , O and O are to be sold .",
    "What is left of L is a church .",
    "What is left of O is a name .",
    "X is not what everyone thinks .",
    "Everyone talks about X and nobody about X .",
    "In N years X will be forgotten .",
};
const Texts kOrganisations{
    "University of L", "L University",      "Bank of L", "L Airlines", "L Steel",
    "L Rovers",        "F & Sons",          "F Motors",  "F and F",    "A",
    "A Holdings",      "National A Agency", "S S",       "S"};
const Texts kEvents{"L Marathon", "L Festival", "Treaty of L", "F Cup", "F Prize", "Battle of L"};
const Texts kPlaces{"New S", "Saint S", "S Bay", "S S"};
const Texts kAnything{"P", "L", "O"};
const Texts kDays{"Monday", "Tuesday", "Thursday", "Sunday", "March", "June", "October"};
const Texts kClaims{"lost the election", "won again", "asked for more time", "nothing to say",
                    "left the country"};
const Texts kPlaceEndings{"burg", "ton", "ville", "mouth", "gard"};
const Texts kFamilyEndings{"son", "ov", "ez", "ini", "man"};

// Stems such as "Keran", all different, in an order that says nothing.
const std::vector<std::string>& stems() {
  static const std::vector<std::string> shuffled = [] {
    std::vector<std::string> in_order, all;
    for (const char* onset : {"B", "D", "F", "G", "H",  "K",  "L",  "M",  "N",  "P",
                              "R", "S", "T", "V", "Br", "Dr", "Gr", "Kr", "St", "Tr"})
      for (const char vowel : {'a', 'e', 'i', 'o', 'u'})
        for (const char middle : {'d', 'k', 'l', 'm', 'n', 'r', 's', 'v'})
          for (const char* end : {"a", "an", "en", "er", "ik", "o", "os", "ur"})
            in_order.push_back(std::string(onset) + vowel + middle + end);
    for (const std::int64_t i :
         Random(1, "stems").permutation(static_cast<std::int64_t>(in_order.size())))
      all.push_back(in_order[static_cast<std::size_t>(i)]);
    return all;
  }();
  return shuffled;
}

// Writes one sentence. Which names are used decides nothing but the names: everything else is drawn
// alike.
class Writer {
 public:
  Writer(EntityPartName names, Random& random)
      : names_(static_cast<std::size_t>(names)), random_(random) {}

  EntitySentence sentence() {
    words_.clear();
    for (auto& level : entities_) level.clear();
    expand(choose(kSentences), 0);
    EntitySentence result{words_, {}};
    for (const auto& level : entities_)
      result.tags.push_back(
          tags_of(level, static_cast<std::int64_t>(words_.size()), TagScheme::kBio));
    return result;
  }

 private:
  std::string_view choose(const Texts& texts) {
    return texts[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(texts.size())))];
  }
  bool sometimes(double share) { return random_.next_uniform() < share; }

  // A stem of the part's gazetteer. First names have stems of their own, families and towns share
  // theirs.
  const std::string& stem(std::int64_t number) const {
    return stems()[kParts * static_cast<std::size_t>(number) + names_];
  }
  void first_name() { words_.push_back(stem(kStems + random_.below(kStems))); }
  void bare() { words_.push_back(stem(random_.below(kStems))); }

  // A family or a town: half of the stems stand bare, the others have an ending, which is theirs
  // for good. One ending in five misleads: there are families with towns' endings.
  void with_ending(const Texts& usual, const Texts& misleading) {
    const std::int64_t number = random_.below(kStems);
    words_.push_back(stem(number));
    if (number % 2 == 0) return;
    const Texts& endings = number % 5 == 0 ? misleading : usual;
    words_.back() += endings[static_cast<std::size_t>(number / 10) % endings.size()];
  }
  void family() { with_ending(kFamilyEndings, kPlaceEndings); }
  void town() { with_ending(kPlaceEndings, kFamilyEndings); }

  std::string letters() {
    // The first letter is the part's own, so that the parts have none in common.
    std::string made(
        1, static_cast<char>('A' + 3 * random_.below(8) + static_cast<std::int64_t>(names_)));
    for (int i = 0; i < 2; ++i) made += static_cast<char>('A' + random_.below(26));
    return made;
  }

  void name(const char* type, std::size_t level, const auto& write) {
    const std::size_t at = entities_[level].size();
    entities_[level].push_back({static_cast<std::int64_t>(words_.size()), 0, type});
    write();
    entities_[level][at].end = static_cast<std::int64_t>(words_.size());
  }

  void expand(std::string_view text, std::size_t level) {
    while (!text.empty()) {
      const std::string_view word = text.substr(0, text.find(' '));
      text.remove_prefix(std::min(word.size() + 1, text.size()));
      if (word == "P")
        name("PER", level, [&] {
          if (sometimes(0.8)) first_name();
          family();
        });
      else if (word == "F")
        name("PER", level, [&] { family(); });
      else if (word == "L")
        name("LOC", level, [&] { sometimes(0.7) ? town() : expand(choose(kPlaces), level + 1); });
      else if (word == "X")
        expand(choose(kAnything), level);
      else if (word == "S")
        bare();
      else if (word == "O")
        name("ORG", level, [&] { expand(choose(kOrganisations), level + 1); });
      else if (word == "E")
        name("EVENT", level, [&] { expand(choose(kEvents), level + 1); });
      else if (word == "A" && level > 0)
        words_.push_back(letters());
      else if (word == "D")
        words_.emplace_back(choose(kDays));
      else if (word == "N")
        words_.push_back(std::to_string(2 + random_.below(98)));
      else if (word == "C")
        expand(choose(kClaims), level);
      else
        words_.emplace_back(word);
    }
  }

  std::size_t names_;
  Random& random_;
  std::vector<std::string> words_;
  std::array<std::vector<Entity>, 2> entities_;
};

}  // namespace

std::vector<EntitySentence> generate_entity_sentences(EntityPartName part, EntityPartName names,
                                                      std::int64_t count, std::uint64_t seed) {
  Random random(seed, "entities." + std::to_string(static_cast<int>(part)));
  Writer writer(names, random);
  std::vector<EntitySentence> sentences;
  for (std::int64_t i = 0; i < count; ++i) sentences.push_back(writer.sentence());
  return sentences;
}

}  // namespace unroll::lessons
