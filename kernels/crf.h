// The linear-chain conditional random field: a score for every way to label a sequence as a whole.
//
// For one sequence of length n with emissions e_t(k), transitions a(i, j) from label i to label j,
// and scores s(k), f(k) of starting and ending with label k, a path y = (y_0 … y_{n−1}) has
//   score(y) = s(y_0) + Σ_t e_t(y_t) + Σ_{t>0} a(y_{t−1}, y_t) + f(y_{n−1})
//   p(y) = exp(score(y))/Z
// Z sums exp(score) over all labelsⁿ paths, step by step. With norms c_t by which Σ_j exp α_t(j)
// is 1, so that nothing grows with the length and floats stay precise:
//   α_0(j) = s(j) + e_0(j) − c_0     α_t(j) = e_t(j) + ln Σ_i exp(α_{t−1}(i) + a(i, j)) − c_t
//   c_n = ln Σ_j exp(α_{n−1}(j) + f(j))                                   ln Z = c_0 + … + c_n
//   β_{n−1}(i) = f(i) − c_n
//   β_t(i) = ln Σ_j exp(a(i, j) + e_{t+1}(j) + β_{t+1}(j)) − c_{t+1}
// Its derivatives are the probabilities of labels and of pairs of labels:
//   ∂ ln Z/∂e_t(j) = p(y_t = j) = exp(α_t(j) + β_t(j))
//   ∂ ln Z/∂a(i, j) = Σ_{t>0} exp(α_{t−1}(i) + a(i, j) + e_t(j) + β_t(j) − c_t)
// The likeliest path has the same recursion with max in place of ln Σ exp (Viterbi). A score of −∞
// forbids a label or a transition. A sequence of length 0 has one path, of score 0.
// J. Lafferty, A. McCallum and F. Pereira, "Conditional random fields", 2001.
#pragma once

#include "kernels/device.h"

namespace unroll::kernels {

/// Some sequences side by side.
template <class T>
struct Crf {
  int64_t seq_len, batch, labels;
  const T* emissions;      // (seq_len, batch, labels)
  const T* transitions;    // (labels, labels), from the row's label to the column's
  const T* start;          // (labels)
  const T* end;            // (labels)
  const int32_t* lengths;  // (batch), 0 ≤ length ≤ seq_len; null: all are seq_len

  HD int64_t length(int64_t b) const { return lengths ? lengths[b] : seq_len; }
};

/// alphas: (seq_len, batch, labels) and norms: (seq_len + 1, batch), α and c, saved for backward;
/// left alone behind a row's end
/// log_z: (batch)
template <class Device, class T>
void crf_forward(Device, const Crf<T>& args, T* alphas, T* norms, T* log_z);

/// The gradients, for d_log_z (batch), of
/// emissions: d_emissions (seq_len, batch, labels), 0 at and after a row's length;
/// transitions, start and end, each row's own, to be summed over the batch: d_transitions (batch,
/// labels, labels), d_start and d_end (batch, labels).
template <class Device, class T>
void crf_backward(Device, const Crf<T>& args, const T* alphas, const T* norms, const T* d_log_z,
                  T* d_emissions, T* d_transitions, T* d_start, T* d_end);

/// path: (seq_len, batch), the likeliest labels, of equally likely ones the first; 0 at and after
/// a row's length
/// score: (batch), the path's
/// best: (seq_len, batch, labels), scratch: the score of the best path that ends with a label
template <class Device, class T>
void crf_viterbi(Device, const Crf<T>& args, T* best, int32_t* path, T* score);

}  // namespace unroll::kernels
