#include "engine/autograd.h"

#include <algorithm>
#include <vector>

#include "engine/ops.h"

namespace unroll {
namespace {

std::set<std::string>& registry() {
  static std::set<std::string> names;
  return names;
}

}  // namespace

const std::set<std::string>& registered_ops() { return registry(); }

bool register_op(const char* name) {
  registry().insert(name);
  return true;
}

// ---- the graph

namespace {

constinit thread_local uint64_t next_number = 0;

// Nodes that nobody keeps alive any more, and whether they are being deleted.
constinit thread_local Node* doomed = nullptr;
constinit thread_local bool draining = false;

}  // namespace

Node::Node(const char* op_name, bool leaf) : name(op_name), number(next_number++), is_leaf(leaf) {}

void Node::destroy(Node* node) {
  // Deleting a node drops its edges, which may end further nodes; those join the list instead of
  // being deleted from within, so the depth of the graph does not become depth of the call stack.
  node->next_doomed_ = doomed;
  doomed = node;
  if (draining) return;
  draining = true;
  while (doomed) {
    Node* next = doomed;
    doomed = next->next_doomed_;
    delete next;
  }
  draining = false;
}

bool Tape::any_requires_grad(const Tensors& inputs) {
  return std::any_of(inputs.begin(), inputs.end(),
                     [](const Tensor& input) { return input.requires_grad(); });
}

void Tape::add_edges(Node& node, const Tensor& input) {
  if (input.requires_grad())
    node.edges.emplace_back(input.impl().node, input.impl().output);
  else
    node.edges.emplace_back();
}

void Tape::add_edges(Node& node, const Tensors& inputs) {
  for (const Tensor& input : inputs) add_edges(node, input);
}

void Tape::record(const Ref<Node>& node, std::span<Tensor> outputs) {
  for (Tensor& output : outputs) {
    if (!output.defined() || output.dtype() == DType::i32) {
      node->outputs.emplace_back();
      continue;
    }
    TensorImpl& impl = output.impl();
    const int index = static_cast<int>(node->outputs.size());
    node->outputs.emplace_back(impl.shape, impl.dtype, output.device());
    if (impl.output == TensorImpl::kNoGradient) {
      impl.output = 0;
      continue;
    }
    // A node that kept its own output's handle would keep itself alive.
    for (Node::Saved& saved : node->saved)
      if (saved.tensor.is(output)) saved.tensor = output.detach();
    impl.output = index;
    impl.node = node;
  }
}

// ---- the tensor's side

Tensor& Tensor::set_requires_grad(bool on) {
  require(dtype() != DType::i32, "set_requires_grad: a tensor of dtype i32 has no gradient");
  require(!requires_grad() || impl().node->is_leaf,
          "set_requires_grad: this tensor was computed by '",
          requires_grad() ? impl().node->name : "", "'; detach() it first");
  if (on == requires_grad()) return *this;
  impl().node = on ? Ref<Node>(new Node("leaf", true)) : Ref<Node>();
  impl().output = 0;
  if (on) impl().node->outputs.emplace_back(shape(), dtype(), device(), true);
  return *this;
}

Tensor Tensor::grad() const {
  if (!requires_grad()) return Tensor();
  return impl().node->outputs[static_cast<size_t>(impl().output)].grad;
}

void Tensor::set_grad(Tensor gradient) {
  require(requires_grad(), "set_grad: this tensor does not require a gradient");
  require(!gradient.defined() || (gradient.shape() == shape() && gradient.dtype() == dtype()),
          "set_grad: expected ", unroll::name(dtype()), " ", shape());
  impl().node->outputs[static_cast<size_t>(impl().output)].grad = std::move(gradient);
}

Tensor& Tensor::retain_grad() {
  require(requires_grad(), "retain_grad: this tensor does not require a gradient");
  impl().node->outputs[static_cast<size_t>(impl().output)].retain = true;
  return *this;
}

void Tensor::backward(bool keep_graph) const { unroll::backward({*this}, {}, keep_graph); }

// ---- one node's backward

void Backward::throw_changed(size_t i) const {
  const Node::Saved& saved = node_.saved[i];
  throw Error(concat_message("[", node_.name, "] tensor ", i, " of shape ", saved.tensor.shape(),
                             ", saved for the backward pass, was changed in place afterwards "
                             "(version ",
                             saved.tensor.version(), ", saved at ", saved.version, ")"));
}

Tensor Backward::space_like_d_output(size_t i) const {
  const Tensor& dy = d_output(i);
  return dy.is_unique() ? dy : Tensor(dy.shape(), dy.dtype(), dy.device());
}

namespace {

void accumulate(Tensor& sum, Tensor gradient) {
  if (!sum.defined())
    sum = std::move(gradient);
  else if (sum.is_unique())
    add_in_place(sum, gradient);
  else
    sum = add(sum, gradient);
}

}  // namespace

void Backward::add(size_t i, Tensor gradient) {
  if (!needs(i)) return;
  Node::Output& input = target(i);
  require(gradient.shape() == input.shape, "[", node_.name, "] backward gave input ", i,
          " a gradient of shape ", gradient.shape(), ", expected ", input.shape);
  accumulate(input.pending, std::move(gradient));
}

Tensor& Backward::sum_of(size_t i) {
  Node::Output& input = target(i);
  if (!input.pending.defined())
    input.pending = zeros(input.shape, input.dtype, input.device);
  else if (!input.pending.is_unique())
    input.pending = copy_to(input.pending, input.device);
  return input.pending;
}

Tensor* Backward::started_sum_of(size_t i) {
  Tensor& sum = target(i).pending;
  return sum.defined() && sum.is_unique() ? &sum : nullptr;
}

// ---- the backward pass

namespace {

void drop_pending(Node& node) {
  for (Node::Output& output : node.outputs) output.pending = Tensor();
}

// Nodes that a gradient has reached and that have not run: ops in a heap, newest first, and the
// leaves, whose gradients are complete when no op is left.
class Worklist {
 public:
  Worklist() = default;
  ~Worklist() {  // not empty only when an error ended the pass
    for (const SmallVector<Node*, 64>* list : {&ops_, &leaves_})
      for (Node* node : *list) {
        node->queued = false;
        drop_pending(*node);
        // The op that failed may have given its first inputs a gradient already.
        for (const Node::Edge& edge : node->edges)
          if (edge.node) drop_pending(*edge.node);
      }
  }

