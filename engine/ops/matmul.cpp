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
    const Sizes sizes = sizes_of(a, b, transpose);
    require(b.size(transpose.b ? -1 : -2) == sizes.k, "[matmul] inner sizes differ: a is ",
            a.shape(), transpose.a ? " transposed" : "", ", b is ", b.shape(),
            transpose.b ? " transposed" : "");
    require(a.rank() == 2 || b.rank() == 2 || a.size(0) == b.size(0),
            "[matmul] batch sizes differ: a is ", a.shape(), ", b is ", b.shape());
    const bool batched = a.rank() == 3 || b.rank() == 3;
    Tensor c(batched ? Shape{sizes.batch, sizes.m, sizes.n} : Shape{sizes.m, sizes.n}, a.dtype(),
             a.device());
    multiply(a, b, transpose, false, c);
    context.save(a, b);
    return c;
  }

  // With C = A·B: dA = dC·Bᵀ, dB = Aᵀ·dC; transposed operands swap roles accordingly.
  void backward(Backward& pass) const {
    const Tensor& a = pass.saved(0);
    const Tensor& b = pass.saved(1);
    const Tensor& dc = pass.d_output();
    if (transpose.a)
      add_product(pass, 0, b, dc, {transpose.b, true});
    else
      add_product(pass, 0, dc, b, {false, !transpose.b});
    if (transpose.b)
      add_product(pass, 1, dc, a, {true, transpose.a});
    else
      add_product(pass, 1, a, dc, {!transpose.a, false});
  }

 private:
  struct Sizes {
    int64_t batch, m, n, k;
  };
  static Sizes sizes_of(const Tensor& a, const Tensor& b, Transpose transpose) {
    return {a.rank() == 3   ? a.size(0)
            : b.rank() == 3 ? b.size(0)
                            : 1,
            a.size(transpose.a ? -1 : -2), b.size(transpose.b ? -2 : -1),
            a.size(transpose.a ? -2 : -1)};
  }

  // C = op(A)·op(B), or C += … with `accumulate`.
  static void multiply(const Tensor& a, const Tensor& b, Transpose transpose, bool accumulate,
                       Tensor& c) {
    const Sizes sizes = sizes_of(a, b, transpose);
    const int64_t m = sizes.m, n = sizes.n, k = sizes.k;
    dispatch(name, a, [&]<class T>(auto device, T) {
      kernels::matmul(
          device, kernels::MatmulArgs<T>{sizes.batch, m, n, k, transpose.a, transpose.b, accumulate,
                                         a.data<T>(), b.data<T>(), c.mutable_data<T>(), a.size(-1),
                                         b.size(-1), n, a.rank() == 3 ? m * k : 0,
                                         b.rank() == 3 ? k * n : 0, m * n});
    });
  }

  // Adds op(A)·op(B) to the gradient of input i. An operand that served for the whole batch gets
  // the sum over it.
  static void add_product(Backward& pass, size_t i, const Tensor& a, const Tensor& b,
                          Transpose transpose) {
    if (!pass.needs(i)) return;
    const bool one = pass.input_shape(i).rank() == 2;
    if (one && (a.rank() == 3 || b.rank() == 3)) {
      pass.add(i, sum(unroll::matmul(a, b, transpose), 0));
    } else if (Tensor* sum_so_far = pass.started_sum_of(i)) {
      multiply(a, b, transpose, true, *sum_so_far);
    } else {
      pass.add(i, unroll::matmul(a, b, transpose));
    }
  }
};

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b, Transpose transpose) {
  return apply(Matmul{transpose}, a, b);
}

}  // namespace unroll
