#include "lessons/support/entity_model_file.h"

#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "engine/safetensors.h"

namespace unroll::lessons {

std::map<std::string, std::string> entity_model_metadata(const EntityOptions& settings,
                                                         const std::string& decoder,
                                                         const EntityData& data) {
  return {{"cell", settings.cell},
          {"decoder", decoder},
          {"scheme", settings.texts.scheme},
          {"hidden", std::to_string(settings.hidden)},
          {"layers", std::to_string(settings.layers)},
          {"embedding", std::to_string(settings.embedding)},
          {"letter_units", std::to_string(settings.letters)},
          {"levels", std::to_string(data.levels())},
          {"types", Json(data.types).dump()},
          {"words", data.lexicon.vocabulary.to_json().dump()},
          {"letters", data.lexicon.letters.to_json().dump()}};
}

SavedEntityModel read_entity_model(const std::filesystem::path& file, EntityOptions& settings) {
  if (!std::filesystem::exists(file))
    throw input_error("there is no trained model in ", file.string(),
                      "; train one first, without --interactive, or name its folder with --out");
  const std::map<std::string, std::string> metadata = read_safetensors(file).metadata;
  try {
    settings.cell = metadata.at("cell");
    settings.decoder = metadata.at("decoder");
    settings.hidden = std::stoll(metadata.at("hidden"));
    settings.layers = std::stoll(metadata.at("layers"));
    settings.embedding = std::stoll(metadata.at("embedding"));
    settings.letters = std::stoll(metadata.at("letter_units"));
    const auto types = Json::parse(metadata.at("types")).get<std::vector<std::string>>();
    return {types, all_tags(types, parse_scheme(metadata.at("scheme"))),
            std::stoull(metadata.at("levels")),
            Lexicon(WordVocabulary::from_json(Json::parse(metadata.at("words"))),
                    WordVocabulary::from_json(Json::parse(metadata.at("letters"))),
                    Capitals::kLowered)};
  } catch (const std::exception&) {
    throw input_error(file.string(), ": this is not the model of the lesson of named entities; ",
                      "train one first");
  }
}

}  // namespace unroll::lessons
