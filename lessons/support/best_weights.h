// Early stopping: the weights of the best moment of a training.
#pragma once

#include "engine/autograd.h"
#include "engine/nn/module.h"

namespace unroll::lessons {

class BestWeights {
 public:
  explicit BestWeights(const nn::Module& model) : parameters_(model.parameters()) { keep(); }

  /// The weights of now are the best so far.
  void keep() {
    best_.clear();
    for (const NamedTensor& parameter : parameters_)
      best_.push_back(copy_to(parameter.tensor, parameter.tensor.device()));
  }

  /// Those that were kept last, by the names of their parameters; what is assigned to them counts
  /// as kept.
  NamedTensors kept() const {
    NamedTensors named;
    for (std::size_t i = 0; i < best_.size(); ++i) named.push_back({parameters_[i].name, best_[i]});
    return named;
  }

  /// Gives the model those that were kept last.
  void restore() {
    const NoGrad no_grad;
    for (std::size_t i = 0; i < best_.size(); ++i) assign(parameters_[i].tensor, best_[i]);
  }

 private:
  NamedTensors parameters_;
  Tensors best_;
};

}  // namespace unroll::lessons
