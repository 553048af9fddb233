// What the lesson of named entities reads, makes up, converts and counts.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "engine/random.h"
#include "lessons/support/entity_data.h"
#include "lessons/support/entity_dictionary.h"
#include "lessons/support/entity_grammar.h"
#include "lessons/support/entity_systems.h"
#include "lessons/support/marked_names.h"
#include "lessons/support/metrics.h"
#include "lessons/support/words.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_input_error;
using unroll::testing::TemporaryFolder;
using Words = std::vector<std::string>;

Words split(const std::string& text) {
  std::istringstream stream(text);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string written(const std::vector<Entity>& entities) {
  std::string text;
  for (const Entity& entity : entities)
    text += std::to_string(entity.begin) + "-" + std::to_string(entity.end) + entity.type + " ";
  return text;
}

// ---- tags

TEST(EntityTags, ThreeWaysToWriteTheSameNames) {
  const std::vector<Entity> names{{0, 2, "PER"}, {3, 4, "PER"}, {4, 5, "LOC"}, {5, 8, "LOC"}};
  const std::vector<std::pair<TagScheme, std::string>> ways{
      {TagScheme::kIob1, "I-PER I-PER O I-PER I-LOC B-LOC I-LOC I-LOC O"},
      {TagScheme::kBio, "B-PER I-PER O B-PER B-LOC B-LOC I-LOC I-LOC O"},
      {TagScheme::kBioes, "B-PER E-PER O S-PER S-LOC B-LOC I-LOC E-LOC O"}};
  for (const auto& [scheme, text] : ways) {
    EXPECT_EQ(tags_of(names, 9, scheme), split(text));
    EXPECT_EQ(entities_of(split(text)), names) << text;
    EXPECT_EQ(count_invalid(scheme, split(text)), 0) << text;
    EXPECT_EQ(guess_scheme({split(text)}), scheme) << text;
  }
  EXPECT_EQ(written(entities_of(split("B-A L-A U-A"))), "0-2A 2-3A ");  // BILOU
}

// What conlleval makes of tags that no scheme allows.
TEST(EntityTags, InvalidSequencesAreReadAsConllevalDoes) {
  EXPECT_EQ(written(entities_of(split("O I-A I-A O"))), "1-3A ");
  EXPECT_EQ(written(entities_of(split("B-A I-B I-B"))), "0-1A 1-3B ");
  EXPECT_EQ(written(entities_of(split("I-A B-A I-A"))), "0-1A 1-3A ");
  EXPECT_EQ(written(entities_of(split("E-A E-A"))), "0-1A 1-2A ");
  EXPECT_EQ(written(entities_of(split("S-A I-A B-A B-A E-A"))), "0-1A 1-2A 2-3A 3-5A ");
  EXPECT_EQ(count_invalid(TagScheme::kBio, split("O I-A I-A O B-A I-B")), 2);
  EXPECT_EQ(count_invalid(TagScheme::kIob1, split("B-A I-A B-A B-B")), 2);
  EXPECT_EQ(count_invalid(TagScheme::kBioes, split("B-A O I-A E-B S-B B-A")), 4);
  EXPECT_EQ(count_invalid(TagScheme::kBio, split("B-A E-A")), 1);
  EXPECT_EQ(guess_scheme({split("B-A I-A O"), split("O I-A B-A I-A B-B")}), TagScheme::kBio);
}

// ---- scores, the numbers by seqeval 1.2.2, which counts as conlleval does

EntityScores scores_of(const std::string& there, const std::string& said) {
  return score_entities({entities_of(split(there))}, {entities_of(split(said))});
}

void expect_counts(const EntityCounts& counts, std::int64_t there, std::int64_t said,
                   std::int64_t correct) {
  EXPECT_EQ(counts.there, there);
  EXPECT_EQ(counts.said, said);
  EXPECT_EQ(counts.correct, correct);
}

TEST(EntityScores, AreConllevals) {
  const EntityScores bio = scores_of(
      "I-PER B-PER I-LOC B-PER I-LOC I-LOC I-LOC I-PER O B-LOC O I-LOC O O O B-PER B-LOC O B-LOC "
      "I-PER O I-PER O O I-LOC O B-LOC B-PER O B-LOC O O O I-PER I-PER B-LOC",
      "I-PER B-PER O O B-PER I-LOC I-LOC I-LOC O I-LOC O B-LOC O O O B-PER B-LOC O B-LOC I-PER O "
      "I-PER O B-LOC I-LOC O B-LOC B-PER O I-LOC O O O I-PER I-PER B-LOC");
  expect_counts(bio.by_type.at("PER"), 9, 8, 7);
  expect_counts(bio.by_type.at("LOC"), 10, 9, 7);
  expect_counts(bio.all, 19, 17, 14);
  EXPECT_NEAR(bio.all.precision(), 0.8235294117647058, 1e-15);
  EXPECT_NEAR(bio.all.recall(), 0.7368421052631579, 1e-15);
  EXPECT_NEAR(bio.all.f1(), 0.7777777777777778, 1e-15);
  const EntityScores bioes = scores_of(
      "O B-PER S-LOC B-LOC O B-LOC E-LOC I-LOC S-PER I-LOC S-PER I-PER E-LOC O S-LOC I-LOC I-PER "
      "O E-PER O B-LOC I-LOC S-PER S-LOC I-LOC B-PER I-LOC I-PER S-PER O I-PER I-LOC I-PER B-PER O "
      "B-PER",
      "I-PER B-PER O S-PER O B-LOC E-LOC E-LOC S-PER I-LOC O I-LOC B-PER S-LOC E-PER I-LOC I-PER "
      "O I-PER O S-LOC S-PER S-PER S-LOC E-LOC B-PER I-LOC O S-PER B-PER I-PER I-LOC I-PER B-PER "
      "O S-PER");
  expect_counts(bioes.by_type.at("PER"), 14, 16, 10);
  expect_counts(bioes.by_type.at("LOC"), 13, 11, 8);
  EXPECT_NEAR(bioes.all.f1(), 2.0 / 3, 1e-15);
}

TEST(EntityScores, ABorderOrATypeIsNotHalfRight) {
  expect_counts(scores_of("B-A I-A O", "B-A O O").all, 1, 1, 0);
  expect_counts(scores_of("B-A I-A O", "B-B I-B O").all, 1, 1, 0);
  expect_counts(scores_of("O O O", "O O O").all, 0, 0, 0);
  EXPECT_EQ(EntityCounts{}.f1(), 0);
  const auto counts =
      count_by_sentence({{{0, 2, "A"}, {3, 4, "B"}}, {}}, {{{0, 1, "A"}, {3, 4, "B"}}, {}});
  expect_counts(counts[0], 2, 2, 1);
  expect_counts(counts[1], 0, 0, 0);
}

TEST(EntityScores, ConfusionHasAPlaceForEachName) {
  const EntityLists there{{{0, 2, "A"}, {3, 4, "B"}, {5, 6, "A"}, {7, 8, "B"}}},
      said{{{0, 2, "B"}, {3, 5, "B"}, {5, 6, "A"}, {9, 10, "A"}}};
  const EntityConfusion confusion = confuse_entities(there, {said});
  EXPECT_EQ(confusion.columns, (Words{"A", "B", "other words", "nothing"}));
  EXPECT_EQ(confusion.counts, (std::vector<std::int64_t>{1, 1, 0, 0,     // A
                                                         0, 0, 1, 1,     // B
                                                         1, 0, 0, 0}));  // no name
}

// ---- files

TEST(EntitySentences, TwoToFourColumns) {
  const TemporaryFolder folder;
  const auto two =
      read_entity_sentences(folder.write("a", "Ada\tB-PER\r\nsaid so\tO\n\t\n#\tO\n1\tB-X-Y\n"), 1);
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].words, (Words{"Ada", "said so"}));
  EXPECT_EQ(two[1].words, (Words{"#", "1"}));
  EXPECT_EQ(two[1].tags[0], (Words{"O", "B-X-Y"}));
  const auto four = read_entity_sentences(
      folder.write("b", "-DOCSTART- -X- -X- O\n\nAda NNP  B-NP I-PER\nsings VBZ B-VP O \n"), 1);
  ASSERT_EQ(four.size(), 1u);
  EXPECT_EQ(four[0].tags, (std::vector<Words>{{"I-PER", "O"}}));
  const auto nested = read_entity_sentences(
      folder.write("c", "#\tsource [1]\n1\tBank\tB-ORG\tO\n2\tKeran\tI-ORG\tB-LOC\n\n1\t#\tO\tO\n"),
      2);
  ASSERT_EQ(nested.size(), 2u);
  EXPECT_EQ(nested[0].words, (Words{"Bank", "Keran"}));
  EXPECT_EQ(nested[0].tags, (std::vector<Words>{{"B-ORG", "I-ORG"}, {"O", "B-LOC"}}));
  EXPECT_EQ(nested[1].words, Words{"#"});
}

