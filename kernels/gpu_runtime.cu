// gpu_runtime.h: one stream, the driver's stream-ordered memory pool, copies through pinned memory.
#include <cstring>
#include <functional>
#include <memory>

#include "kernels/gpu.h"
#include "kernels/gpu_runtime.h"
#include "kernels/index_error.h"

namespace unroll::kernels {
namespace {

// Errors after which every later call of the process fails.
bool ruins_context(cudaError_t error) {
  switch (error) {
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case cudaErrorAssert:
      return true;
    default:
      return false;
  }
}

std::string describe(cudaError_t error) {
  std::string text = std::string(cudaGetErrorString(error)) + " (" + cudaGetErrorName(error) + ")";
  if (ruins_context(error))
    text += "; after this the device cannot be used any more: start the program again";
  return text;
}

std::string describe(dim3 size) {
  return std::to_string(size.x) + " x " + std::to_string(size.y) + " x " + std::to_string(size.z);
}

// Pinned host memory that copies pass through, in slots that are used in turn. A copy from the host
// returns once its bytes are in a slot; the slot's event tells when the device has read them.
class Staging {
 public:
  static constexpr size_t kSlotBytes = size_t{1} << 20;

  Staging() {
    for (Slot& slot : slots_) {
      CUDA_CHECK(cudaMallocHost(&slot.memory, kSlotBytes));
      CUDA_CHECK(cudaEventCreateWithFlags(&slot.read, cudaEventDisableTiming));
    }
  }

  void to_device(size_t bytes, const void* host, void* device, cudaStream_t on) {
    for (size_t done = 0; done < bytes;) {
      const size_t piece = bytes - done < kSlotBytes ? bytes - done : kSlotBytes;
      Slot& slot = slots_[next_++ % kSlots];
      CUDA_CHECK(cudaEventSynchronize(slot.read));
      std::memcpy(slot.memory, static_cast<const char*>(host) + done, piece);
      CUDA_CHECK(cudaMemcpyAsync(static_cast<char*>(device) + done, slot.memory, piece,
                                 cudaMemcpyHostToDevice, on));
      CUDA_CHECK(cudaEventRecord(slot.read, on));
      done += piece;
    }
  }

  void to_host(size_t bytes, const void* device, void* host, cudaStream_t on) {
    for (size_t done = 0; done < bytes;) {
      const size_t piece = bytes - done < kSlotBytes ? bytes - done : kSlotBytes;
      Slot& slot = slots_[next_++ % kSlots];
      CUDA_CHECK(cudaMemcpyAsync(slot.memory, static_cast<const char*>(device) + done, piece,
                                 cudaMemcpyDeviceToHost, on));
      CUDA_CHECK(cudaStreamSynchronize(on));
      std::memcpy(static_cast<char*>(host) + done, slot.memory, piece);
      done += piece;
    }
  }

 private:
  static constexpr size_t kSlots = 4;
  struct Slot {
    void* memory = nullptr;
    cudaEvent_t read = nullptr;
  };
  Slot slots_[kSlots];
  size_t next_ = 0;
};

GpuProperties read_properties() {
  int device = 0;
  CUDA_CHECK(cudaGetDevice(&device));
  cudaDeviceProp properties;
  CUDA_CHECK(cudaGetDeviceProperties(&properties, device));
  int kilohertz = 0;
  CUDA_CHECK(cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, device));
  return {properties.name,
          10 * properties.major + properties.minor,
          properties.multiProcessorCount,
          static_cast<int64_t>(properties.sharedMemPerBlockOptin),
          static_cast<int64_t>(properties.sharedMemPerMultiprocessor),
          properties.regsPerMultiprocessor,
          properties.major >= 9,
          kilohertz / 1e6};
}

// What a process holds of the device. It is never given back: tensors of static lifetime may be
// freed after everything else.
struct Context {
  cudaStream_t stream = nullptr;
  cudaMemPool_t pool = nullptr;
  IndexError* index_error = nullptr;  // device memory
  Staging staging;
  GpuProperties properties = read_properties();

  Context() {
    int device = 0;
    CUDA_CHECK(cudaGetDevice(&device));
    CUDA_CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    CUDA_CHECK(cudaDeviceGetDefaultMemPool(&pool, device));
    uint64_t keep = UINT64_MAX;  // freed memory stays in the pool: asking the driver is slow
    CUDA_CHECK(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep));
    CUDA_CHECK(cudaMalloc(&index_error, sizeof(IndexError)));
    reset_index_error();
  }

  void reset_index_error() {
    const IndexError none{};
    staging.to_device(sizeof none, &none, index_error, stream);
  }

  void wait() {
    IndexError found{};
    staging.to_host(sizeof found, index_error, &found, stream);
    if (!found.noted()) return;
    reset_index_error();
    throw GpuError(found.message());
  }
};

Context& context() {
  static Context& only = *[] {
    const std::string problem = gpu_problem(Gpu{});
    if (!problem.empty()) throw GpuError(problem);
    return new Context;
  }();
  return only;
}

}  // namespace

