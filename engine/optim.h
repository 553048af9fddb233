// Optimizers, gradient clipping and learning rate schedules, with PyTorch's formulas.
//
// Of one element: p the parameter, g its gradient, η the learning rate, λ weight_decay; t counts
// the steps from 1. A parameter without a gradient is left alone, and its t stands still.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/nn/module.h"

namespace unroll::kernels {
struct Clipping;
}

namespace unroll::optim {

/// Limits the norm √(Σg²) of all gradients together.
struct Clip {
  double max_norm;
};

/// Updates parameters in place from their gradients.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// One step for every parameter that has a gradient.
  void step();
  /// The same with the gradients scaled as by `clip_grad_norm`: step({.max_norm = 1}). Scaling is
  /// part of the update, so the gradients are read twice and stay as they are. Returns their norm
  /// before clipping, an f64 scalar: where they are on a GPU, only reading it waits. Where the norm
  /// is not finite, no parameter and nothing that goes with it is changed.
  Tensor step(const Clip& clip);
  /// Drops the gradients of all parameters.
  void zero_grad();

  double learning_rate() const { return learning_rate_.item(); }
  void set_learning_rate(double rate);

  /// Everything that a step depends on besides settings and parameters: the learning rate, the
  /// counts of steps, and what is kept for each parameter. Live handles, to be saved and restored.
  NamedTensors state() const;

 protected:
  /// `kept` names the tensors of a parameter's shape, zeros at first, that go with each parameter.
  Optimizer(NamedTensors parameters, double learning_rate, std::vector<std::string> kept);

  /// Step number t of one parameter; `kept` in the order of the names. `clipping` lies on the
  /// device; null: none.
  virtual void update(Tensor& parameter, const Tensor& gradient, Tensors& kept, int64_t t,
                      const kernels::Clipping* clipping) = 0;

 private:
  void update_all(const kernels::Clipping* clipping);

  NamedTensors parameters_;
  std::vector<std::string> kept_names_;
  std::vector<Tensors> kept_;  // of each parameter
  Tensor steps_;               // (parameters), i32
  Tensor learning_rate_;       // f64 scalar
};

struct SgdOptions {
  double lr = 0.1;
  double momentum = 0.0;  // μ
  bool nesterov = false;
  double weight_decay = 0.0;
};

/// Stochastic gradient descent:  g ← g + λp,  v ← μv + g,  p ← p − ηv, or with Nesterov's momentum
/// p ← p − η(g + μv). I. Sutskever et al., "On the importance of initialization and momentum in
/// deep learning", ICML 2013, eq. 1–4, with v scaled by −1/η.
class SGD : public Optimizer {
 public:
  /// Throws `Error` for nesterov without momentum.
  explicit SGD(NamedTensors parameters, const SgdOptions& options = {});

 private:
  void update(Tensor& parameter, const Tensor& gradient, Tensors& kept, int64_t t,
              const kernels::Clipping* clipping) override;
  SgdOptions options_;
};

struct RmspropOptions {
  double lr = 0.01;
  double alpha = 0.99;  // α
  double eps = 1e-8;    // ε
  double momentum = 0.0;
  bool centered = false;  // divide by the deviation of the gradient instead of its size
  double weight_decay = 0.0;
};

/// RMSprop:  g ← g + λp,  s ← αs + (1−α)g²,  p ← p − ηg/(√s + ε); with momentum μ
/// v ← μv + g/(√s + ε),  p ← p − ηv; centered, a ← αa + (1−α)g and √(s − a²) in place of √s.
/// T. Tieleman and G. Hinton, "Lecture 6.5: rmsprop", Coursera, 2012; centered: A. Graves,
/// "Generating sequences with recurrent neural networks", 2013, eq. 38–41.
class RMSprop : public Optimizer {
 public:
  explicit RMSprop(NamedTensors parameters, const RmspropOptions& options = {});

 private:
  void update(Tensor& parameter, const Tensor& gradient, Tensors& kept, int64_t t,
              const kernels::Clipping* clipping) override;
  RmspropOptions options_;
};

struct AdamOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.0;
};

/// Adam:  g ← g + λp,  m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,
/// p ← p − η·m̂/(√v̂ + ε) with m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ).
/// D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1.
class Adam : public Optimizer {
 public:
  explicit Adam(NamedTensors parameters, const AdamOptions& options = {});

 protected:
  Adam(NamedTensors parameters, const AdamOptions& options, bool decoupled);

 private:
  void update(Tensor& parameter, const Tensor& gradient, Tensors& kept, int64_t t,
              const kernels::Clipping* clipping) override;
  AdamOptions options_;
  bool decoupled_;
};

struct AdamWOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.01;
};

/// Adam whose weight decay acts on the parameter itself:  p ← p − ηλp − η·m̂/(√v̂ + ε).
/// I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2.
class AdamW : public Adam {
 public:
  explicit AdamW(NamedTensors parameters, const AdamWOptions& options = {});
};

/// Scales all gradients by max_norm/(norm + 1e-6) where their norm √(Σg²), over all parameters
/// together, is larger than that. Returns the norm before clipping; where it is not finite, the
/// gradients are left as they are. R. Pascanu et al., "On the difficulty of training recurrent
/// neural networks", ICML 2013, algorithm 1.
double clip_grad_norm(const NamedTensors& parameters, double max_norm);

// ---- schedules: set_learning_rate(schedule.at(step)) before each step

/// Multiplies the rate by `gamma` every `period` steps.
struct StepSchedule {
  double lr;
  int64_t period;
  double gamma = 0.1;
  /// The rate after `step` steps.
  double at(int64_t step) const;
};

/// Half a cosine from `lr` at step 0 down to `minimum` at step `steps`; before it, the rate rises
/// linearly for `warmup` of these steps. I. Loshchilov and F. Hutter, "SGDR: stochastic gradient
/// descent with warm restarts", ICLR 2017, eq. 5.
struct CosineSchedule {
  double lr;
  int64_t steps;
  double minimum = 0.0;
  int64_t warmup = 0;
  double at(int64_t step) const;
};

struct PlateauOptions {
  double factor = 0.1;
  int64_t patience = 10;    // epochs without improvement that are tolerated
  double threshold = 1e-4;  // an improvement is at least this share of the best value
  bool absolute = false;    // … or this amount
  bool maximize = false;
  int64_t cooldown = 0;  // epochs after a reduction in which nothing is counted
  double minimum = 0.0;
};

/// Multiplies the rate by `factor` when a metric stops improving.
class PlateauSchedule {
 public:
  explicit PlateauSchedule(const PlateauOptions& options = {});
  /// Takes one epoch's metric and the rate until now; returns the rate from now on.
  double next(double metric, double lr);

  // What it remembers: save it to resume.
  double best;
  int64_t waited = 0;  // epochs without improvement
  int64_t cooldown_left = 0;

 private:
  PlateauOptions options_;
};

}  // namespace unroll::optim