TEST(EntitySentences, ErrorsNameFileAndLine) {
  const TemporaryFolder folder;
  const auto refuses = [&](const std::string& name, const std::string& bytes, std::int64_t levels,
                           const std::string& part) {
    const auto file = folder.write(name, bytes);
    expect_input_error([&] { read_entity_sentences(file, levels); }, part);
  };
  refuses("a", "Ada\n", 1, "a:1: expected 2 to 4 columns, a word and 1 tag at the end, found 1");
  refuses("b", "Ada\tO\n\nso\tO\tO\n", 1,
          "b:3: expected 2 columns as in the lines before, found 3");
  refuses("c", "Ada\tNNP\n", 1,
          "c:1: expected O or a tag such as B-PER in column 2, found \"NNP\"");
  refuses("d", "Ada\tO\n", 2,
          "d:1: expected 3 to 4 columns, a word and 2 tags at the end, found 2");
  refuses("e", "a b c d O\n", 1, "e:1: expected 2 to 4 columns");
  refuses("f", "\tO\n", 1, "f:1: the word is empty");
  refuses("g", "-DOCSTART- O\n", 1, "found no sentence");
}

TEST(EntityData, ReadsAFolderAndConverts) {
  const TemporaryFolder folder;
  folder.write("train.txt", "Ada I-PER\nKing I-PER\nin O\nUlm I-LOC\n\nUlm I-PER\nBonn B-PER\n");
  folder.write("dev.txt", "ada I-PER\n");
  folder.write("test.txt", "ADA I-PER\nking I-PER\nUlm I-LOC\nZug I-ORG\n");
  const EntityData data = read_entity_data({.data = folder.path().string(), .scheme = "bioes"});
  EXPECT_EQ(data.file_scheme, TagScheme::kIob1);
  EXPECT_EQ(data.types, (Words{"LOC", "PER"}));  // ORG is not in the training part
  EXPECT_EQ(data.tags, split("O B-LOC I-LOC E-LOC S-LOC B-PER I-PER E-PER S-PER"));
  EXPECT_EQ(data.targets[0], (SentenceNumbers{{5, 7, 0, 4}, {8, 8}}));
  EXPECT_EQ(data.test.words[0][0], data.train.words[0][0]);  // small letters or not
  EXPECT_NE(data.test.forms[0][0], data.train.forms[0][0]);
  EXPECT_TRUE(data.is_known(data.test.sentences[0], {0, 2}));
  EXPECT_FALSE(data.is_known(data.test.sentences[0], {3, 4}));
  // The dictionary: the longest name, Ulm as often LOC as PER.
  EXPECT_EQ(written(NameDictionary(data, 0).find(split("ulm Ada King Bonn Ada"))),
            "0-1LOC 1-3PER 3-4PER ");
  folder.write("train.txt", "Ada O\n");
  expect_input_error([&] { read_entity_data({.data = folder.path().string()}); }, "all is O");
}

