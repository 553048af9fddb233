// Which part of generated data may hold what, decided by its letters: no list has to be kept.
#pragma once

#include <cstdint>
#include <string_view>

namespace unroll::lessons {

enum class DataPart { kTrain, kValidation, kTest };

/// The part that may have a combination of words, "not + dull": about 65 % train, 15 % validation,
/// 20 % test.
inline DataPart part_of_combination(std::string_view combination) {
  std::uint64_t hash = 14695981039346656037ull;  // FNV-1a
  for (const char c : combination) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  const std::uint64_t percent = (hash >> 32) % 100;
  if (percent < 65) return DataPart::kTrain;
  return percent < 80 ? DataPart::kValidation : DataPart::kTest;
}

}  // namespace unroll::lessons
