#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"
#include "kernels/random.h"

namespace unroll {
namespace {

// The mask is drawn again in the backward pass instead of being kept.
struct Dropout {
  static constexpr const char* name = "dropout";
  double p;
  kernels::RandomWords words;

  Tensor forward(Context&, const Tensor& x) const { return masked(x); }

  void backward(Backward& pass) const { pass.add(0, masked(pass.d_output())); }

 private:
  Tensor masked(const Tensor& x) const {
    Tensor y(x.shape(), x.dtype(), x.device());
    dispatch(name, x, [&]<class T>(auto device, T) {
      kernels::dropout(device, words, x.numel(), p, x.data<T>(), y.mutable_data<T>());
    });
    return y;
  }
};

}  // namespace

Tensor dropout(const Tensor& x, double p, Random& random) {
  require(p >= 0 && p < 1, "[dropout] expected 0 <= p < 1, got ", p);
  const uint64_t first = random.take(static_cast<uint64_t>(x.numel()));
  if (p == 0) return x;
  return apply(Dropout{p, {random.seed(), random.stream(), first}}, x);
}

}  // namespace unroll
