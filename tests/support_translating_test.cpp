// What the translation lessons read, make up and write: words with joints, pairs of sentences, the
// grammar, batches, beam search, and translations by a network whose answers are known.
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine/nn.h"
#include "engine/ops.h"
#include "lessons/support/beam_search.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/joined_words.h"
#include "lessons/support/parallel_text.h"
#include "lessons/support/translating.h"
#include "lessons/support/translation_data.h"
#include "lessons/support/translation_grammar.h"
#include "lessons/support/translation_options.h"
#include "lessons/support/translation_scores.h"
#include "lessons/support/translation_training.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"
#include "tests/temporary_folder.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_input_error;
using unroll::testing::same_bits;
using unroll::testing::TemporaryFolder;
using Words = std::vector<std::string>;
using Ids = std::vector<std::int32_t>;

// ---- words with joints

TEST(JoinedWords, Split) {
  EXPECT_EQ(split_joined_words("L'homme dort, non ?"),
            (Words{"L'￭", "homme", "dort", "￭,", "non", "?"}));
  EXPECT_EQ(split_joined_words("the man's dog can't (really) go..."),
            (Words{"the", "man", "￭'s", "dog", "can", "￭'t", "(￭", "really", "￭)", "go", "￭..."}));
  EXPECT_EQ(split_joined_words("well-made 3.5 1,000 a,b «été»"),
            (Words{"well-made", "3.5", "1,000", "a", "￭,￭", "b", "«￭", "été", "￭»"}));
}

TEST(JoinedWords, JoinReversesSplit) {
  for (const char* text :
       {"L'homme n'est pas grand.", "the man's dog can't (really) go...", "a,b;c -- d", "'quoted'",
        "qu'il vienne d’ici !", "\"Oh!\", dit-il; 50% de l'eau", "(a/b) [x_y] été—hiver", "'", "."})
    EXPECT_EQ(join_joined_words(split_joined_words(text)), text);
  EXPECT_EQ(join_joined_words(Words{}), "");
}

// ---- pairs from files

TEST(ParallelText, PairsOnEachLine) {
  const TemporaryFolder folder;
  std::string lines;
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(i);
    lines += "a" + n + " b" + n + " c" + n + "\td" + n + "\n";
  }
  const ParallelParts parts = read_parallel_parts({.pairs = folder.write("x.tsv", lines).string()});
  EXPECT_EQ(parts.name, "x");
  EXPECT_EQ(parts.train.size() + parts.validation.size() + parts.test.size(), 60u);
  EXPECT_EQ(parts.test.size(), 6u);
  for (const SentencePair& pair : parts.train)
    EXPECT_EQ(pair.source.substr(1, pair.source.find(' ') - 1), pair.target.substr(1));
}

TEST(ParallelText, TwoFilesAndTheirOwnParts) {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, const char* bytes) {
    return folder.write(name, bytes).string();
  };
  ParallelFiles files{.source = write("a.en", "one two\nthree\r\n\nfour five\n"),
                      .target = write("a.fr", "un deux\ntrois\n\nquatre cinq\n"),
                      .dev_source = write("b.en", "three\n"),
                      .dev_target = write("b.fr", "trois\n"),
                      .test_source = write("c.en", "six\n"),
                      .test_target = write("c.fr", "six\n")};
  const ParallelParts parts = read_parallel_parts(files);
  ASSERT_EQ(parts.train.size(), 2u);  // "three" is in the validation part
  EXPECT_EQ(parts.train[1].source, "four five");
  EXPECT_EQ(parts.train[1].target, "quatre cinq");
  EXPECT_EQ(parts.validation[0].target, "trois");

  files.target = write("short.fr", "un deux\n");
  expect_input_error([&] { read_parallel_parts(files); }, "has 4 lines");
  files.target = write("gap.fr", "un deux\n\n\nquatre\n");
  expect_input_error([&] { read_parallel_parts(files); }, "gap.fr:2: the line is empty");
  files.target = "";
  expect_input_error([&] { read_parallel_parts(files); }, "--source and --target");
}

