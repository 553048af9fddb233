// A SIMD vector of the width that the file is compiled for, on the compiler's vector extension.
//
// Arithmetic and comparisons work lane by lane; a scalar stands for a vector of equal lanes. A cell
// (kernels/cells/) or a function of functions.h written for a number type runs on a Vec as it is.
#pragma once

#include <cstdint>

#include "kernels/functions.h"

namespace unroll::kernels {
namespace {  // its size differs between the SIMD levels that one program holds

#if defined(__AVX512F__)
constexpr int kVecBytes = 64;
constexpr int kVecRegisters = 32;
#elif defined(__AVX2__)
constexpr int kVecBytes = 32;
constexpr int kVecRegisters = 16;
#else
constexpr int kVecBytes = 16;
constexpr int kVecRegisters = 16;
#endif

template <class T>
constexpr int64_t kLanes = kVecBytes / static_cast<int64_t>(sizeof(T));

template <class T>
struct VecRegister {
  typedef T Type __attribute__((vector_size(kVecBytes)));
};

/// kLanes<T> numbers in one register.
template <class T>
struct Vec {
  using Lanes = typename VecRegister<T>::Type;
  /// What a comparison gives: all bits of a lane set, or none.
  struct Mask {
    decltype(Lanes{} < Lanes{}) lanes;
  };

  Lanes lanes;

  Vec() = default;
  HD Vec(T scalar) : lanes(scalar - Lanes{}) {}
  HD explicit Vec(Lanes native) : lanes(native) {}

  HD friend Vec operator-(Vec a) { return Vec(-a.lanes); }
  HD friend Vec operator+(Vec a, Vec b) { return Vec(a.lanes + b.lanes); }
  HD friend Vec operator-(Vec a, Vec b) { return Vec(a.lanes - b.lanes); }
  HD friend Vec operator*(Vec a, Vec b) { return Vec(a.lanes * b.lanes); }
  HD friend Vec operator/(Vec a, Vec b) { return Vec(a.lanes / b.lanes); }
  HD friend Vec operator<<(Vec a, int bits) { return Vec(a.lanes << bits); }
  HD friend Vec operator&(Vec a, Vec b) { return Vec(a.lanes & b.lanes); }
  HD friend Vec operator|(Vec a, Vec b) { return Vec(a.lanes | b.lanes); }
  HD friend Mask operator<(Vec a, Vec b) { return {a.lanes < b.lanes}; }
  HD friend Mask operator>(Vec a, Vec b) { return {a.lanes > b.lanes}; }
  HD friend Vec select(Mask mask, Vec yes, Vec no) {
    return Vec(mask.lanes ? yes.lanes : no.lanes);
  }

  /// kLanes<T> numbers from memory, or the first `count` of them and zeros.
  HD static Vec load(const T* from) {
    Vec v;
    __builtin_memcpy(&v.lanes, from, sizeof v.lanes);
    return v;
  }
  HD static Vec load(const T* from, int64_t count) {
    return count >= kLanes<T> ? load(from) : load_some(from, count);
  }

  /// All lanes to memory, or the first `count` of them.
  HD void store(T* to) const { __builtin_memcpy(to, &lanes, sizeof lanes); }
  HD void store(T* to, int64_t count) const {
    if (count >= kLanes<T>)
      store(to);
    else
      store_some(*this, to, count);
  }

 private:
  [[gnu::noinline]] static Vec load_some(const T* from, int64_t count) {
    T all[kLanes<T>] = {};
    for (int64_t i = 0; i < count; ++i) all[i] = from[i];
    return load(all);
  }
  [[gnu::noinline]] static void store_some(Vec v, T* to, int64_t count) {
    T all[kLanes<T>];
    v.store(all);
    for (int64_t i = 0; i < count; ++i) to[i] = all[i];
  }
};

/// The bits of the lanes as integers, and back.
HD Vec<int32_t> bits_of(Vec<float> v) {
  return Vec<int32_t>(reinterpret_cast<Vec<int32_t>::Lanes>(v.lanes));
}
HD Vec<float> float_of_bits(Vec<int32_t> v) {
  return Vec<float>(reinterpret_cast<Vec<float>::Lanes>(v.lanes));
}

/// In f64 the functions are the C library's, lane by lane.
template <class F>
HD Vec<double> for_each_lane(Vec<double> v, F f) {
  for (int i = 0; i < kLanes<double>; ++i) v.lanes[i] = f(double{v.lanes[i]});
  return v;
}
HD Vec<double> sigmoid_(Vec<double> v) {
  return for_each_lane(v, [](double x) { return kernels::sigmoid_(x); });
}
HD Vec<double> tanh_(Vec<double> v) {
  return for_each_lane(v, [](double x) { return kernels::tanh_(x); });
}

}  // namespace
}  // namespace unroll::kernels
