#include "lessons/support/tagging_data.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/error.h"
#include "lessons/support/data_folder.h"
#include "lessons/support/format.h"
#include "lessons/support/hash.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {

namespace {

using Words = std::vector<std::string>;

constexpr std::uint64_t kDataSeed = 1;        // all runs see the same data
constexpr std::size_t kLongestSpelling = 20;  // of longer words, both ends are read

Words letters_of(const std::string& word) {
  Words letters;
  for (std::string_view rest = word; !rest.empty();) {
    const std::size_t bytes = code_point_bytes(rest);
    letters.emplace_back(rest.substr(0, bytes));
    rest.remove_prefix(bytes);
  }
  if (letters.size() > kLongestSpelling)
    letters.erase(letters.begin() + kLongestSpelling / 2, letters.end() - kLongestSpelling / 2);
  return letters;
}

// Numbers words of all parts as they come.
class Forms {
 public:
  std::int32_t number(const std::string& word) {
    const auto [found, is_new] =
        numbers_.try_emplace(word, static_cast<std::int32_t>(numbers_.size()));
    if (is_new) words.push_back(word);
    return found->second;
  }
  Words words;

 private:
  std::map<std::string, std::int32_t> numbers_;
};

TaggingData finish(std::string name, const TaggedParts& parts, std::int64_t min_count) {
  const std::vector<TaggedSentence>* all[] = {&parts.train, &parts.validation, &parts.test};
  std::set<std::string> tags;
  std::vector<Words> training_words, training_letters;
  std::string everything;
  for (const auto* part : all)
    for (const TaggedSentence& sentence : *part) {
      tags.insert(sentence.tags.begin(), sentence.tags.end());
      for (std::size_t i = 0; i < sentence.words.size(); ++i) {
        everything += sentence.words[i] + '\t' + sentence.tags[i] + '\n';
        if (part == all[0]) training_letters.push_back(letters_of(sentence.words[i]));
      }
      everything += '\n';
      if (part == all[0]) training_words.push_back(sentence.words);
    }
  if (tags.size() < 2)
    throw input_error(name, ": all words have the tag \"", *tags.begin(),
                      "\"; expected at least two different ones");
  TaggingData data{std::move(name),
                   {tags.begin(), tags.end()},
                   {},
                   {},
                   {},
                   WordVocabulary::from_texts(training_words, min_count),
                   WordVocabulary::from_texts(training_letters)};
  data.split = parts.split;
  data.sha256 = sha256(everything);
  data.counts.resize(static_cast<std::size_t>(data.vocabulary.size()));

  Forms forms;
  TaggingPart* encoded[] = {&data.train, &data.validation, &data.test};
  for (std::size_t p = 0; p < 3; ++p)
    for (const TaggedSentence& sentence : *all[p]) {
      encoded[p]->words.push_back(data.vocabulary.encode(sentence.words));
      auto& of_forms = encoded[p]->forms.emplace_back();
      auto& of_tags = encoded[p]->tags.emplace_back();
      for (std::size_t i = 0; i < sentence.words.size(); ++i) {
        of_forms.push_back(forms.number(sentence.words[i]));
        const auto tag = std::lower_bound(data.tags.begin(), data.tags.end(), sentence.tags[i]);
        of_tags.push_back(static_cast<std::int32_t>(tag - data.tags.begin()));
      }
    }
  for (const std::int32_t word : TaggingPart::joined(data.train.words))
    ++data.counts[static_cast<std::size_t>(word)];
  data.forms = std::move(forms.words);
  for (const std::string& form : data.forms)
    data.spellings.push_back(data.letters.encode(letters_of(form)));
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
  return forms[static_cast<std::size_t>(sentence[static_cast<std::size_t>(place.position)])];
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
         format_count(vocabulary.size() - 1) + " words and " + format_count(letters.size() - 1) +
         " letters, those of the training part; SHA-256 " + sha256.substr(0, 16) +
         "…\n      tags: " + names + "\n";
}

Json TaggingData::to_json() const {
  Json json = {{"name", name},    {"generated", is_generated},      {"tags", tags},
               {"split", split},  {"words", vocabulary.size() - 1}, {"letters", letters.size() - 1},
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
  TaggingBatch batch{pad(part.words, sentences), {}, {}, pad(part.tags, sentences, kNoTag).values};
  const PaddedBatch forms = pad(part.forms, sentences, -1);
  std::map<std::int32_t, std::int32_t> columns;
  std::vector<std::int64_t> spelled;
  std::vector<std::int32_t> which;
  for (const std::int32_t form : forms.values.to_vector<std::int32_t>()) {
    if (form < 0) {
      which.push_back(0);  // not looked at
      continue;
    }
    const auto [column, is_new] =
        columns.try_emplace(form, static_cast<std::int32_t>(columns.size()));
    if (is_new) spelled.push_back(form);
    which.push_back(column->second);
  }
  batch.letters = pad(data.spellings, spelled);
  batch.forms = from_vector(which, forms.values.shape());
  return batch;
}

void drop_words(TaggingBatch& batch, const TaggingData& data, double strength, Random& random) {
  std::vector<std::int32_t> words = batch.words.values.to_vector<std::int32_t>();
  for (std::int32_t& word : words) {
    const auto count = static_cast<double>(data.counts[static_cast<std::size_t>(word)]);
    if (random.next_uniform() * (strength + count) < strength) word = WordVocabulary::kUnknown;
  }
  batch.words.values = from_vector(words, batch.words.values.shape());
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
  for (std::int32_t id = 0; id < data.vocabulary.size(); ++id)
    text.tags.push_back(data.vocabulary.word(id));
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
