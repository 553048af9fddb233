#include "lessons/support/translation_writer.h"

#include <algorithm>
#include <map>

#include "lessons/support/joined_words.h"
#include "lessons/support/translation_lexicon.h"

namespace unroll::lessons {

namespace {

template <class Words>
std::string text_of(const Words& words) {
  std::vector<std::string> texts;
  for (const auto& word : words) texts.push_back(word.text);
  return join_joined_words(texts);
}

bool share_one(const std::set<int>& a, const std::set<int>& b) {
  return std::any_of(a.begin(), a.end(), [&](int meaning) { return b.contains(meaning); });
}

}  // namespace

void BilingualWriter::spell_english() {
  for (std::size_t i = 0; i + 1 < english_.size(); ++i)
    if (english_[i].text == "a" &&
        std::string("aeiou").find(english_[i + 1].text[0]) != std::string::npos)
      english_[i].text = "an";
}

void BilingualWriter::spell_french(std::set<std::string>& phenomena) {
  static const std::set<std::string> elided{"le", "la", "de", "ne", "que", "je", "me"};
  static const std::map<std::string, std::string> instead{
      {"ma", "mon"}, {"sa", "son"}, {"ce", "cet"}};
  static const std::map<std::pair<std::string, std::string>, std::string> melted{
      {{"de", "le"}, "du"}, {{"de", "les"}, "des"}, {{"à", "le"}, "au"}, {{"à", "les"}, "aux"}};
  for (std::size_t i = 0; i + 1 < french_.size(); ++i) {
    std::string& word = french_[i].text;
    if (!begins_with_vowel(french_[i + 1].text)) continue;
    if (elided.contains(word)) {
      word.back() = '\'';
      word += kJoint;
      phenomena.insert("elision");
    } else if (const auto other = instead.find(word); other != instead.end()) {
      word = other->second;
    }
  }
  for (std::size_t i = 0; i + 1 < french_.size(); ++i) {
    const auto found = melted.find({french_[i].text, french_[i + 1].text});
    if (found == melted.end()) continue;
    french_[i].text = found->second;
    french_[i].meanings.merge(french_[i + 1].meanings);
    french_.erase(french_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    phenomena.insert("contraction");
  }
}

void BilingualWriter::finish(std::set<std::string>& phenomena) {
  spell_english();
  spell_french(phenomena);
  both(std::string(kJoint) + ".", std::string(kJoint) + ".");
}

SentencePair BilingualWriter::texts() const { return {text_of(english_), text_of(french_)}; }

Links BilingualWriter::links() const {
  Links links;
  for (std::size_t i = 0; i < english_.size(); ++i)
    for (std::size_t j = 0; j < french_.size(); ++j)
      if (share_one(english_[i].meanings, french_[j].meanings))
        links.push_back({static_cast<std::int64_t>(i), static_cast<std::int64_t>(j)});
  return links;
}

}  // namespace unroll::lessons
