#include "lessons/support/entity_data.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/data_folder.h"
#include "lessons/support/entity_grammar.h"
#include "lessons/support/format.h"
#include "lessons/support/hash.h"
#include "lessons/support/words.h"

namespace unroll::lessons {

namespace {

constexpr std::uint64_t kDataSeed = 1;  // all runs see the same data

EntityPart make_part(const std::vector<EntitySentence>& sentences, Lexicon& lexicon) {
  EntityPart part;
  part.entities.resize(sentences.empty() ? 0 : sentences[0].tags.size());
  for (const EntitySentence& sentence : sentences) {
    part.sentences.push_back(sentence.words);
    part.words.push_back(lexicon.encode(sentence.words));
    part.forms.push_back(lexicon.add(sentence.words));
    for (std::size_t level = 0; level < part.entities.size(); ++level)
      part.entities[level].push_back(entities_of(sentence.tags[level]));
  }
  return part;
}

EntityData finish(std::string name, const EntityParts& parts, const EntityChoice& choice) {
  std::vector<std::vector<std::string>> training_sentences;
  std::set<std::string> types;
  TagLists all_tags_there;
  std::string everything;
  for (const auto* part : {&parts.train, &parts.validation, &parts.test})
    for (const EntitySentence& sentence : *part) {
      everything += join_words(sentence.words) + '\n';
      for (const auto& tags : sentence.tags) {
        all_tags_there.push_back(tags);
        everything += join_words(tags) + '\n';
        if (part != &parts.train) continue;
        for (const Entity& entity : entities_of(tags)) types.insert(entity.type);
      }
      if (part == &parts.train) training_sentences.push_back(sentence.words);
    }
  if (types.empty()) throw input_error(name, ": the sentences to train on have no names, all is O");
  const TagScheme file_scheme = guess_scheme(all_tags_there), scheme = parse_scheme(choice.scheme);
  std::vector<std::string> all_types(types.begin(), types.end());
  EntityData data{std::move(name),
                  scheme,
                  file_scheme,
                  all_types,
                  all_tags(all_types, scheme),
                  Lexicon(training_sentences, choice.min_count, Capitals::kLowered)};
  data.train = make_part(parts.train, data.lexicon);
  data.validation = make_part(parts.validation, data.lexicon);
  data.test = make_part(parts.test, data.lexicon);
  data.split = parts.split;
  data.sha256 = sha256(everything);
  for (const auto& tags : all_tags_there) data.invalid += count_invalid(file_scheme, tags);

  std::map<std::string, std::int32_t> numbers;
  for (const std::string& tag : data.tags)
    numbers.emplace(tag, static_cast<std::int32_t>(numbers.size()));
  for (std::size_t level = 0; level < data.levels(); ++level) {
    SentenceNumbers& of_level = data.targets.emplace_back();
    for (const auto& tags : tags_of_part(data.train, level, scheme)) {
      auto& of_sentence = of_level.emplace_back();
      for (const std::string& tag : tags) of_sentence.push_back(numbers.at(tag));
    }
    for (std::size_t i = 0; i < data.train.sentences.size(); ++i)
      for (const Entity& entity : data.train.entities[level][i])
        data.known_names.insert(name_key(data.train.sentences[i], entity));
  }
  return data;
}

EntityData make_sentences(const EntityChoice& choice) {
  if (choice.sentences < 1)
    throw input_error("--sentences: the lesson's own have no end; expected at least 1, got ",
                      choice.sentences);
  if (choice.levels != 0 && choice.levels != 2)
    throw input_error("--levels: the lesson's own sentences have 2, got ", choice.levels);
  using enum EntityPartName;
  const std::int64_t others = std::clamp<std::int64_t>(choice.sentences / 4, 40, 1000);
  const auto make = [&](EntityPartName part, EntityPartName names, std::int64_t count) {
    return generate_entity_sentences(part, names, count, kDataSeed);
  };
  EntityParts parts{make(kTrain, kTrain, choice.sentences), make(kValidation, kValidation, others),
                    make(kTest, kTest, others), "no name of one part is in another"};
  EntityData data = finish("generated sentences", parts, choice);
  data.test_with_known = make_part(make(kTest, kTrain, others), data.lexicon);
  return data;
}

}  // namespace

std::int64_t EntityPart::tokens() const {
  std::int64_t count = 0;
  for (const auto& sentence : sentences) count += static_cast<std::int64_t>(sentence.size());
  return count;
}

std::int64_t EntityPart::names(std::size_t level) const {
  std::int64_t count = 0;
  for (const auto& of_sentence : entities[level])
    count += static_cast<std::int64_t>(of_sentence.size());
  return count;
}

std::string name_key(const std::vector<std::string>& sentence, const Entity& entity) {
  return lower_case(join_words({sentence.begin() + entity.begin, sentence.begin() + entity.end}));
}

EntityLists entities_of_all(const TagLists& tags) {
  EntityLists lists;
  for (const auto& of_sentence : tags) lists.push_back(entities_of(of_sentence));
  return lists;
}

TagLists tags_of_part(const EntityPart& part, std::size_t level, TagScheme scheme) {
  TagLists tags;
  for (std::size_t i = 0; i < part.sentences.size(); ++i)
    tags.push_back(tags_of(part.entities[level][i],
                           static_cast<std::int64_t>(part.sentences[i].size()), scheme));
  return tags;
}

EntityData read_entity_data(const EntityChoice& choice) {
  if (choice.data.empty()) return make_sentences(choice);
  const std::filesystem::path path = find_data(choice.data);
  EntityParts parts = read_entity_parts(path, std::max<std::int64_t>(1, choice.levels));
  if (choice.sentences > 0 && choice.sentences < static_cast<std::int64_t>(parts.train.size()))
    parts.train.resize(static_cast<std::size_t>(choice.sentences));
  return finish(
      path.filename().empty() ? path.parent_path().filename().string() : path.stem().string(),
      parts, choice);
}

std::string EntityData::level_name(std::size_t level) const {
  if (levels() == 1) return "names";
  if (level > 1) return "level " + std::to_string(level + 1);
  return level == 0 ? "outer" : "inner";
}

bool EntityData::is_known(const std::vector<std::string>& sentence, const Entity& entity) const {
  return known_names.contains(name_key(sentence, entity));
}

std::string EntityData::describe() const {
  const auto count = [this](const EntityPart& part) {
    std::string text =
        format_count(part.size()) + " sentences (" + format_count(part.tokens()) + " words, ";
    for (std::size_t level = 0; level < levels(); ++level)
      text += (level > 0 ? ", " : "") + format_count(part.names(level)) + " " +
              (levels() == 1 ? "names" : level_name(level) + " names");
    return text + ")";
  };
  std::string names;
  for (const std::string& type : types) names += (names.empty() ? "" : " ") + type;
  return "Text: " + name + "; " + count(train) + " to train on,\n      " + count(validation) +
         " to validate,\n      " + count(test) + " to test;\n      " + split + ";\n      SHA-256 " +
         sha256.substr(0, 16) + "…; types: " + names + "\n      tags are " +
         lessons::name(file_scheme) +
         (invalid == 0
              ? ""
              : ", but for " + format_count(invalid) +
                    " place(s) that it does not allow, which are read as conlleval reads them") +
         "; the networks learn " + lessons::name(scheme) + "\n";
}

Json EntityData::to_json() const {
  Json json = {{"name", name},
               {"generated", is_generated()},
               {"levels", levels()},
               {"types", types},
               {"scheme", lessons::name(scheme)},
               {"scheme_of_data", lessons::name(file_scheme)},
               {"invalid_places", invalid},
               {"split", split},
               {"words", lexicon.vocabulary.size() - 1},
               {"letters", lexicon.letters.size() - 1},
               {"sha256", sha256}};
  const auto add = [&](const char* what, const EntityPart& part) {
    json[what] = {{"sentences", part.size()}, {"words", part.tokens()}};
    for (std::size_t level = 0; level < levels(); ++level)
      json[what]["names"][level_name(level)] = part.names(level);
  };
  add("training", train);
  add("validation", validation);
  add("test", test);
  return json;
}

EntityBatch make_entity_batch(const EntityData& data, std::span<const std::int64_t> sentences) {
  EntityBatch batch{make_word_batch(data.lexicon, data.train.words, data.train.forms, sentences),
                    {}};
  for (const SentenceNumbers& of_level : data.targets)
    batch.tags.push_back(pad(of_level, sentences).values);
  return batch;
}

}  // namespace unroll::lessons
