// Asking a network for translations. It sees the source and its own words, never the reference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/translation_data.h"
#include "lessons/support/translator.h"

namespace unroll::lessons {

struct Decoding {
  std::int64_t beam = 1;        // 1: greedy
  double length_penalty = 1.0;  // α of beam_search.h
};

/// The symbols of the translation of each sentence of `source`. The unknown word is never written,
/// and no translation gets longer than twice its source and ten.
TranslationPart::Numbers translate(Translator& model, const TranslationData& data,
                                   const TranslationPart::Numbers& source,
                                   const Decoding& decoding = {});

/// The same as text.
std::vector<std::string> translate_to_text(Translator& model, const TranslationData& data,
                                           const TranslationPart::Numbers& source,
                                           const Decoding& decoding = {});

}  // namespace unroll::lessons
