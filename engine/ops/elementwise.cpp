#include "engine/ops/elementwise.h"

#include "engine/ops.h"

namespace unroll {

namespace {

// Whether b's sizes are the last ones of a, as those of a bias are; 1s in front of them don't
// count.
bool is_suffix(const Shape& b, const Shape& a) {
  int axis = 1;
  for (; axis <= b.rank() && axis <= a.rank() && b[-axis] == a[-axis];) ++axis;
  for (; axis <= b.rank() && b[-axis] == 1;) ++axis;
  return axis > b.rank();
}

}  // namespace

kernels::BroadcastPlan broadcast_plan(const Shape& a, const Shape& b, const Shape& result) {
  static_assert(kernels::BroadcastPlan::kMaxRank == Shape::kMaxRank);
  kernels::BroadcastPlan plan;
  if (a == b) {
    plan.rank = 1;
    plan.size[0] = result.numel();
    plan.stride_a[0] = plan.stride_b[0] = 1;
    return plan;
  }
  if (a == result && is_suffix(b, a) && b.numel() > 1) {  // a bias
    const int64_t columns = b.numel(), rows = result.numel() / columns;
    plan.rank = rows == 1 ? 1 : 2;
    plan.size[0] = rows;
    plan.stride_a[0] = columns;
    plan.stride_b[0] = 0;
    plan.size[plan.rank - 1] = columns;
    plan.stride_a[plan.rank - 1] = plan.stride_b[plan.rank - 1] = 1;
    return plan;
  }
  plan.rank = 0;
  // Strides of each operand in the result's dimensions, 0 where it is broadcast.
  int64_t size[Shape::kMaxRank], stride_a[Shape::kMaxRank], stride_b[Shape::kMaxRank];
  int64_t step_a = 1, step_b = 1;
  for (int axis = 1; axis <= result.rank(); ++axis) {
    const int at = result.rank() - axis;
    const int64_t size_a = axis <= a.rank() ? a[-axis] : 1;
    const int64_t size_b = axis <= b.rank() ? b[-axis] : 1;
    size[at] = result[at];
    stride_a[at] = size_a == 1 ? 0 : step_a;
    stride_b[at] = size_b == 1 ? 0 : step_b;
    step_a *= size_a;
    step_b *= size_b;
  }
  for (int axis = 0; axis < result.rank(); ++axis) {
    const int last = plan.rank - 1;
    const bool merges = plan.rank > 0 && plan.stride_a[last] == stride_a[axis] * size[axis] &&
                        plan.stride_b[last] == stride_b[axis] * size[axis];
    if (size[axis] == 1) continue;
    const int to = merges ? last : plan.rank++;
    plan.size[to] = merges ? plan.size[to] * size[axis] : size[axis];
    plan.stride_a[to] = stride_a[axis];
    plan.stride_b[to] = stride_b[axis];
  }
  if (plan.rank == 0) {
    plan.rank = 1;
    plan.size[0] = 1;
    plan.stride_a[0] = plan.stride_b[0] = 0;
  }
  return plan;
}

Tensor sum_to_shape(const Tensor& gradient, const Shape& shape) {
  if (gradient.shape() == shape) return gradient;
  const int extra = gradient.rank() - shape.rank();
  Tensor result = gradient;
  // From the front, one sum for each run of neighbouring dimensions that were broadcast.
  for (int axis = 0; axis < gradient.rank();) {
    int end = axis;
    int64_t run = 1;
    while (end < gradient.rank() && (end < extra || (shape[end - extra] == 1)))
      run *= gradient.size(end++);
    if (end == axis) {
      ++axis;
      continue;
    }
    if (run != 1) {
      int64_t before = 1;
      for (int i = 0; i < axis; ++i) before *= i < extra ? 1 : shape[i - extra];
      int64_t after = 1;
      for (int i = end; i < gradient.rank(); ++i) after *= gradient.size(i);
      result = sum(result.view({before, run, after}), 1);
    }
    axis = end;
  }
  return result.view(shape);
}

Tensor neg(const Tensor& x) { return apply(Unary<kernels::Neg>{}, x); }
Tensor exp(const Tensor& x) { return apply(Unary<kernels::Exp>{}, x); }
Tensor log(const Tensor& x) { return apply(Unary<kernels::Log>{}, x); }
Tensor sqrt(const Tensor& x) { return apply(Unary<kernels::Sqrt>{}, x); }
Tensor tanh(const Tensor& x) { return apply(Unary<kernels::Tanh>{}, x); }
Tensor sigmoid(const Tensor& x) { return apply(Unary<kernels::Sigmoid>{}, x); }
Tensor relu(const Tensor& x) { return apply(Unary<kernels::Relu>{}, x); }
Tensor softplus(const Tensor& x) { return apply(Unary<kernels::Softplus>{}, x); }
Tensor square(const Tensor& x) { return apply(Unary<kernels::Square>{}, x); }
Tensor abs(const Tensor& x) { return apply(Unary<kernels::Abs>{}, x); }

Tensor clamp(const Tensor& x, double low, double high) {
  require(low <= high, "[clamp] expected low <= high, got ", low, " and ", high);
  return apply(Unary<kernels::Clamp>{{low, high}}, x);
}

Tensor scale(const Tensor& x, double factor) { return apply(Unary<kernels::Scale>{{factor}}, x); }
Tensor shift(const Tensor& x, double offset) { return apply(Unary<kernels::Shift>{{offset}}, x); }

namespace {

template <class F>
Tensor binary(const Tensor& a, const Tensor& b, F function = {}) {
  return apply(Binary<F>{function}, a, b);
}

}  // namespace

Tensor add(const Tensor& a, const Tensor& b) { return binary<kernels::Add>(a, b); }
Tensor sub(const Tensor& a, const Tensor& b) { return binary<kernels::Sub>(a, b); }
Tensor mul(const Tensor& a, const Tensor& b) { return binary<kernels::Mul>(a, b); }
Tensor div(const Tensor& a, const Tensor& b) { return binary<kernels::Div>(a, b); }
Tensor pow(const Tensor& a, const Tensor& b) { return binary<kernels::Pow>(a, b); }
Tensor maximum(const Tensor& a, const Tensor& b) { return binary<kernels::Maximum>(a, b); }

void add_in_place(Tensor& to, const Tensor& from) {
  check_like("add_in_place", "from", from, to);
  check_shape("add_in_place", "from", from, to.shape(), "the shape of `to`");
  dispatch("add_in_place", to, [&]<class T>(auto device, T) {
    kernels::add_in_place(device, to.numel(), from.data<T>(), to.mutable_data<T>());
  });
}

}  // namespace unroll
