#include <cstdlib>
#include <string>

#include "kernels/device.h"
#include "kernels/environment.h"

namespace unroll::kernels {
namespace {

SimdLevel widest() {
#ifdef UNROLL_HAS_X86_LEVELS
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return SimdLevel::kAvx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return SimdLevel::kAvx2;
#endif
  return SimdLevel::kPortable;
}

SimdLevel choose() {
  const SimdLevel best = widest();
  const char* wish = std::getenv("UNROLL_SIMD");
  if (wish == nullptr || *wish == '\0') return best;
  for (SimdLevel level : {SimdLevel::kPortable, SimdLevel::kAvx2, SimdLevel::kAvx512})
    if (std::string(wish) == name(level) && level <= best) return level;
  throw EnvironmentError(std::string("UNROLL_SIMD=") + wish +
                         ": expected portable, avx2 or avx512, at most " + name(best) +
                         " on this machine");
}

}  // namespace

SimdLevel simd_level() {
  static const SimdLevel level = choose();
  return level;
}

const char* name(SimdLevel level) {
  switch (level) {
    case SimdLevel::kAvx512:
      return "avx512";
    case SimdLevel::kAvx2:
      return "avx2";
    case SimdLevel::kPortable:
      break;
  }
  return "portable";
}

}  // namespace unroll::kernels