TEST(EntitySystems, KnownAndNewNamesAndTokens) {
  const TemporaryFolder folder;
  folder.write("train.txt", "Ada B-PER\nin O\n");
  folder.write("dev.txt", "Ada B-PER\n");
  folder.write("test.txt", "Ada B-PER\nof O\nUlm I-PER\n\nBob B-PER\nLee I-PER\n");
  const EntityData data = read_entity_data({.data = folder.path().string()});
  EXPECT_EQ(data.invalid, 1);
  const EntityAnswer answer = judge_tags(data, data.test, {{split("B-PER O O"), split("O I-PER")}});
  expect_counts(answer.all, 3, 2, 1);
  expect_counts(answer.known, 1, 1, 1);
  expect_counts(answer.unknown, 2, 1, 0);
  EXPECT_EQ(answer.invalid, 1);
  EXPECT_NEAR(answer.token_accuracy, 3.0 / 5, 1e-15);
}

// The z value against what sentences drawn again and again say (a bootstrap).
TEST(EntitySystems, TheErrorOfADifferenceIsThatOfABootstrap) {
  constexpr std::int64_t kSentences = 400;
  Random random(1, "bootstrap");
  EntityPart test;
  EntitySystem first{"first"}, second{"second"};
  test.entities.resize(1);
  for (EntitySystem* system : {&first, &second}) system->runs.resize(1);
  const auto say = [&](EntitySystem& system, double right, bool is_there) {
    system.runs[0].entities.resize(1);
    auto& said = system.runs[0].entities[0].emplace_back();
    if ((random.next_uniform() < right) == is_there) said.push_back({0, 1, "PER"});
  };
  for (std::int64_t i = 0; i < kSentences; ++i) {
    test.sentences.push_back({"Ada"});
    const bool is_there = random.below(2) == 0;
    test.entities[0].emplace_back();
    if (is_there) test.entities[0].back().push_back({0, 1, "PER"});
    say(first, 0.8, is_there);
    say(second, 0.7, is_there);
  }
  const auto counts = [&](EntitySystem& system) {
    EntityAnswer& run = system.runs[0];
    run.all = score_entities(test.entities[0], run.entities[0]).all;
    return count_by_sentence(test.entities[0], run.entities[0]);
  };
  const std::vector<EntityCounts> a = counts(first), b = counts(second);
  const EntityComparison comparison = compare_systems(test, first, second);
  EXPECT_NEAR(comparison.difference, first.runs[0].all.f1() - second.runs[0].all.f1(), 1e-12);
  std::vector<double> differences;
  for (int draw = 0; draw < 1000; ++draw) {
    EntityCounts of_a, of_b;
    for (std::int64_t i = 0; i < kSentences; ++i) {
      const auto chosen = static_cast<std::size_t>(random.below(kSentences));
      of_a += a[chosen];
      of_b += b[chosen];
    }
    differences.push_back(of_a.f1() - of_b.f1());
  }
  EXPECT_GT(comparison.z, 1);
  EXPECT_NEAR(comparison.z, comparison.difference / standard_deviation(differences),
              0.1 * comparison.z);
  EXPECT_EQ(compare_systems(test, first, first).outcome, 0);
}

