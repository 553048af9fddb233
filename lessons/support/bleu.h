// BLEU: how much of a translation's wording is that of the reference. The same numbers as
// sacrebleu's with its default settings, so that they may stand beside published ones.
//
// With m_n of the t_n n-grams of the hypotheses found in their references (each as often as it is
// there, at most), summed over the whole corpus, h and r the words of all hypotheses and
// references,
//
//   BLEU = 100 · min(1, e^(1 − r/h)) · (p_1·p_2·p_3·p_4)^(1/4),   p_n = m_n / t_n.
//
// Where m_n is 0, the k-th such p_n is 1/(2^k·t_n), so that short corpora do not fall to 0.
//
// K. Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL 2002;
// M. Post, "A call for clarity in reporting BLEU scores", WMT 2018; the smoothing is method 3 of
// B. Chen and C. Cherry, "A systematic comparison of smoothing techniques for sentence-level BLEU",
// WMT 2014.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace unroll::lessons {

/// What counts as a word.
enum class BleuTokenizer {
  k13a,   // WMT's: punctuation apart from words, but not within numbers; for plain text
  kNone,  // what stands between white space; for text that is tokenized already
};

/// The words of UTF-8 text.
std::vector<std::string> bleu_words(std::string_view text, BleuTokenizer tokenizer);

/// What BLEU is made of. Those of several sentences add up to those of all.
struct BleuCounts {
  static constexpr std::size_t kOrders = 4;

  std::array<std::int64_t, kOrders> matches = {};  // n-grams of n = 1 … 4 that the references have
  std::array<std::int64_t, kOrders> totals = {};   // n-grams of the hypotheses
  std::int64_t hypothesis_words = 0, reference_words = 0;

  BleuCounts& operator+=(const BleuCounts& other);
};

/// Of each sentence, one reference a hypothesis. Throws `Error` when their numbers differ or there
/// are none.
std::vector<BleuCounts> count_bleu(std::span<const std::string> hypotheses,
                                   std::span<const std::string> references,
                                   BleuTokenizer tokenizer = BleuTokenizer::k13a);

struct Bleu {
  explicit Bleu(const BleuCounts& counts);

  BleuCounts counts;
  double score = 0;                                         // 0 to 100
  std::array<double, BleuCounts::kOrders> precisions = {};  // in percent, smoothed
  double brevity_penalty = 0;

  /// "45.12 78.1/54.3/38.0/27.0 (BP = 1.000 ratio = 1.003 hyp_len = 12000 ref_len = 11964)"
  std::string text() const;
};

/// The BLEU of a corpus: of the sum of the counts of its sentences.
Bleu corpus_bleu(std::span<const std::string> hypotheses, std::span<const std::string> references,
                 BleuTokenizer tokenizer = BleuTokenizer::k13a);

/// How it was computed, in sacrebleu's words: "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|…".
std::string bleu_signature(BleuTokenizer tokenizer = BleuTokenizer::k13a);

}  // namespace unroll::lessons
