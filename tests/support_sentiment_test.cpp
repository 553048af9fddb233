// What the sentiment lesson reads: words, labelled texts, splits, made-up reviews, word vectors;
// and that padding takes no part in anything.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "engine/autograd.h"
#include "engine/nn.h"
#include "engine/ops.h"
#include "lessons/support/best_weights.h"
#include "lessons/support/labelled_texts.h"
#include "lessons/support/near_duplicates.h"
#include "lessons/support/padded_batches.h"
#include "lessons/support/pooling.h"
#include "lessons/support/review_grammar.h"
#include "lessons/support/sentiment_data.h"
#include "lessons/support/splits.h"
#include "lessons/support/word_vectors.h"
#include "lessons/support/word_vocabulary.h"
#include "lessons/support/words.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_error;
using unroll::testing::expect_input_error;
using unroll::testing::TemporaryFolder;
using Words = std::vector<std::string>;
using Ids = std::vector<std::int32_t>;

// ---- words

TEST(Words, MarksAndEndingsAreWordsOfTheirOwn) {
  EXPECT_EQ(split_words("I don't like it, at ALL!!"),
            (Words{"i", "do", "n't", "like", "it", ",", "at", "all", "!!"}));
  EXPECT_EQ(split_words("It's well-made (3.5 stars)..."),
            (Words{"it", "'s", "well-made", "(", "3.5", "stars", ")", "..."}));
  EXPECT_EQ(split_words("they\xE2\x80\x99re great"), (Words{"they", "'re", "great"}));
  EXPECT_EQ(split_words("one<br /><br/>two <b>three</b>"), (Words{"one", "two", "three"}));
  EXPECT_EQ(split_words("2 < 3 > 1"), (Words{"2", "<", "3", ">", "1"}));
  EXPECT_EQ(split_words(" na\xC3\xAFve \t caf\xC3\xA9\n"), (Words{"na\xC3\xAFve", "caf\xC3\xA9"}));
  EXPECT_TRUE(split_words(" \n ").empty());
}

TEST(Words, SplittingWhatWasSplitChangesNothing) {
  const Words words = split_words("She said: \"it isn't bad\", and we'd not argue - much...");
  EXPECT_EQ(split_words(join_words(words)), words);
}

TEST(WordVocabulary, IsOrderedByFrequencyAndLeavesOutTheRare) {
  const std::vector<Words> texts{{"b", "a", "b"}, {"c", "b", "a"}};
  const WordVocabulary all = WordVocabulary::from_texts(texts);
  EXPECT_EQ(all.size(), 4);
  EXPECT_EQ(all.word(1), "b");
  EXPECT_EQ(all.word(2), "a");
  EXPECT_EQ(all.id("unseen"), WordVocabulary::kUnknown);
  const WordVocabulary common = WordVocabulary::from_texts(texts, 2);
  EXPECT_EQ(common.encode(Words{"c", "b"}), (Ids{0, 1}));
  EXPECT_EQ(WordVocabulary::from_json(all.to_json()).word(3), "c");
  expect_input_error([&] { WordVocabulary::from_texts(texts, 9); }, "none that comes 9 times");
  expect_input_error([] { WordVocabulary::from_json(Json("x")); }, "array of words");
}

// ---- batches and padding

TEST(PaddedBatches, EverySequenceComesOnceAndWithItsLikes) {
  std::vector<Ids> sequences;
  for (int i = 0; i < 100; ++i)
    sequences.emplace_back(static_cast<std::size_t>(1 + i * 37 % 50), 1);
  Random random(1, "test");
  std::vector<std::int64_t> seen;
  std::int64_t padding = 0;
  for (const auto& batch : random_batches(sequences, 8, random)) {
    EXPECT_LE(batch.size(), 8u);
    seen.insert(seen.end(), batch.begin(), batch.end());
    const PaddedBatch padded = pad(sequences, batch);
    for (const std::int32_t length : padded.lengths.to_vector<std::int32_t>())
      padding += padded.values.size(0) - length;
  }
  std::sort(seen.begin(), seen.end());
  std::vector<std::int64_t> all(100);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(seen, all);
  EXPECT_LT(padding, 100 * 4);  // at random it would be some twenty a sequence
  EXPECT_EQ(sorted_batches(sequences, 30).size(), 4u);
}

