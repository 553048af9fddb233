#include "lessons/support/translation_model_file.h"

#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "engine/safetensors.h"

namespace unroll::lessons {

std::map<std::string, std::string> translation_model_metadata(const TranslationOptions& settings,
                                                              const TranslationData& data) {
  return {{"lesson", "sequence to sequence"},
          {"cell", settings.cell},
          {"context", settings.context},
          {"hidden", std::to_string(settings.hidden)},
          {"layers", std::to_string(settings.layers)},
          {"embedding", std::to_string(settings.embedding)},
          {"source", data.source.to_json().dump()},
          {"target", data.target.to_json().dump()}};
}

TranslationData read_translation_model(const std::filesystem::path& file,
                                       TranslationOptions& settings) {
  if (!std::filesystem::exists(file))
    throw input_error("there is no trained model in ", file.string(),
                      "; train one first, without --interactive, or name its folder with --out");
  const std::map<std::string, std::string> metadata = read_safetensors(file).metadata;
  try {
    settings.cell = metadata.at("cell");
    settings.context = metadata.at("context");
    settings.hidden = std::stoll(metadata.at("hidden"));
    settings.layers = std::stoll(metadata.at("layers"));
    settings.embedding = std::stoll(metadata.at("embedding"));
    return {.name = file.string(),
            .source = TranslationVocabulary::from_json(Json::parse(metadata.at("source"))),
            .target = TranslationVocabulary::from_json(Json::parse(metadata.at("target")))};
  } catch (const std::exception&) {
    throw input_error(file.string(), ": this is not the model of the translation lesson; train ",
                      "one first");
  }
}

}  // namespace unroll::lessons
