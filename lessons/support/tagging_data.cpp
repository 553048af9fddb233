#include "lessons/support/tagging_data.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/error.h"
#include "lessons/support/data_folder.h"
#include "lessons/support/format.h"
#include "lessons/support/hash.h"

namespace unroll::lessons {

namespace {

using Words = std::vector<std::string>;

constexpr std::uint64_t kDataSeed = 1;  // all runs see the same data

TaggingData finish(std::string name, const TaggedParts& parts, std::int64_t min_count) {
  const std::vector<TaggedSentence>* all[] = {&parts.train, &parts.validation, &parts.test};
  std::set<std::string> tags;
  std::vector<Words> training_words;
  std::string everything;
  for (const auto* part : all)
    for (const TaggedSentence& sentence : *part) {
      tags.insert(sentence.tags.begin(), sentence.tags.end());
      for (std::size_t i = 0; i < sentence.words.size(); ++i)
        everything += sentence.words[i] + '\t' + sentence.tags[i] + '\n';
      everything += '\n';
      if (part == all[0]) training_words.push_back(sentence.words);
    }
  if (tags.size() < 2)
    throw input_error(name, ": all words have the tag \"", *tags.begin(),
                      "\"; expected at least two different ones");
  TaggingData data{
      std::move(name), {tags.begin(), tags.end()}, {}, {}, {}, Lexicon(training_words, min_count)};
  data.split = parts.split;
  data.sha256 = sha256(everything);

  TaggingPart* encoded[] = {&data.train, &data.validation, &data.test};
  for (std::size_t p = 0; p < 3; ++p)
    for (const TaggedSentence& sentence : *all[p]) {
      encoded[p]->words.push_back(data.lexicon.encode(sentence.words));
      encoded[p]->forms.push_back(data.lexicon.add(sentence.words));
      auto& of_tags = encoded[p]->tags.emplace_back();
      for (const std::string& of_word : sentence.tags) {
        const auto tag = std::lower_bound(data.tags.begin(), data.tags.end(), of_word);
        of_tags.push_back(static_cast<std::int32_t>(tag - data.tags.begin()));
      }
    }
  return data;
}

TaggingData make_language(std::int64_t sentences, std::int64_t min_count) {
  if (sentences < 1)
    throw input_error(
        "--sentences: the lesson's own language has no end; expected at least 1, got ", sentences);
  const std::int64_t others = std::clamp<std::int64_t>(sentences / 4, 60, 1000);
  TaggedParts parts;
  parts.split = "no sentence of one part is in another, and one open word in eight is new";
  std::vector<std::vector<Decider>> deciders[3];
  const auto make = [&](LanguagePart which, std::int64_t count, std::vector<TaggedSentence>& part) {
    for (LanguageSentence& made : generate_language(which, count, kDataSeed)) {
      part.push_back(std::move(made.sentence));
      deciders[static_cast<std::size_t>(which)].push_back(std::move(made.deciders));
    }
  };
  make(LanguagePart::kTrain, sentences, parts.train);
  make(LanguagePart::kValidation, others, parts.validation);
  make(LanguagePart::kTest, others, parts.test);
  TaggingData data = finish("generated language", parts, min_count);
  data.train.deciders = std::move(deciders[0]);
  data.validation.deciders = std::move(deciders[1]);
  data.test.deciders = std::move(deciders[2]);
  data.is_generated = true;
  return data;
}

}  // namespace

std::int64_t TaggingPart::tokens() const {
  std::int64_t count = 0;
  for (const auto& sentence : words) count += static_cast<std::int64_t>(sentence.size());
  return count;
}

std::vector<std::int32_t> TaggingPart::joined(const Numbers& numbers) {
  std::vector<std::int32_t> all;
  for (const auto& sentence : numbers) all.insert(all.end(), sentence.begin(), sentence.end());
  return all;
}

TaggingPart TaggingPart::cut(std::span<const TokenPlace> places, std::int64_t visible) const {
  TaggingPart part;
  for (const TokenPlace place : places) {
    const auto first = [&](const Numbers& from) {
      const auto& sentence = from[static_cast<std::size_t>(place.sentence)];
      const auto rest = static_cast<std::int64_t>(sentence.size()) - place.position - 1;
      return std::vector(sentence.begin(),
                         sentence.begin() + place.position + 1 + std::min(rest, visible));
    };
    part.words.push_back(first(words));
    part.forms.push_back(first(forms));
    part.tags.push_back(first(tags));
  }
  return part;
}

const std::string& TaggingData::word(const TaggingPart& part, TokenPlace place) const {
  const auto& sentence = part.forms[static_cast<std::size_t>(place.sentence)];
  return lexicon
      .forms[static_cast<std::size_t>(sentence[static_cast<std::size_t>(place.position)])];
}

TaggingData read_tagging_data(const std::string& data, std::int64_t sentences,
                              std::int64_t min_count) {
  if (data.empty()) return make_language(sentences, min_count);
  const std::filesystem::path path = find_data(data);
  TaggedParts parts = read_tagged_parts(path);
  if (sentences > 0 && sentences < static_cast<std::int64_t>(parts.train.size()))
    parts.train.resize(static_cast<std::size_t>(sentences));
  const std::string name =
      path.filename().empty() ? path.parent_path().filename().string() : path.stem().string();
  return finish(name, parts, min_count);
}

std::string TaggingData::describe() const {
  const auto count = [](const TaggingPart& part) {
    return format_count(part.size()) + " sentences (" + format_count(part.tokens()) + " words)";
  };
  std::string names;
  for (const std::string& tag : tags) names += (names.empty() ? "" : " ") + tag;
  return "Text: " + name + "; " + count(train) + " to train on,\n      " + count(validation) +
         " to validate, " + count(test) + " to test;\n      " + split + "\n      " +
         format_count(lexicon.vocabulary.size() - 1) + " words and " +
         format_count(lexicon.letters.size() - 1) +
         " letters, those of the training part; SHA-256 " + sha256.substr(0, 16) +
         "…\n      tags: " + names + "\n";
}

Json TaggingData::to_json() const {
  Json json = {{"name", name},
               {"generated", is_generated},
               {"tags", tags},
               {"split", split},
               {"words", lexicon.vocabulary.size() - 1},
               {"letters", lexicon.letters.size() - 1},
               {"sha256", sha256}};
  const auto add = [&json](const char* what, const TaggingPart& part) {
    json[what] = {{"sentences", part.size()}, {"words", part.tokens()}};
  };
  add("training", train);
  add("validation", validation);
  add("test", test);
  return json;
}

TaggingBatch make_batch(const TaggingData& data, const TaggingPart& part,
                        std::span<const std::int64_t> sentences) {
  return {make_word_batch(data.lexicon, part.words, part.forms, sentences),
          pad(part.tags, sentences, kNoTag).values};
}

void put_batch(Predictions& said, const TaggingPart& part, std::span<const std::int64_t> sentences,
               std::span<const float> p) {
  const auto tags = static_cast<std::size_t>(said.classes);
  std::vector<std::size_t> first_word{0};  // of each sentence
  for (const auto& sentence : part.words) first_word.push_back(first_word.back() + sentence.size());
  said.probabilities.resize(first_word.back() * tags);
  for (std::size_t column = 0; column < sentences.size(); ++column) {
    const auto sentence = static_cast<std::size_t>(sentences[column]);
    for (std::size_t t = 0; t < part.words[sentence].size(); ++t)
      for (std::size_t tag = 0; tag < tags; ++tag)
        said.probabilities[(first_word[sentence] + t) * tags + tag] =
            static_cast<double>(p[(t * sentences.size() + column) * tags + tag]);
  }
}

TaggingData next_words(const TaggingData& data) {
  TaggingData text = data;
  text.is_generated = false;  // nothing is known of who decides the next word
  text.tags.clear();
  for (std::int32_t id = 0; id < data.lexicon.vocabulary.size(); ++id)
    text.tags.push_back(data.lexicon.vocabulary.word(id));
  for (TaggingPart* part : {&text.train, &text.validation, &text.test}) {
    part->deciders.clear();
    for (std::size_t i = 0; i < part->words.size(); ++i) {
      part->tags[i].assign(part->words[i].begin() + 1, part->words[i].end());
      part->words[i].pop_back();
      part->forms[i].pop_back();
    }
  }
  return text;
}

std::vector<TokenPlace> choose_places(const TaggingPart& part, const std::vector<bool>& wanted,
                                      std::int64_t count) {
  std::vector<TokenPlace> all, chosen;
  std::size_t token = 0;
  for (std::int64_t i = 0; i < part.size(); ++i)
    for (std::size_t t = 0; t < part.words[static_cast<std::size_t>(i)].size(); ++t)
      if (wanted[token++]) all.push_back({i, static_cast<std::int64_t>(t)});
  for (const std::int64_t i :
       Random(kDataSeed, "places").permutation(static_cast<std::int64_t>(all.size()))) {
    if (static_cast<std::int64_t>(chosen.size()) == count) break;
    chosen.push_back(all[static_cast<std::size_t>(i)]);
  }
  return chosen;
}

}  // namespace unroll::lessons