// ---- the lesson's own sentences

std::set<std::string> names_of(const std::vector<EntitySentence>& part) {
  std::set<std::string> all;
  for (const EntitySentence& sentence : part)
    for (const auto& tags : sentence.tags)
      for (const Entity& entity : entities_of(tags)) all.insert(name_key(sentence.words, entity));
  return all;
}

class EntityGrammar : public ::testing::Test {
 protected:
  static std::vector<EntitySentence> make(EntityPartName part, EntityPartName names,
                                          std::int64_t count) {
    return generate_entity_sentences(part, names, count, 1);
  }
  using enum EntityPartName;
  const std::vector<EntitySentence> train_ = make(kTrain, kTrain, 1500),
                                    validation_ = make(kValidation, kValidation, 400),
                                    test_ = make(kTest, kTest, 400);
};

TEST_F(EntityGrammar, NoNameOfOnePartIsInAnother) {
  const std::set<std::string> train = names_of(train_), validation = names_of(validation_),
                              test = names_of(test_);
  EXPECT_GT(train.size(), 500u);
  for (const std::string& name : test) {
    EXPECT_FALSE(train.contains(name)) << name;
    EXPECT_FALSE(validation.contains(name)) << name;
  }
  for (const std::string& name : validation) EXPECT_FALSE(train.contains(name)) << name;
}

