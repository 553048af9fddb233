// What a user says about how a GPU should run recurrent layers.
#pragma once

#include <cstdint>

namespace unroll::kernels {

inline constexpr int kRungs = 8;  // of the ladder, rungs.h

/// What the recurrent products multiply on a GPU that has tensor cores; sums and states stay f32.
enum class Operands : uint8_t { kF32, kTf32, kBf16 };

struct RecurrentPlan {
  int rung = 0;  // 1 to kRungs; 0: the planner chooses
  Operands operands = Operands::kF32;

  bool operator==(const RecurrentPlan&) const = default;
};

}  // namespace unroll::kernels
