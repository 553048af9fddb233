// lab.h: the ladders.
#include "engine/autograd.h"
#include "engine/ops.h"
#include "kernels/gpu_runtime.h"
#include "kernels/matmul/ladder.h"
#include "tests/simt/lab.h"

namespace unroll::lab {
namespace {

struct Cell {
  const char* name;
  int64_t gates;
  std::function<SequenceResult(const Tensor& x, const Tensor& h, const RecurrentWeights&)> run;
};

const Cell kCells[] = {
    {"rnn_tanh", 1, [](auto& x, auto& h, auto& w) { return rnn(x, h, w); }},
    {"rnn_relu", 1, [](auto& x, auto& h, auto& w) { return rnn(x, h, w, Nonlinearity::kRelu); }},
    {"lstm", 4, [](auto& x, auto& h, auto& w) { return lstm(x, h, h, w); }},
    {"gru", 3, [](auto& x, auto& h, auto& w) { return gru(x, h, w); }},
};

// A rung's sequence, forward and backward with gradients of everything.
void run_rung(const Cell& cell, kernels::RecurrentPlan plan, const Sizes& sizes) {
  const int64_t T = sizes.at("T"), B = sizes.at("B"), I = sizes.at("I"), H = sizes.at("H");
  Random random(1, "lab");
  const auto make = [&](std::initializer_list<int64_t> shape) {
    return uniform(Shape(shape), -0.5, 0.5, random).set_requires_grad();
  };
  const Tensor x = make({T, B, I}), h = make({B, H});
  const RecurrentWeights weights{make({cell.gates * H, I}), make({cell.gates * H, H}),
                                 make({cell.gates * H}), make({cell.gates * H})};
  begin_experiment();
  set_recurrent_plan(plan);
  const SequenceResult result = cell.run(x, h, weights);
  grad({result.output}, {x, h, weights.w_ih, weights.w_hh, weights.b_ih, weights.b_hh},
       {ones(result.output.shape())});
  set_recurrent_plan({});
}

// C = A·B by one rung of the GEMM ladder.
void run_gemm(const kernels::GemmRung<kernels::Simt, float>& rung, const Sizes& sizes) {
  const int64_t m = sizes.at("M"), n = sizes.at("N"), k = sizes.at("K");
  Random random(1, "lab");
  const Tensor a = uniform({m, k}, -1, 1, random), b = uniform({k, n}, -1, 1, random);
  Tensor c = zeros({m, n});
  begin_experiment();
  kernels::MatmulArgs<float> args{};
  args.batch = 1;
  args.m = m;
  args.n = n;
  args.k = k;
  args.a = a.data<float>();
  args.b = b.data<float>();
  args.c = c.mutable_data<float>();
  args.lda = k;
  args.ldb = args.ldc = n;
  rung.matmul(kernels::Simt{}, args);
  kernels::synchronize(kernels::Simt{});
}

}  // namespace

std::vector<Experiment> ladders() {
  std::vector<Experiment> result;
  const std::vector<Sizes> small{{{"T", 3}, {"B", 5}, {"I", 7}, {"H", 33}},
                                 {{"T", 2}, {"B", 17}, {"I", 8}, {"H", 64}}};
  for (const Cell& cell : kCells)
    for (int rung = 1; rung <= kernels::kRungs; ++rung) {
      const std::string name = cell.name + ("/" + std::to_string(rung));
      const auto add = [&](const std::string& suffix, kernels::RecurrentPlan plan,
                           const std::string& about) {
        result.push_back({name + suffix, about, small[1], small,
                          [&cell, plan](const Sizes& sizes) { run_rung(cell, plan, sizes); }});
      };
      const std::string about = "rung " + std::to_string(rung) + " of the recurrent ladder";
      if (rung == 7) {
        add("", {rung, kernels::Operands::kTf32}, about + ", tf32");
        add("_bf16", {rung, kernels::Operands::kBf16}, about + ", bf16");
      } else {
        add("", {rung}, about);
      }
    }
  for (const auto& rung : kernels::kGemmLadder<kernels::Simt, float>)
    result.push_back({"matmul/" + std::to_string(rung.number),
                      std::string("GEMM ladder: ") + rung.name,
                      {{"M", 64}, {"N", 64}, {"K", 64}},
                      {{{"M", 33}, {"N", 65}, {"K", 31}}, {{"M", 1}, {"N", 1}, {"K", 1}}},
                      [&rung](const Sizes& sizes) { run_gemm(rung, sizes); }});
  return result;
}

}  // namespace unroll::lab
