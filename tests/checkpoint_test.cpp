// Models and training runs, saved and loaded; files that do not fit.
#include "engine/checkpoint.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "engine/autograd.h"
#include "engine/nn.h"
#include "engine/ops.h"
#include "engine/safetensors.h"
#include "tests/expect_error.h"
#include "tests/expect_tensor.h"
#include "tests/temporary_folder.h"

namespace unroll {
namespace {

using testing::expect_input_error;
using testing::same_bits;
using testing::TemporaryFolder;

struct Model : nn::Module {
  explicit Model(uint64_t seed, int64_t hidden = 4) : Module(seed), hidden_size(hidden) {}
  int64_t hidden_size;
  nn::Embedding embedding{*this, "embedding", 5, 3};
  nn::LSTM lstm{*this, "lstm", 3, hidden_size, {.num_layers = 2, .dropout = 0.5}};
  nn::Linear head{*this, "head", hidden_size, 5};
};

bool same_parameters(const nn::Module& a, const nn::Module& b) {
  const NamedTensors of_a = a.parameters(), of_b = b.parameters();
  if (of_a.size() != of_b.size()) return false;
  for (size_t i = 0; i < of_a.size(); ++i)
    if (of_a[i].name != of_b[i].name || !same_bits(of_a[i].tensor, of_b[i].tensor)) return false;
  return true;
}

// ---- models

TEST(Checkpoint, LoadsWhatWasSaved) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  const Model saved(1);
  save(path, saved, {{"hidden", "4"}});
  Model loaded(2);
  ASSERT_FALSE(same_parameters(saved, loaded));
  EXPECT_EQ(load(path, loaded).at("hidden"), "4");
  EXPECT_TRUE(same_parameters(saved, loaded));
  EXPECT_TRUE(loaded.head.weight.requires_grad());
}

TEST(Checkpoint, NamesWhatDoesNotFitAndChangesNothing) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  save(path, Model(1));
  const TensorFile good = read_safetensors(path);
  Model model(2);
  const auto expect = [&](const TensorFile& file, const std::string& part) {
    write_safetensors(path, file);
    expect_input_error([&] { load(path, model); }, part);
    EXPECT_TRUE(same_parameters(model, Model(2)));
  };
  TensorFile bad = good;
  bad.tensors.erase("lstm.weight_hh_l1");
  expect(bad, "'lstm.weight_hh_l1' is missing, expected f32 (16, 4)");
  bad = good;
  bad.tensors["extra"] = ones({1});
  expect(bad, "'extra' is not in the model");
  bad = good;
  bad.tensors["head.bias"] = zeros({6});
  expect(bad, "'head.bias': expected f32 (5), got f32 (6)");
  bad = good;
  bad.tensors["head.bias"] = zeros({5}, DType::f64);
  expect(bad, "'head.bias': expected f32 (5), got f64 (5)");
  save(path, Model(1, /*hidden=*/8));
  expect_input_error([&] { load(path, model); },
                     "'lstm.weight_ih_l0': expected f32 (16, 3), got f32 (32, 3)");
}

// ---- training runs

// A run whose every part depends on what `Training` keeps: dropout, a shuffle, momentum, a
// schedule.
struct TestRun {
  explicit TestRun(uint64_t seed) : model(seed), adam(model.parameters(), {.lr = 0.05}) {}
  TestRun(const TestRun&) = delete;
  TestRun& operator=(const TestRun&) = delete;

  Training training() {
    return {model,
            adam,
            {{"step", &step},
             {"losses", &losses},
             {"sample", &sample},
             {"plateau.best", &plateau.best},
             {"plateau.waited", &plateau.waited},
             {"shuffle", &shuffle}},
            {{"state.h", state.h}, {"state.c", state.c}}};
  }

  void train(int steps) {
    for (int i = 0; i < steps; ++i, ++step) {
      const Tensor tokens = randint({6, 2}, 0, 5, shuffle);
      const nn::RecurrentResult result =
          model.lstm(model.embedding(tokens), {.initial = state.detach()});
      assign(state.h, result.state.h);
      assign(state.c, result.state.c);
      const Tensor logits = model.head(result.output);
      const Tensor loss = cross_entropy(reshape(logits, {12, 5}), reshape(tokens, {12}));
      adam.zero_grad();
      loss.backward();
      adam.step();
      losses.push_back(loss.item());
      adam.set_learning_rate(plateau.next(loss.item(), adam.learning_rate()));
      sample = "after " + std::to_string(step);
    }
  }

