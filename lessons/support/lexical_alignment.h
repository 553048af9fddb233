// IBM Model 1: which words translate which, learnt from nothing but how often they come together.
//
// Each target word f of a pair is taken for the translation of one source word e, or of none (the
// empty word), all equally likely beforehand. t(f|e) is found by expectation maximisation: count
// each link by its probability t(f|e) / Σ_e' t(f|e') in its sentence, then divide by the counts of
// e; equal at first. P. F. Brown et al., "The mathematics of statistical machine translation",
// Computational Linguistics 19, 1993.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "lessons/support/alignment_error.h"

namespace unroll::lessons {

class LexicalAligner {
 public:
  using Sentences = std::span<const std::vector<std::int32_t>>;

  /// Learns from pairs of sentences as numbers of words, source[i] and target[i]. Throws `Error`
  /// when their numbers differ.
  LexicalAligner(Sentences source, Sentences target, int rounds = 5);

  /// The likeliest translation of a source word; −1 for one that the training pairs do not have.
  std::int32_t translation(std::int32_t source) const;

  /// Links each target word to the source word that is likeliest to have it as a translation, the
  /// first where several are; to none where the empty word is likelier.
  Links align(std::span<const std::int32_t> source, std::span<const std::int32_t> target) const;

 private:
  static constexpr std::int32_t kEmpty = -1;

  double probability(std::int32_t target, std::int32_t source) const;

  // t(target|source), at [source][target].
  std::unordered_map<std::int32_t, std::unordered_map<std::int32_t, double>> t_;
};

}  // namespace unroll::lessons
