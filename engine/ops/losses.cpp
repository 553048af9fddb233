#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"
#include "engine/ops/elementwise.h"
#include "kernels/cross_entropy.h"
#include "kernels/gather.h"

namespace unroll {
namespace {

Tensor reduced(const Tensor& losses, Reduction reduction) {
  switch (reduction) {
    case Reduction::kMean:
      return mean(losses);
    case Reduction::kSum:
      return sum(losses);
    case Reduction::kNone:
      break;
  }
  return losses;
}

struct CrossEntropy {
  static constexpr const char* name = "cross_entropy";
  int32_t ignore_index;
  double label_smoothing;
  Reduction reduction;

  template <class T>
  kernels::CrossEntropy<T> kernel_args(const Tensor& logits, const Tensor& targets,
                                       const Tensor& class_weights) const {
    return {targets.numel(),
            logits.shape().back(),
            ignore_index,
            label_smoothing,
            logits.data<T>(),
            targets.data<int32_t>(),
            optional_data<T>(class_weights)};
  }

  Tensor forward(Context& context, const Tensor& logits, const Tensor& targets,
                 const Tensor& class_weights) const {
    const auto like_targets = [&] {
      return Tensor(targets.shape(), logits.dtype(), logits.device());
    };
    Tensor losses = like_targets(), weights = like_targets();
    Tensor max = like_targets(), log_sum = like_targets();
    dispatch(name, logits, [&]<class T>(auto device, T) {
      kernels::cross_entropy_forward(device, kernel_args<T>(logits, targets, class_weights),
                                     losses.mutable_data<T>(), weights.mutable_data<T>(),
                                     max.mutable_data<T>(), log_sum.mutable_data<T>());
    });
    const Tensor total_weight = reduction == Reduction::kMean ? sum(weights) : Tensor();
    context.save(logits, targets, class_weights, max, log_sum, total_weight);
    switch (reduction) {
      case Reduction::kMean:
        return div(sum(losses), total_weight);
      case Reduction::kSum:
        return sum(losses);
      case Reduction::kNone:
        break;
    }
    return losses;
  }

  void backward(Backward& pass) const {
    if (!pass.needs(0)) return;
    const Tensor &logits = pass.saved(0), &targets = pass.saved(1), &class_weights = pass.saved(2);
    Tensor d_logits(logits.shape(), logits.dtype(), logits.device());
    dispatch(name, logits, [&]<class T>(auto device, T) {
      kernels::cross_entropy_backward(device, kernel_args<T>(logits, targets, class_weights),
                                      pass.saved(3).data<T>(), pass.saved(4).data<T>(),
                                      pass.d_output().data<T>(), reduction != Reduction::kNone,
                                      optional_data<T>(pass.saved(5)), d_logits.mutable_data<T>());
    });
    pass.add(0, std::move(d_logits));
  }
};

void check_cross_entropy(const Tensor& logits, const Tensor& targets,
                         const CrossEntropyOptions& options) {
  const char* op = CrossEntropy::name;
  require(logits.rank() >= 1 && logits.shape().back() > 0, "[", op,
          "] logits: expected (..., classes) with at least one class, got ", logits.shape());
  check_i32(op, "targets", targets);
  check_device(op, "targets", targets, logits);
  check_shape(op, "targets", targets, logits.shape().without(logits.rank() - 1),
              "the shape of the logits without the classes");
  require(options.label_smoothing >= 0 && options.label_smoothing <= 1, "[", op,
          "] label_smoothing: expected 0 to 1, got ", options.label_smoothing);
  const int64_t classes = logits.shape().back();
  if (options.class_weights.defined()) {
    check_like(op, "class_weights", options.class_weights, logits);
    check_shape(op, "class_weights", options.class_weights, {classes}, "(classes)");
    require(!options.class_weights.requires_grad(), "[", op,
            "] class_weights: not differentiable, but they require a gradient; detach() them");
  }
  int64_t bad = -1;
  dispatch_device(op, logits.device(), [&](auto device) {
    bad = kernels::check_indices(device, op, targets.numel(), targets.data<int32_t>(), classes,
                                 options.ignore_index);
  });
  require(bad < 0, "[", op,
          "] targets: ", bad < 0 ? 0.0 : targets.view({targets.numel()}).at({bad}), " at position ",
          bad, " is not one of ", classes, " classes (0 to ", classes - 1, ") nor ignore_index ",
          options.ignore_index);
}

// Losses compare element by element: broadcasting there is nearly always a mistake.
void check_pair(const char* op, const char* second, const Tensor& x, const Tensor& y) {
  check_like(op, second, y, x);
  check_shape(op, second, y, x.shape(), "the shape of the first argument");
}

}  // namespace

Tensor cross_entropy(const Tensor& logits, const Tensor& targets,
                     const CrossEntropyOptions& options) {
  check_cross_entropy(logits, targets, options);
  return apply(CrossEntropy{options.ignore_index, options.label_smoothing, options.reduction},
               logits, targets, options.class_weights);
}

Tensor bce_with_logits(const Tensor& logits, const Tensor& targets, double positive_weight,
                       Reduction reduction) {
  check_pair("bce_with_logits", "targets", logits, targets);
  const Binary<kernels::BceWithLogits> op{{positive_weight}};
  return reduced(apply(op, logits, targets), reduction);
}

Tensor mse(const Tensor& x, const Tensor& y, Reduction reduction) {
  check_pair("mse", "y", x, y);
  return reduced(square(sub(x, y)), reduction);
}

Tensor huber(const Tensor& x, const Tensor& y, double delta, Reduction reduction) {
  check_pair("huber", "y", x, y);
  require(delta > 0, "[huber] delta: expected more than 0, got ", delta);
  const Binary<kernels::Huber> op{{delta}};
  return reduced(apply(op, x, y), reduction);
}

}  // namespace unroll
