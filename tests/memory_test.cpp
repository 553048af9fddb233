// Training takes the memory that it needs in its first steps, and then no more.
#include <gtest/gtest.h>
#include <malloc.h>

#include "engine/allocator.h"
#include "engine/nn.h"
#include "engine/ops.h"
#include "engine/optim.h"
#include "tests/on_device.h"

namespace unroll {
namespace {

// Bytes that malloc holds of the system's, for what is in no pool. (A sanitizer brings a malloc of
// its own, of which this knows nothing.)
size_t held_by_malloc() {
  const struct mallinfo2 info = mallinfo2();
  return info.arena + info.hblkhd;
}

struct CharacterModel : nn::Module {
  CharacterModel() : Module(1) {}
  nn::Embedding embedding{*this, "embedding", 20, 8};
  nn::LSTM lstm{*this, "lstm", 8, 24, {.num_layers = 2, .dropout = 0.1}};
  nn::Linear classes{*this, "classes", 24, 20};
};

class TrainingMemory : public ::testing::TestWithParam<Device> {};

TEST_P(TrainingMemory, StandsStill) {
  const testing::OnDevice on_device(GetParam());
  CharacterModel model;
  optim::Adam optimizer(model.parameters());
  Random random(1, "tokens");
  nn::RecurrentState state;
  const auto step = [&] {
    const Tensor tokens = randint({13, 4}, 0, 20, random);
    optimizer.zero_grad();
    const auto [output, next, layers] =
        model.lstm(model.embedding(tokens.view_rows(0, 12)), {.initial = state});
    const Tensor loss = cross_entropy(model.classes(output), tokens.view_rows(1, 13));
    loss.backward();
    const double norm = optimizer.step({.max_norm = 1.0}).item();
    state = next.detach();
    return norm + loss.item();
  };
  for (int i = 0; i < 3; ++i) step();
  const PoolStats before = pool(GetParam()).stats();
  const int64_t host_before = pool(Device::cpu).stats().system_allocations;
  const size_t malloc_before = held_by_malloc();
  for (int i = 0; i < 50; ++i) step();
  const PoolStats after = pool(GetParam()).stats();
  EXPECT_EQ(after.in_use, before.in_use);
  EXPECT_EQ(after.peak, before.peak);
  EXPECT_EQ(pool(Device::cpu).stats().system_allocations, host_before);
  EXPECT_EQ(held_by_malloc(), malloc_before);
}

INSTANTIATE_TEST_SUITE_P(Devices, TrainingMemory, ::testing::Values(Device::cpu, Device::simt),
                         [](const auto& device) { return std::string(name(device.param)); });

}  // namespace
}  // namespace unroll