TEST(PaddedBatches, PaddingStandsBehind) {
  const std::vector<Ids> sequences{{1, 2, 3}, {4}, {5, 6}};
  const PaddedBatch batch = pad(sequences, std::vector<std::int64_t>{1, 0}, 9);
  EXPECT_EQ(batch.values.to_vector<std::int32_t>(), (Ids{4, 1, 9, 2, 9, 3}));
  EXPECT_EQ(batch.lengths.to_vector<std::int32_t>(), (Ids{1, 3}));
}

TEST(Pooling, LooksAtARowsOwnStepsOnly) {
  // Two rows of one feature: 1, 5 and −3, −4; what stands behind them is large.
  const Tensor x = from_vector(std::vector<float>{1, -3, 5, -4, 900, 900}, {3, 2, 1});
  const Tensor lengths = from_vector(Ids{2, 2}, {2});
  EXPECT_EQ(max_over_time(x, lengths).to_vector<float>(), (std::vector<float>{5, -3}));
  EXPECT_EQ(mean_over_time(x, lengths).to_vector<float>(), (std::vector<float>{3, -3.5f}));
  const auto kMachine = Error::Cause::kMachine;
  expect_error([&] { max_over_time(x, from_vector(Ids{0, 2}, {2})); }, kMachine, "got 0");
  expect_error([&] { mean_over_time(x, from_vector(Ids{4, 2}, {2})); }, kMachine, "got 4");
}

// Of a text that is read beside a longer one, and of its gradients, every bit must be what it is
// whatever the padding holds; and what it is alone.
TEST(Pooling, PaddingReachesNoStateNoPooledValueAndNoGradient) {
  const std::vector<Ids> texts{{3, 1, 4}, {1, 5, 2, 6, 5, 3}};
  for (const nn::Cell cell : {nn::Cell::kRnnTanh, nn::Cell::kLstm, nn::Cell::kGru}) {
    nn::Module model(1);
    nn::Embedding embedding(model, "embedding", 8, 4);
    nn::Recurrent rnn(model, "rnn", cell, 4, 5, {.num_layers = 2, .bidirectional = true});
    const auto pooled = [&](const std::vector<std::int64_t>& which, std::int32_t padding) {
      const PaddedBatch batch = pad(texts, which, padding);
      const nn::RecurrentResult read = rnn(embedding(batch.values), {.lengths = batch.lengths});
      return concat(
          {max_over_time(read.output, batch.lengths), mean_over_time(read.output, batch.lengths),
           select(read.state.h, 2), select(read.state.h, 3)},
          1);
    };
    const auto run = [&](std::int32_t padding) {
      model.zero_grad();
      const Tensor all = pooled({0, 1}, padding);
      sum(square(all)).backward();
      std::vector<float> values = all.to_vector<float>();
      for (const NamedTensor& parameter : model.parameters()) {
        const std::vector<float> gradient = parameter.tensor.grad().to_vector<float>();
        values.insert(values.end(), gradient.begin(), gradient.end());
      }
      return values;
    };
    const std::vector<float> usual = run(0);
    EXPECT_EQ(usual, run(7));
    const std::vector<float> alone = pooled({0}, 0).to_vector<float>();
    for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_NEAR(alone[i], usual[i], 1e-6);
    // Word 7 was only ever padding: nothing is learned about it.
    const std::vector<float> gradient = embedding.weight.grad().to_vector<float>();
    for (std::size_t i = 7 * 4; i < 8 * 4; ++i) EXPECT_EQ(gradient[i], 0.0f);
  }
}

