// Runs a line of op_cases.h: outputs and gradients.
#pragma once

#include "engine/autograd.h"
#include "tests/op_case.h"

namespace unroll::op_cases {

/// Whether gradients flow to input i.
inline bool differentiable(const OpCase& c, size_t i) {
  return c.inputs[i].dtype != DType::i32 && !c.inputs[i].constant;
}

inline Tensors cast_floats(const Tensors& inputs, DType dtype) {
  Tensors result;
  for (const Tensor& x : inputs) result.push_back(x.dtype() == DType::i32 ? x : cast(x, dtype));
  return result;
}

/// Outputs, and gradients of the outputs projected with random weights.
struct Evaluated {
  Tensors outputs, gradients;
};

inline Evaluated evaluate(const OpCase& c, Tensors inputs) {
  Tensors leaves;
  for (size_t i = 0; i < inputs.size(); ++i)
    if (differentiable(c, i)) leaves.push_back(inputs[i].set_requires_grad());
  Evaluated result{c.function(inputs), {}};
  Random random(7, "weights");
  Tensors projected, weights;
  for (const Tensor& y : result.outputs) {
    if (!y.requires_grad()) continue;
    projected.push_back(y);
    weights.push_back(cast(uniform(y.shape(), -1, 1, random), y.dtype()));
  }
  if (!projected.empty()) result.gradients = grad(projected, leaves, weights);
  return result;
}

}  // namespace unroll::op_cases
