// Two sentences that are written side by side, and the spelling of words next to each other.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lessons/support/alignment_error.h"
#include "lessons/support/parallel_text.h"

namespace unroll::lessons {

/// Words of both languages in their own order. Each word has one or more meanings, by number; two
/// words are each other's translations where they share one.
class BilingualWriter {
 public:
  using Meanings = std::set<int>;

  /// A number for something new to be said.
  int meaning() { return next_meaning_++; }

  void english(const std::string& word, const Meanings& meanings) {
    english_.push_back({word, meanings});
  }
  void french(const std::string& word, const Meanings& meanings) {
    french_.push_back({word, meanings});
  }
  void both(const std::string& english_word, const std::string& french_word) {
    const Meanings same{meaning()};
    english(english_word, same);
    french(french_word, same);
  }

  /// Spells both sentences and ends them with a full stop: "a" becomes "an" before a vowel; le, la,
  /// de, ne, que, je, me lose theirs ("l'homme"); ma, sa, ce give way to mon, son, cet; de le is
  /// "du", à les "aux". Adds what happened to `phenomena`.
  void finish(std::set<std::string>& phenomena);

  SentencePair texts() const;
  Links links() const;

 private:
  struct Word {
    std::string text;
    Meanings meanings;
  };
  void spell_english();
  void spell_french(std::set<std::string>& phenomena);

  std::vector<Word> english_, french_;
  int next_meaning_ = 0;
};

}  // namespace unroll::lessons
