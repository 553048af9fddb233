// What a single unit of a character network stands for: does it follow something we can name?
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace unroll::lessons {

/// Something that can be said of each character of a text.
struct TextFeature {
  std::string name;           // "in round brackets"
  std::vector<double> value;  // one a character, as known once this character is read
};

/// The place in the line, the indentation, the length of the word, and whether a character stands
/// in round brackets, in quotation marks, in a comment of C++, in a word in capitals. Those that
/// are the same throughout `text` are left out. `text` is valid UTF-8.
std::vector<TextFeature> text_features(std::string_view text);

/// The correlation of two series; 0 when one of them does not change.
double correlation(std::span<const double> a, std::span<const double> b);

/// The unit that follows a feature best.
struct UnitProbe {
  std::string feature;
  std::int64_t unit = 0;
  double correlation = 0;  // on characters that the unit was not chosen on
};

/// For each feature, the unit with the largest |correlation| in the first half of the text; its
/// correlation is that of the second half. `states` is (characters, units). The best of them first.
std::vector<UnitProbe> probe_units(std::span<const TextFeature> features,
                                   std::span<const float> states, std::int64_t units);

}  // namespace unroll::lessons
