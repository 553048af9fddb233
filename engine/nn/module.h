// Module: a tree of layers whose parameters have names.
//
//   struct Model : nn::Module {
//     explicit Model(uint64_t seed) : Module(seed) {}
//     nn::LSTM lstm{*this, "lstm", 10, 32};
//     nn::Linear head{*this, "head", 32, 1};
//   };
//
// The model's parameters are then "lstm.weight_ih_l0", …, "head.weight", "head.bias". Each is drawn
// from a random stream of its own, named after it, so that adding or moving a layer changes no
// other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/random.h"
#include "engine/tensor.h"

namespace unroll {

/// A tensor and what it is called. The handle is live: writing to it writes to its owner's.
struct NamedTensor {
  std::string name;
  Tensor tensor;
};
using NamedTensors = std::vector<NamedTensor>;

namespace nn {

/// A node of the tree: it has parameters and children. Layers stand in their parent as members (or
/// beside it as local variables) and stay where they were made.
class Module {
 public:
  /// The root of a tree. All below it is drawn from `seed` and has dtype f32 or f64.
  explicit Module(uint64_t seed, DType dtype = DType::f32);
  /// Child `name` of `parent`. Throws `Error` unless the name is new there, not empty, and without
  /// a dot.
  Module(Module& parent, std::string_view name);
  virtual ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// The parameters of this module and all below it, in the order in which they were made, by their
  /// names from here. A tensor that stands in two places (tied weights) is listed once.
  NamedTensors parameters() const;
  /// How many numbers `parameters()` holds.
  int64_t num_parameters() const;
  /// Drops the gradients of all parameters.
  void zero_grad();

  /// Whether dropout drops: true at first. Sets this module and all below it.
  void train(bool on = true);
  void eval() { train(false); }
  bool training() const { return training_; }

  DType dtype() const { return dtype_; }
  /// This module's place in the tree, "encoder.lstm"; empty for the root.
  const std::string& path() const { return path_; }

  /// A new stream of random numbers for `use` here: a function of the seed, the use and the path.
  Random random(std::string_view use) const;

  /// A stream that moves on during training, and its name from the root. Save its position to
  /// resume.
  struct NamedRandom {
    std::string name;
    Random* random;
  };
  std::vector<NamedRandom> random_streams();

 protected:
  /// Makes `parameter` a tensor of zeros that requires a gradient, called `name`. The member must
  /// stay where it is.
  void add_parameter(std::string_view name, Tensor& parameter, const Shape& shape);
  /// Lists `random` in `random_streams()`.
  void add_random(std::string_view name, Random& random);

 private:
  struct OwnParameter {
    std::string name;
    Tensor* tensor;
  };
  std::string full_name(std::string_view name) const;
  void check_new(std::string_view name) const;
  void collect(const std::string& prefix, NamedTensors& found) const;

  Module* parent_ = nullptr;
  std::string name_, path_;
  uint64_t seed_;
  DType dtype_;
  bool training_ = true;
  std::vector<Module*> children_;
  std::vector<OwnParameter> parameters_;
  std::vector<NamedRandom> randoms_;
};

}  // namespace nn
}  // namespace unroll
