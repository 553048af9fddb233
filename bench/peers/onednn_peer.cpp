// oneDNN, called directly: its RNN primitives and its matrix product.
//
// The primitives choose the layout of the weights. Inference packs them once, before it is timed.
// In training they have changed since the last step: packing them, for the forward and for the
// backward pass, is part of the step, from weights kept in the layout in which oneDNN returns their
// gradients. So is clearing the gradients, since oneDNN adds to them. src_iter is always given as
// zeros: without it, oneDNN 2.6 returns wrong gradients of W_hh.
#include <algorithm>
#include <array>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "bench/peers/peer.h"
#include "engine/error.h"

namespace unroll::peers {
namespace {

using compare::Case;
using compare::Kind;
using compare::Pass;
using dnnl::memory;
using dnnl::prop_kind;
using Dims = memory::dims;
using Tag = memory::format_tag;

// What is added to an argument's number to name its gradient.
constexpr int kGradient = DNNL_ARG_DIFF_SRC_LAYER - DNNL_ARG_SRC_LAYER;

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& stream() {
  static dnnl::stream stream(cpu());
  return stream;
}

memory::desc describe(const Dims& dims, Tag tag) {
  return memory::desc(dims, memory::data_type::f32, tag);
}

void copy(memory from, memory to) {
  dnnl::reorder(from, to).execute(stream(), from, to);
  stream().wait();
}

void clear(const memory& array) {
  float* data = static_cast<float*>(array.get_data_handle());
  std::fill_n(data, array.get_desc().get_size() / sizeof(float), 0.0F);
}

memory memory_of(const Floats& values, const memory::desc& desc) {
  memory array(desc, cpu());
  std::copy(values.begin(), values.end(), static_cast<float*>(array.get_data_handle()));
  return array;
}

Floats floats_of(const memory& array, const memory::desc& layout) {
  memory plain(layout, cpu());
  copy(array, plain);
  const float* data = static_cast<const float*>(plain.get_data_handle());
  return Floats(data, data + layout.get_size() / sizeof(float));
}

// oneDNN has a GRU's gates as z, r, n, we as r, z, n. The change is its own inverse.
Floats swap_gates(Floats values, const Case& one) {
  if (one.kind != Kind::kGru) return values;
  const auto gate = static_cast<std::ptrdiff_t>(values.size()) / 3;
  std::swap_ranges(values.begin(), values.begin() + gate, values.begin() + gate);
  return values;
}

// oneDNN's one bias: the sum of ours, except that a GRU's n has both.
Floats join_biases(const Case& one, const Floats& b_ih, const Floats& b_hh) {
  const bool gru = one.kind == Kind::kGru;
  Floats bias = b_ih;
  const size_t joined = bias.size() - (gru ? static_cast<size_t>(one.hidden) : 0);
  for (size_t i = 0; i < joined; ++i) bias[i] += b_hh[i];
  if (!gru) return bias;
  const auto hidden = static_cast<std::ptrdiff_t>(one.hidden);
  std::swap_ranges(bias.begin(), bias.begin() + hidden, bias.begin() + hidden);
  bias.insert(bias.end(), b_hh.end() - hidden, b_hh.end());
  return bias;
}

// The gradients of b_ih and b_hh in that of oneDNN's bias.
std::array<Floats, 2> split_bias(const Case& one, Floats bias) {
  if (one.kind != Kind::kGru) return {bias, bias};
  const auto hidden = static_cast<std::ptrdiff_t>(one.hidden);
  std::swap_ranges(bias.begin(), bias.begin() + hidden, bias.begin() + hidden);
  Floats b_ih(bias.begin(), bias.end() - hidden);
  Floats b_hh = b_ih;
  std::copy(bias.end() - hidden, bias.end(), b_hh.end() - hidden);
  return {b_ih, b_hh};
}

// The shapes of a layer, in which oneDNN may choose the layout of the weights.
struct Descs {
  explicit Descs(const Case& one)
      : layer(describe({one.length, one.batch, one.hidden}, Tag::tnc)),
        state(describe({1, 1, one.batch, one.hidden}, Tag::ldnc)),
        weights(describe({1, 1, one.hidden, one.gates(), one.hidden}, Tag::any)),
        bias(describe({1, 1, one.gates() + (one.kind == Kind::kGru ? 1 : 0), one.hidden},
                      Tag::ldgo)) {}

