// What the tagging lesson reads and makes up: tagged sentences, its own language, batches with
// letters, the most frequent tag.
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "lessons/support/metrics.h"
#include "lessons/support/tagged_sentences.h"
#include "lessons/support/tagging_data.h"
#include "lessons/support/tagging_language.h"
#include "lessons/support/tagging_probes.h"
#include "lessons/support/tagging_scores.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_input_error;
using unroll::testing::TemporaryFolder;
using Words = std::vector<std::string>;
using Ids = std::vector<std::int32_t>;

// ---- files

std::string conllu(const std::string& id, const std::string& form, const std::string& tag) {
  return id + "\t" + form + "\t_\t" + tag + "\t_\t_\t_\t_\t_\t_\n";
}

TEST(TaggedSentences, ConlluWithoutWhatIsNoWord) {
  const TemporaryFolder folder;
  const auto file =
      folder.write("a.conllu", "# text = I don't\n" + conllu("1", "I", "PRON") +
                                   conllu("2-3", "don't", "_") + conllu("2", "do", "AUX") +
                                   conllu("3", "n't", "PART") + conllu("3.1", "go", "VERB") +
                                   "\n\n# next\n1\t#\t_\tSYM\t_\t_\t_\t_\t_\t_\r\n");
  const auto sentences = read_tagged_sentences(file);
  ASSERT_EQ(sentences.size(), 2u);
  EXPECT_EQ(sentences[0].words, (Words{"I", "do", "n't"}));
  EXPECT_EQ(sentences[0].tags, (Words{"PRON", "AUX", "PART"}));
  EXPECT_EQ(sentences[1].words, Words{"#"});
}

TEST(TaggedSentences, TwoColumns) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.tsv", "\n#\tSYM\n1\tNUM\r\n\r\n \nla la\tX");
  const auto sentences = read_tagged_sentences(file);
  ASSERT_EQ(sentences.size(), 2u);
  EXPECT_EQ(sentences[0].words, (Words{"#", "1"}));
  EXPECT_EQ(sentences[1].words, Words{"la la"});
  EXPECT_EQ(sentences[1].tags, Words{"X"});
}

TEST(TaggedSentences, ErrorsNameFileAndLine) {
  const TemporaryFolder folder;
  const auto refuses = [&](const std::string& name, const std::string& bytes,
                           const std::string& part) {
    const auto file = folder.write(name, bytes);
    expect_input_error([&] { read_tagged_sentences(file); }, part);
  };
  refuses("a.conllu", conllu("1", "I", "PRON") + "2\tdo\tAUX\n",
          "a.conllu:2: expected ten columns");
  refuses("b.conllu", conllu("one", "I", "PRON"), "b.conllu:1: expected the number of a word");
  refuses("c.conllu", "\n" + conllu("1", "I", "_"), "c.conllu:2: the word \"I\" has no tag");
  refuses("d.conllu", conllu("1", "", "X"), "d.conllu:1: the word (column 2, FORM) is empty");
  refuses("e.conllu", "# nothing\n\n", "found no sentence");
  refuses("a.tsv", "I\tPRON\n\nam AUX\n", "a.tsv:3: expected a word, a tab and a tag");
  refuses("b.tsv", "I\t\n", "b.tsv:1: expected a word, a tab and a tag");
  refuses("c.tsv", "I\tam\tAUX\n", "c.tsv:1: expected a word, a tab and a tag");
}

TEST(TaggedParts, AFolderHoldsThree) {
  const TemporaryFolder folder;
  folder.write("x-train.tsv", "a\tA\n\nb\tB\n");
  folder.write("x-dev.tsv", "c\tA\n");
  expect_input_error([&] { read_tagged_parts(folder.path()); },
                     "expected one file with \"test\" in its name, found 0");
  folder.write("x-test.tsv", "d\tB\n");
  const TaggedParts parts = read_tagged_parts(folder.path());
  EXPECT_EQ(parts.train.size(), 2u);
  EXPECT_EQ(parts.validation[0].words, Words{"c"});
  EXPECT_EQ(parts.test[0].words, Words{"d"});
  folder.write("old-test.tsv", "d\tB\n");
  expect_input_error([&] { read_tagged_parts(folder.path()); }, "found 2");
}

