// cross_entropy.h on a GPU: a team of threads has a row.
#include "kernels/cross_entropy.h"
#include "kernels/functions.h"
#include "kernels/gpu_rows.h"

namespace unroll::kernels {
namespace {

/// A row without a target has loss and gradient 0. One whose target is out of range is treated so
/// too: `check_indices` has noted it, but the error is not thrown yet.
template <class T>
__device__ bool is_ignored(const CrossEntropy<T>& args, int32_t target) {
  return target == args.ignore_index || target < 0 || target >= args.classes;
}

template <class T>
__device__ T weight_of(const CrossEntropy<T>& args, int64_t k) {
  return args.class_weights ? args.class_weights[k] : T(1);
}

/// What the target's own term and the smoothed one count in the loss: 1 − ε and ε/K.
template <class T>
struct Shares {
  T hard, soft;
  explicit Shares(const CrossEntropy<T>& args)
      : hard(static_cast<T>(1.0 - args.label_smoothing)),
        soft(static_cast<T>(args.label_smoothing / static_cast<double>(args.classes))) {}
};

template <int kTeam, class T>
__global__ void cross_entropy_rows(CrossEntropy<T> args, Shares<T> shares, T* losses, T* weights,
                                   T* max, T* log_sum) {
  const int64_t row = row_of_team<kTeam>(), classes = args.classes;
  if (row >= args.rows) return;
  const bool writes = rank_in_team<kTeam>() == 0;
  const int32_t target = args.targets[row];
  if (is_ignored(args, target)) {
    if (writes) losses[row] = weights[row] = max[row] = log_sum[row] = T(0);
    return;
  }
  const T* x = args.logits + row * classes;
  const T m = max_over<kTeam>(classes, [=](int64_t k) { return x[k]; });
  const T log_s = log_(sum_over<kTeam>(classes, [=](int64_t k) { return exp_(x[k] - m); }));
  const T weight = weight_of(args, target);
  T loss = shares.hard * weight * (log_s - (x[target] - m));
  if (shares.soft > T(0))
    loss += shares.soft * sum_over<kTeam>(classes, [=](int64_t k) {
              return weight_of(args, k) * (log_s - (x[k] - m));
            });
  if (!writes) return;
  losses[row] = loss;
  weights[row] = weight;
  max[row] = m;
  log_sum[row] = log_s;
}

template <int kTeam, class T>
__global__ void cross_entropy_backward_rows(CrossEntropy<T> args, Shares<T> shares, const T* max,
                                            const T* log_sum, const T* d_losses, bool one_gradient,
                                            const T* total_weight, T* d_logits) {
  const int64_t row = row_of_team<kTeam>(), classes = args.classes;
  if (row >= args.rows) return;
  const T* x = args.logits + row * classes;
  T* dx = d_logits + row * classes;
  const int32_t target = args.targets[row];
  if (is_ignored(args, target)) {
    for_each<kTeam>(classes, [=](int64_t k) { dx[k] = T(0); });
    return;
  }
  const T d_loss = d_losses[one_gradient ? 0 : row];
  const T g = total_weight ? d_loss / *total_weight : d_loss;
  const T m = max[row], log_s = log_sum[row], g_soft = g * shares.soft;
  const T of_target = g * shares.hard * weight_of(args, target);
  T of_p = of_target;
  if (shares.soft > T(0))
    of_p += g_soft * sum_over<kTeam>(classes, [=](int64_t k) { return weight_of(args, k); });
  for_each<kTeam>(classes, [=](int64_t k) {
    const T smooth = of_p * exp_((x[k] - m) - log_s) - g_soft * weight_of(args, k);
    dx[k] = k == target ? smooth - of_target : smooth;
  });
}

}  // namespace

template <class Device, class T>
void cross_entropy_forward(Device, const CrossEntropy<T>& args, T* losses, T* weights, T* max,
                           T* log_sum) {
  const Rows rows{args.rows, args.classes, 1};
  const Shares<T> shares(args);
  with_team(rows, [&](auto team) {
    launch<cross_entropy_rows<team(), T>>(team_grid<team()>(rows), args, shares, losses, weights,
                                          max, log_sum);
  });
}

template <class Device, class T>
void cross_entropy_backward(Device, const CrossEntropy<T>& args, const T* max, const T* log_sum,
                            const T* d_losses, bool one_gradient, const T* total_weight,
                            T* d_logits) {
  const Rows rows{args.rows, args.classes, 1};
  const Shares<T> shares(args);
  with_team(rows, [&](auto team) {
    launch<cross_entropy_backward_rows<team(), T>>(team_grid<team()>(rows), args, shares, max,
                                                   log_sum, d_losses, one_gradient, total_weight,
                                                   d_logits);
  });
}

namespace {

// Holding a function's address makes the compiler emit it here, once a dtype.
template <class T>
struct Emit {
  void (*forward)(Gpu, const CrossEntropy<T>&, T*, T*, T*, T*) = cross_entropy_forward<Gpu, T>;
  void (*backward)(Gpu, const CrossEntropy<T>&, const T*, const T*, const T*, bool, const T*,
                   T*) = cross_entropy_backward<Gpu, T>;
};
[[gnu::used, maybe_unused]] constinit const Emit<float> kFloat{};
[[gnu::used, maybe_unused]] constinit const Emit<double> kDouble{};

}  // namespace

}  // namespace unroll::kernels
