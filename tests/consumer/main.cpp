// What somebody else's program does with unroll: ops of its own, checked, and a network trained.
#include <cmath>
#include <cstdio>
#include <string>

#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/gradcheck.h"
#include "engine/nn.h"
#include "engine/ops.h"
#include "engine/optim.h"
#include "engine/tensor.h"

namespace {

using unroll::Backward;
using unroll::Context;
using unroll::gradcheck;
using unroll::Tensor;
using unroll::Tensors;

// y = x·σ(βx), dy/dx = σ + βxσ(1 − σ) with σ = σ(βx): an op with an attribute and loops of its own.
struct Swish {
  static constexpr const char* name = "consumer.swish";
  double beta;

  Tensor forward(Context& context, const Tensor& x) const {
    Tensor y(x.shape(), x.dtype(), x.device());
    unroll::dispatch(name, x, [&]<class T>(auto, T) {
      const T* from = x.data<T>();
      T* to = y.mutable_data<T>();
      for (int64_t i = 0; i < x.numel(); ++i) to[i] = from[i] * gate(from[i]);
    });
    context.save(x);
    return y;
  }

  void backward(Backward& pass) const {
    const Tensor& x = pass.saved(0);
    const Tensor& dy = pass.d_output();
    Tensor dx(x.shape(), x.dtype(), x.device());
    unroll::dispatch(name, x, [&]<class T>(auto, T) {
      const T *from = x.data<T>(), *d = dy.data<T>();
      T* to = dx.mutable_data<T>();
      for (int64_t i = 0; i < x.numel(); ++i) {
        const T s = gate(from[i]);
        to[i] = d[i] * (s + static_cast<T>(beta) * from[i] * s * (T(1) - s));
      }
    });
    pass.add(0, dx);
  }

 private:
  template <class T>
  T gate(T x) const {
    return T(1) / (T(1) + std::exp(-static_cast<T>(beta) * x));
  }
};

// Rows (rows, features) scaled to length 1 and those lengths (rows, 1): two outputs, and a backward
// written with other ops.  With n = ‖x‖, y = x/n:  dx = (dy − y·(dy·y))/n + dn·y.
struct UnitRows {
  static constexpr const char* name = "consumer.unit_rows";

  Tensors forward(Context& context, const Tensor& x) const {
    unroll::check_rank(name, "x", x, 2, "(rows, features)");
    const Tensor length = sqrt(sum(square(x), 1, /*keep_dim=*/true));
    const Tensor y = x / length;
    context.save(y, length);
    return {y, length};
  }

  void backward(Backward& pass) const {
    const Tensor &y = pass.saved(0), &length = pass.saved(1);
    const Tensor &dy = pass.d_output(0), &d_length = pass.d_output(1);
    if (dy.defined()) pass.add(0, (dy - y * sum(dy * y, 1, true)) / length);
    if (d_length.defined()) pass.add(0, d_length * y);
  }
};

// A mistake that the gradient check has to find.
struct WrongSquare {
  static constexpr const char* name = "consumer.wrong_square";
  Tensor forward(Context& context, const Tensor& x) const {
    context.save(x);
    return square(x);
  }
  void backward(Backward& pass) const { pass.add(0, pass.d_output() * pass.saved(0)); }
};

int failures = 0;

void check(bool ok, const std::string& what) {
  std::printf("%s: %s\n", ok ? "ok" : "FAILED", what.c_str());
  if (!ok) ++failures;
}

void check_gradients() {
  unroll::Random random(1, "inputs");
  const Tensor x = randn({3, 5}, random);
  const auto swish =
      gradcheck([](const Tensors& in) { return Tensors{apply(Swish{1.5}, in[0])}; }, {x});
  check(swish.ok, "gradients of swish" + swish.message);
  const auto unit_rows = gradcheck([](const Tensors& in) { return apply(UnitRows{}, in[0]); }, {x});
  check(unit_rows.ok, "gradients of unit_rows" + unit_rows.message);
  const auto wrong =
      gradcheck([](const Tensors& in) { return Tensors{apply(WrongSquare{}, in[0])}; }, {x});
  check(!wrong.ok, "a wrong gradient is found");
  check(unroll::registered_ops().count(Swish::name) == 1, "swish is registered");
}

// The largest difference from x·σ(x), over more elements than one thread takes.
void check_values() {
  const Tensor x = unroll::arange(40000) * 1e-3 - 20.0;
  const Tensor difference = apply(Swish{1.0}, x) - x * sigmoid(x);
  check(max(abs(difference)).item() < 1e-5, "values of swish");
}

// y = 2x − 1 from 64 points of it.
void train_a_line() {
  struct Line : unroll::nn::Module {
    Line() : Module(/*seed=*/3) {}
    unroll::nn::Linear linear{*this, "linear", 1, 1};
  } model;
  unroll::Random random(2, "points");
  const Tensor x = uniform({64, 1}, -1, 1, random);
  const Tensor y = 2.0 * x - 1.0;
  unroll::optim::SGD optimizer(model.parameters(), {.lr = 0.3});
  for (int step = 0; step < 200; ++step) {
    optimizer.zero_grad();
    mse(model.linear(x), y).backward();
    optimizer.step();
  }
  const double slope = model.linear.weight.item(), offset = model.linear.bias.item();
  check(std::abs(slope - 2) < 1e-3 && std::abs(offset + 1) < 1e-3,
        "a line is learned: " + std::to_string(slope) + "x + " + std::to_string(offset));
}

}  // namespace

int main() {
  check_gradients();
  check_values();
  train_a_line();
  return failures == 0 ? 0 : 1;
}
