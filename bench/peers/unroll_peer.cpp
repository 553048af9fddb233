// unroll itself as a contender: what a user of the engine writes.
#include "bench/peers/peer.h"
#include "engine/autograd.h"
#include "engine/nn/recurrent.h"
#include "kernels/device.h"
#include "kernels/parallel.h"

namespace unroll::peers {
namespace {

using compare::Case;
using compare::Kind;

Tensor tensor_of(const Floats& values, const compare::Array& array) {
  return from_vector(values, Shape(array.shape));
}

nn::Cell cell_of(Kind kind) {
  if (kind == Kind::kLstm) return nn::Cell::kLstm;
  return kind == Kind::kGru ? nn::Cell::kGru : nn::Cell::kRnnTanh;
}

// The forward pass of a layer with nothing recorded.
class Inference : public Job {
 public:
  Inference(const Case& one, const std::vector<Floats>& inputs)
      : layer_(root_, "layer", cell_of(one.kind), one.hidden, one.hidden) {
    const std::vector<compare::Array> arrays = one.inputs();
    x_ = tensor_of(inputs[0], arrays[0]);
    for (NamedTensor& parameter : layer_.parameters()) parameters_.push_back(parameter.tensor);
    const NoGrad no_grad;
    for (size_t i = 0; i < parameters_.size(); ++i)
      assign(parameters_[i], tensor_of(inputs[1 + i], arrays[1 + i]));
  }

  void run() override {
    const NoGrad no_grad;
    output_ = layer_(x_).output;
  }

  std::vector<Floats> results() override { return {output_.to_vector<float>()}; }

 protected:
  nn::Module root_{1};
  nn::Recurrent layer_;
  Tensor x_, output_;
  Tensors parameters_;  // weight_ih, weight_hh, bias_ih, bias_hh
};

class Training : public Inference {
 public:
  Training(const Case& one, const std::vector<Floats>& inputs)
      : Inference(one, inputs), d_output_(tensor_of(inputs.back(), one.inputs().back())) {
    x_.set_requires_grad();
    leaves_ = {x_};
    leaves_.insert(leaves_.end(), parameters_.begin(), parameters_.end());
  }

  void run() override {
    mark_as_changed();
    output_ = layer_(x_).output;
    gradients_ = grad({output_}, leaves_, {d_output_});
  }

  std::vector<Floats> results() override {
    std::vector<Floats> all{output_.to_vector<float>()};
    for (const Tensor& gradient : gradients_) all.push_back(gradient.to_vector<float>());
    return all;
  }

 private:
  // As an optimizer would have: nothing that was made of the weights may be used again.
  void mark_as_changed() {
    const NoGrad no_grad;
    for (Tensor& parameter : parameters_) parameter.mutable_data<float>();
  }

  Tensor d_output_;
  Tensors leaves_, gradients_;
};

class Product : public Job {
 public:
  Product(const Case& one, const std::vector<Floats>& inputs)
      : a_(tensor_of(inputs[0], one.inputs()[0])), b_(tensor_of(inputs[1], one.inputs()[1])) {}

  void run() override {
    const NoGrad no_grad;
    output_ = matmul(a_, b_, {.b = true});
  }

  std::vector<Floats> results() override { return {output_.to_vector<float>()}; }

 private:
  Tensor a_, b_, output_;
};

std::unique_ptr<Job> prepare(const Case& one, const std::vector<Floats>& inputs) {
  if (!one.recurrent()) return std::make_unique<Product>(one, inputs);
  if (one.pass == compare::Pass::kInference) return std::make_unique<Inference>(one, inputs);
  return std::make_unique<Training>(one, inputs);
}

}  // namespace
}  // namespace unroll::peers

int main() {
  unroll::kernels::set_num_threads(unroll::peers::threads());
  return unroll::peers::serve(UNROLL_VERSION,
                              {{"simd", unroll::kernels::name(unroll::kernels::simd_level())}},
                              unroll::peers::prepare);
}
