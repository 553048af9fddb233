// crf.h on a GPU: a block has a sequence, and goes through its steps with a barrier at each.
//
// A thread has every kTeam-th label. Steps cannot be taken at once, so what counts is how long one
// takes: the α of the step before are read by all threads at the same place, the transitions by
// neighbouring threads at neighbouring places, and both stay in the first-level cache.
#include "kernels/crf.h"
#include "kernels/functions.h"
#include "kernels/gpu_rows.h"

namespace unroll::kernels {
namespace {

/// Calls f with the threads of a block, as a constant of a type.
template <class F>
void with_threads(int64_t labels, const F& f) {
  if (labels <= 32)
    f(std::integral_constant<int, 32>());
  else
    f(std::integral_constant<int, 128>());
}

template <class T>
LaunchConfig block_a_sequence(const Crf<T>& args, int threads) {
  return {static_cast<unsigned>(args.batch), static_cast<unsigned>(threads)};
}

/// max f(k) over k < n, by one thread.
template <class F>
__device__ __forceinline__ auto largest_of(int64_t n, const F& f) {
  auto largest = f(0);
  for (int64_t k = 1; k < n; ++k) largest = select(f(k) > largest, f(k), largest);
  return largest;
}

/// ln Σ exp(f(k)) over k < n, by one thread.
template <class F>
__device__ __forceinline__ auto log_sum_exp(int64_t n, const F& f) {
  const auto shift = finite_or_zero(largest_of(n, f));
  auto sum = exp_(f(0) - shift);
  for (int64_t k = 1; k < n; ++k) sum += exp_(f(k) - shift);
  return shift + log_(sum);
}

template <int kTeam, class T>
__global__ void crf_forward_sequences(Crf<T> args, T* alphas, T* norms, T* log_z) {
  const int64_t b = blockIdx.x, labels = args.labels, step = args.batch * labels;
  const int64_t length = args.length(b);
  const bool writes = threadIdx.x == 0;
  if (length == 0) {
    if (writes) log_z[b] = T(0);
    return;
  }
  const T* e = args.emissions + b * labels;
  T* alpha = alphas + b * labels;
  // ln Σ exp(α + added), for every thread; one reads the α that it has written itself.
  const auto norm_with = [&](const auto& added) {
    const T shift =
        finite_or_zero(max_over<kTeam>(labels, [&](int64_t j) { return alpha[j] + added(j); }));
    return shift + log_(sum_over<kTeam>(
                       labels, [&](int64_t j) { return exp_(alpha[j] + added(j) - shift); }));
  };
  double total = 0;
  for (int64_t t = 0; t < length; ++t) {
    const T* from = alpha - step;
    for_each<kTeam>(labels, [=](int64_t j) {
      alpha[j] = e[j] + (t == 0 ? args.start[j] : log_sum_exp(labels, [=](int64_t i) {
                   return from[i] + args.transitions[i * labels + j];
                 }));
    });
    const T norm = finite_or_zero(norm_with([](int64_t) { return T(0); }));
    for_each<kTeam>(labels, [=](int64_t j) { alpha[j] -= norm; });
    if (writes) norms[t * args.batch + b] = norm;
    total += static_cast<double>(norm);
    if (t + 1 == length) break;
    __syncthreads();
    alpha += step;
    e += step;
  }
  const T last = norm_with([=](int64_t j) { return args.end[j]; });
  if (!writes) return;
  norms[length * args.batch + b] = last;
  log_z[b] = static_cast<T>(total + static_cast<double>(last));
}

template <int kTeam, class T>
__global__ void crf_backward_sequences(Crf<T> args, const T* alphas, const T* norms,
                                       const T* d_log_z, T* d_emissions, T* d_transitions,
                                       T* d_start, T* d_end) {
  const int64_t b = blockIdx.x, labels = args.labels, step = args.batch * labels;
  const int64_t length = args.length(b), first = b * labels;
  const T *a = args.transitions, *norm = norms + b, g = d_log_z[b];
  T* d_a = d_transitions + b * labels * labels;
  for_each<kTeam>(labels, [=](int64_t j) {
    for (int64_t i = 0; i < labels; ++i) d_a[i * labels + j] = T(0);
    for (int64_t t = length; t < args.seq_len; ++t) d_emissions[t * step + first + j] = T(0);
  });
  // d_emissions holds β until all that need it have been made.
  for (int64_t t = length - 1; t >= 0; --t) {
    T* beta = d_emissions + t * step + first;
    const T *next = beta + step, *e_next = args.emissions + (t + 1) * step + first;
    for_each<kTeam>(labels, [=](int64_t i) {
      const T behind = t == length - 1 ? args.end[i] : log_sum_exp(labels, [=](int64_t j) {
        return a[i * labels + j] + e_next[j] + next[j];
      });
      beta[i] = behind - norm[(t + 1) * args.batch];
    });
    __syncthreads();
  }
  // From here on a thread reads no β but that of its own labels.
  for (int64_t t = 0; t < length; ++t) {
    const T *alpha = alphas + t * step + first, *e = args.emissions + t * step + first;
    T* beta = d_emissions + t * step + first;
    for_each<kTeam>(labels, [=](int64_t j) {
      for (int64_t i = 0; t > 0 && i < labels; ++i)
        d_a[i * labels + j] +=
            g * exp_((alpha - step)[i] - norm[t * args.batch] + a[i * labels + j] + e[j] + beta[j]);
      beta[j] = g * exp_(alpha[j] + beta[j]);
    });
  }
  for_each<kTeam>(labels, [=](int64_t j) {
    d_start[first + j] = length > 0 ? d_emissions[first + j] : T(0);
    d_end[first + j] = length > 0 ? d_emissions[(length - 1) * step + first + j] : T(0);
  });
}

template <int kTeam, class T>
__global__ void crf_viterbi_sequences(Crf<T> args, T* best, int32_t* path, T* score) {
  const int64_t b = blockIdx.x, labels = args.labels, step = args.batch * labels;
  const int64_t length = args.length(b);
  for_each<kTeam>(args.seq_len - length,
                  [=](int64_t t) { path[(length + t) * args.batch + b] = 0; });
  const T* e = args.emissions + b * labels;
  T* to = best + b * labels;
  for (int64_t t = 0; t < length; ++t) {
    const T* from = to - step;
    for_each<kTeam>(labels, [=](int64_t j) {
      to[j] = e[j] + (t == 0 ? args.start[j] : largest_of(labels, [=](int64_t i) {
                return from[i] + args.transitions[i * labels + j];
              }));
    });
    __syncthreads();
    to += step;
    e += step;
  }
  // The way back is a chain of its own, which one thread follows.
  if (threadIdx.x > 0) return;
  const auto first_largest = [labels](const auto& f) {
    int32_t found = 0;
    for (int64_t k = 1; k < labels; ++k)
      if (f(k) > f(found)) found = static_cast<int32_t>(k);
    return found;
  };
  score[b] = T(0);
  int32_t at = 0;
  for (int64_t t = length - 1; t >= 0; --t) {
    to -= step;
    const auto arrives = [=](int64_t k) {
      return to[k] + (t == length - 1 ? args.end[k] : args.transitions[k * labels + at]);
    };
    const int32_t found = first_largest(arrives);
    if (t == length - 1) score[b] = arrives(found);
    at = found;
    path[t * args.batch + b] = at;
  }
}

}  // namespace

template <class Device, class T>
void crf_forward(Device, const Crf<T>& args, T* alphas, T* norms, T* log_z) {
  if (args.batch == 0) return;
  with_threads(args.labels, [&](auto team) {
    launch<crf_forward_sequences<team(), T>>(block_a_sequence(args, team()), args, alphas, norms,
                                             log_z);
  });
}

template <class Device, class T>
void crf_backward(Device, const Crf<T>& args, const T* alphas, const T* norms, const T* d_log_z,
                  T* d_emissions, T* d_transitions, T* d_start, T* d_end) {
  if (args.batch == 0) return;
  with_threads(args.labels, [&](auto team) {
    launch<crf_backward_sequences<team(), T>>(block_a_sequence(args, team()), args, alphas, norms,
                                              d_log_z, d_emissions, d_transitions, d_start, d_end);
  });
}

template <class Device, class T>
void crf_viterbi(Device, const Crf<T>& args, T* best, int32_t* path, T* score) {
  if (args.batch == 0) return;
  with_threads(args.labels, [&](auto team) {
    launch<crf_viterbi_sequences<team(), T>>(block_a_sequence(args, team()), args, best, path,
                                             score);
  });
}

namespace {

// Holding a function's address makes the compiler emit it here, once a dtype.
template <class T>
struct Emit {
  void (*forward)(Gpu, const Crf<T>&, T*, T*, T*) = crf_forward<Gpu, T>;
  void (*backward)(Gpu, const Crf<T>&, const T*, const T*, const T*, T*, T*, T*,
                   T*) = crf_backward<Gpu, T>;
  void (*viterbi)(Gpu, const Crf<T>&, T*, int32_t*, T*) = crf_viterbi<Gpu, T>;
};
[[gnu::used, maybe_unused]] constinit const Emit<float> kFloat{};
[[gnu::used, maybe_unused]] constinit const Emit<double> kDouble{};

}  // namespace

}  // namespace unroll::kernels
