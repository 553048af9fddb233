// The loops of cross_entropy.h on the CPU, compiled once a SIMD level.
#include "kernels/cross_entropy.h"

#include "kernels/functions.h"
#include "kernels/rows.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

}  // namespace

template <class Device, class T>
void cross_entropy_forward(Device, const CrossEntropy<T>& args, T* losses, T* weights, T* max,
                           T* log_sum) {
  const int64_t classes = args.classes;
  const T* class_weights = args.class_weights;
  const T hard = T(1.0 - args.label_smoothing);
  const T soft = T(args.label_smoothing / static_cast<double>(classes));
  parallel_for(args.rows, grain_of(classes), [=](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const T* x = args.logits + row * classes;
      const int32_t target = args.targets[row];
      if (target == args.ignore_index) {
        losses[row] = weights[row] = max[row] = log_sum[row] = T(0);
        continue;
      }
      const T m = max_of_row(x, classes);
      const T log_s = log_(sum_over<T>(classes, [=](int64_t k) { return exp_(x[k] - m); }));
      const T weight = class_weights ? class_weights[target] : T(1);
      T loss = hard * weight * (log_s - (x[target] - m));
      if (soft > T(0)) {
        if (class_weights)
          loss += soft * sum_over<T>(classes, [=](int64_t k) {
                    return class_weights[k] * (log_s - (x[k] - m));
                  });
        else
          loss += soft * sum_over<T>(classes, [=](int64_t k) { return log_s - (x[k] - m); });
      }
      losses[row] = loss;
      weights[row] = weight;
      max[row] = m;
      log_sum[row] = log_s;
    }
  });
}

template <class Device, class T>
void cross_entropy_backward(Device, const CrossEntropy<T>& args, const T* max, const T* log_sum,
                            const T* d_losses, bool one_gradient, const T* total_weight,
                            T* d_logits) {
  const int64_t classes = args.classes;
  const T* class_weights = args.class_weights;
  const T hard = T(1.0 - args.label_smoothing);
  const T soft = T(args.label_smoothing / static_cast<double>(classes));
  const T sum_of_weights = class_weights
                               ? sum_over<T>(classes, [=](int64_t k) { return class_weights[k]; })
                               : static_cast<T>(classes);
  parallel_for(args.rows, grain_of(classes), [=](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const T* x = args.logits + row * classes;
      T* dx = d_logits + row * classes;
      const int32_t target = args.targets[row];
      if (target == args.ignore_index) {
        for (int64_t k = 0; k < classes; ++k) dx[k] = T(0);
        continue;
      }
      const T d_loss = d_losses[one_gradient ? 0 : row];
      const T g = total_weight ? d_loss / *total_weight : d_loss;
      const T m = max[row], log_s = log_sum[row];
      const T of_target = g * hard * (class_weights ? class_weights[target] : T(1));
      const T of_p = of_target + g * soft * sum_of_weights;
      for (int64_t k = 0; k < classes; ++k) dx[k] = of_p * exp_((x[k] - m) - log_s);
      if (soft > T(0)) {
        if (class_weights)
          for (int64_t k = 0; k < classes; ++k) dx[k] -= g * soft * class_weights[k];
        else
          for (int64_t k = 0; k < classes; ++k) dx[k] -= g * soft;
      }
      dx[target] -= of_target;
    }
  });
}

namespace {

// Holding a kernel's address makes the compiler emit the kernel here, once a dtype.
template <class T>
struct Emit {
  void (*forward)(Cpu, const CrossEntropy<T>&, T*, T*, T*, T*) = cross_entropy_forward<Cpu, T>;
  void (*backward)(Cpu, const CrossEntropy<T>&, const T*, const T*, const T*, bool, const T*,
                   T*) = cross_entropy_backward<Cpu, T>;
};
[[gnu::used]] constinit const Emit<float> kFloat{};
[[gnu::used]] constinit const Emit<double> kDouble{};

}  // namespace

}  // namespace unroll::kernels
