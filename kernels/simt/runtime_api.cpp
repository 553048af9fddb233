// runtime_api.h: memory, streams and events.
#include "kernels/simt/runtime_api.h"

#include <chrono>
#include <cstdlib>
#include <cstring>

#include "kernels/simt/memory.h"
#include "kernels/simt/model_gpu.h"
#include "kernels/simt/place.h"
#include "kernels/simt/stream.h"

using unroll::kernels::simt::DeviceAccess;
using unroll::kernels::simt::ModelGpu;
using unroll::kernels::simt::note_error;

inline namespace cuda_on_cpu {

struct SimtEvent {
  std::chrono::steady_clock::time_point time{};
  bool recorded = false;
};

namespace {

using Clock = std::chrono::steady_clock;

// Whether the side of a copy that should be the device's is, and lies in one allocation.
bool is_side(const void* memory, size_t bytes, bool device) {
  if (simt::is_device(memory) != device) return false;
  return !device || simt::in_allocation(memory, bytes);
}

// A call that waits cannot be captured; trying to ends the capture.
cudaError_t refuse_capture(cudaStream_t stream) {
  if (!simt::capturing(stream)) return cudaSuccess;
  stream->invalidated = true;
  return note_error(cudaErrorStreamCaptureUnsupported);
}

}  // namespace

// ---- memory
cudaError_t cudaMalloc(void** memory, size_t bytes) {
  *memory = bytes > 0 ? simt::allocate_device(bytes) : nullptr;
  return *memory || bytes == 0 ? cudaSuccess : note_error(cudaErrorMemoryAllocation);
}
cudaError_t cudaFree(void* memory) {
  return !memory || simt::free_device(memory) ? cudaSuccess : note_error(cudaErrorInvalidValue);
}
cudaError_t cudaMallocAsync(void** memory, size_t bytes, cudaStream_t stream) {
  if (const cudaError_t error = refuse_capture(stream)) return error;
  return cudaMalloc(memory, bytes);
}
cudaError_t cudaFreeAsync(void* memory, cudaStream_t stream) {
  if (const cudaError_t error = refuse_capture(stream)) return error;
  return cudaFree(memory);
}
cudaError_t cudaMallocHost(void** memory, size_t bytes) {
  *memory = std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  return *memory ? cudaSuccess : note_error(cudaErrorMemoryAllocation);
}
cudaError_t cudaFreeHost(void* memory) {
  std::free(memory);
  return cudaSuccess;
}
cudaError_t cudaMemGetInfo(size_t* free_bytes, size_t* total_bytes) {
  *free_bytes = simt::free_device_bytes();
  *total_bytes = ModelGpu::kMemoryBytes;
  return cudaSuccess;
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  if (bytes == 0) return cudaSuccess;
  const bool to_device = kind == cudaMemcpyDefault
                             ? simt::is_device(to)
                             : kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  const bool from_device = kind == cudaMemcpyDefault
                               ? simt::is_device(from)
                               : kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  if (!is_side(to, bytes, to_device) || !is_side(from, bytes, from_device))
    return note_error(cudaErrorInvalidValue);
  const auto copy = [=] {
    const DeviceAccess access;
    std::memmove(to, from, bytes);
  };
  if (SimtGraph* graph = simt::capturing(stream))
    graph->add({SimtGraph::Kind::kCopy, {}, copy});
  else
    copy();
  return cudaSuccess;
}
cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
  return cudaMemcpyAsync(to, from, bytes, kind);
}
cudaError_t cudaMemsetAsync(void* memory, int byte, size_t bytes, cudaStream_t stream) {
  if (bytes == 0) return cudaSuccess;
  if (!is_side(memory, bytes, true)) return note_error(cudaErrorInvalidValue);
  const auto fill = [=] {
    const DeviceAccess access;
    std::memset(memory, byte, bytes);
  };
  if (SimtGraph* graph = simt::capturing(stream))
    graph->add({SimtGraph::Kind::kFill, {}, fill});
  else
    fill();
  return cudaSuccess;
}
cudaError_t cudaMemset(void* memory, int byte, size_t bytes) {
  return cudaMemsetAsync(memory, byte, bytes);
}
cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int device) {
  *pool = nullptr;
  return device == 0 ? cudaSuccess : note_error(cudaErrorInvalidDevice);
}
cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t, cudaMemPoolAttr, void*) { return cudaSuccess; }
cudaError_t cudaMemPoolTrimTo(cudaMemPool_t, size_t) {
  simt::trim_device();
  return cudaSuccess;
}

// ---- streams and events
cudaError_t cudaStreamCreate(cudaStream_t* stream) {
  *stream = new SimtStream;
  return cudaSuccess;
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  return cudaStreamCreate(stream);
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  delete stream;
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) { return refuse_capture(stream); }
cudaError_t cudaStreamQuery(cudaStream_t stream) { return refuse_capture(stream); }
cudaError_t cudaEventCreate(cudaEvent_t* event) {
  *event = new SimtEvent;
  return cudaSuccess;
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  return cudaEventCreate(event);
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  if (!event) return note_error(cudaErrorInvalidValue);
  const auto record = [event] { *event = {Clock::now(), true}; };
  if (SimtGraph* graph = simt::capturing(stream))
    graph->add({SimtGraph::Kind::kEvent, {}, record});
  else
    record();
  return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaSuccess; }
cudaError_t cudaEventQuery(cudaEvent_t) { return cudaSuccess; }
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to) {
  if (!from || !to || !from->recorded || !to->recorded) return note_error(cudaErrorInvalidValue);
  *milliseconds = std::chrono::duration<float, std::milli>(to->time - from->time).count();
  return cudaSuccess;
}
cudaError_t cudaStreamWaitEvent(cudaStream_t, cudaEvent_t, unsigned) { return cudaSuccess; }

}  // namespace cuda_on_cpu
