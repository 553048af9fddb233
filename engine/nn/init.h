// Initial values of parameters, drawn on the host and written in place.
//
// `weight` is (out, in), as in Linear; pass `weight.view_rows(begin, end)` to set one gate's rows.
#pragma once

#include "engine/random.h"
#include "engine/tensor.h"

namespace unroll::nn::init {

void constant(Tensor parameter, double value);
/// U(low, high).
void uniform(Tensor parameter, double low, double high, Random& random);
/// N(mean, deviation²).
void normal(Tensor parameter, double mean, double deviation, Random& random);

/// U(−b, b) with b = gain·√(6/(in + out)): keeps the variance of activations and of gradients about
/// equal from layer to layer. X. Glorot and Y. Bengio, "Understanding the difficulty of training
/// deep feedforward neural networks", AISTATS 2010, eq. 16. Throws `Error` unless of rank 2.
void xavier_uniform(Tensor weight, Random& random, double gain = 1.0);
/// N(0, s²) with s = gain·√(2/(in + out)); the same source, eq. 12.
void xavier_normal(Tensor weight, Random& random, double gain = 1.0);

/// A matrix with orthonormal rows or columns, whichever are fewer, times `gain`: multiplying by it
/// keeps lengths, so that a recurrence neither explodes nor fades at the start. A normal matrix
/// made orthonormal by Gram–Schmidt in f64, which draws evenly from all such matrices. A. M. Saxe
/// et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
/// ICLR 2014. Throws `Error` unless of rank 2.
void orthogonal(Tensor weight, Random& random, double gain = 1.0);

}  // namespace unroll::nn::init
