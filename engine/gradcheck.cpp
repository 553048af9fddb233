#include "engine/gradcheck.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "engine/autograd.h"
#include "engine/error.h"
#include "engine/random.h"

namespace unroll {
namespace {

// The direction v in which an input is moved: one element, or a random one along all of them.
struct Direction {
  int64_t element = -1;
  std::vector<double> along;
};

// A projection of the outputs: Σ weights·output, over one output or all.
struct Projection {
  std::vector<size_t> outputs;
  std::string name;
};

bool differentiable(const Tensor& x) { return x.defined() && x.dtype() != DType::i32; }

double dot(const Tensor& a, const Tensor& b) {
  const std::vector<double> x = a.to_vector<double>(), y = b.to_vector<double>();
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

// "(1, 3)": where element number `flat` is in a tensor of `shape`.
std::string index_of(int64_t flat, const Shape& shape) {
  std::vector<int64_t> index(static_cast<size_t>(shape.rank()));
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    index[static_cast<size_t>(axis)] = flat % shape[axis];
    flat /= shape[axis];
  }
  return Shape(index).str();
}

bool same_bits(const Tensor& a, const Tensor& b) {
  if (a.defined() != b.defined()) return false;
  if (!a.defined()) return true;
  if (a.shape() != b.shape() || a.dtype() != b.dtype()) return false;
  const std::vector<double> x = a.to_vector<double>(), y = b.to_vector<double>();
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](double x_i, double y_i) {
    return std::bit_cast<uint64_t>(x_i) == std::bit_cast<uint64_t>(y_i);
  });
}

class Check {
 public:
  Check(const TensorFunction& function, const Tensors& inputs, const GradcheckOptions& options)
      : function_(function), options_(options), random_(options.seed, "gradcheck") {
    for (const Tensor& x : inputs) {
      inputs_.push_back(differentiable(x) ? cast(x, DType::f64) : x);
      if (differentiable(x)) checked_.push_back(inputs_.size() - 1);
    }
    require(!checked_.empty(), "gradcheck: no input of dtype f32 or f64");
  }

  GradcheckResult run() {
    if (plan_projections()) compare_all() && check_alone() && check_kept_graph();
    return std::move(result_);
  }

 private:
  Tensors evaluate(const Tensors& inputs) const {
    NoGrad no_grad;
    return function_(inputs);
  }

  // The inputs as new leaves; only number `alone` if that is given.
  Tensors leaves(size_t alone = SIZE_MAX) const {
    Tensors result = inputs_;
    for (size_t i : checked_)
      if (alone == SIZE_MAX || alone == i) result[i] = inputs_[i].detach().set_requires_grad();
    return result;
  }

  Tensors gradients(const Tensors& outputs, const Projection& projection, const Tensors& of,
                    bool keep_graph = false) const {
    Tensors projected, weights;
    for (size_t output : projection.outputs) {
      if (!outputs[output].requires_grad()) continue;
      projected.push_back(outputs[output]);
      weights.push_back(weights_[output]);
    }
    if (projected.empty()) return Tensors(of.size());
    return grad(projected, of, weights, keep_graph);
  }

  Tensors pick(const Tensors& from) const {
    Tensors result;
    for (size_t i : checked_) result.push_back(from[i]);
    return result;
  }

  // Which outputs carry gradients, and the random weights they are projected with.
  bool plan_projections() {
    const Tensors outputs = function_(leaves());
    const Tensors again = evaluate(inputs_);
    for (size_t i = 0; i < outputs.size(); ++i) {
      weights_.emplace_back();
      if (!outputs[i].requires_grad()) continue;
      if (outputs[i].dtype() != DType::f64)
        return fail("output ", i, " is ", name(outputs[i].dtype()), " for inputs of f64");
      if (!same_bits(outputs[i], again[i]))
        return fail("the function gives another output ", i, " when called again");
      weights_[i] =
          uniform(outputs[i].shape(), -1.0, 1.0, random_, DType::f64, outputs[i].device());
      projections_.push_back({{i}, concat_message("output ", i)});
    }
    if (projections_.empty()) return fail("no output depends on an input through the tape");
    if (projections_.size() > 1) {
      Projection all{{}, "all outputs"};
      for (const Projection& one : projections_) all.outputs.push_back(one.outputs[0]);
      projections_.push_back(all);
    }
    return true;
  }

  std::vector<Direction> directions(int64_t numel) {
    std::vector<Direction> result;
    if (numel <= options_.exhaustive) {
      for (int64_t i = 0; i < numel; ++i) result.push_back({i, {}});
      return result;
    }
    for (int d = 0; d < options_.directions; ++d) {
      Direction direction;
      for (int64_t i = 0; i < numel; ++i) direction.along.push_back(2 * random_.next_uniform() - 1);
      result.push_back(std::move(direction));
    }
    for (int64_t i : {int64_t{0}, numel - 1, random_.below(numel), random_.below(numel)})
      result.push_back({i, {}});
    return result;
  }

  // The outputs with one input moved by `step` along `direction`, in a copy.
  Tensors outputs_at(size_t input, const Direction& direction, double step) const {
    Tensors moved = inputs_;
    std::vector<double> x = inputs_[input].to_vector<double>();
    if (direction.element >= 0) x[static_cast<size_t>(direction.element)] += step;
    for (size_t i = 0; i < direction.along.size(); ++i) x[i] += step * direction.along[i];
    moved[input] = from_vector(x, inputs_[input].shape(), inputs_[input].device());
    return evaluate(moved);
  }

