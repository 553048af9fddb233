// runtime_api.h: errors, and what the device is like.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "kernels/simt/model_gpu.h"
#include "kernels/simt/runtime_api.h"
#include "kernels/simt/stream.h"

namespace unroll::kernels::simt {
namespace {

thread_local cudaError_t last_error = cudaSuccess;

}  // namespace

cudaError_t note_error(cudaError_t error) {
  if (error != cudaSuccess) last_error = error;
  return error;
}

}  // namespace unroll::kernels::simt

using unroll::kernels::simt::ModelGpu;
using unroll::kernels::simt::note_error;

inline namespace cuda_on_cpu {
namespace {

struct ErrorText {
  cudaError_t error;
  const char *name, *text;
};

constexpr ErrorText kErrors[] = {
    {cudaSuccess, "cudaSuccess", "no error"},
    {cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration",
     "invalid configuration argument"},
    {cudaErrorInvalidMemcpyDirection, "cudaErrorInvalidMemcpyDirection",
     "invalid copy direction for memcpy"},
    {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {cudaErrorIllegalState, "cudaErrorIllegalState",
     "the operation cannot be performed in the present state"},
    {cudaErrorNotReady, "cudaErrorNotReady", "device not ready"},
    {cudaErrorIllegalAddress, "cudaErrorIllegalAddress",
     "an illegal memory access was encountered"},
    {cudaErrorCooperativeLaunchTooLarge, "cudaErrorCooperativeLaunchTooLarge",
     "too many blocks in cooperative launch"},
    {cudaErrorNotSupported, "cudaErrorNotSupported", "operation not supported"},
    {cudaErrorStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported",
     "operation not permitted when stream is capturing"},
    {cudaErrorStreamCaptureInvalidated, "cudaErrorStreamCaptureInvalidated",
     "operation failed due to a previous error during capture"},
    {cudaErrorGraphExecUpdateFailure, "cudaErrorGraphExecUpdateFailure",
     "the graph update was not performed because it included changes which violated constraints "
     "specific to instantiated graph update"},
    {cudaErrorInvalidClusterSize, "cudaErrorInvalidClusterSize", "cluster misconfiguration"},
};

const ErrorText* find(cudaError_t error) {
  const auto* found = std::find_if(std::begin(kErrors), std::end(kErrors),
                                   [error](const ErrorText& e) { return e.error == error; });
  return found == std::end(kErrors) ? nullptr : found;
}

}  // namespace

const char* cudaGetErrorName(cudaError_t error) {
  const ErrorText* found = find(error);
  return found ? found->name : "unrecognized error code";
}
const char* cudaGetErrorString(cudaError_t error) {
  const ErrorText* found = find(error);
  return found ? found->text : "unrecognized error code";
}
cudaError_t cudaGetLastError() {
  return std::exchange(unroll::kernels::simt::last_error, cudaSuccess);
}
cudaError_t cudaPeekAtLastError() { return unroll::kernels::simt::last_error; }

// ---- the device
cudaError_t cudaGetDeviceCount(int* count) {
  *count = 1;
  return cudaSuccess;
}
cudaError_t cudaGetDevice(int* device) {
  *device = 0;
  return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) {
  return device == 0 ? cudaSuccess : note_error(cudaErrorInvalidDevice);
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  if (device != 0) return note_error(cudaErrorInvalidDevice);
  *properties = {};
  std::snprintf(properties->name, sizeof properties->name, "%s", ModelGpu::kName);
  properties->major = ModelGpu::kMajor;
  properties->minor = ModelGpu::kMinor;
  properties->multiProcessorCount = ModelGpu::kMultiprocessors;
  properties->warpSize = 32;
  properties->maxThreadsPerBlock = ModelGpu::kBlockThreads;
  properties->maxThreadsPerMultiProcessor = ModelGpu::kMultiprocessorThreads;
  properties->maxBlocksPerMultiProcessor = ModelGpu::kMultiprocessorBlocks;
  const unsigned block[] = {ModelGpu::kBlockX, ModelGpu::kBlockY, ModelGpu::kBlockZ};
  const unsigned grid[] = {ModelGpu::kGridX, ModelGpu::kGridY, ModelGpu::kGridZ};
  std::copy(block, block + 3, properties->maxThreadsDim);
  std::copy(grid, grid + 3, properties->maxGridSize);
  properties->regsPerBlock = ModelGpu::kMultiprocessorRegisters;
  properties->regsPerMultiprocessor = ModelGpu::kMultiprocessorRegisters;
  properties->totalGlobalMem = ModelGpu::kMemoryBytes;
  properties->sharedMemPerBlock = ModelGpu::kSharedBytes;
  properties->sharedMemPerBlockOptin = ModelGpu::kSharedBytesOptin;
  properties->sharedMemPerMultiprocessor = ModelGpu::kMultiprocessorSharedBytes;
  properties->reservedSharedMemPerBlock = ModelGpu::kSharedBytesReserved;
  properties->l2CacheSize = ModelGpu::kL2Bytes;
  properties->memoryBusWidth = ModelGpu::kMemoryBusBits;
  properties->cooperativeLaunch = 1;
  return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  if (device != 0) return note_error(cudaErrorInvalidDevice);
  const auto answer = [attribute]() -> size_t {
    switch (attribute) {
      case cudaDevAttrMaxThreadsPerBlock:
        return ModelGpu::kBlockThreads;
      case cudaDevAttrMaxSharedMemoryPerBlock:
        return ModelGpu::kSharedBytes;
      case cudaDevAttrWarpSize:
        return 32;
      case cudaDevAttrClockRate:
        return ModelGpu::kClockKilohertz;
      case cudaDevAttrMultiProcessorCount:
        return ModelGpu::kMultiprocessors;
      case cudaDevAttrMemoryClockRate:
        return ModelGpu::kMemoryClockKilohertz;
      case cudaDevAttrGlobalMemoryBusWidth:
        return ModelGpu::kMemoryBusBits;
      case cudaDevAttrL2CacheSize:
        return ModelGpu::kL2Bytes;
      case cudaDevAttrMaxThreadsPerMultiProcessor:
        return ModelGpu::kMultiprocessorThreads;
      case cudaDevAttrComputeCapabilityMajor:
        return ModelGpu::kMajor;
      case cudaDevAttrComputeCapabilityMinor:
        return ModelGpu::kMinor;
      case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
        return ModelGpu::kMultiprocessorSharedBytes;
      case cudaDevAttrMaxRegistersPerMultiprocessor:
        return ModelGpu::kMultiprocessorRegisters;
      case cudaDevAttrCooperativeLaunch:
        return 1;
      case cudaDevAttrMaxSharedMemoryPerBlockOptin:
        return ModelGpu::kSharedBytesOptin;
      case cudaDevAttrMaxBlocksPerMultiprocessor:
        return ModelGpu::kMultiprocessorBlocks;
      case cudaDevAttrClusterLaunch:
        return 1;
    }
    return SIZE_MAX;
  }();
  if (answer == SIZE_MAX) return note_error(cudaErrorInvalidValue);
  *value = static_cast<int>(answer);
  return cudaSuccess;
}
cudaError_t cudaDeviceSynchronize() { return cudaSuccess; }

cudaError_t cudaFuncSetAttribute(const void*, cudaFuncAttribute attribute, int value) {
  const bool fits = attribute != cudaFuncAttributeMaxDynamicSharedMemorySize ||
                    (value >= 0 && static_cast<size_t>(value) <= ModelGpu::kSharedBytesOptin);
  return fits ? cudaSuccess : note_error(cudaErrorInvalidValue);
}
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void*, int threads,
                                                          size_t shared_bytes) {
  if (threads <= 0 || static_cast<unsigned>(threads) > ModelGpu::kBlockThreads)
    return note_error(cudaErrorInvalidValue);
  *blocks = shared_bytes > ModelGpu::kSharedBytesOptin
                ? 0
                : static_cast<int>(
                      ModelGpu::resident_blocks(static_cast<uint64_t>(threads), shared_bytes));
  return cudaSuccess;
}

}  // namespace cuda_on_cpu
