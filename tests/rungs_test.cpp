// Every rung of the recurrent ladder against the CPU's kernel, forward and backward.
#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "kernels/recurrent/planner.h"
#include "kernels/simt/launch.h"
#include "tests/rung_case.h"

namespace unroll {
namespace {

using namespace kernels;    // NOLINT: all names here are the kernels'
using namespace rung_case;  // NOLINT

/// The host's own memory, for the CPU's kernels.
struct HostMemory {
  template <class T>
  T* put(std::vector<T>& values, int) {
    return values.empty() ? nullptr : values.data();
  }
  void fetch() {}
  void* allocate(int64_t bytes) {
    workspaces_.push_back(std::make_unique<std::max_align_t[]>(
        static_cast<size_t>(bytes) / sizeof(std::max_align_t) + 32));
    void* memory = workspaces_.back().get();
    size_t space = static_cast<size_t>(bytes) + 256;
    return std::align(256, static_cast<size_t>(bytes), memory, space);
  }

 private:
  std::vector<std::unique_ptr<std::max_align_t[]>> workspaces_;
};

/// Memory of a device; `fetch` copies what has been put back to where it came from.
template <class Device>
class DeviceMemory {
 public:
  DeviceMemory() = default;
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;
  ~DeviceMemory() {
    for (void* memory : memory_) gpu_free(Device{}, memory);
  }

  template <class T>
  T* put(std::vector<T>& values, int padding) {
    if (values.empty()) return nullptr;
    const size_t bytes = values.size() * sizeof(T);
    T* device = static_cast<T*>(allocate(static_cast<int64_t>(bytes) + 64)) + padding;
    gpu_from_host(Device{}, bytes, values.data(), device);
    copies_.push_back([=, &values] { gpu_to_host(Device{}, bytes, device, values.data()); });
    return device;
  }
  void fetch() {
    for (const auto& copy : copies_) copy();
  }
  void* allocate(int64_t bytes) {
    memory_.push_back(gpu_allocate(Device{}, static_cast<size_t>(bytes)));
    return memory_.back();
  }