  memory::desc layer, state, weights, bias;
  memory::desc none;
};

constexpr auto kForwards = dnnl::rnn_direction::unidirectional_left2right;

template <class Primitive, class... Arguments>
typename Primitive::primitive_desc make(const Arguments&... arguments) {
  return typename Primitive::primitive_desc(typename Primitive::desc(arguments...), cpu());
}

// The backward primitive that belongs to a forward one.
template <class Primitive, class Forward, class... Arguments>
typename Primitive::primitive_desc make_backward(const Forward& forward,
                                                 const Arguments&... arguments) {
  return typename Primitive::primitive_desc(typename Primitive::desc(arguments...), cpu(), forward);
}

// The primitives of a layer; `backward` is empty for inference.
struct Primitives {
  dnnl::primitive_desc forward, backward;
};

Primitives lstm(const Descs& d, prop_kind kind) {
  const auto forward =
      make<dnnl::lstm_forward>(kind, kForwards, d.layer, d.state, d.state, d.weights, d.weights,
                               d.bias, d.layer, d.none, d.none);
  if (kind == prop_kind::forward_inference) return {forward, {}};
  return {forward, make_backward<dnnl::lstm_backward>(
                       forward, prop_kind::backward, kForwards, d.layer, d.state, d.state,
                       d.weights, d.weights, d.bias, d.layer, d.none, d.none, d.layer, d.state,
                       d.state, d.weights, d.weights, d.bias, d.layer, d.none, d.none)};
}

Primitives gru(const Descs& d, prop_kind kind) {
  const auto forward = make<dnnl::lbr_gru_forward>(kind, kForwards, d.layer, d.state, d.weights,
                                                   d.weights, d.bias, d.layer, d.none);
  if (kind == prop_kind::forward_inference) return {forward, {}};
  return {forward, make_backward<dnnl::lbr_gru_backward>(
                       forward, prop_kind::backward, kForwards, d.layer, d.state, d.weights,
                       d.weights, d.bias, d.layer, d.none, d.layer, d.state, d.weights, d.weights,
                       d.bias, d.layer, d.none)};
}

Primitives rnn(const Descs& d, prop_kind kind) {
  constexpr auto kTanh = dnnl::algorithm::eltwise_tanh;
  const auto forward = make<dnnl::vanilla_rnn_forward>(
      kind, kTanh, kForwards, d.layer, d.state, d.weights, d.weights, d.bias, d.layer, d.none);
  if (kind == prop_kind::forward_inference) return {forward, {}};
  return {forward, make_backward<dnnl::vanilla_rnn_backward>(
                       forward, prop_kind::backward, kTanh, kForwards, d.layer, d.state, d.weights,
                       d.weights, d.bias, d.layer, d.none, d.layer, d.state, d.weights, d.weights,
                       d.bias, d.layer, d.none)};
}

Primitives primitives(const Case& one) {
  const Descs descs(one);
  const auto kind =
      one.pass == Pass::kTraining ? prop_kind::forward_training : prop_kind::forward_inference;
  if (one.kind == Kind::kLstm) return lstm(descs, kind);
  return one.kind == Kind::kGru ? gru(descs, kind) : rnn(descs, kind);
}

class Layer : public Job {
 public:
  Layer(const Case& one, const std::vector<Floats>& inputs)
      : one_(one),
        made_(primitives(one)),
        rows_(describe({1, 1, one.hidden, one.gates(), one.hidden}, Tag::ldgoi)) {
    const bool training = one.pass == Pass::kTraining;
    forward_ = dnnl::primitive(made_.forward);
    for (const int argument : {DNNL_ARG_SRC_LAYER, DNNL_ARG_SRC_ITER, DNNL_ARG_WEIGHTS_LAYER,
                               DNNL_ARG_WEIGHTS_ITER, DNNL_ARG_BIAS, DNNL_ARG_DST_LAYER})
      add(forward_arguments_, made_.forward, argument);
    if (one.kind == Kind::kLstm) add(forward_arguments_, made_.forward, DNNL_ARG_SRC_ITER_C);
    fill(forward_arguments_.at(DNNL_ARG_SRC_LAYER), inputs[0]);
    fill(forward_arguments_.at(DNNL_ARG_BIAS), join_biases(one, inputs[3], inputs[4]));
    if (training) prepare_backward(inputs.back());
    for (const size_t i : {0, 1}) {
      const memory given = memory_of(swap_gates(inputs[1 + i], one), rows_);
      const int argument = i == 0 ? DNNL_ARG_WEIGHTS_LAYER : DNNL_ARG_WEIGHTS_ITER;
      if (!training) {
        copy(given, forward_arguments_.at(argument));
        continue;
      }
      // Kept as their gradients are, so that an optimizer could run over both.
      weights_[i] = memory(gradient(argument).get_desc(), cpu());
      copy(given, weights_[i]);
      add_packing(weights_[i], forward_arguments_.at(argument));
      add_packing(weights_[i], backward_arguments_.at(argument));
    }
  }

