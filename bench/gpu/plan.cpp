// ./unroll kernel plan: what the planner of recurrent kernels expects of each rung.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/recurrent/planner.h"

namespace unroll::kernels {
namespace {

constexpr const char* kHelp = R"(Usage: ./unroll kernel plan CELL [NAME=VALUE…]

Shows the time that the planner's model gives each rung of the recurrent ladder, and which it takes.
CELL is RNN, LSTM or GRU. Names and values, apart or with commas between them:

  T=256 B=16 H=512 I=512   steps, batch, hidden units, inputs (as many as hidden units if not given)
  dtype=f32                or f64
  operands=f32             or tf32, bf16: what tensor cores may multiply
  gpu=h100                 or a100; simt, the GPU that the device simt stands for; cuda, this machine's

The model and its assumptions are in kernels/recurrent/planner.h. It puts rungs in order and does not
predict a benchmark.
)";

struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Settings as given, "H" → "512".
using Settings = std::map<std::string, std::string>;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

Settings parse(const std::vector<std::string>& arguments) {
  Settings settings{{"T", "256"},     {"B", "16"},         {"H", "512"},   {"I", ""},
                    {"dtype", "f32"}, {"operands", "f32"}, {"gpu", "h100"}};
  for (const std::string& argument : arguments) {
    std::istringstream parts(argument);
    for (std::string part; std::getline(parts, part, ',');) {
      const size_t equals = part.find('=');
      if (equals == part.npos || !settings.contains(part.substr(0, equals)))
        throw BadInput("'" + part + "': expected T, B, H, I, dtype, operands or gpu, as in H=512");
      settings[part.substr(0, equals)] = part.substr(equals + 1);
    }
  }
  return settings;
}

int64_t size(const Settings& settings, const std::string& name) {
  const std::string& text = settings.at(name);
  const bool digits = !text.empty() && text.size() < 10 &&
                      text.find_first_not_of("0123456789") == text.npos && text != "0";
  if (!digits) throw BadInput(name + "=" + text + ": expected a whole number from 1 on");
  return std::stoll(text);
}

/// One of `names`, by what stands for it.
template <class Value>
Value choice(const Settings& settings, const std::string& name,
             const std::vector<std::pair<std::string, Value>>& values) {
  std::string known;
  for (const auto& [text, value] : values) {
    if (text == lower(settings.at(name))) return value;
    known += (known.empty() ? "" : ", ") + text;
  }
  throw BadInput(name + "=" + settings.at(name) + ": expected one of " + known);
}

GpuProperties gpu(const Settings& settings) {
  const std::string name = lower(settings.at("gpu"));
#ifdef UNROLL_HAS_CUDA
  if (name == "cuda") {
    const std::string problem = gpu_problem(Cuda{});
    if (!problem.empty()) throw BadInput("gpu=cuda: " + problem);
    return gpu_properties(Cuda{});
  }
#endif
  if (name == "simt") return gpu_properties(Simt{});
  // NVIDIA's data sheets, and the limits that the CUDA Programming Guide gives.
  constexpr int64_t kB = 1024;
  if (name == "h100")
    return {"H100 SXM", 90, 132, 227 * kB, 228 * kB, 65536, /*clusters=*/true, 1.98};
  if (name == "a100")
    return {"A100 SXM", 80, 108, 163 * kB, 164 * kB, 65536, /*clusters=*/false, 1.41};
  throw BadInput("gpu=" + settings.at("gpu") + ": expected h100, a100, simt" +
#ifdef UNROLL_HAS_CUDA
                 " or cuda"
#else
                 " (this build has no CUDA)"
#endif
  );
}

template <class Cell, class T>
std::vector<Forecast> forecasts_on(const RecurrentShape& shape, const GpuProperties& gpu) {
  const RungProblem problem = rung_problem<Cell, T>(shape);
  std::vector<Forecast> all;
  for (const Rung<T>& rung : rungs<Cell, Simt, T>(Simt{}))
    all.push_back(forecast(rung.number, rung.name, rung.refusal(problem, gpu), problem, gpu));
  return all;
}

template <class T>
std::vector<Forecast> forecasts_on(const std::string& cell, const RecurrentShape& shape,
                                   const GpuProperties& gpu) {
  if (lower(cell) == "rnn") return forecasts_on<RnnTanh, T>(shape, gpu);
  if (lower(cell) == "lstm") return forecasts_on<Lstm, T>(shape, gpu);
  if (lower(cell) == "gru") return forecasts_on<Gru, T>(shape, gpu);
  throw BadInput("unknown cell '" + cell + "': expected RNN, LSTM or GRU");
}

void show(const std::vector<Forecast>& forecasts, int64_t steps) {
  const auto total = static_cast<double>(steps) / 1000;  // µs a step → ms
  std::puts(
      "                     forward               backward\n"
      "  rung               µs a step  ms in all  µs a step  ms in all");
  for (const Forecast& one : forecasts) {
    if (!one.refusal.empty()) {
      std::printf("  %d %-16s %s\n", one.rung, one.name, one.refusal.c_str());
      continue;
    }
    std::printf("  %d %-16s %9.2f  %9.3f  %9.2f  %9.3f\n", one.rung, one.name, one.forward_us,
                one.forward_us * total, one.backward_us, one.backward_us * total);
  }
  std::printf("\nThe planner takes rung %d forward and rung %d backward.\n",
              fastest(forecasts, false), fastest(forecasts, true));
}

void run(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "-h" || arguments[0] == "--help") {
    std::cout << kHelp;
    return;
  }
  Settings settings = parse({arguments.begin() + 1, arguments.end()});
  if (settings["I"].empty()) settings["I"] = settings["H"];
  const int bytes = choice<int>(settings, "dtype", {{"f32", 4}, {"f64", 8}});
  RecurrentPlan plan;
  plan.operands = choice<Operands>(
      settings, "operands",
      {{"f32", Operands::kF32}, {"tf32", Operands::kTf32}, {"bf16", Operands::kBf16}});
  const RecurrentShape shape{size(settings, "T"), size(settings, "B"),
                             size(settings, "I"), size(settings, "H"),
                             /*reverse=*/false,
                             /*lengths=*/nullptr, plan};
  const GpuProperties on = gpu(settings);
  const std::vector<Forecast> all = bytes == 4 ? forecasts_on<float>(arguments[0], shape, on)
                                               : forecasts_on<double>(arguments[0], shape, on);
  std::printf("%s of %s units, %s inputs, batch %s, %s steps, %s, on %s (%d multiprocessors)\n\n",
              arguments[0].c_str(), settings["H"].c_str(), settings["I"].c_str(),
              settings["B"].c_str(), settings["T"].c_str(), settings["dtype"].c_str(),
              on.name.c_str(), on.multiprocessors);
  show(all, shape.seq_len);
}

}  // namespace
}  // namespace unroll::kernels

int main(int argc, char** argv) {
  try {
    unroll::kernels::run({argv + 1, argv + argc});
    return 0;
  } catch (const unroll::kernels::BadInput& error) {
    std::cerr << "unroll kernel plan: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "unroll kernel plan: " << error.what() << '\n';
    return 1;
  }
}