TEST(TaggedParts, AFileIsSplitWithNearDuplicatesOnOneSide) {
  const TemporaryFolder folder;
  std::string bytes;
  for (int i = 0; i < 40; ++i)
    for (int copy = 0; copy < 2; ++copy) {
      for (int word = 0; word < 6; ++word) bytes += "w" + std::to_string(10 * i + word) + "\tA\n";
      bytes += "end" + std::to_string(copy) + "\tB\n\n";
    }
  const TaggedParts parts = read_tagged_parts(folder.write("a.tsv", bytes));
  EXPECT_EQ(parts.train.size() + parts.validation.size() + parts.test.size(), 80u);
  EXPECT_EQ(parts.train.size(), 64u);
  std::map<std::string, int> homes;  // of each first word: a bit a part
  int bit = 1;
  for (const auto* part : {&parts.train, &parts.validation, &parts.test}) {
    for (const TaggedSentence& sentence : *part) homes[sentence.words[0]] |= bit;
    bit *= 2;
  }
  for (const auto& [word, home] : homes) EXPECT_TRUE(home == 1 || home == 2 || home == 4) << word;
  const auto small = folder.write("b.tsv", "a\tA\n\nb\tB\n");
  expect_input_error([&] { read_tagged_parts(small); }, "too small");
}

// ---- the lesson's own language

class TaggingLanguage : public ::testing::Test {
 protected:
  const std::vector<LanguageSentence> train_ = generate_language(LanguagePart::kTrain, 2000, 1);
  const std::vector<LanguageSentence> validation_ =
      generate_language(LanguagePart::kValidation, 400, 1);
  const std::vector<LanguageSentence> test_ = generate_language(LanguagePart::kTest, 400, 1);
};

std::set<std::string> words_of(const std::vector<LanguageSentence>& part) {
  std::set<std::string> all;
  for (const LanguageSentence& made : part)
    all.insert(made.sentence.words.begin(), made.sentence.words.end());
  return all;
}

TEST_F(TaggingLanguage, ASideDecidesByItsSmallWordAlone) {
  std::map<std::string, int> counts;
  for (const auto* part : {&train_, &validation_, &test_})
    for (const auto& [sentence, deciders] : *part)
      for (std::size_t t = 0; t < deciders.size(); ++t) {
        if (deciders[t] == Decider::kWord) continue;
        const bool is_noun = sentence.tags[t] == "NOUN";
        const bool is_left = deciders[t] == Decider::kLeft;
        std::size_t at = t;
        do is_left ? --at : ++at;
        while (sentence.tags[at] == "ADV");
        EXPECT_EQ(sentence.words[at], is_left ? (is_noun ? "ka" : "so") : (is_noun ? "lo" : "ti"));
        // The other side has none of them.
        std::size_t other = t;
        do is_left ? ++other : --other;
        while (other < deciders.size() && sentence.tags[other] == "ADV");
        const std::string beyond =
            other < deciders.size() ? sentence.words[other] : std::string("the end");
        const Words telling = is_left ? Words{"lo", "ti"} : Words{"ka", "so"};
        EXPECT_TRUE(beyond != telling[0] && beyond != telling[1]) << beyond;
        ++counts[is_left ? "left" : "right"];
      }
  EXPECT_GT(counts["left"], 1000);
  EXPECT_GT(counts["right"], 1000);
}

TEST_F(TaggingLanguage, TheOtherSideTellsNothing) {
  // Among words with the same decider, the share of nouns by what stands on the other side.
  std::map<std::string, RunningMean> by_neighbour;
  std::map<std::string, int> counts;
  for (const auto& [sentence, deciders] : train_)
    for (std::size_t t = 0; t < deciders.size(); ++t) {
      if (deciders[t] == Decider::kWord) continue;
      const bool is_left = deciders[t] == Decider::kLeft;
      const std::string neighbour =
          is_left ? "left decides, then " + sentence.tags[t + 1]
                  : "right decides, before it " + (t > 0 ? sentence.tags[t - 1] : "the beginning");
      by_neighbour[neighbour].add(sentence.tags[t] == "NOUN" ? 1 : 0);
      ++counts[neighbour];
    }
  EXPECT_EQ(counts.size(), 6u);  // noun, verb; noun, verb, e, the beginning
  for (const auto& [neighbour, nouns] : by_neighbour) {
    // Four standard errors of a coin.
    const double error = 4 * 0.5 / std::sqrt(counts[neighbour]);
    EXPECT_NEAR(nouns.value(), 0.5, error) << neighbour << ", " << counts[neighbour] << " words";
  }
}

