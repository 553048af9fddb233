// From a tensor's device and dtype to a kernel overload, and the checks that ops share.
#pragma once

#include <cstdint>

#include "engine/error.h"
#include "engine/tensor.h"
#include "kernels/device.h"
#include "kernels/gpu_runtime.h"

namespace unroll {

/// Calls f(tag) with the kernels' tag for a device other than the cpu. What the device refuses or
/// fails at becomes an `Error` that names `op`.
template <class F>
void dispatch_gpu(const char* op, Device device, F&& f) {
  try {
#ifdef UNROLL_HAS_CUDA
    if (device == Device::cuda) return f(kernels::Cuda{});
#endif
    require(device == Device::simt, "device ", name(device), ": ", device_problem(device));
    f(kernels::Simt{});
  } catch (const kernels::GpuError& error) {
    throw Error(concat_message("[", op, "] ", error.what()));
  }
}

/// Calls f(tag) with the kernels' tag for a device: on the cpu, the widest SIMD level it has. `op`
/// is the name for messages.
template <class F>
void dispatch_device(const char* op, Device device, F&& f) {
  if (device != Device::cpu) return dispatch_gpu(op, device, f);
#ifdef UNROLL_HAS_X86_LEVELS
  switch (kernels::simd_level()) {
    case kernels::SimdLevel::kAvx512:
      return f(kernels::CpuAvx512{});
    case kernels::SimdLevel::kAvx2:
      return f(kernels::CpuAvx2{});
    case kernels::SimdLevel::kPortable:
      break;
  }
#endif
  f(kernels::CpuPortable{});
}

/// Calls f(tag, T{}) with the tag of x's device and its dtype as T = float or double:
///   dispatch("tanh", x, [&]<class T>(auto device, T) { kernels::f(device, x.data<T>(), …); });
/// Throws `Error` naming `op` for i32.
template <class F>
void dispatch(const char* op, const Tensor& x, F&& f) {
  switch (x.dtype()) {
    case DType::f32:
      return dispatch_device(op, x.device(), [&](auto device) { f(device, float{}); });
    case DType::f64:
      return dispatch_device(op, x.device(), [&](auto device) { f(device, double{}); });
    case DType::i32:
      throw Error(concat_message("[", op, "] expected a tensor of dtype f32 or f64, got i32"));
  }
}

/// `dispatch` for ops that move elements without computing on them: T may be int32_t too.
template <class F>
void dispatch_any(const char* op, const Tensor& x, F&& f) {
  switch (x.dtype()) {
    case DType::f32:
      return dispatch_device(op, x.device(), [&](auto device) { f(device, float{}); });
    case DType::f64:
      return dispatch_device(op, x.device(), [&](auto device) { f(device, double{}); });
    case DType::i32:
      return dispatch_device(op, x.device(), [&](auto device) { f(device, int32_t{}); });
  }
}

/// T const* of a tensor's data, or null for an undefined (optional) one.
template <class T>
const T* optional_data(const Tensor& x) {
  return x.defined() ? x.data<T>() : nullptr;
}

/// Throws `Error` unless `tensor` has shape `expected`. `meaning` says what its dimensions are:
///   [lstm_cell] h_gates: expected (2, 24) = (batch, 4*hidden_size), got (2, 20)
inline void check_shape(const char* op, const char* argument, const Tensor& tensor,
                        const Shape& expected, const char* meaning) {
  if (!(tensor.shape() == expected)) [[unlikely]]
    throw Error(concat_message("[", op, "] ", argument, ": expected ", expected, " = ", meaning,
                               ", got ", tensor.shape()));
}

/// Throws `Error` unless `tensor` has `rank` dimensions, called `meaning`.
inline void check_rank(const char* op, const char* argument, const Tensor& tensor, int rank,
                       const char* meaning) {
  if (tensor.rank() != rank) [[unlikely]]
    throw Error(concat_message("[", op, "] ", argument, ": expected ", rank, " dimensions ",
                               meaning, ", got ", tensor.shape()));
}

/// Throws `Error` unless `tensor` has dtype i32.
inline void check_i32(const char* op, const char* argument, const Tensor& tensor) {
  if (tensor.dtype() != DType::i32) [[unlikely]]
    throw Error(concat_message("[", op, "] ", argument, ": expected dtype i32, got ",
                               name(tensor.dtype())));
}

/// Throws `Error` unless `tensor` has the dtype and device of `like`. An undefined one passes.
inline void check_like(const char* op, const char* argument, const Tensor& tensor,
                       const Tensor& like) {
  if (!tensor.defined() || (tensor.dtype() == like.dtype() && tensor.device() == like.device()))
    return;
  throw Error(concat_message("[", op, "] ", argument, ": expected ", name(like.dtype()), " on ",
                             name(like.device()), " as the first argument, got ",
                             name(tensor.dtype()), " on ", name(tensor.device())));
}

/// Throws `Error` unless `tensor` lives on the device of `like`.
inline void check_device(const char* op, const char* argument, const Tensor& tensor,
                         const Tensor& like) {
  if (tensor.device() != like.device()) [[unlikely]]
    throw Error(concat_message("[", op, "] ", argument, ": expected on ", name(like.device()),
                               " as the first argument, got ", name(tensor.device())));
}

}  // namespace unroll
