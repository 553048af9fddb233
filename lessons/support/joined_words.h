// Text as words that can be put together to the same text again.
//
// Words and marks are apart. Where a mark stands without a blank, it keeps a joint there:
// "l'homme dort, non ?" is  l'￭  homme  dort  ￭,  non  ?
// So "homme" is one word wherever it stands, and what a network writes can be shown as text.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace unroll::lessons {

/// What stands where a word is joined to its neighbour without a blank.
inline constexpr std::string_view kJoint = "￭";

/// The words of UTF-8 text. An apostrophe ends a word (l' homme), but the endings 's, 't, 'm, 'd,
/// 're, 've and 'll begin one (man 's); other marks within a word stay ("well-made", "3.5").
std::vector<std::string> split_joined_words(std::string_view text);

/// The text. Reverses `split_joined_words` where blanks are single and no word holds a joint.
std::string join_joined_words(std::span<const std::string> words);

/// A word as it is shown by itself: without its joints.
std::string without_joints(std::string_view word);

}  // namespace unroll::lessons
