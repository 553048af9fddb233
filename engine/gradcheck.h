// gradcheck: compares the gradients of a function of tensors with finite differences.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/tensor.h"

namespace unroll {

struct GradcheckOptions {
  double epsilon = 1e-6;  // an element is moved by ±epsilon
  double atol = 1e-5;     // numeric and analytic agree if they differ by at most
  double rtol = 1e-3;     //   atol + rtol·|numeric|
  /// Inputs of at most so many elements are checked element by element. A larger one is checked
  /// along `directions` random directions, and at its first, its last and a few random elements.
  int64_t exhaustive = 64;
  int directions = 4;
  uint64_t seed = 0;
};

/// `ok`, or in `message` what is wrong: which input, element and output, numeric against analytic.
struct GradcheckResult {
  bool ok = true;
  std::string message;
  explicit operator bool() const { return ok; }
};

/// What is checked: any function of tensors, made of ops. It must give the same results each time.
using TensorFunction = std::function<Tensors(const Tensors&)>;

/// Checks the gradients of `function` at `inputs` by central differences,
///   (f(x + εv) − f(x − εv)) / 2ε  against  v·∇f,  in f64 (f32 inputs are converted),
/// where f is each output, and then all of them together, projected with random weights. i32
/// inputs are passed through; outputs off the tape (indices) are left out. The inputs are not
/// changed.
///
/// Also checked: that the gradient of an input is the same when only that input requires one, and
/// the same when the backward pass runs a second time over a graph that was kept.
///
/// Where the function has a kink within ε of an input (relu at 0) a difference means nothing:
/// choose other inputs. An `Error` thrown by the function is passed on.
GradcheckResult gradcheck(const TensorFunction& function, const Tensors& inputs,
                          const GradcheckOptions& options = {});

}  // namespace unroll