TEST(ParallelText, ErrorsNameFileAndLine) {
  const TemporaryFolder folder;
  const auto refuses = [&](const std::string& bytes, const std::string& part) {
    const auto file = folder.write("x.tsv", bytes);
    expect_input_error([&] { read_parallel_parts({.pairs = file.string()}); }, part);
  };
  refuses("a\tb\n\nc d\n", "x.tsv:3: expected a sentence, a tab and its translation");
  refuses("a\tb\tc\n", "x.tsv:1: expected a sentence");
  refuses("a\t \n", "x.tsv:1: expected a sentence");
  refuses("a\tb\n", "too small");
  expect_input_error([] { read_parallel_parts({.pairs = "x", .source = "y"}); }, "exclude");
}

// ---- the grammar

class Grammar : public ::testing::Test {
 protected:
  static const std::vector<GeneratedPair>& pairs(DataPart part) {
    static std::map<DataPart, std::vector<GeneratedPair>> made;
    if (!made.contains(part))
      made[part] = generate_pairs(part, part == DataPart::kTrain ? 3000 : 300, 1);
    return made[part];
  }
};

TEST_F(Grammar, LinksFitTheWords) {
  for (const GeneratedPair& pair : pairs(DataPart::kTrain)) {
    const Words source = split_joined_words(pair.texts.source);
    const Words target = split_joined_words(pair.texts.target);
    EXPECT_EQ(join_joined_words(source), pair.texts.source);
    EXPECT_EQ(join_joined_words(target), pair.texts.target);
    std::set<std::int64_t> linked_source, linked_target;
    for (const AlignmentLink& link : pair.links) {
      linked_source.insert(link.source);
      linked_target.insert(link.target);
    }
    // Every word of both has its translation.
    EXPECT_EQ(linked_source.size(), source.size()) << pair.texts.source;
    EXPECT_EQ(linked_target.size(), target.size()) << pair.texts.target;
    EXPECT_EQ(*linked_source.rbegin() + 1, static_cast<std::int64_t>(source.size()));
    EXPECT_EQ(*linked_target.rbegin() + 1, static_cast<std::int64_t>(target.size()));
    EXPECT_TRUE(std::is_sorted(pair.links.begin(), pair.links.end()));
  }
}

TEST_F(Grammar, LinksAreTranslations) {
  const std::map<std::string, std::set<std::string>> right{
      {"cat", {"chat"}},
      {"cats", {"chats"}},
      {"tomorrow", {"demain"}},
      {"never", {"ne", "n'", "jamais"}},
      {"because", {"parce", "que", "qu'"}},
      {"near", {"près", "de", "d'", "du", "des"}},
      {"red", {"rouge", "rouges"}}};
  std::map<std::string, int> seen;
  for (const GeneratedPair& pair : pairs(DataPart::kTrain)) {
    const Words source = split_joined_words(pair.texts.source);
    const Words target = split_joined_words(pair.texts.target);
    for (const AlignmentLink& link : pair.links) {
      const std::string& english = source[static_cast<std::size_t>(link.source)];
      const auto found = right.find(english);
      if (found == right.end()) continue;
      ++seen[english];
      EXPECT_TRUE(
          found->second.contains(without_joints(target[static_cast<std::size_t>(link.target)])))
          << pair.texts.source << " / " << pair.texts.target;
    }
  }
  EXPECT_EQ(seen.size(), right.size());
}

TEST_F(Grammar, SpellingOfNeighbours) {
  std::map<std::string, int> phenomena;
  for (const GeneratedPair& pair : pairs(DataPart::kTrain)) {
    const std::string source = " " + pair.texts.source, target = " " + pair.texts.target;
    for (const char* wrong : {" de le ", " de les ", " à le ", " à les ", " le h", " la h",
                              " que il", " ne a", " je a", " ce h", " ce o", " ce a", " ma i",
                              " sa i", " le beau h", " un vieux o", " me a", " de de "})
      EXPECT_EQ(target.find(wrong), std::string::npos) << wrong << ":" << target;
    for (const char* wrong : {" a a", " a o", " a e", " an b"})
      EXPECT_EQ(source.find(wrong), std::string::npos) << wrong << ":" << source;
    for (const std::string& name : pair.phenomena) ++phenomena[name];
  }
  for (const char* name :
       {"adjective before", "adjective behind", "contraction", "de for un", "elision", "futur",
        "imparfait", "negation", "object pronoun", "participle agreement", "passé composé",
        "relative clause", "two clauses"})
    EXPECT_GE(phenomena[name], 20) << name;
}

