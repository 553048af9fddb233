#include "lessons/support/translation_data.h"

#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/hash.h"
#include "lessons/support/joined_words.h"
#include "lessons/support/translation_grammar.h"

namespace unroll::lessons {

namespace {

constexpr std::uint64_t kDataSeed = 1;  // all runs see the same data

void add(TranslationPart& part, const SentencePair& pair) {
  part.source_texts.push_back(pair.source);
  part.target_texts.push_back(pair.target);
  part.source_words.push_back(split_joined_words(pair.source));
  part.target_words.push_back(split_joined_words(pair.target));
}

TranslationData finish(std::string name, std::string split, TranslationPart train,
                       TranslationPart validation, TranslationPart test,
                       const TranslationChoice& choice) {
  std::string all;
  for (const TranslationPart* part : {&train, &validation, &test})
    for (std::size_t i = 0; i < part->source_texts.size(); ++i)
      all += part->source_texts[i] + '\t' + part->target_texts[i] + '\n';
  TranslationVocabulary source(train.source_words, choice.min_count, choice.bpe);
  TranslationVocabulary target(train.target_words, choice.min_count, choice.bpe);
  TranslationData data{
      std::move(name),       std::move(source), std::move(target), std::move(train),
      std::move(validation), std::move(test),   std::move(split),  sha256(all)};
  for (TranslationPart* part : {&data.train, &data.validation, &data.test})
    for (std::size_t i = 0; i < part->source_words.size(); ++i) {
      part->source.push_back(data.source.encode(part->source_words[i]));
      part->target.push_back(data.target.encode(part->target_words[i]));
    }
  return data;
}

TranslationData make_pairs(const TranslationChoice& choice) {
  constexpr std::int64_t kMostPairs = 1'000'000;
  if (choice.pairs < 1 || choice.pairs > kMostPairs)
    throw input_error("--pairs: expected 1 to ", format_count(kMostPairs),
                      " generated pairs to train on, got ", choice.pairs);
  const std::int64_t others = std::clamp<std::int64_t>(choice.pairs / 8, 40, 600);
  const auto part = [](DataPart which, std::int64_t count) {
    TranslationPart made;
    for (GeneratedPair& pair : generate_pairs(which, count, kDataSeed)) {
      add(made, pair.texts);
      made.alignments.push_back(std::move(pair.links));
      made.phenomena.push_back(std::move(pair.phenomena));
    }
    return made;
  };
  TranslationData data = finish(
      "generated English → French",
      "validation and test sentences combine words in ways that the training sentences do not have",
      part(DataPart::kTrain, choice.pairs), part(DataPart::kValidation, others),
      part(DataPart::kTest, others), choice);
  data.is_generated = true;
  return data;
}

TranslationData read_pairs(const TranslationChoice& choice) {
  ParallelParts parts = read_parallel_parts(choice.files);
  if (choice.pairs > 0 && choice.pairs < static_cast<std::int64_t>(parts.train.size()))
    parts.train.resize(static_cast<std::size_t>(choice.pairs));
  const auto take = [](const std::vector<SentencePair>& pairs) {
    TranslationPart part;
    for (const SentencePair& pair : pairs) add(part, pair);
    return part;
  };
  std::erase_if(parts.train, [&](const SentencePair& pair) {
    const auto longest = static_cast<std::size_t>(choice.max_words);
    return split_joined_words(pair.source).size() > longest ||
           split_joined_words(pair.target).size() > longest;
  });
  return finish(parts.name, parts.split, take(parts.train), take(parts.validation),
                take(parts.test), choice);
}

std::int64_t count_words(const TranslationPart::Sentences& sentences) {
  std::int64_t count = 0;
  for (const auto& words : sentences) count += static_cast<std::int64_t>(words.size());
  return count;
}

}  // namespace

TranslationData read_translation_data(const TranslationChoice& choice) {
  return choice.files.empty() ? make_pairs(choice) : read_pairs(choice);
}

std::string TranslationData::describe() const {
  const auto count = [](const TranslationPart& part) {
    return format_count(part.size()) + " pairs (" + format_count(count_words(part.source_words)) +
           " → " + format_count(count_words(part.target_words)) + " words)";
  };
  return "Text: " + name + "; " + count(train) + " to train on,\n      " + count(validation) +
         " to validate, " + count(test) + " to test;\n      " + split + "\n      " +
         format_count(source.size() - 1) + " source and " + format_count(target.size() - 1) +
         " target symbols, of the training part; SHA-256 " + sha256.substr(0, 16) + "…\n";
}

Json TranslationData::to_json() const {
  Json json = {{"name", name},
               {"generated", is_generated},
               {"split", split},
               {"source_symbols", source.size()},
               {"target_symbols", target.size()},
               {"sha256", sha256}};
  const auto add_part = [&json](const char* what, const TranslationPart& part) {
    json[what] = {{"pairs", part.size()},
                  {"source_words", count_words(part.source_words)},
                  {"target_words", count_words(part.target_words)}};
  };
  add_part("training", train);
  add_part("validation", validation);
  add_part("test", test);
  return json;
}

TranslationBatch make_batch(const TranslationData& data, const TranslationPart& part,
                            std::span<const std::int64_t> pairs) {
  std::size_t steps = 0;
  for (const std::int64_t i : pairs)
    steps = std::max(steps, part.target[static_cast<std::size_t>(i)].size() + 1);
  const std::size_t batch = pairs.size();
  std::vector<std::int32_t> inputs(steps * batch, data.target.border());
  std::vector<std::int32_t> targets(steps * batch, kNoWord);
  for (std::size_t column = 0; column < batch; ++column) {
    const auto& words = part.target[static_cast<std::size_t>(pairs[column])];
    for (std::size_t t = 0; t < words.size(); ++t) {
      inputs[(t + 1) * batch + column] = words[t];
      targets[t * batch + column] = words[t];
    }
    targets[words.size() * batch + column] = data.target.border();
  }
  const Shape shape{static_cast<std::int64_t>(steps), static_cast<std::int64_t>(batch)};
  return {pad(part.source, pairs), from_vector(inputs, shape), from_vector(targets, shape)};
}

}  // namespace unroll::lessons
