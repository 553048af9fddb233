// Which networks the lesson on depth compares.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace unroll::lessons {

/// A stack of recurrent layers.
struct DepthNetwork {
  std::int64_t layers = 1;
  bool equal_parameters = false;  // the width follows from the number of parameters
  bool dropout = false;
  bool residual = false;
  std::int64_t width = 0, parameters = 0;

  /// "plain", "dropout", "residual" or "dropout + residual".
  std::string recipe() const;
  /// "4 layers of 56, residual".
  std::string name() const;
  /// Whether both are the same network. A single layer is as wide in one comparison as in the
  /// other, and has nothing to lead past.
  bool same_as(const DepthNetwork& other) const;
};

enum class DepthVariants {
  kPlain,  // without dropout and residual connections
  kSome,   // plain ones; at equal parameters also each of the other recipes
  kAll,    // each recipe at equal width and at equal parameters
};

/// Networks of 1 to `deepest` layers, each once, sizes not yet filled in. The first is the plain
/// one of a single layer.
std::vector<DepthNetwork> depth_grid(std::int64_t deepest, DepthVariants variants);

/// The four recipes, plain first, for one size: what a line of a picture stands for.
std::vector<DepthNetwork> depth_recipes(bool equal_parameters);

}  // namespace unroll::lessons
