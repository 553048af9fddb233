// Tests that run on other devices than the cpu.
#pragma once

#include <vector>

#include "engine/device.h"

namespace unroll::testing {

/// The devices beside the cpu that this build and machine have: simt, and cuda where there is a
/// GPU.
inline std::vector<Device> gpu_devices() {
  std::vector<Device> devices;
  for (Device device : {Device::simt, Device::cuda})
    if (device_problem(device).empty()) devices.push_back(device);
  return devices;
}

/// While alive, new tensors go to `device`.
class OnDevice {
 public:
  explicit OnDevice(Device device) : before_(default_device()) { set_default_device(device); }
  ~OnDevice() { set_default_device(before_); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;

 private:
  Device before_;
};

}  // namespace unroll::testing
