// What every .cu file includes: CUDA, or its emulation on the CPU.
//
// A .cu file is compiled twice: by nvcc for the device `Cuda`, and by the host compiler for the
// device `Simt`, where kernels/simt/ stands in for CUDA. One program may hold both, so kernels
// stand in an unnamed namespace and the functions that launch them take the tag `Gpu`. These
// spellings are ours and not CUDA's:
//   launch<kernel<T>>({blocks, threads}, arguments…)               kernel<<<blocks, threads>>>(…)
//   launch_cooperative<kernel>({blocks, threads, bytes}, …)       cudaLaunchCooperativeKernel
//   float* x = dynamic_shared<float>();                           extern __shared__ float x[];
#pragma once

#include <string_view>
#include <type_traits>

#include "kernels/device.h"
#include "kernels/gpu_runtime.h"

#ifdef __CUDACC__
#include <cooperative_groups.h>
#include <cuda/atomic>
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <mma.h>
#else
#include "kernels/simt/cuda.h"
#endif

namespace unroll::kernels {

#ifdef __CUDACC__
using Gpu = Cuda;
#else
using Gpu = Simt;
#endif

/// The grid of a launch. `shared_bytes` of dynamic shared memory go to each block; above 48 KB the
/// launch opts in to it. `cluster` neighbouring blocks (along x) form a thread block cluster.
struct LaunchConfig {
  dim3 grid, block;
  size_t shared_bytes = 0;
  unsigned cluster = 1;
};

/// Blocks of `block` threads that cover n elements; at least one.
HD unsigned blocks_for(int64_t n, int64_t block) {
  return n > 0 ? static_cast<unsigned>((n + block - 1) / block) : 1u;
}

/// The stream that all work of the device is put on.
template <class Device>
cudaStream_t stream(Device);

/// Throws `GpuError` with CUDA's text unless `error` is cudaSuccess. After an error that ruins the
/// CUDA context it says that the program must be started again.
template <class Device>
void check_cuda(Device, cudaError_t error, const char* call, const char* file, int line);

#define CUDA_CHECK(call) \
  ::unroll::kernels::check_cuda(::unroll::kernels::Gpu{}, (call), #call, __FILE__, __LINE__)

/// Throws `GpuError` that names the kernel and the launch's numbers unless `error` is cudaSuccess.
template <class Device>
void check_launch(Device, cudaError_t error, std::string_view kernel, const LaunchConfig& config);

/// A kernel's name as the compiler prints it, "softmax_rows<float>" with what is around it.
template <auto kKernel>
constexpr std::string_view kernel_name() {
  const std::string_view text = __PRETTY_FUNCTION__;  // "… [with auto kKernel = name; …]"
  size_t begin = text.find("kKernel = ") + 10;
  if (text[begin] == '&') ++begin;
  const size_t end = text.find(';', begin);
  return text.substr(begin, (end < text.size() ? end : text.size() - 1) - begin);
}

#ifdef __CUDACC__

/// The block's dynamic shared memory, aligned as wmma needs it.
template <class T>
__device__ T* dynamic_shared() {
  extern __shared__ __align__(32) unsigned char dynamic_shared_bytes[];
  return reinterpret_cast<T*>(dynamic_shared_bytes);
}

template <class... Parameters>
void launch_kernel(Gpu, void (*kernel)(Parameters...), std::string_view name,
                   const LaunchConfig& config, bool cooperative,
                   std::type_identity_t<Parameters>... arguments) {
  const void* function = reinterpret_cast<const void*>(kernel);
  if (config.shared_bytes > 48 * 1024)
    check_launch(Gpu{},
                 cudaFuncSetAttribute(function, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                      static_cast<int>(config.shared_bytes)),
                 name, config);
  cudaLaunchAttribute attributes[2] = {};
  attributes[0].id = cudaLaunchAttributeCooperative;
  attributes[0].val.cooperative = cooperative;
  attributes[1].id = cudaLaunchAttributeClusterDimension;
  attributes[1].val.clusterDim = {config.cluster, 1, 1};
  cudaLaunchConfig_t launch = {};
  launch.gridDim = config.grid;
  launch.blockDim = config.block;
  launch.dynamicSmemBytes = config.shared_bytes;
  launch.stream = stream(Gpu{});
  launch.attrs = attributes;
  launch.numAttrs = config.cluster > 1 ? 2 : 1;
  void* pointers[] = {const_cast<void*>(static_cast<const void*>(&arguments))..., nullptr};
  check_launch(Gpu{}, cudaLaunchKernelExC(&launch, function, pointers), name, config);
}

#else

template <class T>
T* dynamic_shared() {
  return static_cast<T*>(simt::dynamic_shared());
}

template <class... Parameters>
void launch_kernel(Gpu, void (*kernel)(Parameters...), std::string_view name,
                   const LaunchConfig& config, bool cooperative,
                   std::type_identity_t<Parameters>... arguments) {
  // Parameters reach a thread unseen by tools (simt/checker), which watch its accesses to memory.
  const auto body = [=]() __attribute__((no_sanitize("thread"))) { kernel(arguments...); };
  const simt::Launch launch{name,           config.grid, config.block, config.shared_bytes,
                            config.cluster, cooperative, body};
  check_launch(Gpu{}, simt::enqueue(launch, stream(Gpu{})), name, config);
}

#endif

/// Puts a kernel on the device's stream: launch<kernel>({blocks, threads}, arguments…). Arguments
/// are converted to the kernel's parameters. Throws `GpuError` for a launch that the device
/// refuses.
template <auto kKernel, class... Arguments>
void launch(const LaunchConfig& config, const Arguments&... arguments) {
  launch_kernel(Gpu{}, kKernel, kernel_name<kKernel>(), config, false, arguments...);
}

/// The same with all blocks running at once, so that they may wait for each other.
template <auto kKernel, class... Arguments>
void launch_cooperative(const LaunchConfig& config, const Arguments&... arguments) {
  launch_kernel(Gpu{}, kKernel, kernel_name<kKernel>(), config, true, arguments...);
}

}  // namespace unroll::kernels
