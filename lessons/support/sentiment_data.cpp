#include "lessons/support/sentiment_data.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/error.h"
#include "engine/random.h"
#include "lessons/support/data_folder.h"
#include "lessons/support/format.h"
#include "lessons/support/hash.h"
#include "lessons/support/labelled_texts.h"
#include "lessons/support/near_duplicates.h"
#include "lessons/support/review_grammar.h"
#include "lessons/support/splits.h"
#include "lessons/support/words.h"

namespace unroll::lessons {

namespace {

constexpr std::uint64_t kDataSeed = 1;  // of reviews and splits: all runs see the same

void add(TextPart& part, std::string_view text, std::int32_t label, std::int64_t max_words,
         std::string construction = "") {
  std::vector<std::string> words = split_words(text);
  if (max_words > 0 && static_cast<std::int64_t>(words.size()) > max_words)
    words.resize(static_cast<std::size_t>(max_words));
  part.words.push_back(std::move(words));
  part.labels.push_back(label);
  if (!construction.empty()) part.constructions.push_back(std::move(construction));
}

SentimentData finish(std::string name, std::vector<std::string> classes, TextPart train,
                     TextPart validation, TextPart test, std::int64_t min_count,
                     std::string split) {
  const struct {
    const char* what;
    const TextPart& part;
  } parts[] = {{"training", train}, {"validation", validation}, {"test", test}};
  std::string all;
  for (const auto& [what, part] : parts) {
    const std::set<std::int32_t> present(part.labels.begin(), part.labels.end());
    for (std::size_t label = 0; label < classes.size(); ++label)
      if (!present.contains(static_cast<std::int32_t>(label)))
        throw input_error(name, ": the ", what, " part (", part.size(), " texts) has none of the ",
                          "class \"", classes[label],
                          "\"; expected some of each class in each part");
    for (std::size_t i = 0; i < part.words.size(); ++i)
      all += classes[static_cast<std::size_t>(part.labels[i])] + '\t' + join_words(part.words[i]) +
             '\n';
  }
  WordVocabulary vocabulary = WordVocabulary::from_texts(train.words, min_count);
  SentimentData data{std::move(name),       std::move(classes), std::move(train),
                     std::move(validation), std::move(test),    std::move(vocabulary),
                     std::move(split),      sha256(all)};
  for (TextPart* part : {&data.train, &data.validation, &data.test})
    for (const auto& words : part->words) part->ids.push_back(data.vocabulary.encode(words));
  return data;
}

// ---- the lesson's own reviews

SentimentData make_reviews(const SentimentChoice& choice) {
  const auto part = [&](ReviewPart which, std::int64_t count) {
    TextPart made;
    for (const Review& review : generate_reviews(which, count, choice.classes, kDataSeed))
      add(made, review.text, review.label, 0, review.construction);
    return made;
  };
  const std::int64_t others = std::clamp<std::int64_t>(choice.texts / 5, 60, 1200);
  std::vector<std::string> classes{"negative", "neutral", "positive"};
  if (choice.classes == 2) classes = {"negative", "positive"};
  SentimentData data = finish(
      "generated reviews", classes, part(ReviewPart::kTrain, choice.texts),
      part(ReviewPart::kValidation, others), part(ReviewPart::kTest, others), choice.min_count,
      "validation and test reviews combine words in ways that the training reviews do not have");
  data.is_generated = true;
  return data;
}

// ---- data of the user's

std::vector<std::string> find_classes(const std::vector<LabelledText>& texts,
                                      const std::string& name) {
  std::map<std::string, std::string> where;  // each label comes first
  for (const LabelledText& text : texts) where.try_emplace(text.label, text.where);
  if (where.size() < 2)
    throw input_error(name, ": all texts have the label \"", texts[0].label,
                      "\"; expected two or three different ones");
  if (where.size() > 3) {
    std::string found;
    for (const auto& [label, first] : where) {
      if (found.size() > 200) break;
      found += (found.empty() ? "\"" : ", \"") + label + "\" (" + first + ")";
    }
    throw input_error(name, ": expected two or three different labels, found ", where.size(), ": ",
                      found);
  }
  std::vector<std::string> classes;
  for (const auto& [label, first] : where) classes.push_back(label);
  return classes;
}

// At most `count` of them in a random order, which stays the same.
std::vector<LabelledText> some_of(std::vector<LabelledText> texts, std::int64_t count) {
  if (count == 0 || count >= static_cast<std::int64_t>(texts.size())) return texts;
  std::vector<std::int64_t> order =
      Random(kDataSeed, "texts").permutation(static_cast<std::int64_t>(texts.size()));
  order.resize(static_cast<std::size_t>(count));
  std::sort(order.begin(), order.end());
  std::vector<LabelledText> some;
  for (const std::int64_t i : order) some.push_back(std::move(texts[static_cast<std::size_t>(i)]));
  return some;
}

SentimentData split_texts(const SentimentChoice& choice) {
  const std::string path = find_data(choice.data).string();
  const std::vector<LabelledText> texts = some_of(read_labelled_texts(path), choice.texts);
  std::string name = std::filesystem::path(path).stem().string();
  if (name.empty()) name = path;
  std::vector<std::string> classes = find_classes(texts, path);

  TextPart all;
  std::vector<std::int64_t> known, given_test;  // which are whose
  for (const LabelledText& text : texts) {
    const auto label = std::find(classes.begin(), classes.end(), text.label) - classes.begin();
    (text.is_test ? given_test : known).push_back(all.size());
    add(all, text.text, static_cast<std::int32_t>(label), choice.max_words);
    if (all.words.back().empty())
      throw input_error(text.where, ": expected a text with words, found \"", text.text, "\"");
  }
  const std::vector<std::int64_t> groups = near_duplicate_groups(all.words);
  const auto group_of = [&](std::int64_t i) { return groups[static_cast<std::size_t>(i)]; };
  const auto take = [&](const std::vector<std::int64_t>& which) {
    TextPart part;
    for (const std::int64_t i : which) {
      part.words.push_back(all.words[static_cast<std::size_t>(i)]);
      part.labels.push_back(all.labels[static_cast<std::size_t>(i)]);
    }
    return part;
  };
  const double turn = 0.1 * static_cast<double>(choice.fold - 1);
  if (given_test.empty()) {
    const ShuffledSplit split = split_groups(groups, 0.8, 0.1, kDataSeed, turn);
    return finish(name, classes, take(split.train), take(split.validation), take(split.test),
                  choice.min_count,
                  concat_message("80 % / 10 % / 10 % at random, fold ", choice.fold,
                                 " of 10, near-duplicates in one part"));
  }
  std::set<std::int64_t> tested;
  for (const std::int64_t i : given_test) tested.insert(group_of(i));
  std::erase_if(known, [&](std::int64_t i) { return tested.contains(group_of(i)); });
  std::map<std::int64_t, std::int64_t> numbers;  // of the groups that are left
  std::vector<std::int64_t> left;
  for (const std::int64_t i : known)
    left.push_back(
        numbers.try_emplace(group_of(i), static_cast<std::int64_t>(numbers.size())).first->second);
  ShuffledSplit split = split_groups(left, 0.9, 0.1, kDataSeed, turn);
  for (auto* part : {&split.train, &split.validation})
    for (std::int64_t& i : *part) i = known[static_cast<std::size_t>(i)];
  return finish(
      name, classes, take(split.train), take(split.validation), take(given_test), choice.min_count,
      "the test part is the data set's own; texts that nearly stand in it are left out, and "
      "the rest is split 90 % / 10 %");
}

}  // namespace

SentimentData read_sentiment_data(const SentimentChoice& choice) {
  return choice.data.empty() ? make_reviews(choice) : split_texts(choice);
}

std::string SentimentData::describe() const {
  std::string names;
  for (const std::string& label : classes) names += (names.empty() ? "" : ", ") + label;
  return "Texts: " + name + ", " + names + "; " + format_count(train.size()) + " to train on, " +
         format_count(validation.size()) + " to validate, " + format_count(test.size()) +
         " to test\n       " + split + "\n       " + format_count(vocabulary.size() - 1) +
         " words, those of the training part; SHA-256 " + sha256.substr(0, 16) + "…\n";
}

Json SentimentData::to_json() const {
  return {{"name", name},
          {"generated", is_generated},
          {"classes", classes},
          {"split", split},
          {"training_texts", train.size()},
          {"validation_texts", validation.size()},
          {"test_texts", test.size()},
          {"vocabulary", vocabulary.size()},
          {"sha256", sha256}};
}

}  // namespace unroll::lessons
