#include "lessons/support/review_grammar.h"

#include <algorithm>
#include <set>

#include "engine/error.h"
#include "engine/random.h"

namespace unroll::lessons {

namespace {

using Words = std::vector<std::string>;

const Words kThings{"plot",   "acting",  "music",      "ending",  "dialogue", "cast",
                    "script", "scenery", "soundtrack", "opening", "humour",   "camera work"};
const Words kGood{"good",   "lovely", "brilliant", "charming", "clever",  "fresh",
                  "moving", "witty",  "warm",      "splendid", "elegant", "gripping"};
const Words kBad{"bad",   "dull",  "weak",    "clumsy", "boring", "stale",
                 "awful", "silly", "tedious", "messy",  "bleak",  "dreadful"};
const Words kIntensifiers{"very", "really", "truly", "so", "extremely", "quite"};
const Words kNegations{"not", "never", "hardly", "far from", "anything but", "not at all"};
const Words kFarNegations{"nobody would call", "i can not call", "i would not say of",
                          "it would be wrong to call"};
const Words kHearsay{"my brother asked whether", "we could not agree whether",
                     "i have yet to hear whether", "nobody could tell me whether",
                     "the poster claims that"};
struct Fact {
  std::string frame;
  Words values;
};
const std::vector<Fact> kFacts{
    {"i saw it on", {"monday", "tuesday", "thursday", "friday", "saturday", "sunday"}},
    {"it was shot in", {"norway", "india", "chile", "wales", "kenya", "japan"}},
    {"it lasts", {"ninety minutes", "two hours", "three hours", "an hour"}},
    {"the story is set in", {"a village", "a harbour", "a school", "a hospital", "the desert"}},
    {"we sat in", {"the first row", "the third row", "the last row", "the balcony"}},
    {"the tickets cost", {"six euros", "ten euros", "twelve euros"}},
};

// Draws the pieces of one review.
class Author {
 public:
  explicit Author(Random& random) : random_(random) {}

  const std::string& one_of(const Words& words) {
    return words[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(words.size())))];
  }
  bool sometimes(double share) { return random_.next_uniform() < share; }

  // "the music": what opinions are about.
  std::string thing() { return "the " + one_of(kThings); }
  const std::string& adjective(bool good) { return one_of(good ? kGood : kBad); }

  // A clause that holds an opinion, by the plainest means or others.
  std::string plain(bool good, Review& review) {
    const std::string what = thing(), how = adjective(good);
    review.combinations.push_back(what + " + " + how);
    return what + " is " + how;
  }
  std::string intensified(bool good, Review& review) {
    const std::string degree = one_of(kIntensifiers), how = adjective(good);
    review.combinations.push_back(degree + " + " + how);
    return thing() + " is " + degree + " " + how;
  }
  std::string negated(bool good, Review& review) {
    const std::string negation = one_of(kNegations), how = adjective(!good);
    review.combinations.push_back(negation + " + " + how);
    return thing() + " is " + negation + " " + how;
  }
  std::string negated_from_afar(bool good, Review& review) {
    const std::string negation = one_of(kFarNegations), how = adjective(!good);
    review.combinations.push_back(negation + " + " + how);
    const std::string between = negation.ends_with("of") ? " that it is " : " ";
    return negation + " " + thing() + between + how;
  }
  std::string any_clause(bool good, Review& review) {
    switch (random_.below(4)) {
      case 0:
        return intensified(good, review);
      case 1:
        return negated(good, review);
      default:
        return plain(good, review);
    }
  }

  // Two opinions, of which the second wins.
  std::string contrast(bool good, Review& review) {
    const std::string first = any_clause(!good, review), second = any_clause(good, review);
    review.combinations.push_back(last_word(first) + ", but " + last_word(second));
    return first + " , but " + second;
  }
  // Two opinions, of which the one without "although" wins, wherever it stands.
  std::string concession(bool good, Review& review) {
    const std::string lesser = any_clause(!good, review), main = any_clause(good, review);
    const bool begins = sometimes(0.5);
    review.combinations.push_back((begins ? "although first: " : "although last: ") +
                                  last_word(lesser) + " / " + last_word(main));
    return begins ? "although " + lesser + " , " + main : main + " , although " + lesser;
  }

