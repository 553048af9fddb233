#include "lessons/support/equality.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "engine/ops.h"
#include "lessons/support/format.h"
#include "lessons/support/table.h"

namespace unroll::lessons {

Json print_equality(const std::vector<std::string>& names, const Tensors& expected,
                    const std::vector<OtherWay>& others) {
  std::vector<std::string> header{"", "largest value"};
  for (const OtherWay& other : others) header.push_back(other.title);
  Table table(header);
  Json differences = Json::object();
  for (std::size_t k = 0; k < names.size(); ++k) {
    const double size = max(abs(expected[k])).item();
    std::vector<std::string> row{names[k], format_scientific(size)};
    for (const OtherWay& other : others) {
      const Tensor& result = other.results[k];
      const double difference = max(abs(expected[k] - cast(result, DType::f64))).item();
      row.push_back(format_scientific(difference));
      differences[names[k]][other.key] = difference;
      const double rounding = result.dtype() == DType::f64 ? 1e-12 : 1e-4;
      if (!(difference <= rounding * std::max(1.0, size)))
        throw Error(concat_message("written out and fused, ", names[k], " differs by ", difference,
                                   " (", other.title, ")"));
    }
    table.add_row(row);
  }
  std::cout << table << "They are equal, but for the order in which numbers are rounded.\n";
  return differences;
}

}  // namespace unroll::lessons