TEST_F(Grammar, Agreement) {
  // What has to be in the French sentence when this is in the English one.
  const std::vector<std::pair<std::string, std::set<std::string>>> rules{
      {"the white cow ", {"la vache blanche"}},
      {"the black cats ", {"les chats noirs"}},
      {"the old man ", {"le vieil homme", "du vieil homme"}},
      {"the old women ", {"les vieilles femmes"}},
      {"she fell", {"elle est tombée"}},
      {"they left", {"ils sont partis"}},
      {"I am ", {"je suis", "je ne suis"}},
      {"we will see", {"nous verrons"}}};
  std::size_t found = 0;
  for (const GeneratedPair& pair : pairs(DataPart::kTrain))
    for (const auto& [english, french] : rules) {
      const std::size_t at = pair.texts.source.find(english);
      if (at == std::string::npos || pair.phenomena.empty()) continue;
      const bool has_one = std::any_of(french.begin(), french.end(), [&](const std::string& f) {
        return pair.texts.target.find(f) != std::string::npos;
      });
      EXPECT_TRUE(has_one) << pair.texts.source << " / " << pair.texts.target;
      ++found;
    }
  EXPECT_GE(found, rules.size());
}

TEST_F(Grammar, PartsAndCombinations) {
  std::set<std::string> sentences, english, held_out;
  for (const GeneratedPair& pair : pairs(DataPart::kTrain)) {
    EXPECT_TRUE(sentences.insert(pair.texts.source).second);
    for (const std::string& word : split_joined_words(pair.texts.source)) english.insert(word);
    for (const std::string& combination : pair.combinations)
      EXPECT_EQ(part_of_combination(combination), DataPart::kTrain) << combination;
  }
  for (const DataPart part : {DataPart::kValidation, DataPart::kTest})
    for (const GeneratedPair& pair : pairs(part)) {
      EXPECT_TRUE(sentences.insert(pair.texts.source).second);
      bool has_own = false;
      for (const std::string& combination : pair.combinations) {
        const DataPart owner = part_of_combination(combination);
        EXPECT_TRUE(owner == part || owner == DataPart::kTrain) << combination;
        has_own = has_own || owner == part;
      }
      EXPECT_TRUE(has_own);
      for (const std::string& word : split_joined_words(pair.texts.source))
        EXPECT_TRUE(english.contains(word)) << word;
    }
  const auto again = generate_pairs(DataPart::kTest, 300, 1);
  EXPECT_EQ(again.back().texts.target, pairs(DataPart::kTest).back().texts.target);
}

// ---- numbers and batches

TEST(TranslationVocabulary, WordsAndPieces) {
  const std::vector<Words> texts{{"l'￭", "homme", "￭."}, {"homme", "homme", "￭."}};
  const TranslationVocabulary words(texts, 2, 0);
  EXPECT_EQ(words.size(), 4);  // unknown, homme, ￭., border
  EXPECT_EQ(words.border(), 3);
  EXPECT_EQ(words.encode(texts[0]), (Ids{0, 1, 2}));
  EXPECT_EQ(words.decode(Ids{1, 2, 3}), (Words{"homme", "￭."}));
  EXPECT_EQ(words.shown(2), ".");
  EXPECT_EQ(words.shown(3), "∎");
  const TranslationVocabulary pieces(texts, 1, 3);
  EXPECT_TRUE(pieces.has_pieces());
  EXPECT_EQ(pieces.decode(pieces.encode(texts[0])), texts[0]);
  EXPECT_EQ(pieces.decode(pieces.encode(Words{"home"})), (Words{"home"}));
  for (const TranslationVocabulary* one : {&words, &pieces}) {
    const auto read = TranslationVocabulary::from_json(one->to_json());
    EXPECT_EQ(read.encode(texts[0]), one->encode(texts[0]));
    EXPECT_EQ(read.size(), one->size());
  }
  expect_input_error([] { TranslationVocabulary::from_json(Json{{"words", 1}}); }, "damaged");
}

TranslationData small_data() {
  const TemporaryFolder folder;
  std::string lines;
  for (int i = 0; i < 80; ++i) {
    std::string sentence = "w" + std::to_string(i % 7);
    for (int k = 0; k < i % 5; ++k) sentence += " v" + std::to_string((i * 3 + k) % 11);
    sentence += " u" + std::to_string(i);
    lines += sentence + "\t" + sentence + "\n";
  }
  return read_translation_data({.files = {.pairs = folder.write("copy.tsv", lines).string()}});
}

