// The tape: what an op records, and how gradients flow back.
//
// `apply(Op{…}, inputs…)` runs Op::forward and, when an input requires a gradient, hangs a Node on
// the outputs. A node's creation number is larger than that of every node it depends on, so
// creation order is a topological order: the backward pass takes the highest number from a worklist
// until none is left. Nothing here recurses, so a graph may be millions of nodes deep.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "engine/allocator.h"
#include "engine/error.h"
#include "engine/ref.h"
#include "engine/small_vector.h"
#include "engine/tensor.h"

namespace unroll {

class Backward;

/// One recorded op, or a leaf.
class Node : public Counted, public Pooled {
 public:
  /// Where the gradient of an input goes: output `output` of `node`; no node, no gradient.
  struct Edge {
    Ref<Node> node;
    int output = 0;
  };
  /// A tensor kept for the backward pass, and its version at that time.
  struct Saved {
    Tensor tensor;
    uint32_t version = 0;
  };
  /// What belongs to one output: its shape, the gradient summed so far in the pass that is running,
  /// and the gradient kept for the user.
  struct Output {
    Shape shape;
    DType dtype = DType::f32;
    Device device = Device::cpu;
    bool retain = false;
    Tensor pending{};
    Tensor grad{};
  };

  Node(const char* op_name, bool leaf);
  virtual ~Node() = default;
  /// Ends a node, and without recursion all nodes that only it kept alive.
  static void destroy(Node* node);

  virtual void backward(Backward&) {}

  const char* const name;
  const uint64_t number;
  const bool is_leaf;
  bool freed = false;   // backward has used and released the saved tensors
  bool queued = false;  // waits in the worklist of the pass that is running
  SmallVector<Edge, 2> edges;
  SmallVector<Saved, 2> saved;
  SmallVector<Output, 1> outputs;

 private:
  Node* next_doomed_ = nullptr;
};

/// What Op::forward is given.
class Context {
 public:
  /// `node` records the op; null when it is not recorded.
  explicit Context(Node* node) : node_(node) {}

  /// Whether a backward pass may follow: if not, nothing needs to be kept.
  bool recording() const { return node_ != nullptr; }

  /// Keeps tensors for Op::backward, which reads them as saved(0), saved(1), … in this order.
  template <class... T>
  void save(const T&... tensors) {
    if (node_) (node_->saved.emplace_back(tensors, tensors.defined() ? tensors.version() : 0), ...);
  }

  /// Says that no gradient flows through `output`.
  void no_gradient(const Tensor& output) {
    if (node_) output.impl().output = TensorImpl::kNoGradient;
  }

 private:
  Node* node_;
};

/// What Op::backward is given: the saved tensors, the gradients of the outputs, and where to put
/// the gradients of the inputs. Inputs are numbered as they were given to `apply`, lists flattened.
class Backward {
 public:
  Backward(Node& node, uint64_t oldest, bool keep_graph)
      : node_(node), oldest_(oldest), keep_graph_(keep_graph) {}

  /// Saved tensor number i. Throws `Error` if it was changed in place since.
  const Tensor& saved(size_t i) const {
    const Node::Saved& saved = node_.saved[i];
    if (saved.tensor.defined() && saved.tensor.version() != saved.version) [[unlikely]]
      throw_changed(i);
    return saved.tensor;
  }
  /// Whether the memory of saved tensor i is needed by nobody after this call, so that a kernel may
  /// use it up.
  bool may_overwrite(size_t i) const { return !keep_graph_ && saved(i).is_unique(); }
  /// The gradient of output i; undefined when nothing flowed into it.
  const Tensor& d_output(size_t i = 0) const { return node_.outputs[i].pending; }
  /// Whether the gradient of input i is wanted. Skip computing it when not.
  bool needs(size_t i) const {
    const Node* input = node_.edges[i].node.get();
    return input != nullptr && input->number >= oldest_;
  }
  /// The shape of input i. Only for inputs that `needs` says are wanted.
  const Shape& input_shape(size_t i) const { return target(i).shape; }
  /// A tensor like d_output(i) to write a gradient to. It is d_output(i) itself where nobody else
  /// needs that, so that an elementwise kernel works in place.
  Tensor space_like_d_output(size_t i = 0) const;
  /// Adds `gradient`, of the input's shape, to the gradient of input i. Ignored when not needed.
  void add(size_t i, Tensor gradient);
  /// The sum of input i's gradient so far (zeros at first), to be added to in place. For ops whose
  /// gradient touches a part of the input only. Only when needed.
  Tensor& sum_of(size_t i);
  /// The same where there is a sum already and adding to it saves an addition; otherwise null.
  Tensor* started_sum_of(size_t i);

