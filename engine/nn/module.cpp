#include "engine/nn/module.h"

#include <algorithm>

#include "engine/error.h"

namespace unroll::nn {

Module::Module(uint64_t seed, DType dtype) : seed_(seed), dtype_(dtype) {
  require(dtype != DType::i32, "Module: expected dtype f32 or f64, got i32");
}

Module::Module(Module& parent, std::string_view name)
    : parent_(&parent),
      name_(name),
      path_(parent.full_name(name)),
      seed_(parent.seed_),
      dtype_(parent.dtype_),
      training_(parent.training_) {
  parent.check_new(name);
  parent.children_.push_back(this);
}

Module::~Module() {
  if (parent_) std::erase(parent_->children_, this);
  for (Module* child : children_) child->parent_ = nullptr;
}

std::string Module::full_name(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void Module::check_new(std::string_view name) const {
  require(!name.empty() && name.find('.') == std::string_view::npos, "Module '", path_,
          "': a name must not be empty or have a dot, got '", name, "'");
  const auto is_name = [name](const auto& owner) { return owner.name == name; };
  const bool taken = std::any_of(parameters_.begin(), parameters_.end(), is_name) ||
                     std::any_of(children_.begin(), children_.end(),
                                 [name](const Module* child) { return child->name_ == name; });
  require(!taken, "Module '", path_, "': the name '", name, "' is used twice");
}

void Module::add_parameter(std::string_view name, Tensor& parameter, const Shape& shape) {
  check_new(name);
  parameter = zeros(shape, dtype_);
  parameter.set_requires_grad();
  parameters_.push_back({std::string(name), &parameter});
}

void Module::collect(const std::string& prefix, NamedTensors& found) const {
  for (const OwnParameter& own : parameters_) {
    const bool listed = std::any_of(found.begin(), found.end(), [&](const NamedTensor& other) {
      return &other.tensor.impl() == &own.tensor->impl();
    });
    if (!listed) found.push_back({prefix + own.name, *own.tensor});
  }
  for (const Module* child : children_) child->collect(prefix + child->name_ + ".", found);
}

NamedTensors Module::parameters() const {
  NamedTensors found;
  collect("", found);
  return found;
}

int64_t Module::num_parameters() const {
  int64_t count = 0;
  for (const NamedTensor& parameter : parameters()) count += parameter.tensor.numel();
  return count;
}

void Module::zero_grad() {
  for (NamedTensor& parameter : parameters())
    if (parameter.tensor.requires_grad()) parameter.tensor.zero_grad();
}

void Module::train(bool on) {
  training_ = on;
  for (Module* child : children_) child->train(on);
}

Random Module::random(std::string_view use) const {
  return Random(seed_, path_.empty() ? std::string(use) : std::string(use) + "." + path_);
}

void Module::add_random(std::string_view name, Random& random) {
  randoms_.push_back({full_name(name), &random});
}

std::vector<Module::NamedRandom> Module::random_streams() {
  std::vector<NamedRandom> found = randoms_;
  for (Module* child : children_)
    for (NamedRandom& below : child->random_streams()) found.push_back(std::move(below));
  return found;
}

}  // namespace unroll::nn