TEST_F(TaggingLanguage, TagsAreBalanced) {
  std::map<std::string, double> shares;
  double words = 0, nouns = 0, bare = 0;
  for (const auto& [sentence, deciders] : train_)
    for (std::size_t t = 0; t < deciders.size(); ++t, ++words) {
      ++shares[sentence.tags[t]];
      if (deciders[t] == Decider::kWord) continue;
      ++bare;
      nouns += sentence.tags[t] == "NOUN" ? 1 : 0;
    }
  EXPECT_EQ(shares.size(), 10u);
  for (const auto& [tag, count] : shares) {
    EXPECT_GT(count / words, 0.02) << tag;
    EXPECT_LT(count / words, 0.3) << tag;
  }
  EXPECT_NEAR(nouns / bare, 0.5, 0.05);
}

TEST_F(TaggingLanguage, NothingLeaks) {
  std::set<Words> known;
  for (const auto* part : {&train_, &validation_, &test_})
    for (const LanguageSentence& made : *part)
      EXPECT_TRUE(known.insert(made.sentence.words).second) << made.sentence.words[0];
  // New words: some in each, none in both, and their endings say what they are.
  const std::set<std::string> of_train = words_of(train_), of_validation = words_of(validation_);
  const std::map<std::string, char> endings{
      {"NOUN", 'k'}, {"VERB", 'r'}, {"ADJ", 's'}, {"ADV", 'l'}};
  std::int64_t unknown = 0, words = 0, bare = 0;
  for (const auto& [sentence, deciders] : test_)
    for (std::size_t t = 0; t < deciders.size(); ++t, ++words) {
      if (of_train.contains(sentence.words[t])) continue;
      ++unknown;
      EXPECT_FALSE(of_validation.contains(sentence.words[t])) << sentence.words[t];
      if (deciders[t] == Decider::kWord)
        EXPECT_EQ(sentence.words[t].back(), endings.at(sentence.tags[t]));
      else
        ++bare;
    }
  EXPECT_GT(unknown, words / 20);
  EXPECT_LT(unknown, words / 6);
  EXPECT_GT(bare, 20);
}

TEST_F(TaggingLanguage, DependsOnTheSeedAlone) {
  const auto again = generate_language(LanguagePart::kTrain, 10, 1);
  const auto other = generate_language(LanguagePart::kTrain, 10, 2);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(again[i].sentence.words, train_[i].sentence.words);
    EXPECT_NE(other[i].sentence.words, train_[i].sentence.words);
  }
}

// ---- as numbers

TaggingData small_data() {
  const TemporaryFolder folder;
  folder.write("train.tsv", "run\tV\nthe\tD\nrun\tN\n\nrun\tN\nfar\tA\n\nsea\tN\nthe\tD\n");
  folder.write("dev.tsv", "run\tN\n");
  folder.write("test.tsv", "the\tD\nrun\tV\n\nz\xC3\xA9\tA\n");
  return read_tagging_data(folder.path().string(), 0, 1);
}

TEST(TaggingData, NumbersOfWordsTagsAndLetters) {
  const TaggingData data = small_data();
  EXPECT_EQ(data.tags, (Words{"A", "D", "N", "V"}));
  EXPECT_EQ(data.lexicon.vocabulary.word(1), "run");
  EXPECT_EQ(data.lexicon.counts[1], 3);
  EXPECT_EQ(data.test.words[1], Ids{WordVocabulary::kUnknown});
  EXPECT_EQ(data.word(data.test, {1, 0}), "z\xC3\xA9");
  EXPECT_EQ(
      data.lexicon.spellings[static_cast<std::size_t>(data.test.forms[1][0])],
      (Ids{WordVocabulary::kUnknown, WordVocabulary::kUnknown}));  // two letters, both unknown
  EXPECT_EQ(TaggingPart::joined(data.test.tags), (Ids{1, 3, 0}));
}