 private:
  [[noreturn]] void throw_changed(size_t i) const;
  Node::Output& target(size_t i) const {
    const Node::Edge& edge = node_.edges[i];
    return edge.node->outputs[static_cast<size_t>(edge.output)];
  }

  Node& node_;
  uint64_t oldest_;
  bool keep_graph_;
};

namespace detail {
inline constinit thread_local bool recording = true;
}

/// Whether ops are recorded now; true unless a `NoGrad` is alive.
inline bool grad_enabled() { return detail::recording; }

/// While alive, ops are not recorded.
class NoGrad {
 public:
  NoGrad() : before_(std::exchange(detail::recording, false)) {}
  ~NoGrad() { detail::recording = before_; }
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};

/// Adds the gradients of outputs·grad_outputs to the leaves. An undefined or missing grad_output
/// stands for ones, for outputs of one element.
void backward(const Tensors& outputs, const Tensors& grad_outputs = {}, bool keep_graph = false);

/// The gradients of Σ outputs·grad_outputs with respect to `inputs`, leaves or not, as tensors of
/// their shapes; undefined for an input that the outputs do not depend on. Leaves' grad() is left
/// alone. Saved tensors of the nodes on the way are freed unless `keep_graph`.
Tensors grad(const Tensors& outputs, const Tensors& inputs, const Tensors& grad_outputs = {},
             bool keep_graph = false);

/// Names of all ops that this program can record.
const std::set<std::string>& registered_ops();

/// Adds to `registered_ops()`; called for each Op that `apply` is used with, before main.
bool register_op(const char* name);

// ---- how apply() works

/// The parts of `apply` that do not depend on the op.
class Tape {
 public:
  static bool any_requires_grad(const Tensor& input) { return input.requires_grad(); }
  static bool any_requires_grad(const Tensors& inputs);
  static void add_edges(Node& node, const Tensor& input);
  static void add_edges(Node& node, const Tensors& inputs);
  /// Makes `node` the origin of the outputs.
  static void record(const Ref<Node>& node, std::span<Tensor> outputs);

  template <class Op>
  static inline const bool kRegistered = register_op(Op::name);
};

template <class Op>
class OpNode final : public Node {
 public:
  explicit OpNode(const Op& op) : Node(Op::name, false), op_(op) {}
  void backward(Backward& pass) override { op_.backward(pass); }

 private:
  Op op_;
};

/// Runs an op and records it when an input requires a gradient. An Op is a struct with
///   static constexpr const char* name;
///   Tensor forward(Context&, const Tensor&…) const;   // or Tensors; an input may be a Tensors
///   void backward(Backward&) const;
/// Its data members (an axis, a flag) are kept with the node. Where Tensors are given, call it
/// unroll::apply: they are vectors of the standard library, which has an apply too.
template <class Op, class... Inputs>
auto apply(const Op& op, const Inputs&... inputs) {
  static_assert(((std::is_same_v<Inputs, Tensor> || std::is_same_v<Inputs, Tensors>)&&...));
  [[maybe_unused]] const bool registered = Tape::kRegistered<Op>;
  Ref<Node> node;
  if (grad_enabled() && (Tape::any_requires_grad(inputs) || ...)) {
    node = Ref<Node>(new OpNode<Op>(op));
    (Tape::add_edges(*node, inputs), ...);
  }
  Context context(node.get());
  auto outputs = [&] {
    NoGrad inside;
    return op.forward(context, inputs...);
  }();
  if (node) {
    if constexpr (std::is_same_v<decltype(outputs), Tensor>)
      Tape::record(node, {&outputs, 1});
    else
      Tape::record(node, outputs);
  }
  return outputs;
}

}  // namespace unroll
