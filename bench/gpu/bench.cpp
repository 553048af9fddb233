// gpu_bench: times both ladders on a GPU, each rung against the others and GEMMs against cuBLAS.
//
//   gpu_bench [--device cuda|simt] [--quick] [RECORDS]
//
// Prints tables. RECORDS gets one JSON object a line for each measurement, among them the shapes
// that bench/peers/torch_recurrent.py then measures with PyTorch.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "engine/autograd.h"
#include "engine/error.h"
#include "engine/ops.h"
#include "engine/random.h"
#include "kernels/gpu_runtime.h"
#include "kernels/matmul/cublas.h"
#include "kernels/matmul/ladder.h"

namespace unroll::bench {
namespace {

using kernels::Operands;

struct Options {
  Device device = Device::cuda;
  bool quick = false;
  std::string records;
};

struct Problem {
  const char* cell;
  int64_t seq_len, batch, hidden;
};

// The first is that of FlashRNN's published comparison; the last fits into one block.
constexpr Problem kShapes[] = {
    {"lstm", 1024, 16, 768}, {"lstm", 256, 64, 512}, {"lstm", 256, 8, 1024}, {"lstm", 256, 1, 512},
    {"gru", 256, 64, 512},   {"gru", 256, 8, 1024},  {"rnn", 256, 64, 512},  {"lstm", 256, 16, 64},
};
constexpr Problem kQuickShapes[] = {{"lstm", 4, 3, 16}, {"gru", 4, 3, 16}, {"rnn", 4, 3, 16}};

// Runs what the GPU is timed with: after a warm-up, the median of five measurements, each as long
// as it takes to be worth an event.
double median_ms(Device device, const std::function<void()>& work) {
  const auto ms = [&](int times) {
    const std::function<void()> all = [&] {
      for (int i = 0; i < times; ++i) work();
    };
    double seconds = 0;
    if (device == Device::simt) seconds = kernels::gpu_seconds(kernels::Simt{}, all);
#ifdef UNROLL_HAS_CUDA
    if (device == Device::cuda) seconds = kernels::gpu_seconds(kernels::Cuda{}, all);
#endif
    return 1000 * seconds / times;
  };
  work();
  const double once = ms(1);
  const int times = static_cast<int>(std::clamp(20 / std::max(once, 1e-3), 1.0, 1000.0));
  std::array<double, 5> samples{};
  for (double& sample : samples) sample = ms(times);
  std::sort(samples.begin(), samples.end());
  return samples[2];
}

class Records {
 public:
  explicit Records(const std::string& file) {
    if (file.empty()) return;
    out_.open(file);
    require(out_.is_open(), "cannot write ", file);
  }
  void add(const std::string& json) {
    if (out_.is_open()) out_ << "{" << json << "}" << std::endl;
  }

 private:
  std::ofstream out_;
};

// One recurrent layer with as many inputs as hidden units.
class Layer {
 public:
  explicit Layer(const Problem& shape) : cell_(shape.cell) {
    const int64_t H = shape.hidden, gates = cell_ == "lstm" ? 4 : cell_ == "gru" ? 3 : 1;
    const double bound = 1 / std::sqrt(static_cast<double>(H));
    Random random(1, "bench");
    const auto parameter = [&](const Shape& of) {
      return uniform(of, -bound, bound, random).set_requires_grad();
    };
    x_ = randn({shape.seq_len, shape.batch, H}, random).set_requires_grad();
    d_output_ = randn({shape.seq_len, shape.batch, H}, random);
    weights_ = {parameter({gates * H, H}), parameter({gates * H, H}), parameter({gates * H}),
                parameter({gates * H})};
  }

  Tensor forward() const {
    if (cell_ == "lstm") return lstm(x_, {}, {}, weights_).output;
    if (cell_ == "gru") return gru(x_, {}, weights_).output;
    return rnn(x_, {}, weights_).output;
  }

  Tensors train() const {
    return grad({forward()}, {x_, weights_.w_ih, weights_.w_hh, weights_.b_ih, weights_.b_hh},
                {d_output_});
  }

 private:
  std::string cell_;
  Tensor x_, d_output_;
  RecurrentWeights weights_;
};

// The largest difference, relative to the largest element; NaN if there is one.
double error(const Tensor& actual, const Tensor& expected) {
  const auto a = actual.to_vector<float>(), b = expected.to_vector<float>();
  double largest = 0, apart = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(b[i])));
    const double difference = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    if (std::isnan(difference)) return difference;
    apart = std::max(apart, difference);
  }
  return apart / std::max(largest, 1e-30);
}

// A number as JSON has it, which knows no NaN.
std::string json(double number) { return std::isfinite(number) ? concat_message(number) : "null"; }

struct Way {
  int rung;
  Operands operands;
  const char* name;
};
constexpr Way kWays[] = {
    {1, Operands::kF32, "rung 1"},        {2, Operands::kF32, "rung 2"},
    {3, Operands::kF32, "rung 3"},        {4, Operands::kF32, "rung 4"},
    {5, Operands::kF32, "rung 5"},        {6, Operands::kF32, "rung 6"},
    {7, Operands::kTf32, "rung 7, tf32"}, {7, Operands::kBf16, "rung 7, bf16"},
    {8, Operands::kF32, "rung 8"},        {0, Operands::kF32, "the planner's"},
};

