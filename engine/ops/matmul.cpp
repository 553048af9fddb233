#include "kernels/matmul.h"

#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"

namespace unroll {
namespace {

// The product of a batch of matrices, or of one; a and b have 2 or 3 dimensions.
struct Matmul {
  static constexpr const char* name = "matmul";
  Transpose transpose;

  Tensor forward(Context& context, const Tensor& a, const Tensor& b) const {
    for (const Tensor* operand : {&a, &b})
      require(operand->rank() == 2 || operand->rank() == 3, "[matmul] ", operand == &a ? "a" : "b",
              ": expected 2 or 3 dimensions (batch, rows, columns), got ", operand->shape());
    check_like(name, "b", b, a);
    const int64_t m = a.size(transpose.a ? -1 : -2), k = a.size(transpose.a ? -2 : -1);
    const int64_t n = b.size(transpose.b ? -2 : -1);
    require(b.size(transpose.b ? -1 : -2) == k, "[matmul] inner sizes differ: a is ", a.shape(),
            transpose.a ? " transposed" : "", ", b is ", b.shape(),
            transpose.b ? " transposed" : "");
    require(a.rank() == 2 || b.rank() == 2 || a.size(0) == b.size(0),
            "[matmul] batch sizes differ: a is ", a.shape(), ", b is ", b.shape());
    const bool batched = a.rank() == 3 || b.rank() == 3;
    const int64_t batch = a.rank() == 3 ? a.size(0) : b.rank() == 3 ? b.size(0) : 1;
    Tensor c(batched ? Shape{batch, m, n} : Shape{m, n}, a.dtype(), a.device());
    dispatch(name, a, [&]<class T>(auto device, T) {
      kernels::matmul(device, kernels::MatmulArgs<T>{
                                  batch, m, n, k, transpose.a, transpose.b, false, a.data<T>(),
                                  b.data<T>(), c.mutable_data<T>(), a.size(-1), b.size(-1), n,
                                  a.rank() == 3 ? m * k : 0, b.rank() == 3 ? k * n : 0, m * n});
    });
    context.save(a, b);
    return c;
  }

  // With C = A·B: dA = dC·Bᵀ, dB = Aᵀ·dC; transposed operands swap roles accordingly. An operand
  // that served for the whole batch gets the sum over it.
  void backward(Backward& pass) const {
    const Tensor& a = pass.saved(0);
    const Tensor& b = pass.saved(1);
    const Tensor& dc = pass.d_output();
    if (pass.needs(0))
      pass.add(0, over_batch(transpose.a ? unroll::matmul(b, dc, {transpose.b, true})
                                         : unroll::matmul(dc, b, {false, !transpose.b}),
                             a));
    if (pass.needs(1))
      pass.add(1, over_batch(transpose.b ? unroll::matmul(dc, a, {true, transpose.a})
                                         : unroll::matmul(a, dc, {!transpose.a, false}),
                             b));
  }

 private:
  static Tensor over_batch(const Tensor& gradient, const Tensor& operand) {
    return gradient.rank() > operand.rank() ? sum(gradient, 0) : gradient;
  }
};

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b, Transpose transpose) {
  return apply(Matmul{transpose}, a, b);
}

}  // namespace unroll
