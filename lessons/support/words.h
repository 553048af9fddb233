// Text as words: what a classifier or a tagger reads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace unroll::lessons {

/// What becomes of capitals, ASCII letters only.
enum class Capitals { kKept, kLowered };

/// The words of UTF-8 text, in lower case if wanted. Punctuation marks are words of
/// their own, equal ones in a row are one ("..."); marks inside a word stay ("well-made", "3.5").
/// The endings n't, 's, 'm, 'd, 're, 've and 'll are split off, as pre-trained vectors have them:
/// "don't" is "do", "n't". HTML tags are blanks.
std::vector<std::string> split_words(std::string_view text, Capitals capitals = Capitals::kLowered);

/// The same in lower case, ASCII letters only.
std::string lower_case(std::string_view text);

/// The words with a blank between any two.
std::string join_words(const std::vector<std::string>& words);

}  // namespace unroll::lessons
