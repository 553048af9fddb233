#include "lessons/support/depth_grid.h"

#include <algorithm>

namespace unroll::lessons {

std::string DepthNetwork::recipe() const {
  if (dropout && residual) return "dropout + residual";
  if (dropout) return "dropout";
  return residual ? "residual" : "plain";
}

std::string DepthNetwork::name() const {
  return std::to_string(layers) + (layers == 1 ? " layer of " : " layers of ") +
         std::to_string(width) + ", " + recipe();
}

bool DepthNetwork::same_as(const DepthNetwork& other) const {
  if (layers != other.layers || dropout != other.dropout) return false;
  return layers == 1 || (equal_parameters == other.equal_parameters && residual == other.residual);
}

std::vector<DepthNetwork> depth_recipes(bool equal_parameters) {
  std::vector<DepthNetwork> recipes;
  for (const bool residual : {false, true})
    for (const bool dropout : {false, true})
      recipes.push_back(
          {.equal_parameters = equal_parameters, .dropout = dropout, .residual = residual});
  return recipes;
}

std::vector<DepthNetwork> depth_grid(std::int64_t deepest, DepthVariants variants) {
  std::vector<DepthNetwork> grid;
  for (const bool equal_parameters : {false, true})
    for (DepthNetwork network : depth_recipes(equal_parameters)) {
      const bool is_plain = network.recipe() == "plain";
      if (!is_plain && variants == DepthVariants::kPlain) continue;
      if (!is_plain && !equal_parameters && variants == DepthVariants::kSome) continue;
      for (network.layers = 1; network.layers <= deepest; ++network.layers)
        if (std::none_of(grid.begin(), grid.end(),
                         [&](const auto& other) { return network.same_as(other); }))
          grid.push_back(network);
    }
  return grid;
}

}  // namespace unroll::lessons
