// Elementwise operations: one struct each, with the function and its derivative beside each other.
//
// To add one: write its struct here and put it into a list at the end; the loops of elementwise.cpp
// are compiled for every struct of the lists, every device and every dtype.
#pragma once

#include "kernels/device.h"
#include "kernels/functions.h"

namespace unroll::kernels {

/// What the derivative of an operation needs from the forward pass.
enum class Saves { kNothing, kInput, kOutput };

// ---- one argument: y = forward(x), dx = backward(x, y, dy). Of x and y only what `kSaves` names
// is given to backward; the other is 0.

struct Neg {
  static constexpr const char* name = "neg";
  static constexpr Saves kSaves = Saves::kNothing;
  template <class T>
  HD T forward(T x) const {
    return -x;
  }
  template <class T>
  HD T backward(T, T, T dy) const {
    return -dy;
  }
};

struct Exp {  // dy/dx = y
  static constexpr const char* name = "exp";
  static constexpr Saves kSaves = Saves::kOutput;
  template <class T>
  HD T forward(T x) const {
    return exp_(x);
  }
  template <class T>
  HD T backward(T, T y, T dy) const {
    return dy * y;
  }
};

struct Log {  // dy/dx = 1/x
  static constexpr const char* name = "log";
  static constexpr Saves kSaves = Saves::kInput;
  template <class T>
  HD T forward(T x) const {
    return log_(x);
  }
  template <class T>
  HD T backward(T x, T, T dy) const {
    return dy / x;
  }
};

struct Sqrt {  // dy/dx = 1/(2y)
  static constexpr const char* name = "sqrt";
  static constexpr Saves kSaves = Saves::kOutput;
  template <class T>
  HD T forward(T x) const {
    return sqrt_(x);
  }
  template <class T>
  HD T backward(T, T y, T dy) const {
    return dy / (y + y);
  }
};

struct Tanh {  // dy/dx = 1 − y²
  static constexpr const char* name = "tanh";
  static constexpr Saves kSaves = Saves::kOutput;
  template <class T>
  HD T forward(T x) const {
    return tanh_(x);
  }
  template <class T>
  HD T backward(T, T y, T dy) const {
    return dy * (T(1) - y * y);
  }
};

struct Sigmoid {  // y = 1/(1 + e⁻ˣ), dy/dx = y(1 − y)
  static constexpr const char* name = "sigmoid";
  static constexpr Saves kSaves = Saves::kOutput;
  template <class T>
  HD T forward(T x) const {
    return sigmoid_(x);
  }
  template <class T>
  HD T backward(T, T y, T dy) const {
    return dy * y * (T(1) - y);
  }
};

struct Relu {  // y = max(x, 0); NaN stays NaN
  static constexpr const char* name = "relu";
  static constexpr Saves kSaves = Saves::kOutput;
  template <class T>
  HD T forward(T x) const {
    return select(x < T(0), T(0), x);
  }
  template <class T>
  HD T backward(T, T y, T dy) const {
    return select(y > T(0), dy, T(0));
  }
};

struct Softplus {  // dy/dx = σ(x)
  static constexpr const char* name = "softplus";
  static constexpr Saves kSaves = Saves::kInput;
  template <class T>
  HD T forward(T x) const {
    return softplus_(x);
  }
  template <class T>
  HD T backward(T x, T, T dy) const {
    return dy * sigmoid_(x);
  }
};

struct Square {
  static constexpr const char* name = "square";
  static constexpr Saves kSaves = Saves::kInput;
  template <class T>
  HD T forward(T x) const {
    return x * x;
  }
  template <class T>
  HD T backward(T x, T, T dy) const {
    return dy * (x + x);
  }
};

struct Abs {  // dy/dx = sign x, 0 at 0
  static constexpr const char* name = "abs";
  static constexpr Saves kSaves = Saves::kInput;
  template <class T>
  HD T forward(T x) const {
    return select(x < T(0), -x, x);
  }
  template <class T>
  HD T backward(T x, T, T dy) const {
    return select(x < T(0), -dy, select(x > T(0), dy, T(0)));
  }
};

struct Clamp {
  static constexpr const char* name = "clamp";
  static constexpr Saves kSaves = Saves::kInput;
  double low, high;
  template <class T>
  HD T forward(T x) const {
    return select(x < T(low), T(low), select(x > T(high), T(high), x));
  }
  template <class T>
  HD T backward(T x, T, T dy) const {
    return select(x < T(low) || x > T(high), T(0), dy);
  }
};

struct Scale {
  static constexpr const char* name = "scale";
  static constexpr Saves kSaves = Saves::kNothing;
  double factor;
  template <class T>
  HD T forward(T x) const {
    return T(factor) * x;
  }
  template <class T>
  HD T backward(T, T, T dy) const {
    return T(factor) * dy;
  }
};

struct Shift {
  static constexpr const char* name = "shift";
  static constexpr Saves kSaves = Saves::kNothing;
  double offset;
  template <class T>
  HD T forward(T x) const {
    return x + T(offset);
  }
  template <class T>
  HD T backward(T, T, T dy) const {
    return dy;
  }
};

// ---- two arguments: y = forward(a, b), da = d_a(a, b, dy), db = d_b(a, b, dy). Where `kSaves` is
// kNothing, a and b are given to the derivatives as 0.

struct Add {
  static constexpr const char* name = "add";
  static constexpr Saves kSaves = Saves::kNothing;
  template <class T>
  HD T forward(T a, T b) const {
    return a + b;
  }
  template <class T>
  HD T d_a(T, T, T dy) const {
    return dy;
  }
  template <class T>
  HD T d_b(T, T, T dy) const {
    return dy;
  }
};

struct Sub {
  static constexpr const char* name = "sub";
  static constexpr Saves kSaves = Saves::kNothing;
  template <class T>
  HD T forward(T a, T b) const {
    return a - b;
  }
  template <class T>
  HD T d_a(T, T, T dy) const {
    return dy;
  }
  template <class T>
  HD T d_b(T, T, T dy) const {
    return -dy;
  }
};

struct Mul {
  static constexpr const char* name = "mul";
  static constexpr Saves kSaves = Saves::kInput;
  template <class T>
  HD T forward(T a, T b) const {
    return a * b;
  }
  template <class T>
  HD T d_a(T, T b, T dy) const {
    return dy * b;
  }
  template <class T>
  HD T d_b(T a, T, T dy) const {
    return dy * a;
  }
};

struct Div {
  static constexpr const char* name = "div";
  static constexpr Saves kSaves = Saves::kInput;
  template <class T>
  HD T forward(T a, T b) const {
    return a / b;
  }
  template <class T>
  HD T d_a(T, T b, T dy) const {
    return dy / b;
  }
  template <class T>
  HD T d_b(T a, T b, T dy) const {
    return -dy * a / (b * b);
  }
};

struct Pow {  // d/da = b·a^(b−1), d/db = aᵇ·ln a
  static constexpr const char* name = "pow";
  static constexpr Saves kSaves = Saves::kInput;
  template <class T>
  HD T forward(T a, T b) const {
    return pow_(a, b);
  }
  template <class T>
  HD T d_a(T a, T b, T dy) const {
    return dy * b * pow_(a, b - T(1));
  }
  template <class T>
  HD T d_b(T a, T b, T dy) const {
    return dy * pow_(a, b) * log_(a);
  }
};

struct Maximum {
  static constexpr const char* name = "maximum";
  static constexpr Saves kSaves = Saves::kInput;
  template <class T>
  HD T forward(T a, T b) const {
    return select(a < b || b != b, b, a);
  }
  template <class T>
  HD T d_a(T a, T b, T dy) const {
    return select(a > b, dy, select(a < b, T(0), dy * T(0.5)));
  }
  template <class T>
  HD T d_b(T a, T b, T dy) const {
    return select(b > a, dy, select(b < a, T(0), dy * T(0.5)));
  }
};

struct BceWithLogits {  // y = w·b·softplus(−a) + (1 − b)·softplus(a), a: logit, b: target
  static constexpr const char* name = "bce_with_logits";
  static constexpr Saves kSaves = Saves::kInput;
  double positive_weight;
  template <class T>
  HD T forward(T a, T b) const {
    return T(positive_weight) * b * softplus_(-a) + (T(1) - b) * softplus_(a);
  }
  template <class T>
  HD T d_a(T a, T b, T dy) const {
    return dy * ((T(1) - b) * sigmoid_(a) - T(positive_weight) * b * sigmoid_(-a));
  }
  template <class T>
  HD T d_b(T a, T, T dy) const {
    return dy * (T(positive_weight) * softplus_(-a) - softplus_(a));
  }
};

struct Huber {  // with e = a − b: y = e²/2 for |e| ≤ δ, else δ(|e| − δ/2)
  static constexpr const char* name = "huber";
  static constexpr Saves kSaves = Saves::kInput;
  double delta;
  template <class T>
  HD T forward(T a, T b) const {
    const T e = a - b, magnitude = select(e < T(0), -e, e);
    return select(magnitude > T(delta), T(delta) * (magnitude - T(0.5 * delta)), T(0.5) * e * e);
  }
  template <class T>
  HD T d_a(T a, T b, T dy) const {
    const T e = a - b;
    return dy * select(e < T(-delta), T(-delta), select(e > T(delta), T(delta), e));
  }
  template <class T>
  HD T d_b(T a, T b, T dy) const {
    return -d_a(a, b, dy);
  }
};

using UnaryOps =
    TypeList<Neg, Exp, Log, Sqrt, Tanh, Sigmoid, Relu, Softplus, Square, Abs, Clamp, Scale, Shift>;
using BinaryOps = TypeList<Add, Sub, Mul, Div, Pow, Maximum, BceWithLogits, Huber>;

// ---- the loops

/// y[i] = op.forward(x[i]) for n elements.
template <class Device, class Op, class T>
void unary_forward(Device, Op op, int64_t n, const T* x, T* y);

/// dx[i] = op.backward(x[i], y[i], dy[i]). Of x and y the one that `Op::kSaves` does not name may
/// be null; dx may be dy.
template <class Device, class Op, class T>
void unary_backward(Device, Op op, int64_t n, const T* x, const T* y, const T* dy, T* dx);

/// How two operands are walked for one result: over `rank` ≥ 1 dimensions of `size`, operand a (b)
/// moving by stride_a (stride_b) elements, 0 along a dimension that it is broadcast over. The last
/// dimension's strides are 0 or 1.
struct BroadcastPlan {
  static constexpr int kMaxRank = 6;
  int rank;
  int64_t size[kMaxRank], stride_a[kMaxRank], stride_b[kMaxRank];
};

/// y = op.forward(a, b), broadcast.
template <class Device, class Op, class T>
void binary_forward(Device, Op op, const BroadcastPlan& plan, const T* a, const T* b, T* y);

/// d = op.d_a or op.d_b of (a, b, dy), one element for each of the result's; d may be dy. a and b
/// may be null where `Op::kSaves` is kNothing.
template <class Device, class Op, class T>
void binary_backward_a(Device, Op op, const BroadcastPlan& plan, const T* a, const T* b,
                       const T* dy, T* d);
template <class Device, class Op, class T>
void binary_backward_b(Device, Op op, const BroadcastPlan& plan, const T* a, const T* b,
                       const T* dy, T* d);

/// to[i] += from[i].
template <class Device, class T>
void add_in_place(Device, int64_t n, const T* from, T* to);

}  // namespace unroll::kernels
