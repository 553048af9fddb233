#include "bench/compare/arrays.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include "engine/error.h"
#include "engine/random.h"
#include "engine/tensor.h"

namespace unroll::compare {

void write_inputs(const Case& one, const std::filesystem::path& file) {
  std::ofstream stream(file, std::ios::binary);
  const double weights = 1 / std::sqrt(static_cast<double>(one.recurrent() ? one.hidden : one.k));
  for (const Array& array : one.inputs()) {
    const bool weight = array.name.starts_with("w_") || array.name.starts_with("b");
    const double limit = weight ? weights : 1;
    Random random(1, array.name);
    const Tensor values = uniform({array.size()}, -limit, limit, random, DType::f32, Device::cpu);
    stream.write(reinterpret_cast<const char*>(values.data<float>()),
                 static_cast<std::streamsize>(array.size()) * 4);
  }
  stream.close();
  require(static_cast<bool>(stream), "cannot write ", file, ": the disk may be full");
}

std::vector<float> read_results_of(const Case& one, const std::filesystem::path& file) {
  int64_t count = 0;
  for (const Array& array : one.results()) count += array.size();
  std::error_code problem;
  const auto bytes = std::filesystem::file_size(file, problem);
  if (problem || bytes != static_cast<std::uintmax_t>(count) * 4) return {};
  std::vector<float> values(static_cast<size_t>(count));
  std::ifstream stream(file, std::ios::binary);
  stream.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(bytes));
  return stream ? values : std::vector<float>{};
}

Difference largest_difference(const Case& one, const std::vector<float>& ours,
                              const std::vector<float>& theirs) {
  Difference worst;
  size_t at = 0;
  for (const Array& array : one.results()) {
    double largest = 0, apart = 0;
    for (const size_t end = at + static_cast<size_t>(array.size()); at < end; ++at) {
      const double value = static_cast<double>(ours[at]);
      const double difference = std::abs(value - static_cast<double>(theirs[at]));
      largest = std::max(largest, std::abs(value));
      if (!(difference <= apart))  // NaN, too
        apart = std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
    }
    const double error = apart == 0 ? 0 : apart / largest;
    if (error > worst.error) worst = {error, array.name};
  }
  return worst;
}

}  // namespace unroll::compare
