// Makes the compiler emit the loops of elementwise.h, for each op and dtype, in a file that defines
// them.
#pragma once

#include "kernels/elementwise.h"

namespace unroll::kernels {

/// A constant of this type holds the address of every loop: that emits it.
template <class Device>
struct EmitElementwise {
  template <class Op, class T>
  struct Unary {
    void (*forward)(Device, Op, int64_t, const T*, T*) = unary_forward<Device, Op, T>;
    void (*backward)(Device, Op, int64_t, const T*, const T*, const T*,
                     T*) = unary_backward<Device, Op, T>;
  };
  template <class Op, class T>
  struct Binary {
    using Derivative = void (*)(Device, Op, const BroadcastPlan&, const T*, const T*, const T*, T*);
    void (*forward)(Device, Op, const BroadcastPlan&, const T*, const T*,
                    T*) = binary_forward<Device, Op, T>;
    Derivative backward_a = binary_backward_a<Device, Op, T>;
    Derivative backward_b = binary_backward_b<Device, Op, T>;
  };
  template <template <class, class> class Emit, class List>
  struct All;
  template <template <class, class> class Emit, class... Op>
  struct All<Emit, TypeList<Op...>> : Emit<Op, float>..., Emit<Op, double>... {};

  All<Unary, UnaryOps> unary;
  All<Binary, BinaryOps> binary;
};

}  // namespace unroll::kernels
