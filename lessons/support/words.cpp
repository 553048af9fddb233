#include "lessons/support/words.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace unroll::lessons {

namespace {

constexpr std::string_view kCurledApostrophe = "\xE2\x80\x99";
constexpr std::string_view kInsideWords = "'-._";

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// Letters and digits; all that is not ASCII counts as letters.
bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0;
}

// Straight apostrophes, blanks instead of tags.
std::string cleaned(std::string_view text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool may_be_tag = text[i] == '<' && i + 1 < text.size() &&
                            (text[i + 1] == '/' || (is_letter(text[i + 1]) && text[i + 1] > 0));
    const std::size_t end = may_be_tag ? text.find('>', i) : std::string_view::npos;
    if (end != std::string_view::npos) {
      clean += ' ';
      i = end;
    } else if (text.substr(i).starts_with(kCurledApostrophe)) {
      clean += '\'';
      i += kCurledApostrophe.size() - 1;
    } else {
      clean += text[i];
    }
  }
  return clean;
}

// The end of the word or of the run of equal marks that begins at `begin`.
std::size_t end_of_word(const std::string& text, std::size_t begin) {
  std::size_t end = begin + 1;
  if (!is_letter(text[begin])) {
    while (end < text.size() && text[end] == text[begin]) ++end;
    return end;
  }
  while (end < text.size()) {
    const bool goes_on =
        is_letter(text[end]) || (kInsideWords.find(text[end]) != std::string_view::npos &&
                                 end + 1 < text.size() && is_letter(text[end + 1]));
    if (!goes_on) break;
    ++end;
  }
  return end;
}

void add_word(const std::string& word, std::vector<std::string>& words) {
  constexpr std::array<std::string_view, 7> kEndings{"n't", "'s", "'m", "'d", "'re", "'ve", "'ll"};
  for (const std::string_view ending : kEndings) {
    if (word.size() <= ending.size() || !word.ends_with(ending)) continue;
    words.push_back(word.substr(0, word.size() - ending.size()));
    words.emplace_back(ending);
    return;
  }
  words.push_back(word);
}

}  // namespace

std::vector<std::string> split_words(std::string_view text, Capitals capitals) {
  std::string clean = cleaned(text);
  if (capitals == Capitals::kLowered) clean = lower_case(clean);
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < clean.size();) {
    if (is_blank(clean[begin])) {
      ++begin;
      continue;
    }
    // An ending that stands alone, as in text that was split before.
    const bool apart = clean[begin] == '\'' && begin + 1 < clean.size() &&
                       is_letter(clean[begin + 1]) && (begin == 0 || is_blank(clean[begin - 1])) &&
                       clean.find('\'', begin + 1) > clean.find(' ', begin + 1);
    const std::size_t end = apart ? end_of_word(clean, begin + 1) : end_of_word(clean, begin);
    add_word(clean.substr(begin, end - begin), words);
    begin = end;
  }
  return words;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (static_cast<unsigned char>(c) < 0x80)
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string join_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace unroll::lessons
