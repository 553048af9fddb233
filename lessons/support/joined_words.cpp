#include "lessons/support/joined_words.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace unroll::lessons {

namespace {

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

constexpr std::array<std::string_view, 2> kApostrophes{"'", "’"};
constexpr std::array<std::string_view, 11> kMarks{"«", "»", "“", "”", "„", "‘",
                                                  "–", "—", "…", "¿", "¡"};

// How many bytes of the front are an apostrophe; 0: it is none.
std::size_t apostrophe_bytes(std::string_view text) {
  for (const std::string_view apostrophe : kApostrophes)
    if (text.starts_with(apostrophe)) return apostrophe.size();
  return 0;
}

// How many bytes of the front are one letter, digit, or a byte of a letter; 0: it is a mark.
std::size_t letter_bytes(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte < 0x80) return std::isalnum(byte) != 0 ? 1 : 0;
  if (apostrophe_bytes(text) > 0) return 0;
  for (const std::string_view mark : kMarks)
    if (text.starts_with(mark)) return 0;
  return 1;
}

std::size_t mark_bytes(std::string_view text) {
  for (const std::string_view mark : kMarks)
    if (text.starts_with(mark)) return mark.size();
  return std::max<std::size_t>(1, apostrophe_bytes(text));
}

// The letters at the front, with single marks between them that are no apostrophes.
std::size_t word_bytes(std::string_view text) {
  std::size_t end = 0;
  for (;;) {
    while (letter_bytes(text.substr(end)) > 0) ++end;
    const bool goes_on = end > 0 && end + 1 < text.size() &&
                         std::string_view("-._,").find(text[end]) != std::string_view::npos &&
                         letter_bytes(text.substr(end + 1)) > 0;
    // A comma or a point between letters ends a word, as in "here,there": only numbers keep it.
    const auto is_digit = [&](std::size_t i) {
      return std::isdigit(static_cast<unsigned char>(text[i])) != 0;
    };
    if (!goes_on ||
        ((text[end] == ',' || text[end] == '.') && !(is_digit(end - 1) && is_digit(end + 1))))
      return end;
    ++end;
  }
}

bool is_english_ending(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* ending : {"s", "t", "m", "d", "re", "ve", "ll"})
    if (small == ending) return true;
  return false;
}

enum class Kind { kWord, kElided, kEnding, kMark };  // elided: with an apostrophe behind
struct Piece {
  std::string text;
  Kind kind;
};

// What stands between two blanks.
std::vector<Piece> split_chunk(std::string_view chunk) {
  std::vector<Piece> pieces;
  while (!chunk.empty()) {
    const std::size_t word = word_bytes(chunk);
    const std::size_t apostrophe = apostrophe_bytes(chunk.substr(word));
    std::size_t taken = word;
    Kind kind = Kind::kWord;
    if (word == 0) {
      // A run of equal marks, or the ending of an English word.
      const std::size_t ending = apostrophe > 0 ? word_bytes(chunk.substr(apostrophe)) : 0;
      const bool is_ending = !pieces.empty() && pieces.back().kind == Kind::kWord &&
                             is_english_ending(chunk.substr(apostrophe, ending));
      kind = is_ending ? Kind::kEnding : Kind::kMark;
      if (is_ending) {
        taken = apostrophe + ending;
      } else {
        const std::string_view mark = chunk.substr(0, mark_bytes(chunk));
        while (chunk.substr(taken).starts_with(mark)) taken += mark.size();
      }
    } else if (apostrophe > 0) {
      const std::size_t next = word_bytes(chunk.substr(word + apostrophe));
      if (next > 0 && !is_english_ending(chunk.substr(word + apostrophe, next))) {
        kind = Kind::kElided;
        taken += apostrophe;
      }
    }
    pieces.push_back({std::string(chunk.substr(0, taken)), kind});
    chunk.remove_prefix(taken);
  }
  return pieces;
}

}  // namespace

std::vector<std::string> split_joined_words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    if (is_blank(text[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < text.size() && !is_blank(text[end])) ++end;
    std::vector<Piece> pieces = split_chunk(text.substr(begin, end - begin));
    begin = end;
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      Piece &left = pieces[i - 1], &right = pieces[i];
      if (left.kind == Kind::kElided)
        left.text += kJoint;
      else if (right.kind == Kind::kMark || right.kind == Kind::kEnding)
        right.text.insert(0, kJoint);
      else
        left.text += kJoint;
    }
    for (Piece& piece : pieces) words.push_back(std::move(piece.text));
  }
  return words;
}

std::string join_joined_words(std::span<const std::string> words) {
  std::string text;
  bool joined = true;
  for (const std::string& word : words) {
    if (!joined && !word.starts_with(kJoint)) text += ' ';
    text += without_joints(word);
    joined = word.ends_with(kJoint);
  }
  return text;
}

std::string without_joints(std::string_view word) {
  if (word.starts_with(kJoint)) word.remove_prefix(kJoint.size());
  if (word.ends_with(kJoint)) word.remove_suffix(kJoint.size());
  return std::string(word);
}

}  // namespace unroll::lessons
