// Reads the numbers of tests/golden/ (its README.md says what is in them).
#pragma once

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/error.h"
#include "engine/tensor.h"

namespace unroll::testing {

struct GoldenCase {
  std::string name;
  nlohmann::json options;
  std::map<std::string, Tensor> inputs, outputs, output_weights, gradients;
};

inline Tensor golden_tensor(const nlohmann::json& json) {
  const auto sizes = json["shape"].get<std::vector<int64_t>>();
  const Shape shape{std::span(sizes)};
  if (json["dtype"] == "i32")
    return from_vector(json["data"].get<std::vector<int32_t>>(), shape, Device::cpu);
  return from_vector(json["data"].get<std::vector<double>>(), shape, Device::cpu);
}

/// All cases of one file of tests/golden/.
inline std::vector<GoldenCase> golden_cases(const std::string& file) {
  const std::string path = std::string(UNROLL_TESTS_DIR) + "/golden/" + file;
  std::ifstream in(path);
  require(in.is_open(), "cannot read ", path);
  const nlohmann::json all = nlohmann::json::parse(in);
  std::vector<GoldenCase> cases;
  for (const nlohmann::json& json : all.at("cases")) {
    const auto tensors = [&](const char* group) {
      std::map<std::string, Tensor> found;
      for (const auto& [name, tensor] : json[group].items()) found[name] = golden_tensor(tensor);
      return found;
    };
    cases.push_back({json["name"], json["options"], tensors("inputs"), tensors("outputs"),
                     tensors("output_weights"), tensors("gradients")});
  }
  require(!cases.empty(), path, " has no cases");
  return cases;
}

}  // namespace unroll::testing