TEST(TranslationData, BatchesAreShiftedAndMasked) {
  TranslationData data = small_data();
  data.train.source = {{1}, {2, 3}};
  data.train.target = {{4, 5, 6}, {7}};
  const TranslationBatch batch = make_batch(data, data.train, std::vector<std::int64_t>{0, 1});
  const std::int32_t border = data.target.border();
  EXPECT_EQ(batch.source.lengths.to_vector<std::int32_t>(), (Ids{1, 2}));
  EXPECT_EQ(batch.inputs.to_vector<std::int32_t>(),
            (Ids{border, border, 4, 7, 5, border, 6, border}));
  EXPECT_EQ(batch.targets.to_vector<std::int32_t>(),
            (Ids{4, 7, 5, border, 6, kNoWord, border, kNoWord}));
}

TEST(TranslationData, LongTrainingPairsAreLeftOut) {
  const TranslationData data =
      read_translation_data({.pairs = 50, .min_count = 1, .bpe = 20, .max_words = 50});
  EXPECT_TRUE(data.is_generated);
  EXPECT_EQ(data.train.size(), 50);
  EXPECT_EQ(data.train.alignments.size(), 50u);
  for (std::size_t i = 0; i < 50; ++i)
    EXPECT_EQ(data.source.decode(data.train.source[i]), data.train.source_words[i]);
}

TEST(TranslationOptions, Schedules) {
  TranslationOptions options;
  options.own_words = 0.4;
  options.schedule = "none";
  EXPECT_EQ(options.own_share(1), 0);
  options.schedule = "linear";
  EXPECT_DOUBLE_EQ(options.own_share(0.5), 0.2);
  options.schedule = "sigmoid";
  EXPECT_DOUBLE_EQ(options.own_share(0.5), 0.2);
  EXPECT_LT(options.own_share(0), 0.002);
  EXPECT_GT(options.own_share(1), 0.398);
}

// ---- beam search

// Three symbols a, b and the end, whose probabilities depend on the symbol before.
constexpr std::int32_t kA = 0, kB = 1, kEnd = 2;
const std::map<std::int32_t, std::vector<double>> kAfter{
    {kEnd, {0.6, 0.4, 0.0}}, {kA, {0.35, 0.35, 0.3}}, {kB, {0.05, 0.05, 0.9}}};

NextSymbols chain() {
  return [](std::span<const std::int64_t>, std::span<const std::int32_t> symbols) {
    std::vector<float> all;
    for (const std::int32_t symbol : symbols)
      for (const double p : kAfter.at(symbol)) all.push_back(static_cast<float>(std::log(p)));
    return all;
  };
}

// The best of all sequences of at most `limit` symbols that end, by trying them all.
Hypothesis best_of_all(std::int64_t limit, double alpha) {
  Hypothesis best{.score = -1e9};
  const std::function<void(Ids, double)> extend = [&](const Ids& symbols, double log_p) {
    const std::int32_t last = symbols.empty() ? kEnd : symbols.back();
    const double ended = log_p + std::log(kAfter.at(last)[kEnd]);
    const double score =
        ended / std::pow((5.0 + static_cast<double>(symbols.size()) + 1) / 6.0, alpha);
    if (score > best.score) best = {symbols, ended, score, true};
    if (static_cast<std::int64_t>(symbols.size()) == limit) return;
    for (const std::int32_t next : {kA, kB}) {
      Ids longer = symbols;
      longer.push_back(next);
      extend(longer, log_p + std::log(kAfter.at(last)[static_cast<std::size_t>(next)]));
    }
  };
  extend({}, 0);
  return best;
}

TEST(BeamSearch, FindsWhatGreedyMisses) {
  BeamOptions options{.width = 1, .length_penalty = 0, .start = kEnd, .end = kEnd};
  const std::vector<std::int64_t> limits{6};
  // Greedy takes a (0.6), then a (0.35, the first of two equals) and so on to the limit.
  const auto greedy = beam_search(limits, chain(), options)[0][0];
  EXPECT_EQ(greedy.symbols, (Ids{kA, kA, kA, kA, kA, kA}));
  EXPECT_FALSE(greedy.ended);
  for (const double alpha : {0.0, 0.6, 1.0}) {
    options.width = 40;
    options.length_penalty = alpha;
    const auto found = beam_search(limits, chain(), options)[0];
    const Hypothesis best = best_of_all(5, alpha);
    EXPECT_EQ(found[0].symbols, best.symbols) << alpha;
    EXPECT_NEAR(found[0].log_probability, best.log_probability, 1e-5);
    EXPECT_NEAR(found[0].score, best.score, 1e-5);
    EXPECT_TRUE(found[0].ended);
    for (std::size_t i = 1; i < found.size() && found[i].ended; ++i)
      EXPECT_LE(found[i].score, found[i - 1].score);
  }
  options.width = 2;
  options.length_penalty = 0;
  EXPECT_EQ(beam_search(limits, chain(), options)[0][0].symbols, (Ids{kB}));  // 0.4·0.9
}

