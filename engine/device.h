// Where a tensor lives.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace unroll {

/// cpu: the host kernels. simt: the CUDA kernels run on the CPU. cuda: the CUDA kernels on a GPU.
enum class Device : uint8_t { cpu, simt, cuda };

const char* name(Device device);

/// The device called `text`. Throws an input `Error` for another name, or for a device that cannot
/// be used.
Device parse_device(std::string_view text);

/// Why tensors cannot be made on `device` by this build on this machine; "" when they can.
std::string device_problem(Device device);

/// Where new tensors go unless told otherwise. Starts as cpu.
Device default_device();

/// Sets `default_device()`. Throws an input `Error` where the device is not available.
void set_default_device(Device device);

}  // namespace unroll
