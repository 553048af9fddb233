// The loops of optimizer.h on a GPU.
//
// An update does a few operations with each number that it moves, so memory bounds it: Adam reads 4
// arrays and writes 3, in packs of 16 bytes.
#include "kernels/gpu.h"
#include "kernels/gpu_rows.h"
#include "kernels/grid_stride.h"
#include "kernels/optimizer.h"
#include "kernels/pack.h"

namespace unroll::kernels {

// ---- stochastic gradient descent

namespace {

template <bool kMomentum, class T>
__global__ void sgd_kernel(SgdStep step, int64_t n, const T* gradient, T* parameter, T* velocity) {
  const T lr = T(step.lr), momentum = T(step.momentum), decay = T(step.weight_decay);
  const T factor = T(gradient_factor(step.clipping));
  if (factor == T(0)) return;
  for (int64_t i = grid_thread(); i < packs_for<T>(n); i += grid_threads()) {
    const Pack<T> g_pack = load_pack(gradient, i, n);
    Pack<T> p_pack = load_pack(parameter, i, n), v_pack{};
    if constexpr (kMomentum) v_pack = load_pack(velocity, i, n);
    for (int j = 0; j < Pack<T>::kSize; ++j) {
      T& p = p_pack.at[j];
      const T g = factor * g_pack.at[j] + decay * p;
      const T v = momentum * v_pack.at[j] + g;
      v_pack.at[j] = v;
      p -= lr * (kMomentum && step.nesterov ? g + momentum * v : v);
    }
    store_pack(p_pack, parameter, i, n);
    if constexpr (kMomentum) store_pack(v_pack, velocity, i, n);
  }
}

}  // namespace

template <class Device, class T>
void sgd_step(Device, const SgdStep& step, int64_t n, const T* gradient, T* parameter,
              T* velocity) {
  const int64_t packs = packs_for<T>(n);
  if (velocity)
    launch_over<sgd_kernel<true, T>>(packs, step, n, gradient, parameter, velocity);
  else
    launch_over<sgd_kernel<false, T>>(packs, step, n, gradient, parameter, velocity);
}

// ---- RMSprop

namespace {

// The arrays of a step, of n elements.
template <class T>
struct RmspropArrays {
  const T* gradient;
  T *parameter, *square_average;
  T *gradient_average, *velocity;  // may be null
};

template <bool kCentered, bool kMomentum, class T>
__global__ void rmsprop_kernel(RmspropStep step, int64_t n, RmspropArrays<T> arrays) {
  const T lr = T(step.lr), alpha = T(step.alpha), rest = T(1.0 - step.alpha), eps = T(step.eps);
  const T momentum = T(step.momentum), decay = T(step.weight_decay);
  const T factor = T(gradient_factor(step.clipping));
  if (factor == T(0)) return;
  for (int64_t i = grid_thread(); i < packs_for<T>(n); i += grid_threads()) {
    const Pack<T> g_pack = load_pack(arrays.gradient, i, n);
    Pack<T> p_pack = load_pack(arrays.parameter, i, n);
    Pack<T> square_pack = load_pack(arrays.square_average, i, n), average_pack{}, v_pack{};
    if constexpr (kCentered) average_pack = load_pack(arrays.gradient_average, i, n);
    if constexpr (kMomentum) v_pack = load_pack(arrays.velocity, i, n);
    for (int j = 0; j < Pack<T>::kSize; ++j) {
      const T g = factor * g_pack.at[j] + decay * p_pack.at[j];
      T variance = alpha * square_pack.at[j] + rest * g * g;
      square_pack.at[j] = variance;
      if constexpr (kCentered) {
        const T average = alpha * average_pack.at[j] + rest * g;
        average_pack.at[j] = average;
        variance -= average * average;
      }
      T change = g / (sqrt_(variance) + eps);
      if constexpr (kMomentum) {
        change += momentum * v_pack.at[j];
        v_pack.at[j] = change;
      }
      p_pack.at[j] -= lr * change;
    }
    store_pack(p_pack, arrays.parameter, i, n);
    store_pack(square_pack, arrays.square_average, i, n);
    if constexpr (kCentered) store_pack(average_pack, arrays.gradient_average, i, n);
    if constexpr (kMomentum) store_pack(v_pack, arrays.velocity, i, n);
  }
}

}  // namespace

template <class Device, class T>
void rmsprop_step(Device, const RmspropStep& step, int64_t n, const T* gradient, T* parameter,
                  T* square_average, T* gradient_average, T* velocity) {
  const RmspropArrays<T> arrays{gradient, parameter, square_average, gradient_average, velocity};
  const int64_t packs = packs_for<T>(n);
  if (gradient_average && velocity)
    launch_over<rmsprop_kernel<true, true, T>>(packs, step, n, arrays);
  else if (gradient_average)
    launch_over<rmsprop_kernel<true, false, T>>(packs, step, n, arrays);
  else if (velocity)
    launch_over<rmsprop_kernel<false, true, T>>(packs, step, n, arrays);
  else
    launch_over<rmsprop_kernel<false, false, T>>(packs, step, n, arrays);
}

// ---- Adam

namespace {

// The step's settings as the loop wants them.
template <class T>
struct AdamFactors {
  T beta1, rest1, beta2, rest2, eps;
  T size, root_scale;     // lr and √v, corrected for the moments' start at zero
  T into_gradient, keep;  // the two ways to decay
  const Clipping* clipping;
};

template <class T>
__global__ void adam_kernel(AdamFactors<T> f, int64_t n, const T* gradient, T* parameter,
                            T* first_moment, T* second_moment) {
  const T factor = T(gradient_factor(f.clipping));
  if (factor == T(0)) return;
  for (int64_t i = grid_thread(); i < packs_for<T>(n); i += grid_threads()) {
    const Pack<T> g_pack = load_pack(gradient, i, n);
    Pack<T> p_pack = load_pack(parameter, i, n);
    Pack<T> m_pack = load_pack(first_moment, i, n), v_pack = load_pack(second_moment, i, n);
    for (int j = 0; j < Pack<T>::kSize; ++j) {
      T &p = p_pack.at[j], &m = m_pack.at[j], &v = v_pack.at[j];
      const T g = factor * g_pack.at[j] + f.into_gradient * p;
      m = f.beta1 * m + f.rest1 * g;
      v = f.beta2 * v + f.rest2 * g * g;
      p = f.keep * p - f.size * m / (sqrt_(v) * f.root_scale + f.eps);
    }
    store_pack(p_pack, parameter, i, n);
    store_pack(m_pack, first_moment, i, n);
    store_pack(v_pack, second_moment, i, n);
  }
}

}  // namespace

template <class Device, class T>
void adam_step(Device, const AdamStep& step, int64_t n, const T* gradient, T* parameter,
               T* first_moment, T* second_moment) {
  const AdamFactors<T> factors{
      .beta1 = T(step.beta1),
      .rest1 = T(1.0 - step.beta1),
      .beta2 = T(step.beta2),
      .rest2 = T(1.0 - step.beta2),
      .eps = T(step.eps),
      .size = T(step.lr / step.correction1),
      .root_scale = T(1.0 / __builtin_sqrt(step.correction2)),
      .into_gradient = step.decoupled ? T(0) : T(step.weight_decay),
      .keep = step.decoupled ? T(1.0 - step.lr * step.weight_decay) : T(1),
      .clipping = step.clipping,
  };
  launch_over<adam_kernel<T>>(packs_for<T>(n), factors, n, gradient, parameter, first_moment,
                              second_moment);
}

// ---- the gradient's norm

namespace {

// Σ x² over one piece of kSumBlock elements a block, into scratch.
template <class T>
__global__ void sum_of_squares_kernel(int64_t n, const T* x, double* scratch) {
  const int64_t begin = blockIdx.x * kSumBlock;
  const int64_t size = begin + kSumBlock < n ? kSumBlock : n - begin;
  const double sum = sum_over<kRowThreads>(size, [=](int64_t k) {
    const double value = static_cast<double>(x[begin + k]);
    return value * value;
  });
  if (threadIdx.x == 0) scratch[blockIdx.x] = sum;
}

// The sum of all pieces, by one block.
__global__ void sum_kernel(int64_t count, const double* parts, double* sum) {
  const double total = sum_over<kRowThreads>(count, [=](int64_t k) { return parts[k]; });
  if (threadIdx.x == 0) *sum = total;
}

}  // namespace

template <class Device, class T>
void sum_of_squares(Device, int64_t n, const T* x, double* scratch, double* sum) {
  const int64_t blocks = (n + kSumBlock - 1) / kSumBlock;
  if (blocks > 0)
    launch<sum_of_squares_kernel<T>>({static_cast<unsigned>(blocks), kRowThreads}, n, x, scratch);
  launch<sum_kernel>({1, kRowThreads}, blocks, scratch, sum);
}

namespace {

__global__ void clip_norm_kernel(int64_t count, const double* sums, double max_norm,
                                 Clipping* clipping) {
  const double sum = sum_over<kRowThreads>(count, [=](int64_t k) { return sums[k]; });
  if (threadIdx.x == 0) *clipping = clipping_of(sum, max_norm);
}

}  // namespace

template <class Device>
void clip_norm(Device, int64_t count, const double* sums, double max_norm, Clipping* clipping) {
  launch<clip_norm_kernel>({1, kRowThreads}, count, sums, max_norm, clipping);
}

template void clip_norm(Gpu, int64_t, const double*, double, Clipping*);
template void sgd_step(Gpu, const SgdStep&, int64_t, const float*, float*, float*);
template void sgd_step(Gpu, const SgdStep&, int64_t, const double*, double*, double*);
template void rmsprop_step(Gpu, const RmspropStep&, int64_t, const float*, float*, float*, float*,
                           float*);
template void rmsprop_step(Gpu, const RmspropStep&, int64_t, const double*, double*, double*,
                           double*, double*);
template void adam_step(Gpu, const AdamStep&, int64_t, const float*, float*, float*, float*);
template void adam_step(Gpu, const AdamStep&, int64_t, const double*, double*, double*, double*);
template void sum_of_squares(Gpu, int64_t, const float*, double*, double*);
template void sum_of_squares(Gpu, int64_t, const double*, double*, double*);

}  // namespace unroll::kernels
