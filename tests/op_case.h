// What a line of the table in op_cases.h is made of.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/ops.h"

namespace unroll::op_cases {

using In = const Tensors&;

/// The size that the tests vary (1, 3, 31, 33, 257); 4 * N is four times that.
constexpr int64_t N = -1;

/// A size as the table gives it, for a certain N.
constexpr int64_t resolve(int64_t size, int64_t n) { return size < 0 ? -size * n : size; }

/// One input of an op: its sizes, and uniform values in [low, high).
struct Input {
  std::vector<int64_t> sizes;
  double low = -1, high = 1;
  DType dtype = DType::f32;
  int64_t below = 0;      // for i32: values are 0, …, below − 1
  bool on_host = false;   // stays on the cpu whatever device the op runs on
  bool constant = false;  // a floating-point input that has no gradient

  Input(std::initializer_list<int64_t> shape) : sizes(shape) {}

  Tensor make(int64_t n, Random& random) const {
    std::vector<int64_t> resolved;
    for (int64_t size : sizes) resolved.push_back(resolve(size, n));
    const Shape shape(resolved);
    if (dtype == DType::i32)
      return randint(shape, 0, static_cast<int32_t>(std::max<int64_t>(resolve(below, n), 1)),
                     random, on_host ? Device::cpu : default_device());
    return uniform(shape, low, high, random, dtype);
  }
};

inline Input between(double low, double high, Input input) {
  input.low = low;
  input.high = high;
  return input;
}
inline Input positive(Input input) { return between(0.5, 2.5, std::move(input)); }
inline Input constant(Input input) {
  input.constant = true;
  return input;
}
/// i32 values in 0, …, below − 1.
inline Input indices(int64_t below, Input input) {
  input.dtype = DType::i32;
  input.below = below;
  return input;
}
inline Input mask(Input input) { return indices(2, std::move(input)); }
/// i32 lengths in 0, …, seq_len.
inline Input lengths(int64_t seq_len, int64_t batch) {
  Input input = indices(seq_len + 1, {batch});
  input.on_host = true;
  return input;
}

/// One op, or one way of calling it: "op" or "op/variant".
struct OpCase {
  std::string name;
  std::function<Tensors(In)> function;  // all outputs
  std::vector<Input> inputs;
  double f32_tolerance;  // of outputs and gradients, relative to the largest element

  template <class F>
  OpCase(const char* case_name, F f, std::vector<Input> case_inputs, double tolerance = 2e-5)
      : name(case_name), inputs(std::move(case_inputs)), f32_tolerance(tolerance) {
    if constexpr (std::is_same_v<std::invoke_result_t<F, In>, Tensor>)
      function = [f](In x) { return Tensors{f(x)}; };
    else
      function = f;
  }

  std::string op() const { return name.substr(0, name.find('/')); }

  /// Whether a size depends on N.
  bool scales() const {
    for (const Input& input : inputs)
      for (int64_t size : input.sizes)
        if (size < 0) return true;
    return false;
  }

  /// Inputs for a certain N, always the same, on the default device; f32 and i32.
  Tensors make_inputs(int64_t n) const {
    Random random(static_cast<uint64_t>(n), name);
    Tensors result;
    for (const Input& input : inputs) result.push_back(input.make(n, random));
    return result;
  }
};

}  // namespace unroll::op_cases