TEST(BeamSearch, NoEndExcludedSymbolAndLimits) {
  BeamOptions options{.width = 3, .length_penalty = 0, .start = kB, .end = -1, .excluded = kEnd};
  const auto found = beam_search(std::vector<std::int64_t>{2, 1}, chain(), options);
  ASSERT_EQ(found.size(), 2u);
  ASSERT_EQ(found[0].size(), 3u);
  for (const Hypothesis& one : found[0]) {
    EXPECT_EQ(one.symbols.size(), 2u);
    for (const std::int32_t symbol : one.symbols) EXPECT_NE(symbol, kEnd);
  }
  EXPECT_EQ(found[0][0].symbols[0], kA);
  EXPECT_EQ(found[1][0].symbols.size(), 1u);
}

TEST(BeamSearch, SequencesSideBySideKeepTheirOwnRows) {
  // Sequence s writes the letters of a text of its own; the network remembers s by the rows.
  const std::vector<Ids> texts{{0, 1, 0, 2}, {1, 1, 2}, {2}};
  std::vector<std::pair<std::size_t, std::size_t>> state;  // of each row: sequence, position
  bool first = true;
  const NextSymbols next = [&](std::span<const std::int64_t> rows, std::span<const std::int32_t>) {
    std::vector<std::pair<std::size_t, std::size_t>> now;
    std::vector<float> all;
    for (const std::int64_t row : rows) {
      const auto at = static_cast<std::size_t>(row);
      now.push_back(first ? std::pair(at, std::size_t{0})
                          : std::pair(state[at].first, state[at].second + 1));
      const auto [sequence, position] = now.back();
      for (std::int32_t symbol = 0; symbol < 3; ++symbol)
        all.push_back(position < texts[sequence].size() && texts[sequence][position] == symbol
                          ? -0.1f
                          : -3.0f);
    }
    state = now;
    first = false;
    return all;
  };
  const auto found = beam_search(std::vector<std::int64_t>{9, 9, 9}, next,
                                 {.width = 2, .length_penalty = 0, .start = 2, .end = 2});
  EXPECT_EQ(found[0][0].symbols, (Ids{0, 1, 0}));
  EXPECT_EQ(found[1][0].symbols, (Ids{1, 1}));
  EXPECT_TRUE(found[2][0].symbols.empty());
}

// ---- translating

// Writes the words of the source, then the border: sure of itself, and right on copies.
struct Copier : Translator {
  explicit Copier(const TranslationData& data) : Translator(1), border(data.target.border()) {
    add_parameter("unused", unused, {1});
  }
  TranslatorState read(const PaddedBatch& source) override {
    const std::int64_t steps = source.values.size(0), batch = source.values.size(1);
    std::vector<float> sure(static_cast<std::size_t>((steps + 1) * batch * (border + 1)), 0.0f);
    const auto words = source.values.to_vector<std::int32_t>();
    const auto lengths = source.lengths.to_vector<std::int32_t>();
    for (std::int64_t t = 0; t <= steps; ++t)
      for (std::int64_t b = 0; b < batch; ++b) {
        const auto at = static_cast<std::size_t>(t * batch + b);
        const std::int32_t word = t < lengths[static_cast<std::size_t>(b)] ? words[at] : border;
        sure[at * static_cast<std::size_t>(border + 1) + static_cast<std::size_t>(word)] = 20.0f;
      }
    return {.memory = {from_vector(sure, {steps + 1, batch, border + 1})},
            .writing = {zeros({1, batch, 1})}};
  }
  Written write(const TranslatorState& from, const Tensor& symbols) override {
    const auto done = static_cast<std::int64_t>(from.writing[0].at({0, 0, 0}));
    const std::int64_t steps = symbols.size(0), known = from.memory[0].size(0);
    const std::int64_t begin = std::min(done, known - 1);
    return {.scores = slice(from.memory[0], 0, begin, std::min(begin + steps, known)),
            .state = {from.memory, {from.writing[0] + static_cast<double>(steps)}}};
  }
  std::int32_t border;
  Tensor unused;
};