template <class Device>
void check_cuda(Device, cudaError_t error, const char* call, const char* file, int line) {
  if (error == cudaSuccess) return;
  (void)cudaGetLastError();  // reported here: a later check must not find it again
  throw GpuError(std::string(call) + ": " + describe(error) + " at " + file + ":" +
                 std::to_string(line));
}

template <class Device>
void check_launch(Device, cudaError_t error, std::string_view kernel, const LaunchConfig& config) {
  if (error == cudaSuccess) return;
  (void)cudaGetLastError();
  std::string launch = "grid " + describe(config.grid) + ", block " + describe(config.block) +
                       ", " + std::to_string(config.shared_bytes) + " bytes of shared memory";
  if (config.cluster > 1) launch += ", clusters of " + std::to_string(config.cluster) + " blocks";
  throw GpuError("kernel " + std::string(kernel) + " could not be launched with " + launch + ": " +
                 describe(error));
}

template <class Device>
cudaStream_t stream(Device) {
  return context().stream;
}

template <class Device>
IndexError* index_error(Device) {
  return context().index_error;
}

template <class Device>
std::string gpu_problem(Device) {
  int devices = 0;
  const cudaError_t error = cudaGetDeviceCount(&devices);
  if (error == cudaSuccess && devices > 0) return "";
  (void)cudaGetLastError();
#ifdef __CUDACC__
  int driver = 0;  // the newest CUDA that it can run, 12040 for 12.4
  if (error == cudaErrorInsufficientDriver && cudaDriverGetVersion(&driver) == cudaSuccess) {
    const auto version = [](int number) {
      return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
    };
    return driver == 0
               ? "no NVIDIA driver is installed"
               : "the NVIDIA driver runs CUDA " + version(driver) + " and this build needs " +
                     version(CUDART_VERSION) + ": update the driver";
  }
#endif
  return error == cudaSuccess ? "no CUDA device was found" : cudaGetErrorString(error);
}

template <class Device>
const GpuProperties& gpu_properties(Device) {
  return context().properties;
}

template <class Device>
void* gpu_allocate(Device, size_t bytes) {
  Context& device = context();
  void* memory = nullptr;
  cudaError_t error = cudaMallocAsync(&memory, bytes, device.stream);
  if (error == cudaErrorMemoryAllocation) {  // what is freed but not yet given back may be enough
    (void)cudaGetLastError();
    gpu_release(Gpu{});
    error = cudaMallocAsync(&memory, bytes, device.stream);
  }
  if (error == cudaErrorMemoryAllocation) {
    (void)cudaGetLastError();
    return nullptr;
  }
  CUDA_CHECK(error);
  return memory;
}

template <class Device>
void gpu_free(Device, void* memory) noexcept {
  (void)cudaFreeAsync(memory, context().stream);  // destructors call this: nobody could catch
}

template <class Device>
void gpu_release(Device) noexcept {
  (void)cudaStreamSynchronize(context().stream);
  (void)cudaMemPoolTrimTo(context().pool, 0);
}

template <class Device>
void gpu_from_host(Device, size_t bytes, const void* host, void* device) {
  context().staging.to_device(bytes, host, device, context().stream);
}

template <class Device>
void gpu_to_host(Device, size_t bytes, const void* device, void* host) {
  context().staging.to_host(bytes, device, host, context().stream);
  context().wait();
}

template <class Device>
void gpu_copy(Device, size_t bytes, const void* from, void* to) {
  if (bytes > 0)
    CUDA_CHECK(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, context().stream));
}

template <class Device>
void gpu_zero(Device, size_t bytes, void* memory) {
  if (bytes > 0) CUDA_CHECK(cudaMemsetAsync(memory, 0, bytes, context().stream));
}

template <class Device>
void synchronize(Device) {
  context().wait();
}

template <class Device>
double gpu_seconds(Device, const std::function<void()>& work) {
  struct Event {
    cudaEvent_t event = nullptr;
    Event() { CUDA_CHECK(cudaEventCreate(&event)); }
    ~Event() { (void)cudaEventDestroy(event); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
  } before, after;
  CUDA_CHECK(cudaEventRecord(before.event, context().stream));
  work();
  CUDA_CHECK(cudaEventRecord(after.event, context().stream));
  context().wait();
  float milliseconds = 0;
  CUDA_CHECK(cudaEventElapsedTime(&milliseconds, before.event, after.event));
  return static_cast<double>(milliseconds) / 1000;
}

template void check_cuda(Gpu, cudaError_t, const char*, const char*, int);
template void check_launch(Gpu, cudaError_t, std::string_view, const LaunchConfig&);
template cudaStream_t stream(Gpu);
template IndexError* index_error(Gpu);
template std::string gpu_problem(Gpu);
template const GpuProperties& gpu_properties(Gpu);
template void* gpu_allocate(Gpu, size_t);
template void gpu_free(Gpu, void*) noexcept;
template void gpu_release(Gpu) noexcept;
template void gpu_from_host(Gpu, size_t, const void*, void*);
template void gpu_to_host(Gpu, size_t, const void*, void*);
template void gpu_copy(Gpu, size_t, const void*, void*);
template void gpu_zero(Gpu, size_t, void*);
template void synchronize(Gpu);
template double gpu_seconds(Gpu, const std::function<void()>&);

}  // namespace unroll::kernels
