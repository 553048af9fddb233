#include <cmath>

#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/optim.h"
#include "engine/optim/clip.h"
#include "kernels/optimizer.h"

namespace unroll::optim {
namespace {

// Throws `Error` unless 0 ≤ value < 1.
void check_fraction(const char* optimizer, const char* option, double value) {
  require(value >= 0.0 && value < 1.0, "[", optimizer, "] ", option, ": expected 0 <= ", option,
          " < 1, got ", value);
}

}  // namespace

Optimizer::Optimizer(NamedTensors parameters, double learning_rate, std::vector<std::string> kept)
    : parameters_(std::move(parameters)),
      kept_names_(std::move(kept)),
      steps_(zeros({static_cast<int64_t>(parameters_.size())}, DType::i32, Device::cpu)),
      learning_rate_(zeros({}, DType::f64, Device::cpu)) {
  require(!parameters_.empty(), "Optimizer: there are no parameters");
  for (const NamedTensor& parameter : parameters_) {
    Tensors& tensors = kept_.emplace_back();
    for (size_t i = 0; i < kept_names_.size(); ++i) tensors.push_back(zeros_like(parameter.tensor));
  }
  set_learning_rate(learning_rate);
}

void Optimizer::set_learning_rate(double rate) {
  require(std::isfinite(rate) && rate >= 0.0, "Optimizer: expected a learning rate >= 0, got ",
          rate);
  *learning_rate_.mutable_data<double>() = rate;
}

void Optimizer::step() { update_all(nullptr); }

Tensor Optimizer::step(const Clip& clip) {
  const Tensor clipping = clipping_of(parameters_, clip.max_norm);
  if (!clipping.defined()) return scalar(0.0, DType::f64);
  update_all(reinterpret_cast<const kernels::Clipping*>(clipping.data<double>()));
  return clipping.view_rows(0, 1).view({});
}

void Optimizer::update_all(const kernels::Clipping* clipping) {
  const NoGrad no_grad;
  int32_t* steps = steps_.mutable_data<int32_t>();
  for (size_t i = 0; i < parameters_.size(); ++i) {
    Tensor& parameter = parameters_[i].tensor;
    const Tensor gradient = parameter.grad();
    if (gradient.defined()) update(parameter, gradient, kept_[i], ++steps[i], clipping);
  }
}

void Optimizer::zero_grad() {
  for (NamedTensor& parameter : parameters_)
    if (parameter.tensor.requires_grad()) parameter.tensor.zero_grad();
}

NamedTensors Optimizer::state() const {
  NamedTensors found{{"learning_rate", learning_rate_}, {"steps", steps_}};
  for (size_t i = 0; i < parameters_.size(); ++i)
    for (size_t k = 0; k < kept_names_.size(); ++k)
      found.push_back({parameters_[i].name + "." + kept_names_[k], kept_[i][k]});
  return found;
}

SGD::SGD(NamedTensors parameters, const SgdOptions& options)
    : Optimizer(std::move(parameters), options.lr,
                options.momentum != 0.0 ? std::vector<std::string>{"velocity"}
                                        : std::vector<std::string>{}),
      options_(options) {
  check_fraction("SGD", "momentum", options.momentum);
  require(!options.nesterov || options.momentum != 0.0, "[SGD] nesterov needs a momentum");
}

void SGD::update(Tensor& parameter, const Tensor& gradient, Tensors& kept, int64_t,
                 const kernels::Clipping* clipping) {
  const kernels::SgdStep step{learning_rate(), options_.momentum, options_.weight_decay,
                              options_.nesterov, clipping};
  dispatch("SGD", parameter, [&]<class T>(auto device, T) {
    kernels::sgd_step(device, step, parameter.numel(), gradient.data<T>(),
                      parameter.mutable_data<T>(),
                      kept.empty() ? nullptr : kept[0].mutable_data<T>());
  });
}

namespace {

std::vector<std::string> kept_by_rmsprop(const RmspropOptions& options) {
  std::vector<std::string> names{"square_average"};
  if (options.centered) names.push_back("gradient_average");
  if (options.momentum != 0.0) names.push_back("velocity");
  return names;
}

}  // namespace

RMSprop::RMSprop(NamedTensors parameters, const RmspropOptions& options)
    : Optimizer(std::move(parameters), options.lr, kept_by_rmsprop(options)), options_(options) {
  check_fraction("RMSprop", "alpha", options.alpha);
  check_fraction("RMSprop", "momentum", options.momentum);
}

void RMSprop::update(Tensor& parameter, const Tensor& gradient, Tensors& kept, int64_t,
                     const kernels::Clipping* clipping) {
  const kernels::RmspropStep step{learning_rate(),   options_.alpha,        options_.eps,
                                  options_.momentum, options_.weight_decay, clipping};
  dispatch("RMSprop", parameter, [&]<class T>(auto device, T) {
    T* gradient_average = options_.centered ? kept[1].mutable_data<T>() : nullptr;
    T* velocity = options_.momentum != 0.0 ? kept.back().mutable_data<T>() : nullptr;
    kernels::rmsprop_step(device, step, parameter.numel(), gradient.data<T>(),
                          parameter.mutable_data<T>(), kept[0].mutable_data<T>(), gradient_average,
                          velocity);
  });
}

Adam::Adam(NamedTensors parameters, const AdamOptions& options)
    : Adam(std::move(parameters), options, false) {}

Adam::Adam(NamedTensors parameters, const AdamOptions& options, bool decoupled)
    : Optimizer(std::move(parameters), options.lr, {"first_moment", "second_moment"}),
      options_(options),
      decoupled_(decoupled) {
  check_fraction("Adam", "beta1", options.beta1);
  check_fraction("Adam", "beta2", options.beta2);
}

AdamW::AdamW(NamedTensors parameters, const AdamWOptions& options)
    : Adam(std::move(parameters),
           {options.lr, options.beta1, options.beta2, options.eps, options.weight_decay}, true) {}

void Adam::update(Tensor& parameter, const Tensor& gradient, Tensors& kept, int64_t t,
                  const kernels::Clipping* clipping) {
  const double power = static_cast<double>(t);
  const kernels::AdamStep step{learning_rate(),
                               options_.beta1,
                               options_.beta2,
                               options_.eps,
                               options_.weight_decay,
                               decoupled_,
                               1.0 - std::pow(options_.beta1, power),
                               1.0 - std::pow(options_.beta2, power),
                               clipping};
  dispatch("Adam", parameter, [&]<class T>(auto device, T) {
    kernels::adam_step(device, step, parameter.numel(), gradient.data<T>(),
                       parameter.mutable_data<T>(), kept[0].mutable_data<T>(),
                       kept[1].mutable_data<T>());
  });
}

}  // namespace unroll::optim