TEST(Translating, ACopierCopies) {
  const TranslationData data = small_data();
  Copier copier(data);
  // Known words alone: the copier copies numbers, and both vocabularies have the same words.
  for (const Decoding& decoding : {Decoding{}, Decoding{.beam = 3, .length_penalty = 0.6}})
    EXPECT_EQ(translate_to_text(copier, data, data.train.source, decoding),
              data.train.target_texts);
  EXPECT_LT(teacher_forced_loss(copier, data, data.train), 1e-3);
  EXPECT_TRUE(copier.training());
}

// Guesses each word by the mean of the source's words and the word before.
struct Guesser : Translator {
  explicit Guesser(const TranslationData& data)
      : Translator(1),
        source_words(*this, "source_words", data.source.size(), 4),
        target_words(*this, "target_words", data.target.size(), 4),
        dropout(*this, "dropout", 0.2),
        head(*this, "head", 4, data.target.size()) {}
  TranslatorState read(const PaddedBatch& source) override {
    return {.memory = {mean(source_words(source.values), 0, true)}};
  }
  Written write(const TranslatorState& from, const Tensor& symbols) override {
    return {.scores = head(dropout(target_words(symbols) + from.memory[0])), .state = from};
  }
  nn::Embedding source_words, target_words;
  nn::Dropout dropout;
  nn::Linear head;
};

TEST(TranslationTraining, GoesOnWhereItWasStopped) {
  const InterruptGuard guard;  // nobody has asked to stop
  const TranslationData data = small_data();
  const TemporaryFolder folder;
  TranslationOptions settings;
  settings.epochs = 5;
  settings.patience = 5;
  const SavedTraining fresh{folder.path() / "whole.safetensors", "a run"};
  Progress progress("training", 1000, "steps");
  Guesser whole(data);
  const TranslationRun expected =
      TranslationTraining(whole, settings, 1, data).train(progress, fresh);

  SavedTraining saved{folder.path() / "stopped.safetensors", "a run"};
  Guesser stopped(data);
  const auto stop = [](TranslationRun& run) {
    if (run.training_loss.size() == 3) throw Interrupted("the third epoch is lost");
  };
  EXPECT_THROW(TranslationTraining(stopped, settings, 1, data).train(progress, saved, stop),
               Interrupted);
  saved.resume = true;
  Guesser resumed(data);
  const TranslationRun run = TranslationTraining(resumed, settings, 1, data).train(progress, saved);
  EXPECT_EQ(run.training_loss, expected.training_loss);
  EXPECT_EQ(run.validation_loss, expected.validation_loss);
  EXPECT_EQ(run.validation_bleu, expected.validation_bleu);
  EXPECT_EQ(run.own_share, expected.own_share);
  EXPECT_EQ(run.best_epoch, expected.best_epoch);
  for (std::size_t i = 0; i < whole.parameters().size(); ++i)
    EXPECT_TRUE(same_bits(resumed.parameters()[i].tensor, whole.parameters()[i].tensor));

  TranslationTraining other(resumed, settings, 1, data);
  saved.run = "another run";
  expect_input_error([&] { other.train(progress, saved); }, "other data or settings");
  saved.file = folder.path() / "nothing";
  expect_input_error([&] { other.train(progress, saved); }, "there is no");
}

TEST(TranslationScores, OfKnownTranslations) {
  const TranslationData data = small_data();
  EXPECT_EQ(word_for_word(data, data.train), data.train.target_texts);
  const std::vector<std::string>& references = data.train.target_texts;
  const TranslationScores scores = score_translations(references, references, BleuTokenizer::k13a);
  EXPECT_DOUBLE_EQ(scores.bleu, 100);
  EXPECT_DOUBLE_EQ(scores.chrf, 100);
  EXPECT_EQ(scores.exact, 1);
  TranslationPart part;
  part.phenomena = {{"a"}, {"a", "b"}, {}};
  const auto groups = phenomenon_groups(part);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].name, "a");
  EXPECT_EQ(groups[0].sentences, (std::vector<std::int64_t>{0, 1}));
  EXPECT_DOUBLE_EQ(groups[0].bleu(scores.counts), 100);
}

}  // namespace
}  // namespace unroll::lessons