TEST(BestWeights, ComeBack) {
  nn::Module model(1);
  nn::Linear layer(model, "layer", 2, 2);
  BestWeights best(model);
  const std::vector<float> before = layer.weight.to_vector<float>();
  {
    const NoGrad no_grad;
    assign(layer.weight, zeros({2, 2}));
  }
  best.restore();
  EXPECT_EQ(layer.weight.to_vector<float>(), before);
}

// ---- splits

TEST(Splits, GroupsStayTogetherAndTurnsTestOnEachOnce) {
  std::vector<std::int64_t> groups;
  for (std::int64_t i = 0; i < 997; ++i) groups.push_back(i % 300);
  std::vector<std::int64_t> tested;
  for (int fold = 0; fold < 10; ++fold) {
    const ShuffledSplit split = split_groups(groups, 0.8, 0.1, 1, 0.1 * fold);
    std::map<std::int64_t, int> part_of;
    int number = 0;
    for (const auto* part : {&split.train, &split.validation, &split.test}) {
      for (const std::int64_t i : *part)
        EXPECT_EQ(part_of.emplace(groups[static_cast<std::size_t>(i)], number).first->second,
                  number);
      ++number;
    }
    EXPECT_NEAR(static_cast<double>(split.train.size()), 800, 8);
    EXPECT_NEAR(static_cast<double>(split.test.size()), 100, 8);
    tested.insert(tested.end(), split.test.begin(), split.test.end());
  }
  std::sort(tested.begin(), tested.end());
  EXPECT_EQ(tested.size(), 997u);
  EXPECT_EQ(std::unique(tested.begin(), tested.end()), tested.end());
  const std::vector<std::int64_t> one_group(50, 0);
  expect_input_error([&] { split_groups(one_group, 0.8, 0.1, 1); }, "50 items in 1 groups");
}

TEST(NearDuplicates, AreFoundInChains) {
  const std::vector<Words> texts{
      split_words("a warm and witty film about two brothers and a boat"),
      split_words("the worst film of the year, and that says a lot"),
      split_words("A warm and witty film about two brothers and a boat!"),
      split_words("a warm and witty film about two brothers and a goat"),
      split_words("the best film of the decade"),
      split_words("!!"),
      split_words("!!"),
      split_words("dull"),
  };
  EXPECT_EQ(near_duplicate_groups(texts), (std::vector<std::int64_t>{0, 1, 0, 0, 2, 3, 3, 4}));
}

// ---- labelled texts

TEST(LabelledTexts, EveryFormatGivesTheSame) {
  const TemporaryFolder folder;
  const std::vector<std::filesystem::path> paths{
      folder.write("a.tsv", "pos\tgood, \"really\" good\n\nneg\tbad\n"),
      folder.write("named.tsv", "Sentiment\ttext\npos\tgood, \"really\" good\nneg\tbad\n"),
      folder.write("b.csv", "pos,\"good, \"\"really\"\" good\"\nneg,bad\n"),
      folder.write("c.csv", "review,sentiment\n\"good, \"\"really\"\" good\",pos\nbad,neg\n"),
      folder.write("d/only.csv", "Label,Text\npos,\"good, \"\"really\"\" good\"\nneg,bad\n")
          .parent_path()};
  for (const auto& path : paths) {
    const std::vector<LabelledText> texts = read_labelled_texts(path.string());
    ASSERT_EQ(texts.size(), 2u) << path;
    EXPECT_EQ(texts[0].label, "pos") << path;
    EXPECT_EQ(texts[0].text, "good, \"really\" good") << path;
    EXPECT_EQ(texts[1].label, "neg") << path;
    EXPECT_FALSE(texts[1].is_test);
  }
}