  bool compare_all() {
    std::vector<Tensors> analytic;  // of each projection, for each checked input
    for (const Projection& projection : projections_) {
      const Tensors inputs = leaves();
      analytic.push_back(gradients(function_(inputs), projection, pick(inputs)));
      for (size_t i = 0; i < checked_.size(); ++i) {
        const Tensor& gradient = analytic.back()[i];
        const Shape& expected = inputs_[checked_[i]].shape();
        if (gradient.defined() &&
            (gradient.dtype() != DType::f64 || !(gradient.shape() == expected)))
          return fail("the gradient of input ", checked_[i], " is ", name(gradient.dtype()), " ",
                      gradient.shape(), ", expected f64 ", expected);
      }
    }
    all_gradients_ = analytic.back();
    for (size_t i = 0; i < checked_.size(); ++i)
      for (const Direction& direction : directions(inputs_[checked_[i]].numel()))
        compare(i, direction, analytic);
    if (wrong_ > 0)
      return fail(worst_, "; ", wrong_, " of ", compared_, " comparisons failed, this one by most");
    return true;
  }

  void compare(size_t at, const Direction& direction, const std::vector<Tensors>& analytic) {
    const size_t input = checked_[at];
    const Shape& shape = inputs_[input].shape();
    const Tensors above = outputs_at(input, direction, options_.epsilon);
    const Tensors below = outputs_at(input, direction, -options_.epsilon);
    for (size_t p = 0; p < projections_.size(); ++p) {
      double numeric = 0;
      for (size_t output : projections_[p].outputs)
        numeric += dot(weights_[output], above[output]) - dot(weights_[output], below[output]);
      numeric /= 2 * options_.epsilon;
      double expected = 0;
      if (const Tensor& gradient = analytic[p][at]; gradient.defined()) {
        const std::vector<double> g = gradient.to_vector<double>();
        if (direction.element >= 0) expected = g[static_cast<size_t>(direction.element)];
        for (size_t i = 0; i < direction.along.size(); ++i) expected += g[i] * direction.along[i];
      }
      const double allowed = options_.atol + options_.rtol * std::abs(numeric);
      const double excess = std::abs(numeric - expected) / allowed;
      ++compared_;
      if (excess <= 1) continue;  // false for NaN
      ++wrong_;
      if (excess <= worst_excess_) continue;
      worst_excess_ = std::isnan(excess) ? HUGE_VAL : excess;
      const std::string where = direction.element >= 0
                                    ? "element " + index_of(direction.element, shape)
                                    : std::string("a random direction");
      worst_ = concat_message("input ", input, " of shape ", shape, ", ", where, ", ",
                              projections_[p].name, ": numeric ", numeric, ", analytic ", expected);
    }
  }

  // The gradients of all outputs together, when only one input requires a gradient.
  bool check_alone() {
    for (size_t i = 0; i < checked_.size() && checked_.size() > 1; ++i) {
      const Tensors inputs = leaves(checked_[i]);
      const Tensor alone =
          gradients(function_(inputs), projections_.back(), {inputs[checked_[i]]})[0];
      if (!agree(alone, all_gradients_[i]))
        return fail("input ", checked_[i],
                    " gets another gradient when it alone requires one (look at needs(i))");
    }
    return true;
  }

  bool check_kept_graph() {
    const Tensors inputs = leaves();
    const Tensors outputs = function_(inputs);
    const Tensors of = pick(inputs);
    const Tensors first = gradients(outputs, projections_.back(), of, /*keep_graph=*/true);
    const Tensors second = gradients(outputs, projections_.back(), of);
    for (size_t i = 0; i < of.size(); ++i)
      if (!same_bits(first[i], second[i]))
        return fail("input ", checked_[i], " gets another gradient when backward runs again over ",
                    "a kept graph (backward must not write into what it saved)");
    return true;
  }

  // Equal up to rounding, or one of them zeros and the other undefined.
  bool agree(const Tensor& a, const Tensor& b) const {
    if (!a.defined() && !b.defined()) return true;
    const std::vector<double> x = (a.defined() ? a : zeros_like(b)).to_vector<double>();
    const std::vector<double> y = (b.defined() ? b : zeros_like(a)).to_vector<double>();
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](double x_i, double y_i) {
      return std::abs(x_i - y_i) <= 1e-9 * std::max({1.0, std::abs(x_i), std::abs(y_i)});
    });
  }

  template <class... Args>
  bool fail(const Args&... args) {
    result_ = {false, concat_message("gradcheck: ", args...)};
    return false;
  }

  const TensorFunction& function_;
  const GradcheckOptions& options_;
  Random random_;
  Tensors inputs_;
  std::vector<size_t> checked_;  // the inputs that have gradients
  Tensors weights_;              // of each output
  std::vector<Projection> projections_;
  Tensors all_gradients_;  // of all outputs together, for each checked input
  GradcheckResult result_;
  std::string worst_;
  double worst_excess_ = 0;
  int64_t compared_ = 0, wrong_ = 0;
};

}  // namespace

GradcheckResult gradcheck(const TensorFunction& function, const Tensors& inputs,
                          const GradcheckOptions& options) {
  return Check(function, inputs, options).run();
}

}  // namespace unroll
