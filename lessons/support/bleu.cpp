#include "lessons/support/bleu.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_point(char c) { return c == '.' || c == ','; }

// ASCII punctuation but for the apostrophe and ",", "-", ".", which may stand within words.
bool is_mark(char c) {
  return (c >= '!' && c <= '/' && c != '\'' && c != ',' && c != '-' && c != '.') ||
         (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

// From left to right, writes `before` in front of, `between` into and `after` behind neighbours for
// which `found(first, second)` holds; a character is part of one pair at most.
template <class Found>
std::string space_pairs(const std::string& text, std::string_view before, std::string_view between,
                        std::string_view after, const Found& found) {
  std::string spaced;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + 1 < text.size() && found(text[i], text[i + 1])) {
      spaced.append(before) += text[i];
      spaced.append(between) += text[++i];
      spaced.append(after);
    } else {
      spaced += text[i];
    }
  }
  return spaced;
}

// Spaces around what tokenizer 13a takes for a word of its own. The order of the steps and that
// none looks back decide cases such as "a..b"; whoever wants WMT's numbers does likewise.
std::string space_13a(std::string text) {
  text = replace_all(std::move(text), "<skipped>", "");
  text = replace_all(std::move(text), "-\n", "");
  for (const auto& [entity, mark] : std::initializer_list<std::pair<const char*, const char*>>{
           {"&quot;", "\""}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}})
    text = replace_all(std::move(text), entity, mark);
  std::string spaced = " ";
  for (const char c : text) {
    if (is_mark(c))
      spaced.append(" ").append(1, c).append(" ");
    else
      spaced += c;
  }
  spaced += ' ';
  spaced =
      space_pairs(spaced, "", " ", " ", [](char a, char b) { return !is_digit(a) && is_point(b); });
  spaced =
      space_pairs(spaced, " ", " ", "", [](char a, char b) { return is_point(a) && !is_digit(b); });
  return space_pairs(spaced, "", " ", " ", [](char a, char b) { return is_digit(a) && b == '-'; });
}

// How often each n-gram of 1 to 4 words comes. An n-gram is its words with a blank between any two.
using Ngrams = std::array<std::unordered_map<std::string, std::int64_t>, BleuCounts::kOrders>;

Ngrams count_ngrams(const std::vector<std::string>& words) {
  Ngrams counts;
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    std::string ngram;
    for (std::size_t n = 0; n < BleuCounts::kOrders && begin + n < words.size(); ++n) {
      if (n > 0) ngram += ' ';
      ngram += words[begin + n];
      ++counts[n][ngram];
    }
  }
  return counts;
}

}  // namespace

std::vector<std::string> bleu_words(std::string_view text, BleuTokenizer tokenizer) {
  std::string spaced(text);
  if (tokenizer == BleuTokenizer::k13a) spaced = space_13a(std::move(spaced));
  const std::vector<std::string_view> words = split_at_spaces(spaced);
  return {words.begin(), words.end()};
}

BleuCounts& BleuCounts::operator+=(const BleuCounts& other) {
  for (std::size_t n = 0; n < kOrders; ++n) {
    matches[n] += other.matches[n];
    totals[n] += other.totals[n];
  }
  hypothesis_words += other.hypothesis_words;
  reference_words += other.reference_words;
  return *this;
}

std::vector<BleuCounts> count_bleu(std::span<const std::string> hypotheses,
                                   std::span<const std::string> references,
                                   BleuTokenizer tokenizer) {
  require(hypotheses.size() == references.size() && !hypotheses.empty(),
          "[count_bleu] expected a reference for each hypothesis, and one at least, got ",
          hypotheses.size(), " hypotheses and ", references.size(), " references");
  std::vector<BleuCounts> all;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const std::vector<std::string> hypothesis = bleu_words(hypotheses[i], tokenizer);
    const std::vector<std::string> reference = bleu_words(references[i], tokenizer);
    BleuCounts& counts = all.emplace_back();
    counts.hypothesis_words = static_cast<std::int64_t>(hypothesis.size());
    counts.reference_words = static_cast<std::int64_t>(reference.size());
    const Ngrams said = count_ngrams(hypothesis), wanted = count_ngrams(reference);
    for (std::size_t n = 0; n < BleuCounts::kOrders; ++n) {
      for (const auto& [ngram, count] : said[n]) {
        counts.totals[n] += count;
        const auto found = wanted[n].find(ngram);
        if (found != wanted[n].end()) counts.matches[n] += std::min(count, found->second);
      }
    }
  }
  return all;
}

Bleu::Bleu(const BleuCounts& all_counts) : counts(all_counts) {
  const auto h = static_cast<double>(counts.hypothesis_words);
  const auto r = static_cast<double>(counts.reference_words);
  brevity_penalty = h >= r ? 1.0 : h > 0 ? std::exp(1 - r / h) : 0.0;
  if (counts.matches == decltype(counts.matches){}) return;
  double smoothing = 1, logarithms = 0;
  for (std::size_t n = 0; n < BleuCounts::kOrders; ++n) {
    if (counts.totals[n] == 0) return;  // no hypothesis has so many words: the score is 0
    if (counts.matches[n] == 0) smoothing *= 2;
    const double matched =
        counts.matches[n] == 0 ? 1 / smoothing : static_cast<double>(counts.matches[n]);
    precisions[n] = 100 * matched / static_cast<double>(counts.totals[n]);
    logarithms += std::log(precisions[n]);
  }
  score = brevity_penalty * std::exp(logarithms / BleuCounts::kOrders);
}

std::string Bleu::text() const {
  std::string text = format_fixed(score, 2);
  for (std::size_t n = 0; n < precisions.size(); ++n)
    text += (n == 0 ? " " : "/") + format_fixed(precisions[n], 1);
  const auto h = static_cast<double>(counts.hypothesis_words);
  const auto r = static_cast<double>(counts.reference_words);
  return text + " (BP = " + format_fixed(brevity_penalty, 3) +
         " ratio = " + format_fixed(r > 0 ? h / r : 0.0, 3) +
         " hyp_len = " + std::to_string(counts.hypothesis_words) +
         " ref_len = " + std::to_string(counts.reference_words) + ")";
}

Bleu corpus_bleu(std::span<const std::string> hypotheses, std::span<const std::string> references,
                 BleuTokenizer tokenizer) {
  BleuCounts all;
  for (const BleuCounts& counts : count_bleu(hypotheses, references, tokenizer)) all += counts;
  return Bleu(all);
}

std::string bleu_signature(BleuTokenizer tokenizer) {
  return std::string("nrefs:1|case:mixed|eff:no|tok:") +
         (tokenizer == BleuTokenizer::k13a ? "13a" : "none") +
         "|smooth:exp|version:unroll-" UNROLL_VERSION;
}

}  // namespace unroll::lessons
