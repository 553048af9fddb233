#include "engine/device.h"

#include "engine/error.h"

namespace unroll {
namespace {

Device current = Device::cpu;

void check_available(Device device) {
  if (!is_available(device))
    throw input_error("device '", name(device), "' is not in this build; available: cpu");
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

bool is_available(Device device) { return device == Device::cpu; }

Device default_device() { return current; }

void set_default_device(Device device) {
  check_available(device);
  current = device;
}

}  // namespace unroll
