// How the structs of kernels/elementwise.h become ops of the tape.
#pragma once

#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "kernels/elementwise.h"

namespace unroll {

/// The op of an elementwise function of one argument.
template <class F>
struct Unary {
  static constexpr const char* name = F::name;
  F function;

  Tensor forward(Context& context, const Tensor& x) const {
    Tensor y(x.shape(), x.dtype(), x.device());
    dispatch(name, x, [&]<class T>(auto device, T) {
      kernels::unary_forward(device, function, x.numel(), x.data<T>(), y.mutable_data<T>());
    });
    if (F::kSaves == kernels::Saves::kInput) context.save(x);
    if (F::kSaves == kernels::Saves::kOutput) context.save(y);
    return y;
  }

  void backward(Backward& pass) const {
    const Tensor& dy = pass.d_output();
    Tensor dx = pass.space_like_d_output();
    dispatch(name, dy, [&]<class T>(auto device, T) {
      const T* x = F::kSaves == kernels::Saves::kInput ? pass.saved(0).data<T>() : nullptr;
      const T* y = F::kSaves == kernels::Saves::kOutput ? pass.saved(0).data<T>() : nullptr;
      kernels::unary_backward(device, function, dy.numel(), x, y, dy.data<T>(),
                              dx.mutable_data<T>());
    });
    pass.add(0, std::move(dx));
  }
};

/// How operands of shapes a and b are walked, with neighbouring dimensions merged where both
/// operands allow it: equal shapes become one dimension, a bias two.
kernels::BroadcastPlan broadcast_plan(const Shape& a, const Shape& b, const Shape& result);

/// Sums `gradient` over what was broadcast from `shape`: the backward pass of broadcasting.
Tensor sum_to_shape(const Tensor& gradient, const Shape& shape);

/// The op of an elementwise function of two arguments, with NumPy broadcasting.
template <class F>
struct Binary {
  static constexpr const char* name = F::name;
  static constexpr bool kSaves = F::kSaves != kernels::Saves::kNothing;
  F function;

  Tensor forward(Context& context, const Tensor& a, const Tensor& b) const {
    check_like(name, "second argument", b, a);
    Tensor y(broadcast(name, a.shape(), b.shape()), a.dtype(), a.device());
    const kernels::BroadcastPlan plan = broadcast_plan(a.shape(), b.shape(), y.shape());
    dispatch(name, a, [&]<class T>(auto device, T) {
      kernels::binary_forward(device, function, plan, a.data<T>(), b.data<T>(),
                              y.mutable_data<T>());
    });
    if (kSaves) context.save(a, b);
    return y;
  }

  void backward(Backward& pass) const {
    const Tensor& dy = pass.d_output();
    const Tensor& a = kSaves ? pass.saved(0) : dy;
    const Tensor& b = kSaves ? pass.saved(1) : dy;
    for (size_t i : {size_t{0}, size_t{1}}) {
      if (!pass.needs(i)) continue;
      if (passes_gradient(i)) {
        pass.add(i, sum_to_shape(dy, pass.input_shape(i)));
        continue;
      }
      // The last gradient may take the place of dy.
      const bool last = i == 1 || !pass.needs(1);
      Tensor d = last ? pass.space_like_d_output() : Tensor(dy.shape(), dy.dtype(), dy.device());
      const kernels::BroadcastPlan plan = broadcast_plan(a.shape(), b.shape(), dy.shape());
      dispatch(name, dy, [&]<class T>(auto device, T) {
        const auto kernel = i == 0 ? &kernels::binary_backward_a<decltype(device), F, T>
                                   : &kernels::binary_backward_b<decltype(device), F, T>;
        kernel(device, function, plan, a.data<T>(), b.data<T>(), dy.data<T>(), d.mutable_data<T>());
      });
      pass.add(i, sum_to_shape(d, pass.input_shape(i)));
    }
  }

 private:
  // Where the derivative is 1, the gradient is passed on without a copy.
  static constexpr bool passes_gradient(size_t input) {
    return std::is_same_v<F, kernels::Add> || (std::is_same_v<F, kernels::Sub> && input == 0);
  }
};

}  // namespace unroll
