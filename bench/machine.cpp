#include "bench/machine.h"

#include <ctime>
#include <fstream>

#include "engine/device.h"
#include "engine/error.h"
#include "kernels/device.h"

namespace unroll::bench {
namespace {

// What /proc/cpuinfo calls the first processor.
std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

}  // namespace

std::string Machine::str() const {
  return concat_message(processor, ", ", simd, ", ", threads, threads == 1 ? " thread" : " threads",
                        ", ", device);
}

Machine describe_machine(int threads) {
  return {processor_name(), kernels::name(kernels::simd_level()), unroll::name(default_device()),
          threads};
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts = {};
  gmtime_r(&now, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

}  // namespace unroll::bench