TEST(LabelledTexts, FoldersOfLabelsKeepTheirTestPart) {
  const TemporaryFolder folder;
  folder.write("aclImdb/train/pos/0_9.txt", "fine<br />film\n");
  folder.write("aclImdb/train/neg/0_1.txt", "poor film");
  folder.write("aclImdb/train/unsup/0_0.txt", "no label");
  folder.write("aclImdb/test/pos/0_8.txt", "fine again");
  folder.write("aclImdb/test/neg/0_2.txt", "poor again");
  folder.write("aclImdb/README", "about");
  for (const std::string& path : {folder.path().string(), (folder.path() / "aclImdb").string()}) {
    const std::vector<LabelledText> texts = read_labelled_texts(path);
    ASSERT_EQ(texts.size(), 4u);
    EXPECT_EQ(texts[0].label, "neg");
    EXPECT_EQ(texts[1].text, "fine<br />film");
    EXPECT_EQ(std::count_if(texts.begin(), texts.end(), [](const auto& t) { return t.is_test; }),
              2);
  }
  EXPECT_EQ(read_labelled_texts((folder.path() / "aclImdb/test").string()).size(), 2u);
}

TEST(LabelledTexts, BadLinesAreNamed) {
  const TemporaryFolder folder;
  const auto refused = [&](const char* name, const char* bytes, const std::string& part) {
    const std::string path = folder.write(name, bytes).string();
    expect_input_error([&] { read_labelled_texts(path); }, part);
  };
  refused("a.tsv", "pos\tfine\nneg poor\n", "a.tsv:2: expected a label, a tab and a text");
  refused("b.tsv", "pos\tfine\n\tpoor\n", "b.tsv:2: expected a label and a text, but the label");
  refused("c.csv", "pos,fine\nneg,poor,film\n", "c.csv:2: expected two fields");
  refused("d.csv", "pos,fine\nneg,\"poor\n", "d.csv:2: a quote is opened");
  refused("e.csv", "label,text\n", "no labelled texts");
  refused("f.csv", "label,text\npos,\n", "f.csv:2: expected a label and a text, but the text");
  std::filesystem::create_directory(folder.path() / "empty");
  expect_input_error([&] { read_labelled_texts((folder.path() / "empty").string()); },
                     "no labelled texts");
}

// ---- data of the lesson

std::string many_texts(const Words& labels, int count) {
  std::string lines;
  for (int i = 0; i < count; ++i)
    lines += labels[static_cast<std::size_t>(i) % labels.size()] + "\tword" + std::to_string(i) +
             " and word" + std::to_string(i * 7 % 101) + " or word" + std::to_string(i * 3) + "\n";
  return lines;
}

TEST(SentimentData, TheVocabularyIsThatOfTheTrainingPart) {
  const TemporaryFolder folder;
  const std::string path = folder.write("texts.tsv", many_texts({"neg", "pos"}, 200)).string();
  const SentimentData data = read_sentiment_data({.data = path, .texts = 0});
  EXPECT_EQ(data.classes, (Words{"neg", "pos"}));
  EXPECT_EQ(data.train.size() + data.validation.size() + data.test.size(), 200);
  std::set<std::string> known;
  for (const Words& words : data.train.words) known.insert(words.begin(), words.end());
  EXPECT_EQ(data.vocabulary.size(), static_cast<std::int64_t>(known.size()) + 1);
  bool has_unknown = false;
  for (const Ids& ids : data.test.ids)
    has_unknown = has_unknown || std::count(ids.begin(), ids.end(), WordVocabulary::kUnknown) > 0;
  EXPECT_TRUE(has_unknown);
  const SentimentData other = read_sentiment_data({.data = path, .texts = 0, .fold = 2});
  EXPECT_NE(other.test.words, data.test.words);
  EXPECT_EQ(read_sentiment_data({.data = path, .texts = 50}).train.size(), 40);
  const SentimentData cut = read_sentiment_data({.data = path, .texts = 0, .max_words = 2});
  for (const Words& words : cut.train.words) EXPECT_EQ(words.size(), 2u);
}