  void push(Node* node) {
    if (node->queued) return;
    node->queued = true;
    if (node->is_leaf) {
      leaves_.emplace_back(node);
      return;
    }
    ops_.emplace_back(node);
    std::push_heap(ops_.begin(), ops_.end(), older);
  }

  /// The newest op, or a leaf when there is none; null at the end. It stays in the list until
  /// `pop`, so that an error clears it too.
  Node* next() {
    if (!ops_.empty()) return *ops_.begin();
    return leaves_.empty() ? nullptr : leaves_.back();
  }

  void pop() {
    next()->queued = false;
    if (ops_.empty()) return leaves_.pop_back();
    std::pop_heap(ops_.begin(), ops_.end(), older);
    ops_.pop_back();
  }

 private:
  static bool older(const Node* a, const Node* b) { return a->number < b->number; }
  SmallVector<Node*, 64> ops_, leaves_;
};

// A tensor whose gradient `grad` was asked for.
struct Wanted {
  Node* node;
  size_t output;
  Tensor gradient;
};

void seed(Worklist& worklist, const Tensors& outputs, const Tensors& grad_outputs) {
  require(grad_outputs.empty() || grad_outputs.size() == outputs.size(),
          "backward: ", outputs.size(), " outputs but ", grad_outputs.size(), " grad_outputs");
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Tensor& output = outputs[i];
    require(output.requires_grad(), "backward: output ", i,
            " does not depend on a tensor that requires a gradient");
    Tensor gradient = grad_outputs.empty() ? Tensor() : grad_outputs[i];
    if (gradient.defined()) {
      require(gradient.shape() == output.shape() && gradient.dtype() == output.dtype(),
              "backward: grad_output ", i, " is ", unroll::name(gradient.dtype()), " ",
              gradient.shape(), ", expected ", unroll::name(output.dtype()), " ", output.shape());
    } else {
      require(output.numel() == 1, "backward: output ", i, " has shape ", output.shape(),
              "; give grad_outputs, or reduce it to one element first");
      gradient = ones(output.shape(), output.dtype(), output.device());
    }
    Node* node = output.impl().node.get();
    accumulate(node->outputs[static_cast<size_t>(output.impl().output)].pending, gradient);
    worklist.push(node);
  }
}

// Puts the finished gradients of a node's outputs where somebody waits for them.
void deliver(Node& node, std::vector<Wanted>* wanted) {
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    Node::Output& output = node.outputs[i];
    if (!output.pending.defined()) continue;
    if (wanted) {
      for (Wanted& request : *wanted)
        if (request.node == &node && request.output == i) request.gradient = output.pending;
    } else if (output.retain) {
      // Never memory that another gradient shares: clipping scales gradients in place.
      const bool shared = !output.grad.defined() && !output.pending.is_unique();
      accumulate(output.grad, shared ? copy_to(output.pending, output.device) : output.pending);
    }
  }
}

void run(const Tensors& outputs, const Tensors& grad_outputs, bool keep_graph, uint64_t oldest,
         std::vector<Wanted>* wanted) {
  NoGrad no_grad;
  Worklist worklist;
  seed(worklist, outputs, grad_outputs);
  while (Node* node = worklist.next()) {
    deliver(*node, wanted);
    if (!node->is_leaf && node->number > oldest) {
      require(!node->freed, "[", node->name, "] backward was run through this op before, which ",
              "freed what it had saved; pass keep_graph = true to the first backward");
      Backward pass(*node, oldest, keep_graph);
      node->backward(pass);
      for (const Node::Edge& edge : node->edges)
        if (edge.node && edge.node->outputs[static_cast<size_t>(edge.output)].pending.defined())
          worklist.push(edge.node.get());
      if (!keep_graph) {
        node->freed = true;
        node->saved.clear();
      }
    }
    drop_pending(*node);
    worklist.pop();
  }
}

}  // namespace

void backward(const Tensors& outputs, const Tensors& grad_outputs, bool keep_graph) {
  run(outputs, grad_outputs, keep_graph, 0, nullptr);
}

Tensors grad(const Tensors& outputs, const Tensors& inputs, const Tensors& grad_outputs,
             bool keep_graph) {
  require(!inputs.empty(), "grad: no inputs");
  std::vector<Wanted> wanted;
  uint64_t oldest = next_number;
  for (size_t i = 0; i < inputs.size(); ++i) {
    require(inputs[i].requires_grad(), "grad: input ", i, " does not require a gradient");
    Node* node = inputs[i].impl().node.get();
    wanted.push_back({node, static_cast<size_t>(inputs[i].impl().output), {}});
    oldest = std::min(oldest, node->number);
  }
  run(outputs, grad_outputs, keep_graph, oldest, &wanted);
  Tensors gradients;
  for (const Wanted& request : wanted) gradients.push_back(request.gradient);
  return gradients;
}

}  // namespace unroll