TEST_F(EntityGrammar, NamesAreBalancedAndNested) {
  std::map<std::string, int> outer, inner;
  int places = 0;  // without an ending, as families have
  for (const EntitySentence& sentence : train_) {
    ASSERT_EQ(sentence.tags.size(), 2u);
    const std::vector<Entity> around = entities_of(sentence.tags[0]);
    ASSERT_FALSE(around.empty());
    EXPECT_EQ(count_invalid(TagScheme::kBio, sentence.tags[0]), 0);
    EXPECT_EQ(count_invalid(TagScheme::kBio, sentence.tags[1]), 0);
    for (const Entity& entity : around) {
      ++outer[entity.type];
      if (entity.type == "LOC" && entity.end == entity.begin + 1 &&
          sentence.words[static_cast<std::size_t>(entity.begin)].size() <= 5)
        ++places;
    }
    for (const Entity& entity : entities_of(sentence.tags[1])) {
      ++inner[entity.type];
      EXPECT_TRUE(std::any_of(around.begin(), around.end(), [&](const Entity& whole) {
        return whole.begin <= entity.begin && entity.end <= whole.end &&
               whole.end - whole.begin > entity.end - entity.begin;
      }));
    }
  }
  EXPECT_EQ(outer.size(), 4u);
  for (const auto& [type, count] : outer) EXPECT_GT(count, 150) << type;
  EXPECT_EQ(inner.size(), 2u);
  for (const auto& [type, count] : inner) EXPECT_GT(count, 150) << type;
  EXPECT_GT(places, 100);
}

TEST_F(EntityGrammar, OtherNamesMakeTheSameSentences) {
  const auto with_known = make(kTest, kTrain, 400);
  const std::set<std::string> train = names_of(make(kTrain, kTrain, 20000));
  std::int64_t known = 0, all = 0;
  for (std::size_t i = 0; i < test_.size(); ++i) {
    EXPECT_EQ(with_known[i].tags, test_[i].tags);
    for (const Entity& entity : entities_of(with_known[i].tags[1])) {
      known += train.contains(name_key(with_known[i].words, entity)) ? 1 : 0;
      ++all;
    }
    for (std::size_t t = 0; t < test_[i].words.size(); ++t)
      if (test_[i].tags[0][t] == "O") {
        EXPECT_EQ(with_known[i].words[t], test_[i].words[t]);
      }
  }
  EXPECT_GT(known, all * 9 / 10);
  EXPECT_EQ(make(kTest, kTest, 3)[2].words, test_[2].words);
}

// ---- for the terminal

TEST(MarkedNames, InnerOnesInsideOfOuterOnes) {
  const Words sentence = split("the Bank of Keran opened");
  const std::vector<std::vector<Entity>> levels{{{1, 4, "ORG"}}, {{3, 4, "LOC"}}};
  EXPECT_EQ(mark_names(sentence, levels, {"LOC", "ORG"}, false),
            "the [Bank of [Keran LOC] ORG] opened");
  const std::string colored = mark_names(sentence, levels, {"LOC", "ORG"}, true);
  EXPECT_NE(colored.find("\x1b[1;36mKeran\x1b[0m"), std::string::npos) << colored;
  EXPECT_NE(colored.find("\x1b[1;33mBank\x1b[0m"), std::string::npos) << colored;
}

TEST(Words, CapitalsMayBeKept) {
  EXPECT_EQ(split_words("Ada's <b>Bank</b>!", Capitals::kKept), (Words{"Ada", "'s", "Bank", "!"}));
  EXPECT_EQ(split_words("Ada's Bank!"), (Words{"ada", "'s", "bank", "!"}));
}

}  // namespace
}  // namespace unroll::lessons