TEST(SentimentData, WhatNearlyStandsInAGivenTestPartIsNotTrainedOn) {
  const TemporaryFolder folder;
  for (int i = 0; i < 40; ++i) {
    const std::string number = std::to_string(i);
    const std::string text = "film " + number + " by author" + number + " with actor" + number;
    for (const char* label : {"pos", "neg"}) {
      const std::string name = std::string(label) + "/" + number + ".txt";
      folder.write("train/" + name, text + " was " + label);
      if (i < 5) folder.write("test/" + name, text + " was, I say, " + label);
    }
  }
  const SentimentData data = read_sentiment_data({.data = folder.path().string(), .texts = 0});
  EXPECT_EQ(data.test.size(), 10);
  EXPECT_EQ(data.train.size() + data.validation.size(), 70);
}

TEST(SentimentData, OneClassAndTooManyAreRefused) {
  const TemporaryFolder folder;
  const auto refused = [&](const Words& labels, int count, const std::string& part) {
    const std::string path = folder.write("texts.tsv", many_texts(labels, count)).string();
    expect_input_error([&] { read_sentiment_data({.data = path, .texts = 0}); }, part);
  };
  refused({"pos"}, 50, "all texts have the label \"pos\"");
  refused({"1", "2", "3", "4"}, 50, "two or three different labels, found 4");
  refused({"a", "b"}, 4, "too small");
  refused({"a", "a", "a", "a", "a", "a", "a", "a", "a", "b"}, 10, "none of the class");
}

// ---- the grammar

TEST(ReviewGrammar, ClassesAreBalancedAndReviewsDifferent) {
  for (const std::int64_t classes : {2, 3}) {
    std::set<std::string> texts;
    std::map<std::int32_t, int> labels;
    std::map<std::string, std::map<std::int32_t, int>> constructions;
    for (const Review& review : generate_reviews(ReviewPart::kTrain, 900, classes, 1)) {
      EXPECT_TRUE(texts.insert(review.text).second) << review.text;
      ++labels[review.label];
      ++constructions[review.construction][review.label];
    }
    ASSERT_EQ(labels.size(), static_cast<std::size_t>(classes));
    for (const auto& [label, count] : labels) EXPECT_EQ(count, 900 / classes);
    for (const auto& [name, counts] : constructions) {
      const bool is_neutral = classes == 3 && counts.contains(kNeutral);
      EXPECT_EQ(counts.size(), is_neutral ? 1u : 2u) << name;
      EXPECT_EQ(counts.begin()->second, counts.rbegin()->second) << name;
    }
  }
}

TEST(ReviewGrammar, NothingLeaksFromTheTestPart) {
  const auto reviews_of = [](ReviewPart part, std::int64_t count) {
    return generate_reviews(part, count, 3, 1);
  };
  std::set<std::string> seen, seen_texts, words;
  for (const ReviewPart part : {ReviewPart::kTrain, ReviewPart::kValidation})
    for (const Review& review : reviews_of(part, part == ReviewPart::kTrain ? 3000 : 600)) {
      seen.insert(review.combinations.begin(), review.combinations.end());
      seen_texts.insert(review.text);
      for (const std::string& word : split_words(review.text)) words.insert(word);
      for (const std::string& combination : review.combinations)
        EXPECT_TRUE(part_of_combination(combination) == ReviewPart::kTrain ||
                    part_of_combination(combination) == part)
            << combination;
    }
  for (const Review& review : reviews_of(ReviewPart::kTest, 600)) {
    EXPECT_FALSE(seen_texts.contains(review.text));
    EXPECT_TRUE(std::any_of(review.combinations.begin(), review.combinations.end(),
                            [&](const std::string& c) { return !seen.contains(c); }))
        << review.text;
    // New are the combinations, not the words.
    for (const std::string& word : split_words(review.text)) EXPECT_TRUE(words.contains(word));
  }
}

