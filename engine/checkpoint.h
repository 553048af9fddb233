// Saving and loading models, and all that a stopped training run needs to go on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "engine/nn/module.h"
#include "engine/optim.h"

namespace unroll {

/// Writes a model's parameters by their names as safetensors, with `metadata` (settings, say).
void save(const std::filesystem::path& path, const nn::Module& model,
          const std::map<std::string, std::string>& metadata = {});

/// Reads them back into `model` and returns the metadata. Throws an input `Error` when the file
/// cannot be read, a name is missing or unknown, or a shape or dtype differs; the model is then as
/// it was.
std::map<std::string, std::string> load(const std::filesystem::path& path, nn::Module& model);

/// The parts of a training run. `save` writes what they hold, `load` sets them. The random streams
/// of the model (dropout) are included; `values` are the run's own: counters, the best loss,
/// curves, the shuffle's stream.
struct Training {
  using Value = std::variant<int64_t*, double*, std::string*, std::vector<double>*, Random*>;
  nn::Module& model;
  optim::Optimizer& optimizer;
  std::map<std::string, Value> values;
  NamedTensors tensors = {};  // the run's own, such as a state that is carried along
};

/// Writes all of `training` into one safetensors file.
void save(const std::filesystem::path& path, const Training& training);

/// Reads it back. Throws an input `Error` as for a model, or when a value is missing or unknown;
/// everything is then as it was.
void load(const std::filesystem::path& path, const Training& training);

}  // namespace unroll
