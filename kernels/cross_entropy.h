// Softmax and cross entropy in one: neither probabilities nor their logarithms are stored.
//
// For a row with logits x, target t, class weights w, W = Σ_k w_k, smoothing ε and K classes, where
// log p_k = (x_k − m) − ln Σ_j exp(x_j − m) and m = max_j x_j:
//   loss   = −(1 − ε)·w_t·log p_t − ε/K·Σ_k w_k·log p_k
//   dx_k/g = ((1 − ε)·w_t + ε/K·W)·p_k − ε/K·w_k − [k = t]·(1 − ε)·w_t, for a gradient g of loss
// The second term of the loss smooths the targets: C. Szegedy et al., "Rethinking the Inception
// Architecture for Computer Vision", 2015, section 7.
#pragma once

#include "kernels/device.h"

namespace unroll::kernels {

/// What both directions read. Rows whose target is `ignore_index` have loss and gradient 0.
template <class T>
struct CrossEntropy {
  int64_t rows, classes;
  int32_t ignore_index;
  double label_smoothing;  // ε
  const T* logits;         // (rows, classes)
  const int32_t* targets;  // (rows), each in [0, classes) or ignore_index; checked by check_indices
  const T* class_weights;  // (classes), or null: all are 1
};

/// losses: (rows)
/// weights: (rows), what a row counts in the mean: w_t, or 0 where the target is ignored
/// max, log_sum: (rows), m and ln Σ_j exp(x_j − m); saved for backward
template <class Device, class T>
void cross_entropy_forward(Device, const CrossEntropy<T>& args, T* losses, T* weights, T* max,
                           T* log_sum);

/// d_losses: (rows), or with `one_gradient` one element that serves for all rows
/// total_weight: one element that the gradients are divided by, or null
/// d_logits: (rows, classes)
template <class Device, class T>
void cross_entropy_backward(Device, const CrossEntropy<T>& args, const T* max, const T* log_sum,
                            const T* d_losses, bool one_gradient, const T* total_weight,
                            T* d_logits);

}  // namespace unroll::kernels
