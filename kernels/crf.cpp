// crf.h on the CPU, compiled once a SIMD level: a thread takes whole sequences.
#include "kernels/crf.h"

#include "kernels/functions.h"
#include "kernels/rows.h"

namespace unroll::kernels {
namespace {

using Cpu = UNROLL_CPU_LEVEL;

template <class T>
HD int64_t grain_of_sequences(const Crf<T>& args) {
  return grain_of(args.seq_len * args.labels * args.labels);
}

// largest[c] = max_i from[i] + a[i·labels + c] for c < width ≤ kTile.
template <class T>
HD void largest_of_arrivals(int64_t labels, int64_t width, const T* from, const T* a, T* largest) {
  for (int64_t c = 0; c < width; ++c) largest[c] = -static_cast<T>(__builtin_inf());
  for (int64_t i = 0; i < labels; ++i)
    for (int64_t c = 0; c < width; ++c) {
      const T arrives = from[i] + a[i * labels + c];
      largest[c] = select(arrives > largest[c], arrives, largest[c]);
    }
}

// Calls f(column, width) for tiles of at most kTile of the labels.
template <class F>
HD void for_tiles(int64_t labels, const F& f) {
  for (int64_t column = 0; column < labels; column += kTile)
    f(column, labels - column < kTile ? labels - column : kTile);
}

// ln Σ exp(f(k)) over k < n.
template <class T, class F>
HD T log_sum_exp(int64_t n, const F& f) {
  T largest = -static_cast<T>(__builtin_inf());
  for (int64_t k = 0; k < n; ++k) largest = select(f(k) > largest, f(k), largest);
  const T shift = finite_or_zero(largest);
  return shift + log_(sum_over<T>(n, [=](int64_t k) { return exp_(f(k) - shift); }));
}

}  // namespace

template <class Device, class T>
void crf_forward(Device, const Crf<T>& args, T* alphas, T* norms, T* log_z) {
  const int64_t labels = args.labels, batch = args.batch, step = batch * labels;
  // Takes the norm of a step off its α.
  const auto normalise = [=](T* alpha) {
    const T norm = finite_or_zero(log_sum_exp<T>(labels, [=](int64_t j) { return alpha[j]; }));
    for (int64_t j = 0; j < labels; ++j) alpha[j] -= norm;
    return norm;
  };
  parallel_for(args.batch, grain_of_sequences(args), [=](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const int64_t length = args.length(b);
      const T* e = args.emissions + b * labels;
      T* alpha = alphas + b * labels;
      log_z[b] = T(0);
      if (length == 0) continue;
      for (int64_t j = 0; j < labels; ++j) alpha[j] = args.start[j] + e[j];
      norms[b] = normalise(alpha);
      double total = static_cast<double>(norms[b]);
      for (int64_t t = 1; t < length; ++t) {
        const T* from = alpha;
        alpha += step;
        e += step;
        for_tiles(labels, [=](int64_t column, int64_t width) {
          const T* a = args.transitions + column;
          T shift[kTile], sum[kTile];
          largest_of_arrivals(labels, width, from, a, shift);
          for (int64_t c = 0; c < width; ++c) shift[c] = finite_or_zero(shift[c]);
          sum_rows(labels, width, sum, [&](int64_t i, int64_t c) {
            return exp_(from[i] + a[i * labels + c] - shift[c]);
          });
          for (int64_t c = 0; c < width; ++c)
            alpha[column + c] = e[column + c] + shift[c] + log_(sum[c]);
        });
        const T norm = normalise(alpha);
        norms[t * batch + b] = norm;
        total += static_cast<double>(norm);
      }
      const T last = log_sum_exp<T>(labels, [=](int64_t j) { return alpha[j] + args.end[j]; });
      norms[length * batch + b] = last;
      log_z[b] = static_cast<T>(total + static_cast<double>(last));
    }
  });
}