  // Neutral: no opinion, or none of the writer's.
  std::string fact() {
    const Fact& fact =
        kFacts[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(kFacts.size())))];
    return fact.frame + " " + one_of(fact.values);
  }
  std::string two_facts(bool, Review& review) {
    const std::string first = fact(), second = fact();
    review.combinations.push_back(last_word(first) + " and " + last_word(second));
    return first + " and " + second;
  }
  std::string neither(bool good_first, Review& review) {
    const std::string first = adjective(good_first), second = adjective(!good_first);
    review.combinations.push_back("neither " + first + " nor " + second);
    return thing() + " is neither " + first + " nor " + second;
  }
  std::string hearsay(bool good, Review& review) {
    const std::string frame = one_of(kHearsay), how = adjective(good);
    review.combinations.push_back(frame + " + " + how);
    return frame + " " + thing() + " is " + how;
  }

 private:
  static std::string last_word(const std::string& text) { return text.substr(text.rfind(' ') + 1); }

  Random& random_;
};

// A way to write a review of a class; `good` is what it says, or seems to say where it is neutral.
struct Construction {
  std::string name;
  std::string (Author::*write)(bool good, Review& review);
};

// As in life, most opinions are plain: it is from those that one learns what the words mean.
const std::vector<Construction> kOpinions{{"plain", &Author::plain},
                                          {"intensifier", &Author::intensified},
                                          {"negation", &Author::negated},
                                          {"contrast", &Author::contrast},
                                          {"concession", &Author::concession},
                                          {"plain", &Author::plain},
                                          {"intensifier", &Author::intensified},
                                          {"plain", &Author::plain},
                                          {"contrast", &Author::contrast},
                                          {"negation", &Author::negated},
                                          {"plain", &Author::plain},
                                          {"concession", &Author::concession},
                                          {"intensifier", &Author::intensified},
                                          {"far negation", &Author::negated_from_afar},
                                          {"plain", &Author::plain}};
const std::vector<Construction> kStatements{{"facts", &Author::two_facts},
                                            {"neither, nor", &Author::neither},
                                            {"hearsay", &Author::hearsay}};

bool fits(const Review& review, ReviewPart part) {
  bool has_own = false;
  for (const std::string& combination : review.combinations) {
    const ReviewPart found = part_of_combination(combination);
    if (found != part && found != ReviewPart::kTrain) return false;
    has_own = has_own || found == part;
  }
  return has_own;
}

Review write_review(const Construction& construction, std::int32_t label, bool good,
                    ReviewPart part, Author& author) {
  for (;;) {
    Review review{"", label, construction.name, {}};
    review.text = (author.*construction.write)(good, review);
    if (!fits(review, part)) continue;
    // Some begin with a fact that says nothing.
    if (author.sometimes(0.4)) review.text = author.fact() + " . " + review.text;
    review.text += " .";
    return review;
  }
}

}  // namespace

std::vector<Review> generate_reviews(ReviewPart part, std::int64_t count, std::int64_t classes,
                                     std::uint64_t seed) {
  require(classes == 2 || classes == 3, "[generate_reviews] expected 2 or 3 classes, got ",
          classes);
  Random random(seed, "reviews." + std::to_string(static_cast<int>(part)));
  Author author(random);
  std::set<std::string> known;
  std::vector<Review> reviews;
  constexpr int kMostTries = 2000;  // in a row that were all known
  for (std::int64_t i = 0; i < count; ++i) {
    const auto label = static_cast<std::int32_t>(i % classes);
    const bool is_neutral = classes == 3 && label == kNeutral;
    const std::vector<Construction>& ways = is_neutral ? kStatements : kOpinions;
    const std::int64_t turn = i / classes;  // of this class
    const Construction& way = ways[static_cast<std::size_t>(turn) % ways.size()];
    const bool good = is_neutral ? turn % 2 == 0 : label == classes - 1;
    for (int tries = 0;; ++tries) {
      Review review = write_review(way, label, good, part, author);
      if (known.insert(review.text).second) {
        reviews.push_back(std::move(review));
        break;
      }
      if (tries == kMostTries)
        throw input_error("the grammar cannot make ", count, " different reviews of one part (it ",
                          "has made ", i, "); choose fewer");
    }
  }
  return reviews;
}

}  // namespace unroll::lessons
