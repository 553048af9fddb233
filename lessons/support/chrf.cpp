#include "lessons/support/chrf.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "engine/error.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {
namespace {

constexpr std::size_t kOrders = 6;
constexpr double kBeta = 2;

std::u32string letters(std::string_view text) {
  std::u32string letters;
  for (std::string_view piece : split_at_spaces(text)) {
    while (!piece.empty()) {
      letters += front_code_point(piece);
      piece.remove_prefix(code_point_bytes(piece));
    }
  }
  return letters;
}

using Counts = std::unordered_map<std::u32string_view, std::int64_t>;

Counts count_ngrams(std::u32string_view letters, std::size_t n) {
  Counts counts;
  for (std::size_t i = 0; i + n <= letters.size(); ++i) ++counts[letters.substr(i, n)];
  return counts;
}

std::int64_t total(const Counts& counts) {
  std::int64_t total = 0;
  for (const auto& [ngram, count] : counts) total += count;
  return total;
}

struct Matches {
  std::int64_t hypothesis = 0, reference = 0, both = 0;
};

}  // namespace

double corpus_chrf(std::span<const std::string> hypotheses,
                   std::span<const std::string> references) {
  require(hypotheses.size() == references.size() && !hypotheses.empty(),
          "[corpus_chrf] expected a reference for each hypothesis, and one at least, got ",
          hypotheses.size(), " hypotheses and ", references.size(), " references");
  std::array<Matches, kOrders> matches{};
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const std::u32string hypothesis = letters(hypotheses[i]), reference = letters(references[i]);
    for (std::size_t n = 1; n <= kOrders; ++n) {
      const Counts said = count_ngrams(hypothesis, n), wanted = count_ngrams(reference, n);
      Matches& of_order = matches[n - 1];
      // sacrebleu leaves out the hypothesis where its reference is too short for an n-gram.
      if (wanted.empty()) continue;
      of_order.hypothesis += total(said);
      of_order.reference += total(wanted);
      for (const auto& [ngram, count] : said) {
        const auto found = wanted.find(ngram);
        if (found != wanted.end()) of_order.both += std::min(count, found->second);
      }
    }
  }
  double precision = 0, recall = 0;
  int orders = 0;
  for (const Matches& of_order : matches) {
    if (of_order.hypothesis == 0 || of_order.reference == 0) continue;
    precision += static_cast<double>(of_order.both) / static_cast<double>(of_order.hypothesis);
    recall += static_cast<double>(of_order.both) / static_cast<double>(of_order.reference);
    ++orders;
  }
  if (precision == 0 || recall == 0) return 0;
  precision /= orders;
  recall /= orders;
  return 100 * (1 + kBeta * kBeta) * precision * recall / (kBeta * kBeta * precision + recall);
}

std::string chrf_signature() {
  return "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:unroll-" UNROLL_VERSION;
}

}  // namespace unroll::lessons