TEST(TaggingData, OneTagIsRefused) {
  const TemporaryFolder folder;
  for (const char* part : {"train.tsv", "dev.tsv", "test.tsv"}) folder.write(part, "a\tX\n");
  expect_input_error([&] { read_tagging_data(folder.path().string(), 0, 1); },
                     "all words have the tag \"X\"");
}

TEST(TaggingData, LongWordsKeepBothEnds) {
  const TemporaryFolder folder;
  const std::string word = "begin" + std::string(50, 'm') + "end";
  folder.write("train.tsv", word + "\tX\na\tY\n");
  for (const char* part : {"dev.tsv", "test.tsv"}) folder.write(part, "a\tY\n");
  const TaggingData data = read_tagging_data(folder.path().string(), 0, 1);
  std::string spelled;
  for (const std::int32_t letter : data.lexicon.spellings[0])
    spelled += data.lexicon.letters.word(letter);
  EXPECT_EQ(spelled, "beginmmmmmmmmmmmmend");
}

TEST(TaggingBatch, SpellsEachFormOnceAndPadsWithoutTag) {
  const TaggingData data = small_data();
  const std::vector<std::int64_t> both{0, 1};
  const TaggingBatch batch = make_batch(data, data.train, both);  // run the run / run far
  EXPECT_EQ(batch.words.values.shape(), Shape({3, 2}));
  EXPECT_EQ(batch.letters.values.shape(), Shape({3, 3}));  // run, the, far
  EXPECT_EQ(batch.words.lengths.to_vector<std::int32_t>(), (Ids{3, 2}));
  const Ids forms = batch.forms.to_vector<std::int32_t>();
  EXPECT_EQ(forms[0], forms[1]);  // run, run
  EXPECT_EQ(forms[0], forms[4]);
  EXPECT_NE(forms[2], forms[3]);
  EXPECT_EQ(batch.tags.to_vector<std::int32_t>(), (Ids{3, 2, 1, 0, 2, kNoTag}));
}

TEST(TaggingBatch, RareWordsAreDroppedMoreOften) {
  const TaggingData data = small_data();
  const std::vector<std::int64_t> first{0}, second{1};
  Random random(1, "drop");
  int run = 0, far = 0;
  for (int i = 0; i < 2000; ++i) {
    TaggingBatch batch = make_batch(data, data.train, second);  // run (3 times), far (once)
    const Ids letters = batch.letters.values.to_vector<std::int32_t>();
    drop_words(batch, data.lexicon, 1.0, random);
    const Ids words = batch.words.values.to_vector<std::int32_t>();
    run += words[0] == WordVocabulary::kUnknown;
    far += words[1] == WordVocabulary::kUnknown;
    EXPECT_EQ(batch.letters.values.to_vector<std::int32_t>(), letters);
  }
  EXPECT_NEAR(run / 2000.0, 1.0 / 4, 0.05);
  EXPECT_NEAR(far / 2000.0, 1.0 / 2, 0.05);
  TaggingBatch kept = make_batch(data, data.train, first);
  const Ids before = kept.words.values.to_vector<std::int32_t>();
  drop_words(kept, data.lexicon, 0.0, random);
  EXPECT_EQ(kept.words.values.to_vector<std::int32_t>(), before);
}

TEST(TaggingPart, CutEndsBehindThePlace) {
  const TaggingData data = small_data();
  const std::vector<TokenPlace> places{{0, 1}, {0, 0}};
  const TaggingPart now = data.train.cut(places, 0), next = data.train.cut(places, 1),
                    all = data.train.cut(places, 100);
  EXPECT_EQ(now.tags, (TaggingPart::Numbers{{3, 1}, {3}}));
  EXPECT_EQ(next.tags, (TaggingPart::Numbers{{3, 1, 2}, {3, 1}}));
  EXPECT_EQ(all.tags[0], data.train.tags[0]);
  EXPECT_EQ(all.forms[1], data.train.forms[0]);
}

TEST(TaggingPlaces, AreWantedOnesAndTheSameAgain) {
  const TaggingData data = small_data();
  const std::vector<bool> wanted{true, false, true, false, true, false, false};
  const auto places = choose_places(data.train, wanted, 100);
  std::set<std::pair<std::int64_t, std::int64_t>> found;
  for (const TokenPlace place : places) found.insert({place.sentence, place.position});
  EXPECT_EQ(found, (std::set<std::pair<std::int64_t, std::int64_t>>{{0, 0}, {0, 2}, {1, 1}}));
  EXPECT_EQ(choose_places(data.train, wanted, 2).size(), 2u);
}