TEST(ReviewGrammar, AConstructionIsNotGivenAwayByItsWords) {
  // "But" and "not" must be about as frequent in praise as in blame.
  std::map<std::string, std::map<std::int32_t, int>> counts;
  for (const Review& review : generate_reviews(ReviewPart::kTrain, 6000, 2, 1))
    for (const std::string& word : split_words(review.text)) ++counts[word][review.label];
  for (const char* word : {"but", "although", "not", "hardly", "very", "nobody"}) {
    const double praise = counts[word][1], blame = counts[word][0];
    EXPECT_GT(praise + blame, 60) << word;
    EXPECT_NEAR(praise / (praise + blame), 0.5, 0.1) << word;
  }
}

TEST(ReviewGrammar, ASeedGivesTheSameAndTooManyAreRefused) {
  const auto first = generate_reviews(ReviewPart::kTest, 30, 3, 1);
  const auto again = generate_reviews(ReviewPart::kTest, 30, 3, 1);
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].text, again[i].text);
  EXPECT_NE(generate_reviews(ReviewPart::kTest, 30, 3, 2)[5].text, first[5].text);
  expect_input_error([] { generate_reviews(ReviewPart::kTest, 10'000'000, 2, 1); },
                     "different reviews");
}

// ---- word vectors

TEST(WordVectors, BothFormatsAreRead) {
  const TemporaryFolder folder;
  const std::vector<Words> texts{{"good", "film", "odd"}};
  const WordVocabulary vocabulary = WordVocabulary::from_texts(texts);
  const auto glove =
      folder.write("g.txt", "good 1 2.5 -3e-1\n. . . 4 5 6\nother 7 8 9\nfilm 0 0 1 \n");
  const auto word2vec = folder.write("w.txt", "3 3\ngood 1 2.5 -0.3\nother 7 8 9\nfilm 0 0 1\n");
  for (const auto& file : {glove, word2vec}) {
    const WordVectors vectors = read_word_vectors(file, vocabulary);
    EXPECT_EQ(vectors.width, 3);
    EXPECT_EQ(vectors.found_count, 2);
    const auto good = static_cast<std::size_t>(vocabulary.id("good"));
    EXPECT_EQ(vectors.values[good * 3 + 1], 2.5f);
    EXPECT_EQ(vectors.values[good * 3 + 2], -0.3f);
    Tensor embedding = ones({4, 3});
    vectors.copy_into(embedding);
    EXPECT_FLOAT_EQ(static_cast<float>(embedding.at({vocabulary.id("film"), 2})), 1.0f);
    // The rest is as large: √((1 + 2.5² + 0.3² + 1)/6).
    EXPECT_NEAR(embedding.at({vocabulary.id("odd"), 0}), std::sqrt(8.34 / 6), 1e-6);
  }
}

TEST(WordVectors, BadFilesAreNamed) {
  const TemporaryFolder folder;
  const std::vector<Words> texts{{"good", "film"}};
  const WordVocabulary vocabulary = WordVocabulary::from_texts(texts);
  const auto refused = [&](const char* bytes, const std::string& part, std::int64_t width = 0) {
    const auto file = folder.write("v.txt", bytes);
    expect_input_error([&] { read_word_vectors(file, vocabulary, width); }, part);
  };
  refused("good 1 2\nfilm 1 2 3\n", "v.txt:2: expected a word and 2 numbers");
  refused("good 1 2\nfilm 1\n", "v.txt:2: expected a word and 2 numbers");
  refused("2 3\ngood 1 2\n", "v.txt:2: expected a word and 3 numbers");
  refused("good 1 2\n", "v.txt:1: expected vectors of 64 numbers, as --embedding says", 64);
  refused("good 1 x\n", "v.txt:1: expected a number, found \"x\"");
  refused("good 1 inf\n", "v.txt:1: expected a number, found \"inf\"");
  refused("other 1 2\n", "none of the words");
  refused("", "is empty");
  expect_input_error([&] { read_word_vectors(folder.path() / "none", vocabulary); }, "cannot read");
  expect_input_error([&] { read_word_vectors(folder.path(), vocabulary); }, "is a folder");
}

}  // namespace
}  // namespace unroll::lessons
