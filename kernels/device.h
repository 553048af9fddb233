// What kernel sources are compiled for: the `HD` mark and one tag a device.
//
// A kernel is a function template whose first argument is a tag; choosing a device is overload
// resolution. The CPU's kernel files are compiled once a SIMD level, so each level has its own tag.
#pragma once

#include <cstddef>
#include <cstdint>

// HD: a function that host and device code both call. It is always inlined on the host, because a
// copy of it compiled for AVX-512 must never be the one that the linker keeps for all callers.
#ifdef __CUDACC__
#define HD __host__ __device__ __forceinline__
#else
#define HD [[gnu::always_inline]] inline
#endif

namespace unroll::kernels {

struct CpuPortable {};  // any processor: what the compiler's default allows
struct CpuAvx2 {};      // x86-64 with AVX2 and FMA
struct CpuAvx512 {};    // x86-64 with AVX-512 F, BW, DQ and VL
struct Simt {};         // the CUDA kernels, run on the CPU by kernels/simt/
struct Cuda {};         // the CUDA kernels on a GPU

enum class SimdLevel { kPortable, kAvx2, kAvx512 };

/// The widest level that this build has and this processor runs. `UNROLL_SIMD=portable|avx2|avx512`
/// in the environment lowers it; read once, at the first call. Throws `EnvironmentError` for
/// another value or one that this machine cannot run.
SimdLevel simd_level();

/// "portable", "avx2" or "avx512".
const char* name(SimdLevel level);

/// A list of types, for kernels that come once for each of several operations.
template <class... Types>
struct TypeList {};

}  // namespace unroll::kernels
