// layer_norm.h on a GPU: a team of threads has a row.
#include "kernels/functions.h"
#include "kernels/gpu_rows.h"
#include "kernels/grid_stride.h"
#include "kernels/layer_norm.h"

namespace unroll::kernels {
namespace {

template <int kTeam, class T>
__global__ void layer_norm_rows(Rows rows, double epsilon, const T* x, const T* weight,
                                const T* bias, T* y, T* mean, T* rstd) {
  const int64_t row = row_of_team<kTeam>(), features = rows.size;
  if (row >= rows.count()) return;
  x += row * features;
  y += row * features;
  const T n = static_cast<T>(features);
  const T m = sum_over<kTeam>(features, [=](int64_t i) { return x[i]; }) / n;
  const T variance =
      sum_over<kTeam>(features, [=](int64_t i) { return (x[i] - m) * (x[i] - m); }) / n;
  const T r = T(1) / sqrt_(variance + static_cast<T>(epsilon));
  for_each<kTeam>(features, [=](int64_t i) {
    const T scaled = weight ? (x[i] - m) * r * weight[i] : (x[i] - m) * r;
    y[i] = bias ? scaled + bias[i] : scaled;
  });
  if (rank_in_team<kTeam>() > 0) return;
  mean[row] = m;
  rstd[row] = r;
}

template <int kTeam, class T>
__global__ void layer_norm_backward_rows(Rows rows, const T* x, const T* weight, const T* mean,
                                         const T* rstd, const T* dy, T* dx) {
  const int64_t row = row_of_team<kTeam>(), features = rows.size;
  if (row >= rows.count()) return;
  x += row * features;
  dy += row * features;
  dx += row * features;
  const T n = static_cast<T>(features), m = mean[row], r = rstd[row];
  const auto gradient = [=](int64_t i) { return weight ? dy[i] * weight[i] : dy[i]; };
  const auto normed = [=](int64_t i) { return (x[i] - m) * r; };
  const T mean_g = sum_over<kTeam>(features, gradient) / n;
  const T mean_gx =
      sum_over<kTeam>(features, [=](int64_t i) { return gradient(i) * normed(i); }) / n;
  for_each<kTeam>(features,
                  [=](int64_t i) { dx[i] = r * (gradient(i) - mean_g - normed(i) * mean_gx); });
}

template <class T>
__global__ void layer_norm_backward_weight_kernel(int64_t rows, int64_t features, const T* x,
                                                  const T* mean, const T* rstd, const T* dy, T* d) {
  for (int64_t i = grid_thread(); i < rows * features; i += grid_threads())
    d[i] = dy[i] * ((x[i] - mean[i / features]) * rstd[i / features]);
}

}  // namespace

template <class Device, class T>
void layer_norm_forward(Device, int64_t rows, int64_t features, double epsilon, const T* x,
                        const T* weight, const T* bias, T* y, T* mean, T* rstd) {
  const Rows all{rows, features, 1};
  with_team(all, [&](auto team) {
    launch<layer_norm_rows<team(), T>>(team_grid<team()>(all), all, epsilon, x, weight, bias, y,
                                       mean, rstd);
  });
}

template <class Device, class T>
void layer_norm_backward(Device, int64_t rows, int64_t features, const T* x, const T* weight,
                         const T* mean, const T* rstd, const T* dy, T* dx) {
  const Rows all{rows, features, 1};
  with_team(all, [&](auto team) {
    launch<layer_norm_backward_rows<team(), T>>(team_grid<team()>(all), all, x, weight, mean, rstd,
                                                dy, dx);
  });
}

template <class Device, class T>
void layer_norm_backward_weight(Device, int64_t rows, int64_t features, const T* x, const T* mean,
                                const T* rstd, const T* dy, T* d) {
  launch_over<layer_norm_backward_weight_kernel<T>>(rows * features, rows, features, x, mean, rstd,
                                                    dy, d);
}

namespace {

// Holding a function's address makes the compiler emit it here, once a dtype.
template <class T>
struct Emit {
  using I = int64_t;
  void (*forward)(Gpu, I, I, double, const T*, const T*, const T*, T*, T*,
                  T*) = layer_norm_forward<Gpu, T>;
  void (*backward)(Gpu, I, I, const T*, const T*, const T*, const T*, const T*,
                   T*) = layer_norm_backward<Gpu, T>;
  void (*backward_weight)(Gpu, I, I, const T*, const T*, const T*, const T*,
                          T*) = layer_norm_backward_weight<Gpu, T>;
};
[[gnu::used, maybe_unused]] constinit const Emit<float> kFloat{};
[[gnu::used, maybe_unused]] constinit const Emit<double> kDouble{};

}  // namespace

}  // namespace unroll::kernels
