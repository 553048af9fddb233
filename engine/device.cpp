#include "engine/device.h"

#include "engine/error.h"
#include "kernels/gpu_runtime.h"

namespace unroll {
namespace {

Device current = Device::cpu;

void check_available(Device device) {
  const std::string problem = device_problem(device);
  if (!problem.empty())
    throw input_error("device '", name(device), "' cannot be used: ", problem,
                      "; --device simt runs the same kernels on the CPU");
}

}  // namespace

const char* name(Device device) {
  switch (device) {
    case Device::simt:
      return "simt";
    case Device::cuda:
      return "cuda";
    case Device::cpu:
      break;
  }
  return "cpu";
}

Device parse_device(std::string_view text) {
  for (Device device : {Device::cpu, Device::simt, Device::cuda})
    if (text == name(device)) {
      check_available(device);
      return device;
    }
  throw input_error("unknown device '", text, "': expected cpu, simt or cuda");
}

std::string device_problem(Device device) {
  if (device != Device::cuda) return "";
#ifdef UNROLL_HAS_CUDA
  return kernels::gpu_problem(kernels::Cuda{});
#else
  return "this build has no CUDA; it needs a GPU and the CUDA Toolkit (nvcc)";
#endif
}

Device default_device() { return current; }

void set_default_device(Device device) {
  check_available(device);
  current = device;
}

}  // namespace unroll
