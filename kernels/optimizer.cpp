// The loops of optimizer.h on the CPU, compiled once a SIMD level.
#include "kernels/optimizer.h"

#include "kernels/parallel.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

constexpr int64_t kGrain = 16384;  // elements for which a second thread pays
constexpr int kLanes = 16;         // running sums of a block, so that its loop vectorises

}  // namespace

template <class Device, class T>
void sgd_step(Device, const SgdStep& step, int64_t n, const T* gradient, T* parameter,
              T* velocity) {
  const T lr = T(step.lr), momentum = T(step.momentum), decay = T(step.weight_decay);
  const T factor = T(gradient_factor(step.clipping));
  const bool nesterov = step.nesterov;
  if (factor == T(0)) return;
  if (!velocity) {
    parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
#pragma omp simd
      for (int64_t i = begin; i < end; ++i)
        parameter[i] -= lr * (factor * gradient[i] + decay * parameter[i]);
    });
    return;
  }
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) {
      const T g = factor * gradient[i] + decay * parameter[i];
      const T v = momentum * velocity[i] + g;
      velocity[i] = v;
      parameter[i] -= lr * select(nesterov, g + momentum * v, v);
    }
  });
}

namespace {

// The loop of `rmsprop_step`, once for each variant so that it has no branches.
template <bool kCentered, bool kMomentum, class T>
void rmsprop(const RmspropStep& step, int64_t n, const T* gradient, T* parameter, T* square_average,
             T* gradient_average, T* velocity) {
  const T lr = T(step.lr), alpha = T(step.alpha), rest = T(1.0 - step.alpha), eps = T(step.eps);
  const T momentum = T(step.momentum), decay = T(step.weight_decay);
  const T factor = T(gradient_factor(step.clipping));
  if (factor == T(0)) return;
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) {
      const T g = factor * gradient[i] + decay * parameter[i];
      T variance = alpha * square_average[i] + rest * g * g;
      square_average[i] = variance;
      if constexpr (kCentered) {
        const T average = alpha * gradient_average[i] + rest * g;
        gradient_average[i] = average;
        variance -= average * average;
      }
      T change = g / (sqrt_(variance) + eps);
      if constexpr (kMomentum) {
        change += momentum * velocity[i];
        velocity[i] = change;
      }
      parameter[i] -= lr * change;
    }
  });
}

}  // namespace

template <class Device, class T>
void rmsprop_step(Device, const RmspropStep& step, int64_t n, const T* gradient, T* parameter,
                  T* square_average, T* gradient_average, T* velocity) {
  const auto variant = gradient_average
                           ? (velocity ? rmsprop<true, true, T> : rmsprop<true, false, T>)
                           : (velocity ? rmsprop<false, true, T> : rmsprop<false, false, T>);
  variant(step, n, gradient, parameter, square_average, gradient_average, velocity);
}

template <class Device, class T>
void adam_step(Device, const AdamStep& step, int64_t n, const T* gradient, T* parameter,
               T* first_moment, T* second_moment) {
  const T beta1 = T(step.beta1), rest1 = T(1.0 - step.beta1);
  const T beta2 = T(step.beta2), rest2 = T(1.0 - step.beta2);
  const T size = T(step.lr / step.correction1), eps = T(step.eps);
  const T root_scale = T(1.0 / __builtin_sqrt(step.correction2));
  const T into_gradient = step.decoupled ? T(0) : T(step.weight_decay);
  const T keep = step.decoupled ? T(1.0 - step.lr * step.weight_decay) : T(1);
  const T factor = T(gradient_factor(step.clipping));
  if (factor == T(0)) return;
  parallel_for(n, kGrain, [=](int64_t begin, int64_t end) {
#pragma omp simd
    for (int64_t i = begin; i < end; ++i) {
      const T p = parameter[i];
      const T g = factor * gradient[i] + into_gradient * p;
      const T m = beta1 * first_moment[i] + rest1 * g;
      const T v = beta2 * second_moment[i] + rest2 * g * g;
      first_moment[i] = m;
      second_moment[i] = v;
      parameter[i] = keep * p - size * m / (sqrt_(v) * root_scale + eps);
    }
  });
}

template <class Device, class T>
void sum_of_squares(Device, int64_t n, const T* x, double* scratch, double* sum) {
  const int64_t blocks = (n + kSumBlock - 1) / kSumBlock;
  parallel_for(blocks, 4, [=](int64_t first, int64_t last) {
    for (int64_t block = first; block < last; ++block) {
      const int64_t begin = block * kSumBlock;
      const int64_t end = begin + kSumBlock < n ? begin + kSumBlock : n;
      double lanes[kLanes] = {};
      int64_t i = begin;
      for (; i + kLanes <= end; i += kLanes)
        for (int lane = 0; lane < kLanes; ++lane) {
          const double value = static_cast<double>(x[i + lane]);
          lanes[lane] += value * value;
        }
      for (int lane = 0; i + lane < end; ++lane) {
        const double value = static_cast<double>(x[i + lane]);
        lanes[lane] += value * value;
      }
      double total = 0.0;
      for (double part : lanes) total += part;
      scratch[block] = total;
    }
  });
  double total = 0.0;
  for (int64_t block = 0; block < blocks; ++block) total += scratch[block];
  *sum = total;
}

template <class Device>
void clip_norm(Device, int64_t count, const double* sums, double max_norm, Clipping* clipping) {
  double sum = 0.0;
  for (int64_t i = 0; i < count; ++i) sum += sums[i];
  *clipping = clipping_of(sum, max_norm);
}

template void clip_norm(Cpu, int64_t, const double*, double, Clipping*);
template void sgd_step(Cpu, const SgdStep&, int64_t, const float*, float*, float*);
template void sgd_step(Cpu, const SgdStep&, int64_t, const double*, double*, double*);
template void rmsprop_step(Cpu, const RmspropStep&, int64_t, const float*, float*, float*, float*,
                           float*);
template void rmsprop_step(Cpu, const RmspropStep&, int64_t, const double*, double*, double*,
                           double*, double*);
template void adam_step(Cpu, const AdamStep&, int64_t, const float*, float*, float*, float*);
template void adam_step(Cpu, const AdamStep&, int64_t, const double*, double*, double*, double*);
template void sum_of_squares(Cpu, int64_t, const float*, double*, double*);
template void sum_of_squares(Cpu, int64_t, const double*, double*, double*);

}  // namespace unroll::kernels