// Returns whether every rung ran, or refused to.
bool time_recurrent(const Problem& shape, Device device, Records& records) {
  bool failed = false;
  const Layer layer(shape);
  std::printf("\n%s, %lld steps, batch %lld, %lld hidden units and inputs, f32\n", shape.cell,
              static_cast<long long>(shape.seq_len), static_cast<long long>(shape.batch),
              static_cast<long long>(shape.hidden));
  std::puts("                  forward ms  training ms    against rung 2");
  set_recurrent_plan({.rung = 2});
  const Tensor expected = layer.forward();
  const Tensor expected_gradient = layer.train()[2];
  for (const Way& way : kWays) {
    set_recurrent_plan({way.rung, way.operands});
    try {
      const double forward_error = error(layer.forward(), expected);
      const double gradient_error = error(layer.train()[2], expected_gradient);
      double forward_ms = 0;
      {
        const NoGrad no_grad;
        forward_ms = median_ms(device, [&] { (void)layer.forward(); });
      }
      const double training_ms = median_ms(device, [&] { (void)layer.train(); });
      std::printf("  %-14s %11.3f  %11.3f    output %.0e, gradient %.0e\n", way.name, forward_ms,
                  training_ms, forward_error, gradient_error);
      records.add(concat_message("\"kernel\": \"", shape.cell, "\", \"seq_len\": ", shape.seq_len,
                                 ", \"batch\": ", shape.batch, ", \"hidden\": ", shape.hidden,
                                 ", \"by\": \"", way.name, "\", \"forward_ms\": ", json(forward_ms),
                                 ", \"training_ms\": ", json(training_ms),
                                 ", \"output_error\": ", json(forward_error),
                                 ", \"gradient_error\": ", json(gradient_error)));
    } catch (const Error& error) {  // the other rungs are measured all the same
      const std::string text = error.what();
      const size_t refusal = text.find("cannot run this");
      failed |= refusal == std::string::npos;
      std::printf(
          "  %-14s %s\n", way.name,
          (refusal == std::string::npos ? "FAILED: " + text : text.substr(refusal)).c_str());
    }
    std::fflush(stdout);
  }
  set_recurrent_plan({});
  return !failed;
}

template <class Tag>
void time_gemms(Tag, const Options& options, Records& records) {
  Random random(1, "gemm");
  for (const int64_t n :
       options.quick ? std::vector<int64_t>{64} : std::vector<int64_t>{256, 1024, 4096}) {
    const Tensor a = randn({n, n}, random), b = randn({n, n}, random);
    Tensor c({n, n}, DType::f32, options.device), expected;
    const kernels::MatmulArgs<float> args{
        1, n, n, n, false, false, false, a.data<float>(), b.data<float>(), c.mutable_data<float>(),
        n, n, n, 0, 0,     0};
    std::printf("\nC = A B, %lld x %lld, f32\n                          ms    TFLOP/s\n",
                static_cast<long long>(n), static_cast<long long>(n));
    const auto time = [&](const std::string& name, const std::function<void()>& multiply) {
      multiply();
      if (!expected.defined()) expected = copy_to(c, Device::cpu);
      const double apart = error(c, expected), ms = median_ms(options.device, multiply);
      const double tflops = 2e-9 * std::pow(static_cast<double>(n), 3) / ms;
      std::printf("  %-18s %9.4f  %9.2f    error %.0e\n", name.c_str(), ms, tflops, apart);
      std::fflush(stdout);
      records.add(concat_message("\"kernel\": \"gemm\", \"size\": ", n, ", \"by\": \"", name,
                                 "\", \"ms\": ", json(ms), ", \"tflops\": ", json(tflops),
                                 ", \"error\": ", json(apart)));
    };
    for (const kernels::GemmRung<Tag, float>& rung : kernels::kGemmLadder<Tag, float>)
      time(concat_message(rung.number, ' ', rung.name), [&] { rung.matmul(Tag{}, args); });
#ifdef UNROLL_HAS_CUDA
    if constexpr (std::is_same_v<Tag, kernels::Cuda>) {
      if (*kernels::cublas_problem() == 0)
        time("cuBLAS", [&] { kernels::cublas_matmul(Tag{}, args); });
      else
        std::printf("  cuBLAS: %s\n", kernels::cublas_problem());
    }
#endif
  }
}

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--quick")
      options.quick = true;
    else if (arguments[i] == "--device" && i + 1 < arguments.size())
      options.device = parse_device(arguments[++i]);
    else if (arguments[i].starts_with("-") || !options.records.empty())
      throw input_error("usage: gpu_bench [--device cuda|simt] [--quick] [RECORDS]");
    else
      options.records = arguments[i];
  }
  require(options.device != Device::cpu, "gpu_bench measures GPU kernels: --device cuda or simt");
  return options;
}

// Returns whether all went well.
bool run(const Options& options) {
  set_default_device(options.device);
  Records records(options.records);
  bool ok = true;
  const auto time_all = [&](std::span<const Problem> shapes) {
    for (const Problem& shape : shapes) ok &= time_recurrent(shape, options.device, records);
  };
  options.quick ? time_all(kQuickShapes) : time_all(kShapes);
  if (options.device == Device::simt) time_gemms(kernels::Simt{}, options, records);
#ifdef UNROLL_HAS_CUDA
  if (options.device == Device::cuda) time_gemms(kernels::Cuda{}, options, records);
#endif
  return ok;
}

}  // namespace
}  // namespace unroll::bench

int main(int argc, char** argv) {
  try {
    return unroll::bench::run(unroll::bench::parse({argv + 1, argv + argc})) ? 0 : 1;
  } catch (const unroll::Error& error) {
    std::cerr << "gpu_bench: " << error.what() << '\n';
    return error.cause() == unroll::Error::Cause::kInput ? 2 : 1;
  } catch (const std::exception& error) {
    std::cerr << "gpu_bench: " << error.what() << '\n';
    return 1;
  }
}