// ---- what is made of the context

TEST(TaggingProbes, SharesAddUpByDistanceAndSide) {
  const std::vector<std::vector<double>> shares{{0.25, 0.5, 0.25}, {1, 0}};
  const std::vector<TokenPlace> places{{0, 1}, {1, 1}};
  const ContextUse use = context_use(shares, places);
  EXPECT_EQ(use.shares[kReach], 0.25);
  EXPECT_EQ(use.shares[kReach - 1], 0.625);
  EXPECT_EQ(use.shares[kReach + 1], 0.125);
  EXPECT_EQ(use.before, 0.625);
  EXPECT_EQ(use.behind, 0.125);
}

TEST(TaggingProbes, PartsOfTheLeadAddUpToIt) {
  EXPECT_EQ(best_two(std::vector<float>{1, 3, 2}), (std::pair<std::size_t, std::size_t>{1, 2}));
  EXPECT_EQ(best_two(std::vector<float>{2, 1, 3}), (std::pair<std::size_t, std::size_t>{2, 0}));
  const std::vector<float> state{1, -2, 3, 0.5}, weights{1, 0, 0, 2, 0, 1, 1, 0};  // scores 2 and 1
  SentenceFlow flow;
  add_states(flow, state, std::vector<float>{2, 1}, weights, true, false);
  EXPECT_EQ(flow.forward, (std::vector<std::vector<float>>{{1, -2}}));
  EXPECT_EQ(flow.backward, (std::vector<std::vector<float>>{{3, 0.5}}));
  EXPECT_EQ(flow.forward_margin[0], 3.0);
  EXPECT_EQ(flow.backward_margin[0], -2.0);
  add_states(flow, state, std::vector<float>{2, 1}, weights, false, true);
  EXPECT_EQ(flow.backward[1].size(), 4u);
  EXPECT_EQ(flow.forward_margin.size(), 1u);
}

// ---- what to beat

TEST(FrequentTags, CountsAndGuesses) {
  const TaggingData data = small_data();
  const FrequentTags frequent(data);
  // the: D; run: N twice, V once; unknown: A and N come once each as words that come once, A is
  // first.
  EXPECT_EQ(frequent.tag(data.test).labels(), (Ids{1, 2, 0}));
  const auto groups = word_groups(data, frequent, data.test);
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[1].members, (std::vector<bool>{false, true, false}));
  EXPECT_EQ(groups[2].members, (std::vector<bool>{false, false, true}));
  EXPECT_EQ(groups[0].mean_of({1, 0, 1}), 2.0 / 3);
  EXPECT_EQ(groups[1].mean_of({1, 0, 1}), 0.0);
}

TEST(CompareTaggers, NeedsMoreThanChance) {
  // 200 sentences of two words; one tagger is always right, one wrong in every fourth word.
  TaggingPart part;
  Predictions right{2}, worse{2};
  const auto say = [](Predictions& predictions, std::int32_t tag) {
    predictions.probabilities.push_back(tag == 0 ? 1.0 : 0.0);
    predictions.probabilities.push_back(tag == 1 ? 1.0 : 0.0);
  };
  for (int i = 0; i < 200; ++i) {
    part.words.push_back({0, 0});
    part.tags.push_back({0, 1});
    say(right, 0), say(right, 1);
    say(worse, 0), say(worse, i % 2);
  }
  const TaggerComparison better = compare_taggers({right}, {worse}, part);
  EXPECT_EQ(better.outcome, 1);
  EXPECT_NEAR(better.difference, 0.25, 1e-9);
  EXPECT_EQ(compare_taggers({worse}, {right}, part).outcome, -1);
  EXPECT_EQ(compare_taggers({worse}, {worse}, part).outcome, 0);
  // One seed is perfect, one is not: the mean is no safer than the difference between them.
  EXPECT_EQ(compare_taggers({right, worse}, {worse}, part).outcome, 0);
}

}  // namespace
}  // namespace unroll::lessons