  Model model;
  optim::Adam adam;
  optim::PlateauSchedule plateau{{.factor = 0.5, .patience = 1}};
  Random shuffle{1, "shuffle"};
  nn::RecurrentState state{zeros({2, 2, 4}), zeros({2, 2, 4})};  // carried from window to window
  int64_t step = 0;
  std::vector<double> losses;
  std::string sample;
};

TEST(Checkpoint, LoadsEveryPartOfARun) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "training.safetensors";
  TestRun first(1);
  first.train(5);
  save(path, first.training());
  TestRun second(99);
  load(path, second.training());
  EXPECT_EQ(second.step, 5);
  EXPECT_EQ(second.losses, first.losses);
  EXPECT_EQ(second.sample, first.sample);
  EXPECT_EQ(second.adam.learning_rate(), first.adam.learning_rate());
  EXPECT_TRUE(same_parameters(second.model, first.model));
}

TEST(Checkpoint, AResumedRunGoesOnAsIfItHadNotStopped) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "training.safetensors";
  TestRun whole(1);
  whole.train(8);
  {
    TestRun first(1);
    first.train(5);
    save(path, first.training());
  }
  TestRun second(1);
  load(path, second.training());
  second.train(3);
  EXPECT_EQ(second.losses, whole.losses);
  EXPECT_TRUE(same_parameters(second.model, whole.model));
  EXPECT_LT(whole.adam.learning_rate(), 0.05);  // the plateau took part
}

TEST(Checkpoint, KeepsNumbersThatJsonLacks) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "training.safetensors";
  TestRun saved(1);
  saved.plateau.best = std::numeric_limits<double>::infinity();
  saved.losses = {0.1, std::numeric_limits<double>::quiet_NaN(), 1e-308};
  saved.step = std::numeric_limits<int64_t>::min();
  save(path, saved.training());
  TestRun loaded(1);
  loaded.plateau.best = 3.0;
  load(path, loaded.training());
  EXPECT_EQ(loaded.plateau.best, std::numeric_limits<double>::infinity());
  ASSERT_EQ(loaded.losses.size(), 3u);
  EXPECT_EQ(loaded.losses[0], 0.1);
  EXPECT_TRUE(std::isnan(loaded.losses[1]));
  EXPECT_EQ(loaded.losses[2], 1e-308);
  EXPECT_EQ(loaded.step, std::numeric_limits<int64_t>::min());
}

TEST(Checkpoint, ARunThatDoesNotFitIsLeftAsItWas) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "training.safetensors";
  TestRun saved(1);
  saved.train(1);
  save(path, saved.training());
  const TensorFile good = read_safetensors(path);
  TestRun run(2);
  const auto expect = [&](const TensorFile& file, const std::string& part) {
    write_safetensors(path, file);
    expect_input_error([&] { load(path, run.training()); }, part);
    EXPECT_TRUE(same_parameters(run.model, Model(2)));
    EXPECT_EQ(run.step, 0);
  };
  TensorFile bad = good;
  bad.metadata.erase("run.step");
  expect(bad, "'run.step' is missing");
  bad = good;
  bad.metadata["run.other"] = "1";
  expect(bad, "'run.other' is not known to this run");
  for (const char* text : {"", "x", "1.5", "1 ", "99999999999999999999"}) {
    bad = good;
    bad.metadata["run.step"] = text;
    expect(bad, "'run.step' is damaged");
  }
  bad = good;
  bad.metadata["run.losses"] = "1 2 x ";
  expect(bad, "'run.losses' is damaged");
  bad = good;
  bad.tensors["run.state.h"] = zeros({2, 3, 4});
  expect(bad, "'run.state.h': expected f32 (2, 2, 4), got f32 (2, 3, 4)");
  bad = good;
  bad.tensors.erase("optimizer.head.bias.first_moment");
  expect(bad, "'optimizer.head.bias.first_moment' is missing");
  save(path, Model(1));
  expect_input_error([&] { load(path, run.training()); }, "'model.embedding.weight' is missing");
}

}  // namespace
}  // namespace unroll