template <class Device, class T>
void crf_backward(Device, const Crf<T>& args, const T* alphas, const T* norms, const T* d_log_z,
                  T* d_emissions, T* d_transitions, T* d_start, T* d_end) {
  const int64_t labels = args.labels, step = args.batch * labels;
  parallel_for(args.batch, grain_of_sequences(args), [=](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const int64_t length = args.length(b), first = b * labels;
      const T *a = args.transitions, *norm = norms + b, g = d_log_z[b];
      T* d_a = d_transitions + b * labels * labels;
      for (int64_t i = 0; i < labels * labels; ++i) d_a[i] = T(0);
      for (int64_t t = length; t < args.seq_len; ++t)
        for (int64_t j = 0; j < labels; ++j) d_emissions[t * step + first + j] = T(0);
      // d_emissions holds β until all that need it have been made.
      for (int64_t t = length - 1; t >= 0; --t) {
        T* beta = d_emissions + t * step + first;
        const T *next = beta + step, *e_next = args.emissions + (t + 1) * step + first;
        for (int64_t i = 0; i < labels; ++i) {
          const T behind = t == length - 1 ? args.end[i] : log_sum_exp<T>(labels, [=](int64_t j) {
            return a[i * labels + j] + e_next[j] + next[j];
          });
          beta[i] = behind - norm[(t + 1) * args.batch];
        }
      }
      for (int64_t t = 0; t < length; ++t) {
        const T *alpha = alphas + t * step + first, *e = args.emissions + t * step + first;
        T* beta = d_emissions + t * step + first;
        for (int64_t i = 0; t > 0 && i < labels; ++i) {
          const T before = (alpha - step)[i] - norm[t * args.batch];
          for (int64_t j = 0; j < labels; ++j)
            d_a[i * labels + j] += g * exp_(before + a[i * labels + j] + e[j] + beta[j]);
        }
        for (int64_t j = 0; j < labels; ++j) beta[j] = g * exp_(alpha[j] + beta[j]);
      }
      for (int64_t j = 0; j < labels; ++j) {
        d_start[first + j] = length > 0 ? d_emissions[first + j] : T(0);
        d_end[first + j] = length > 0 ? d_emissions[(length - 1) * step + first + j] : T(0);
      }
    }
  });
}

template <class Device, class T>
void crf_viterbi(Device, const Crf<T>& args, T* best, int32_t* path, T* score) {
  const int64_t labels = args.labels, step = args.batch * labels;
  // The first k < labels for which f(k) is largest.
  const auto first_largest = [labels](const auto& f) {
    int32_t found = 0;
    for (int64_t k = 1; k < labels; ++k)
      if (f(k) > f(found)) found = static_cast<int32_t>(k);
    return found;
  };
  parallel_for(args.batch, grain_of_sequences(args), [=](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const int64_t length = args.length(b);
      const T* e = args.emissions + b * labels;
      T* to = best + b * labels;
      for (int64_t t = length; t < args.seq_len; ++t) path[t * args.batch + b] = 0;
      score[b] = T(0);
      if (length == 0) continue;
      for (int64_t j = 0; j < labels; ++j) to[j] = args.start[j] + e[j];
      for (int64_t t = 1; t < length; ++t) {
        const T* from = to;
        to += step;
        e += step;
        for_tiles(labels, [=](int64_t column, int64_t width) {
          T largest[kTile];
          largest_of_arrivals(labels, width, from, args.transitions + column, largest);
          for (int64_t c = 0; c < width; ++c) to[column + c] = e[column + c] + largest[c];
        });
      }
      int32_t at = first_largest([=](int64_t j) { return to[j] + args.end[j]; });
      score[b] = to[at] + args.end[at];
      // Where a path came from is found again instead of having been written down.
      for (int64_t t = length - 1; t > 0; --t) {
        path[t * args.batch + b] = at;
        to -= step;
        at = first_largest([=](int64_t i) { return to[i] + args.transitions[i * labels + at]; });
      }
      path[b] = at;
    }
  });
}

namespace {

// Holding a kernel's address makes the compiler emit the kernel here, once a dtype.
template <class T>
struct Emit {
  void (*forward)(Cpu, const Crf<T>&, T*, T*, T*) = crf_forward<Cpu, T>;
  void (*backward)(Cpu, const Crf<T>&, const T*, const T*, const T*, T*, T*, T*,
                   T*) = crf_backward<Cpu, T>;
  void (*viterbi)(Cpu, const Crf<T>&, T*, int32_t*, T*) = crf_viterbi<Cpu, T>;
};
[[gnu::used]] constinit const Emit<float> kFloat{};
[[gnu::used]] constinit const Emit<double> kDouble{};

}  // namespace

}  // namespace unroll::kernels
