// reduce.h on a GPU. Gradients go to each element on its own, so there every thread takes elements.
#include "kernels/functions.h"
#include "kernels/gpu_rows.h"
#include "kernels/grid_stride.h"
#include "kernels/reduce.h"

namespace unroll::kernels {
namespace {

/// Each row of (outer, size, inner) is cut into `blocks` of at most `teams.size` elements, and
/// `teams` is (outer·blocks, block, inner): y has the sum of each block.
template <int kTeam, class T>
__global__ void sum_blocks(Rows teams, int64_t size, int64_t blocks, const T* x, T* y) {
  const int64_t team = row_of_team<kTeam>(), inner = teams.inner;
  if (team >= teams.count()) return;
  const int64_t o = team / inner / blocks, first = team / inner % blocks * teams.size;
  const int64_t count = size - first < teams.size ? size - first : teams.size;
  x += (o * size + first) * inner + team % inner;
  const T sum = sum_over<kTeam>(count, [=](int64_t k) { return x[k * inner]; });
  if (rank_in_team<kTeam>() == 0) y[team] = sum;
}

template <class T>
void launch_sum(int64_t outer, int64_t size, int64_t inner, int64_t blocks, int64_t block,
                const T* x, T* y) {
  const Rows teams{outer * blocks, block, inner};
  with_team(teams, [&](auto team) {
    launch<sum_blocks<team(), T>>(team_grid<team()>(teams), teams, size, blocks, x, y);
  });
}

template <class T>
__global__ void sum_backward_kernel(Rows rows, const T* dy, T* dx) {
  const int64_t row = rows.size * rows.inner, n = rows.outer * row;
  for (int64_t i = grid_thread(); i < n; i += grid_threads())
    dx[i] = dy[i / row * rows.inner + i % rows.inner];
}

/// An element of a row and where it is.
template <class T>
struct Candidate {
  T value;
  int32_t index;
};

template <class T>
__device__ Candidate<T> shuffle_xor(const Candidate<T>& candidate, int lanes) {
  return {kernels::shuffle_xor(candidate.value, lanes),
          kernels::shuffle_xor(candidate.index, lanes)};
}

/// The one that counts as larger: a NaN rather than a number, the earlier one of equals.
template <class T>
__device__ Candidate<T> larger(const Candidate<T>& a, const Candidate<T>& b) {
  const bool a_is_nan = a.value != a.value, b_is_nan = b.value != b.value;
  if (a_is_nan != b_is_nan) return a_is_nan ? a : b;
  if (a_is_nan || a.value == b.value) return a.index < b.index ? a : b;
  return a.value > b.value ? a : b;
}

template <int kTeam, class T>
__global__ void max_rows(Rows rows, const T* x, T* y, int32_t* index) {
  const int64_t row = row_of_team<kTeam>();
  if (row >= rows.count()) return;
  x += rows.begin(row);
  Candidate<T> best{-static_cast<T>(INFINITY), INT32_MAX};
  for_each<kTeam>(rows.size, [&](int64_t k) {
    best = larger(best, Candidate<T>{x[k * rows.inner], static_cast<int32_t>(k)});
  });
  best = combine_team<kTeam>(
      best, [](const Candidate<T>& a, const Candidate<T>& b) { return larger(a, b); });
  if (rank_in_team<kTeam>() > 0) return;
  y[row] = best.value;
  index[row] = best.index;
}

template <class T>
__global__ void max_backward_kernel(Rows rows, const int32_t* index, const T* dy, T* dx) {
  const int64_t row = rows.size * rows.inner, n = rows.outer * row;
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const int64_t at = i / row * rows.inner + i % rows.inner;
    dx[i] = index[at] == i / rows.inner % rows.size ? dy[at] : T(0);
  }
}

template <int kTeam, class T>
__global__ void logsumexp_rows(Rows rows, const T* x, T* y) {
  const int64_t row = row_of_team<kTeam>(), inner = rows.inner;
  if (row >= rows.count()) return;
  x += rows.begin(row);
  const T shift =
      finite_or_zero(max_over<kTeam>(rows.size, [=](int64_t k) { return x[k * inner]; }));
  const T sum = sum_over<kTeam>(rows.size, [=](int64_t k) { return exp_(x[k * inner] - shift); });
  if (rank_in_team<kTeam>() == 0) y[row] = shift + log_(sum);
}

template <class T>
__global__ void logsumexp_backward_kernel(Rows rows, const T* x, const T* y, const T* dy, T* dx) {
  const int64_t row = rows.size * rows.inner, n = rows.outer * row;
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const int64_t at = i / row * rows.inner + i % rows.inner;
    const bool nothing = y[at] == -static_cast<T>(INFINITY);
    dx[i] = dy[at] * exp_(x[i] - select(nothing, T(0), y[at]));
  }
}

}  // namespace

