// softmax.h on a GPU: a team of threads reads its row three times, of which caches serve the later
// two.
#include "kernels/functions.h"
#include "kernels/gpu_rows.h"
#include "kernels/softmax.h"

namespace unroll::kernels {
namespace {

template <int kTeam, class T>
__global__ void softmax_rows(Rows rows, const T* x, T* y) {
  const int64_t row = row_of_team<kTeam>(), inner = rows.inner;
  if (row >= rows.count()) return;
  x += rows.begin(row);
  y += rows.begin(row);
  const T m = max_over<kTeam>(rows.size, [=](int64_t k) { return x[k * inner]; });
  const T factor =
      T(1) / sum_over<kTeam>(rows.size, [=](int64_t k) { return exp_(x[k * inner] - m); });
  for_each<kTeam>(rows.size, [=](int64_t k) { y[k * inner] = exp_(x[k * inner] - m) * factor; });
}

template <int kTeam, class T>
__global__ void softmax_backward_rows(Rows rows, const T* y, const T* dy, T* dx) {
  const int64_t row = row_of_team<kTeam>(), inner = rows.inner;
  if (row >= rows.count()) return;
  y += rows.begin(row);
  dy += rows.begin(row);
  dx += rows.begin(row);
  const T sum = sum_over<kTeam>(rows.size, [=](int64_t k) { return dy[k * inner] * y[k * inner]; });
  for_each<kTeam>(rows.size,
                  [=](int64_t k) { dx[k * inner] = y[k * inner] * (dy[k * inner] - sum); });
}

template <int kTeam, class T>
__global__ void log_softmax_rows(Rows rows, const T* x, T* y) {
  const int64_t row = row_of_team<kTeam>(), inner = rows.inner;
  if (row >= rows.count()) return;
  x += rows.begin(row);
  y += rows.begin(row);
  const T m = max_over<kTeam>(rows.size, [=](int64_t k) { return x[k * inner]; });
  const T log_sum =
      log_(sum_over<kTeam>(rows.size, [=](int64_t k) { return exp_(x[k * inner] - m); }));
  for_each<kTeam>(rows.size, [=](int64_t k) { y[k * inner] = (x[k * inner] - m) - log_sum; });
}

template <int kTeam, class T>
__global__ void log_softmax_backward_rows(Rows rows, const T* y, const T* dy, T* dx) {
  const int64_t row = row_of_team<kTeam>(), inner = rows.inner;
  if (row >= rows.count()) return;
  y += rows.begin(row);
  dy += rows.begin(row);
  dx += rows.begin(row);
  const T sum = sum_over<kTeam>(rows.size, [=](int64_t k) { return dy[k * inner]; });
  for_each<kTeam>(rows.size,
                  [=](int64_t k) { dx[k * inner] = dy[k * inner] - exp_(y[k * inner]) * sum; });
}

}  // namespace

template <class Device, class T>
void softmax_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y) {
  const Rows rows{outer, size, inner};
  with_team(rows, [&](auto team) {
    launch<softmax_rows<team(), T>>(team_grid<team()>(rows), rows, x, y);
  });
}

template <class Device, class T>
void softmax_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* y, const T* dy,
                      T* dx) {
  const Rows rows{outer, size, inner};
  with_team(rows, [&](auto team) {
    launch<softmax_backward_rows<team(), T>>(team_grid<team()>(rows), rows, y, dy, dx);
  });
}

template <class Device, class T>
void log_softmax_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y) {
  const Rows rows{outer, size, inner};
  with_team(rows, [&](auto team) {
    launch<log_softmax_rows<team(), T>>(team_grid<team()>(rows), rows, x, y);
  });
}

template <class Device, class T>
void log_softmax_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* y,
                          const T* dy, T* dx) {
  const Rows rows{outer, size, inner};
  with_team(rows, [&](auto team) {
    launch<log_softmax_backward_rows<team(), T>>(team_grid<team()>(rows), rows, y, dy, dx);
  });
}

namespace {

// Holding a function's address makes the compiler emit it here, once a dtype.
template <class T>
struct Emit {
  using I = int64_t;
  void (*softmax)(Gpu, I, I, I, const T*, T*) = softmax_forward<Gpu, T>;
  void (*d_softmax)(Gpu, I, I, I, const T*, const T*, T*) = softmax_backward<Gpu, T>;
  void (*log_softmax)(Gpu, I, I, I, const T*, T*) = log_softmax_forward<Gpu, T>;
  void (*d_log_softmax)(Gpu, I, I, I, const T*, const T*, T*) = log_softmax_backward<Gpu, T>;
};
[[gnu::used, maybe_unused]] constinit const Emit<float> kFloat{};
[[gnu::used, maybe_unused]] constinit const Emit<double> kDouble{};

}  // namespace

}  // namespace unroll::kernels