  void run() override {
    for (Packing& packing : packings_) packing.reorder.execute(stream(), packing.from, packing.to);
    forward_.execute(stream(), forward_arguments_);
    if (made_.backward) {
      for (const int argument : {DNNL_ARG_WEIGHTS_LAYER, DNNL_ARG_WEIGHTS_ITER, DNNL_ARG_BIAS})
        clear(gradient(argument));
      backward_.execute(stream(), backward_arguments_);
    }
    stream().wait();
  }

  std::vector<Floats> results() override {
    const memory::desc layer = describe({one_.length, one_.batch, one_.hidden}, Tag::tnc);
    std::vector<Floats> all{floats_of(forward_arguments_.at(DNNL_ARG_DST_LAYER), layer)};
    if (!made_.backward) return all;
    all.push_back(floats_of(gradient(DNNL_ARG_SRC_LAYER), layer));
    for (const int argument : {DNNL_ARG_WEIGHTS_LAYER, DNNL_ARG_WEIGHTS_ITER})
      all.push_back(swap_gates(floats_of(gradient(argument), rows_), one_));
    const memory bias = gradient(DNNL_ARG_BIAS);
    for (Floats& values : split_bias(one_, floats_of(bias, bias.get_desc())))
      all.push_back(std::move(values));
    return all;
  }

 private:
  using Arguments = std::unordered_map<int, memory>;
  struct Packing {
    dnnl::reorder reorder;
    memory from, to;
  };

  static void add(Arguments& arguments, const dnnl::primitive_desc& desc, int argument) {
    const memory array(desc.query_md(dnnl::query::exec_arg_md, argument), cpu());
    clear(array);
    arguments.emplace(argument, array);
  }

  static void fill(const memory& array, const Floats& values) {
    std::copy(values.begin(), values.end(), static_cast<float*>(array.get_data_handle()));
  }

  memory& gradient(int argument) { return backward_arguments_.at(argument + kGradient); }

  void prepare_backward(const Floats& d_output) {
    backward_ = dnnl::primitive(made_.backward);
    add(forward_arguments_, made_.forward, DNNL_ARG_WORKSPACE);
    for (const auto& [argument, array] : forward_arguments_) {
      const bool weights = argument == DNNL_ARG_WEIGHTS_LAYER || argument == DNNL_ARG_WEIGHTS_ITER;
      if (weights)
        add(backward_arguments_, made_.backward, argument);
      else
        backward_arguments_.emplace(argument, array);
      if (argument != DNNL_ARG_WORKSPACE)
        add(backward_arguments_, made_.backward, argument + kGradient);
    }
    fill(gradient(DNNL_ARG_DST_LAYER), d_output);
  }

  void add_packing(const memory& from, const memory& to) {
    packings_.push_back({dnnl::reorder(from, to), from, to});
  }

  Case one_;
  Primitives made_;
  memory::desc rows_;  // of weights as we have them: (gates*hidden, inputs)
  dnnl::primitive forward_, backward_;
  Arguments forward_arguments_, backward_arguments_;
  std::array<memory, 2> weights_;
  std::vector<Packing> packings_;
};

class Product : public Job {
 public:
  Product(const Case& one, const std::vector<Floats>& inputs)
      : a_(memory_of(inputs[0], describe({one.m, one.k}, Tag::ab))),
        b_(memory_of(inputs[1], describe({one.k, one.n}, Tag::ba))),
        c_(describe({one.m, one.n}, Tag::ab), cpu()),
        matmul_(make<dnnl::matmul>(a_.get_desc(), b_.get_desc(), c_.get_desc())) {}

  void run() override {
    matmul_.execute(stream(), {{DNNL_ARG_SRC, a_}, {DNNL_ARG_WEIGHTS, b_}, {DNNL_ARG_DST, c_}});
    stream().wait();
  }

  std::vector<Floats> results() override { return {floats_of(c_, c_.get_desc())}; }

 private:
  memory a_, b_, c_;
  dnnl::matmul matmul_;
};

std::unique_ptr<Job> prepare(const Case& one, const std::vector<Floats>& inputs) {
  if (!one.recurrent()) return std::make_unique<Product>(one, inputs);
  return std::make_unique<Layer>(one, inputs);
}

std::string version() {
  const dnnl_version_t* library = dnnl_version();
  return concat_message(library->major, '.', library->minor, '.', library->patch);
}

const char* runtime() {
  return dnnl_version()->cpu_runtime == DNNL_RUNTIME_OMP ? "OpenMP" : "not OpenMP";
}

}  // namespace
}  // namespace unroll::peers

int main() {
  return unroll::peers::serve(unroll::peers::version(), {{"threading", unroll::peers::runtime()}},
                              unroll::peers::prepare);
}