template <class Device, class T>
void sum_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y,
                 T* workspace) {
  const int64_t block = sum_block(inner);
  if (size <= block) {
    launch_sum(outer, size, inner, 1, size, x, y);
    return;
  }
  const int64_t blocks = (size + block - 1) / block;
  launch_sum(outer, size, inner, blocks, block, x, workspace);
  launch_sum(outer, blocks, inner, 1, blocks, static_cast<const T*>(workspace), y);
}

template <class Device, class T>
void sum_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* dy, T* dx) {
  const Rows rows{outer, size, inner};
  launch_over<sum_backward_kernel<T>>(outer * size * inner, rows, dy, dx);
}

template <class Device, class T>
void max_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y,
                 int32_t* index) {
  const Rows rows{outer, size, inner};
  with_team(rows, [&](auto team) {
    launch<max_rows<team(), T>>(team_grid<team()>(rows), rows, x, y, index);
  });
}

template <class Device, class T>
void max_backward(Device, int64_t outer, int64_t size, int64_t inner, const int32_t* index,
                  const T* dy, T* dx) {
  const Rows rows{outer, size, inner};
  launch_over<max_backward_kernel<T>>(outer * size * inner, rows, index, dy, dx);
}

template <class Device, class T>
void logsumexp_forward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, T* y) {
  const Rows rows{outer, size, inner};
  with_team(rows, [&](auto team) {
    launch<logsumexp_rows<team(), T>>(team_grid<team()>(rows), rows, x, y);
  });
}

template <class Device, class T>
void logsumexp_backward(Device, int64_t outer, int64_t size, int64_t inner, const T* x, const T* y,
                        const T* dy, T* dx) {
  const Rows rows{outer, size, inner};
  launch_over<logsumexp_backward_kernel<T>>(outer * size * inner, rows, x, y, dy, dx);
}

namespace {

// Holding a function's address makes the compiler emit it here, once a dtype.
template <class T>
struct Emit {
  using I = int64_t;
  void (*sum)(Gpu, I, I, I, const T*, T*, T*) = sum_forward<Gpu, T>;
  void (*d_sum)(Gpu, I, I, I, const T*, T*) = sum_backward<Gpu, T>;
  void (*max)(Gpu, I, I, I, const T*, T*, int32_t*) = max_forward<Gpu, T>;
  void (*d_max)(Gpu, I, I, I, const int32_t*, const T*, T*) = max_backward<Gpu, T>;
  void (*logsumexp)(Gpu, I, I, I, const T*, T*) = logsumexp_forward<Gpu, T>;
  void (*d_logsumexp)(Gpu, I, I, I, const T*, const T*, const T*, T*) = logsumexp_backward<Gpu, T>;
};
[[gnu::used, maybe_unused]] constinit const Emit<float> kFloat{};
[[gnu::used, maybe_unused]] constinit const Emit<double> kDouble{};

}  // namespace

}  // namespace unroll::kernels
