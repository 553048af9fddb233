#include "lessons/support/sentiment_model_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/error.h"
#include "engine/safetensors.h"
#include "lessons/support/format.h"
#include "lessons/support/words.h"

namespace unroll::lessons {

std::map<std::string, std::string> sentiment_model_metadata(const SentimentOptions& settings,
                                                            const SentimentData& data) {
  return {{"cell", settings.cell},
          {"directions", settings.directions},
          {"pooling", settings.pooling},
          {"hidden", std::to_string(settings.hidden)},
          {"layers", std::to_string(settings.layers)},
          {"embedding", std::to_string(settings.embedding)},
          {"classes", Json(data.classes).dump()},
          {"words", data.vocabulary.to_json().dump()}};
}

SavedSentimentModel read_sentiment_model(const std::filesystem::path& file,
                                         SentimentOptions& settings) {
  if (!std::filesystem::exists(file))
    throw input_error("there is no trained model in ", file.string(),
                      "; train one first, without --interactive, or name its folder with --out");
  const std::map<std::string, std::string> metadata = read_safetensors(file).metadata;
  try {
    settings.cell = metadata.at("cell");
    settings.directions = metadata.at("directions");
    settings.pooling = metadata.at("pooling");
    settings.hidden = std::stoll(metadata.at("hidden"));
    settings.layers = std::stoll(metadata.at("layers"));
    settings.embedding = std::stoll(metadata.at("embedding"));
    return {Json::parse(metadata.at("classes")).get<std::vector<std::string>>(),
            WordVocabulary::from_json(Json::parse(metadata.at("words")))};
  } catch (const std::exception&) {
    throw input_error(file.string(), ": this is not the model of the sentiment lesson; train one ",
                      "first");
  }
}

std::string describe_judgement(const TextClassifier& classifier,
                               const std::vector<std::string>& classes, const std::string& text) {
  const std::vector<std::string> words = split_words(text);
  if (words.empty()) return "there is no word in that";
  const Predictions said = classifier({words});
  std::vector<std::size_t> order(classes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto p = [&](std::size_t label) { return said.at(0, static_cast<std::int64_t>(label)); };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p(a) > p(b); });
  std::string lines;
  for (const std::size_t label : order)
    lines +=
        (lines.empty() ? "" : ", ") + classes[label] + ' ' + format_fixed(100 * p(label), 1) + " %";
  lines += "\n  words towards " + classes.back() + " (+) and " + classes[0] + " (-):";
  const std::vector<double> contributions = leave_one_out(classifier, words);
  for (std::size_t i = 0; i < words.size(); ++i)
    lines +=
        "  " + words[i] + (contributions[i] < 0 ? " " : " +") + format_fixed(contributions[i], 1);
  return lines;
}

}  // namespace unroll::lessons
