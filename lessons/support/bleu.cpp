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
using Counts = std::array<std::unordered_map<std::string, std::int64_t>, Bleu::kOrders>;

Counts count_ngrams(const std::vector<std::string>& words) {
  Counts counts;
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    std::string ngram;
    for (std::size_t n = 0; n < Bleu::kOrders && begin + n < words.size(); ++n) {
      if (n > 0) ngram += ' ';
      ngram += words[begin + n];
      ++counts[n][ngram];
    }
  }
  return counts;
}

// Precisions, brevity penalty and score from the counts.
void score(Bleu& bleu) {
  const auto h = static_cast<double>(bleu.hypothesis_words);
  const auto r = static_cast<double>(bleu.reference_words);
  bleu.brevity_penalty = h >= r ? 1.0 : h > 0 ? std::exp(1 - r / h) : 0.0;
  bleu.precisions = {};
  if (std::all_of(bleu.matches.begin(), bleu.matches.end(), [](auto m) { return m == 0; })) return;
  double smoothing = 1, logarithms = 0;
  for (std::size_t n = 0; n < Bleu::kOrders; ++n) {
    if (bleu.totals[n] == 0) return;  // no hypothesis has so many words: the score is 0
    if (bleu.matches[n] == 0) smoothing *= 2;
    const double matched =
        bleu.matches[n] == 0 ? 1 / smoothing : static_cast<double>(bleu.matches[n]);
    bleu.precisions[n] = 100 * matched / static_cast<double>(bleu.totals[n]);
    logarithms += std::log(bleu.precisions[n]);
  }
  bleu.score = bleu.brevity_penalty * std::exp(logarithms / Bleu::kOrders);
}

}  // namespace

std::vector<std::string> bleu_words(std::string_view text, BleuTokenizer tokenizer) {
  std::string spaced(text);
  if (tokenizer == BleuTokenizer::k13a) spaced = space_13a(std::move(spaced));
  const std::vector<std::string_view> words = split_at_spaces(spaced);
  return {words.begin(), words.end()};
}

std::string Bleu::text() const {
  std::string text = format_fixed(score, 2);
  for (std::size_t n = 0; n < kOrders; ++n)
    text += (n == 0 ? " " : "/") + format_fixed(precisions[n], 1);
  const double ratio = reference_words > 0 ? static_cast<double>(hypothesis_words) /
                                                 static_cast<double>(reference_words)
                                           : 0.0;
  return text + " (BP = " + format_fixed(brevity_penalty, 3) +
         " ratio = " + format_fixed(ratio, 3) + " hyp_len = " + std::to_string(hypothesis_words) +
         " ref_len = " + std::to_string(reference_words) + ")";
}

Bleu corpus_bleu(std::span<const std::string> hypotheses, std::span<const std::string> references,
                 BleuTokenizer tokenizer) {
  require(hypotheses.size() == references.size() && !hypotheses.empty(),
          "[corpus_bleu] expected a reference for each hypothesis, and one at least, got ",
          hypotheses.size(), " hypotheses and ", references.size(), " references");
  Bleu bleu{};
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const std::vector<std::string> hypothesis = bleu_words(hypotheses[i], tokenizer);
    const std::vector<std::string> reference = bleu_words(references[i], tokenizer);
    bleu.hypothesis_words += static_cast<std::int64_t>(hypothesis.size());
    bleu.reference_words += static_cast<std::int64_t>(reference.size());
    const Counts said = count_ngrams(hypothesis), wanted = count_ngrams(reference);
    for (std::size_t n = 0; n < Bleu::kOrders; ++n) {
      for (const auto& [ngram, count] : said[n]) {
        bleu.totals[n] += count;
        const auto found = wanted[n].find(ngram);
        if (found != wanted[n].end()) bleu.matches[n] += std::min(count, found->second);
      }
    }
  }
  score(bleu);
  return bleu;
}

std::string bleu_signature(BleuTokenizer tokenizer) {
  return std::string("nrefs:1|case:mixed|eff:no|tok:") +
         (tokenizer == BleuTokenizer::k13a ? "13a" : "none") +
         "|smooth:exp|version:unroll-" UNROLL_VERSION;
}

}  // namespace unroll::lessons
