// The saved model of the lesson of named entities: what it needs to be used.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "lessons/support/entity_options.h"

namespace unroll::lessons {

/// What stands in the file beside the weights: how the network is built, types, words, letters.
std::map<std::string, std::string> entity_model_metadata(const EntityOptions& settings,
                                                         const std::string& decoder,
                                                         const EntityData& data);

struct SavedEntityModel {
  std::vector<std::string> types, tags;
  std::size_t levels;
  Lexicon lexicon;
};

/// Reads that, and makes `settings` build such a network. Throws an input error when the file is
/// not there or not such a model.
SavedEntityModel read_entity_model(const std::filesystem::path& file, EntityOptions& settings);

}  // namespace unroll::lessons