 private:
  std::vector<void*> memory_;
  std::vector<std::function<void()>> copies_;
};

/// The functions of a rung, or the CPU's.
template <class T>
struct Kernels {
  std::function<int64_t(const RecurrentForward<T>&)> forward_workspace;
  std::function<int64_t(const RecurrentBackward<T>&)> backward_workspace;
  std::function<void(const RecurrentForward<T>&, void*)> forward;
  std::function<void(const RecurrentBackward<T>&, void*)> backward;
};

template <class Cell, class T>
Kernels<T> kernels_of_cpu() {
  const CpuPortable cpu;
  return {[=](const auto& args) { return recurrent_forward_workspace<Cell>(cpu, args); },
          [=](const auto& args) { return recurrent_backward_workspace<Cell>(cpu, args); },
          [=](const auto& args, void* work) { recurrent_forward<Cell>(cpu, args, work); },
          [=](const auto& args, void* work) { recurrent_backward<Cell>(cpu, args, work); }};
}

RecurrentShape shape_of(const Case& c) {
  return {c.sizes.seq_len,     c.sizes.batch, c.sizes.input_size,
          c.sizes.hidden_size, c.reverse,     c.lengths.empty() ? nullptr : c.lengths.data(),
          {0, c.operands}};
}

/// Runs both passes. `saved` is not compared afterwards where it may be used up.
template <class Cell, class T, class Memory>
Arrays<T> run(const Kernels<T>& kernels, const Case& c) {
  Arrays<T> a = make_arrays<Cell, T>(c);
  {
    Memory memory;
    const auto put = [&](std::vector<T>& values) { return memory.put(values, c.padding); };
    const RecurrentForward<T> forward{shape_of(c),  put(a.x),     put(a.w_ih),   put(a.w_hh),
                                      put(a.b_ih),  put(a.b_hh),  put(a.states), put(a.cells),
                                      put(a.saved), put(a.output)};
    kernels.forward(forward, memory.allocate(kernels.forward_workspace(forward)));
    const RecurrentBackward<T> backward{
        shape_of(c),     forward.x,     forward.w_ih,  forward.w_hh,
        forward.states,  forward.cells, forward.saved, c.reuse ? forward.saved : nullptr,
        put(a.d_output), put(a.d_h_n),  put(a.d_c_n),  put(a.d_x),
        put(a.d_w_ih),   put(a.d_w_hh), put(a.d_b_ih), put(a.d_b_hh),
        put(a.d_h_0),    put(a.d_c_0)};
    kernels.backward(backward, memory.allocate(kernels.backward_workspace(backward)));
    memory.fetch();
  }
  if (c.reuse) a.saved.clear();
  return a;
}

template <class T>
void expect_close(Arrays<T>& actual, Arrays<T>& expected, double tolerance) {
  std::vector<std::pair<const char*, std::vector<T>*>> of_expected;
  expected.for_each_result(
      [&](const char* name, auto& array) { of_expected.emplace_back(name, &array); });
  size_t next = 0;
  actual.for_each_result([&](const char* name, std::vector<T>& array) {
    const std::vector<T>& other = *of_expected[next++].second;
    ASSERT_EQ(array.size(), other.size()) << name;
    double largest = 1e-3;
    for (const T value : other) largest = std::max(largest, std::abs(static_cast<double>(value)));
    for (size_t i = 0; i < array.size(); ++i) {
      const double error = std::abs(static_cast<double>(array[i]) - static_cast<double>(other[i]));
      ASSERT_LE(error, tolerance * largest)  // false for NaN too
          << name << "[" << i << "] is " << array[i] << ", on the cpu " << other[i];
    }
  });
}

/// Calls f(tag) for the devices that this build and machine have.
template <class F>
void for_each_device(const F& f) {
  f(Simt{});
#ifdef UNROLL_HAS_CUDA
  if (gpu_problem(Cuda{}).empty()) f(Cuda{});
#endif
}

template <class T>
Kernels<T> kernels_of(const Rung<T>& rung) {
  return {rung.forward_workspace, rung.backward_workspace, rung.forward, rung.backward};
}

/// Why a rung declines a case; "" if it does not.
template <class Cell, class T, class Device>
std::string refusal_of(Device device, int rung, const Case& c) {
  return forecasts<Cell, Device, T>(device, shape_of(c))[static_cast<size_t>(rung - 1)].refusal;
}

/// Whether a rung may decline a sequence: only one that keeps the weights on the chip, when they
/// are large or there is nothing to run, rung 7, which is there for other operands than f32, and
/// rung 8 without clusters.
bool may_refuse(int rung, const Case& c, const GpuProperties& gpu) {
  return (rung >= 5 && (c.sizes.hidden_size > 64 || c.sizes.batch == 0)) ||
         (rung == 7 && c.operands == Operands::kF32) || (rung == 8 && !gpu.clusters);
}

/// Compares all rungs that can run the cases with the CPU.
template <class Cell, class T>
void check_rungs(const std::vector<Case>& cases, double tolerance) {
  for (const Case& c : cases) {
    Arrays<T> expected = run<Cell, T, HostMemory>(kernels_of_cpu<Cell, T>(), c);
    for_each_device([&](auto device) {
      using Device = decltype(device);
      const GpuProperties& gpu = gpu_properties(device);
      for (const Rung<T>& rung : rungs<Cell, Device, T>(device)) {
        SCOPED_TRACE(testing::Message()
                     << "rung " << rung.number << " (" << rung.name << "), " << cell_name(Cell{})
                     << ", " << sizeof(T) << " bytes, " << testing::PrintToString(c));
        const std::string refusal = refusal_of<Cell, T>(device, rung.number, c);
        if (!refusal.empty()) {
          EXPECT_TRUE(may_refuse(rung.number, c, gpu)) << refusal;
          continue;
        }
        Arrays<T> actual = run<Cell, T, DeviceMemory<Device>>(kernels_of(rung), c);
        expect_close(actual, expected, tolerance);
      }
    });
  }
}

template <class Cell>
void check_all_types(const std::vector<Case>& cases) {
  check_rungs<Cell, float>(cases, 1e-5);
  check_rungs<Cell, double>(cases, 1e-12);
}

/// The cells, as a typed test.
template <class Cell>
class Rungs : public testing::Test {};
using AllCells = testing::Types<RnnTanh, RnnRelu, Lstm, Gru>;
struct CellNames {
  template <class Cell>
  static std::string GetName(int) {
    return cell_name(Cell{});
  }
};
TYPED_TEST_SUITE(Rungs, AllCells, CellNames);

const std::vector<int32_t> kLengths{2, 0, 4, 1, 3};

TYPED_TEST(Rungs, AllThatTheCallerMayAskFor) {
  check_all_types<TypeParam>({
      {.sizes = {4, 5, 3, 7}},
      {.sizes = {4, 5, 3, 7}, .reverse = true},
      {.sizes = {4, 5, 3, 7}, .lengths = kLengths},
      {.sizes = {4, 5, 3, 8}, .reverse = true, .lengths = kLengths, .reuse = true},
      {.sizes = {4, 5, 3, 8}, .biases = false, .d_output = false, .reuse = true},
      {.sizes = {4, 5, 3, 7}, .lengths = kLengths, .d_final = false, .d_parameters = false},
      {.sizes = {4, 5, 3, 7}, .d_output = false, .d_final = false, .d_input = false},
  });
}

TYPED_TEST(Rungs, OddSizes) {
  check_all_types<TypeParam>({
      {.sizes = {2, 1, 1, 1}},
      {.sizes = {1, 3, 2, 31}},
      {.sizes = {2, 2, 5, 33}, .reverse = true},
      {.sizes = {2, 17, 1, 4}},
      {.sizes = {3, 9, 2, 12}, .lengths = {3, 3, 1, 0, 2, 3, 1, 1, 2}},
  });
}

TYPED_TEST(Rungs, HiddenUnitsOfSeveralBlocks) {
  check_rungs<TypeParam, float>({{.sizes = {2, 1, 1, 257}, .reuse = true}}, 1e-5);
}

TYPED_TEST(Rungs, ArraysOffTheirAlignment) {
  check_all_types<TypeParam>({{.sizes = {2, 2, 3, 8}, .padding = 1}});
}

TYPED_TEST(Rungs, NothingToRun) {
  check_all_types<TypeParam>({{.sizes = {0, 2, 3, 4}},
                              {.sizes = {0, 2, 3, 4}, .reverse = true, .d_final = false},
                              {.sizes = {3, 0, 2, 4}}});
}

TYPED_TEST(Rungs, TensorCoresRoundTheirOperands) {
  check_rungs<TypeParam, float>({{.sizes = {3, 5, 3, 20}, .operands = Operands::kTf32}}, 4e-3);
  check_rungs<TypeParam, float>({{.sizes = {3, 5, 3, 20}, .operands = Operands::kBf16}}, 3e-2);
}

TYPED_TEST(Rungs, TheScheduleDoesNotMatter) {
  const Case c{.sizes = {4, 5, 3, 12}, .lengths = kLengths};
  const simt::Config before = simt::config();
  for (const Rung<float>& rung : rungs<TypeParam, Simt, float>(Simt{})) {
    if (!refusal_of<TypeParam, float>(Simt{}, rung.number, c).empty()) continue;
    SCOPED_TRACE(testing::Message() << "rung " << rung.number << " (" << rung.name << ")");
    const auto run_rung = [&] {
      return run<TypeParam, float, DeviceMemory<Simt>>(kernels_of(rung), c);
    };
    simt::config().schedule = simt::Schedule::kForward;
    Arrays<float> forward = run_rung();
    simt::config().schedule = simt::Schedule::kRandom;
    simt::config().seed = 5;
    Arrays<float> random = run_rung();
    simt::config() = before;
    expect_close(random, forward, 0);
  }
}

// ---- recurrent_forward: which rung it takes

/// The message of the error that a sequence of this shape and rung ends in, or "".
template <class T>
std::string error_of(const Case& c, int rung) {
  RecurrentForward<T> args{};
  args.shape = shape_of(c);
  args.shape.plan.rung = rung;
  try {
    recurrent_forward_workspace<Lstm>(Simt{}, args);
    return "";
  } catch (const GpuError& error) {
    return error.what();
  }
}

TEST(RungChoice, TakesTheRungThatTheCallerNames) {
  const Case c{.sizes = {3, 5, 3, 8}};
  for (const Rung<float>& rung : rungs<Lstm, Simt, float>(Simt{})) {
    RecurrentForward<float> args{};
    args.shape = shape_of(c);
    args.shape.plan.rung = rung.number;
    if (!refusal_of<Lstm, float>(Simt{}, rung.number, c).empty()) continue;
    EXPECT_EQ(recurrent_forward_workspace<Lstm>(Simt{}, args), rung.forward_workspace(args));
  }
}

TEST(RungChoice, ThePlannersChoiceRuns) {
  const Case c{.sizes = {3, 5, 3, 8}};
  const Kernels<float> kernels{
      [](const auto& args) { return recurrent_forward_workspace<Gru>(Simt{}, args); },
      [](const auto& args) { return recurrent_backward_workspace<Gru>(Simt{}, args); },
      [](const auto& args, void* work) { recurrent_forward<Gru>(Simt{}, args, work); },
      [](const auto& args, void* work) { recurrent_backward<Gru>(Simt{}, args, work); }};
  Arrays<float> actual = run<Gru, float, DeviceMemory<Simt>>(kernels, c);
  Arrays<float> expected = run<Gru, float, HostMemory>(kernels_of_cpu<Gru, float>(), c);
  expect_close(actual, expected, 1e-5);
}

TEST(RungChoice, SaysWhyARungCannotRun) {
  const Case c{.sizes = {3, 5, 3, 8}};
  EXPECT_EQ(error_of<float>(c, 4), "");
  EXPECT_EQ(error_of<double>(c, 4),
            "rung 4 runs f32 and this is f64; leave the rung to the planner or choose "
            "1, 2 or 3");
  EXPECT_EQ(error_of<double>(c, 9),
            "rung 9: there are rungs 1 to 8; leave the rung to the planner or choose 1, 2 or 3");
  const std::string error = error_of<float>({.sizes = {3, 5, 3, 4096}}, 5);
  EXPECT_NE(error.find("rung 5 "), std::string::npos) << error;
  EXPECT_NE(error.find("4096"), std::string::npos) << error;
  EXPECT_NE(error.find("choose 1, 2, 3"), std::string::npos) << error;
}

}  // namespace
}  // namespace unroll
