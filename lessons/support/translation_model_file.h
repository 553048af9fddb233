// The saved model of the translation lesson: what it needs to be used.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "lessons/support/translation_data.h"
#include "lessons/support/translation_options.h"

namespace unroll::lessons {

/// What is saved beside the weights: settings of the network and both vocabularies.
std::map<std::string, std::string> translation_model_metadata(const TranslationOptions& settings,
                                                              const TranslationData& data);

/// Reads that of a saved model: puts the settings into `settings`; returns the vocabularies, with
/// empty parts. Throws an input error when there is no such file or it is something else.
TranslationData read_translation_model(const std::filesystem::path& file,
                                       TranslationOptions& settings);

}  // namespace unroll::lessons
