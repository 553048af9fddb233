// Every public op: the contents page of the engine.
//
// All are differentiable unless said otherwise, all take f32 or f64 tensors (no promotion:
// arguments of one op have one dtype), indices and masks are i32. Shapes that do not fit throw
// `Error` naming the op, the argument and both shapes. Negative axes count from the end.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/random.h"
#include "engine/tensor.h"
#include "kernels/recurrent/plan.h"

namespace unroll {

// ---- elementwise, one argument: result of the same shape

Tensor neg(const Tensor& x);
Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);
Tensor sqrt(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor sigmoid(const Tensor& x);
Tensor relu(const Tensor& x);
Tensor softplus(const Tensor& x);  // ln(1 + eˣ)
Tensor square(const Tensor& x);
Tensor abs(const Tensor& x);
/// min(max(x, low), high); the gradient is 1 where low ≤ x ≤ high, else 0.
Tensor clamp(const Tensor& x, double low, double high);
Tensor scale(const Tensor& x, double factor);  // factor·x
Tensor shift(const Tensor& x, double offset);  // x + offset

// ---- elementwise, two arguments, NumPy broadcasting

Tensor add(const Tensor& a, const Tensor& b);
Tensor sub(const Tensor& a, const Tensor& b);
Tensor mul(const Tensor& a, const Tensor& b);
Tensor div(const Tensor& a, const Tensor& b);
/// aᵇ; the gradient of b needs a > 0.
Tensor pow(const Tensor& a, const Tensor& b);
/// The larger of both; where they are equal, each gets half of the gradient.
Tensor maximum(const Tensor& a, const Tensor& b);

inline Tensor operator+(const Tensor& a, const Tensor& b) { return add(a, b); }
inline Tensor operator-(const Tensor& a, const Tensor& b) { return sub(a, b); }
inline Tensor operator*(const Tensor& a, const Tensor& b) { return mul(a, b); }
inline Tensor operator/(const Tensor& a, const Tensor& b) { return div(a, b); }
inline Tensor operator-(const Tensor& x) { return neg(x); }
inline Tensor operator+(const Tensor& x, double c) { return shift(x, c); }
inline Tensor operator-(const Tensor& x, double c) { return shift(x, -c); }
inline Tensor operator*(const Tensor& x, double c) { return scale(x, c); }
inline Tensor operator/(const Tensor& x, double c) { return scale(x, 1.0 / c); }
inline Tensor operator+(double c, const Tensor& x) { return shift(x, c); }
inline Tensor operator-(double c, const Tensor& x) { return shift(neg(x), c); }
inline Tensor operator*(double c, const Tensor& x) { return scale(x, c); }

/// to += from, in place and not recorded. Equal shapes and dtypes.
void add_in_place(Tensor& to, const Tensor& from);

// ---- products

/// Which operands of `matmul` are transposed in their last two dimensions.
struct Transpose {
  bool a = false;
  bool b = false;
};
/// op(a)·op(b) of matrices (m, k)·(k, n), or of batches of them, (batch, m, k)·(batch, k, n).
/// Either operand of a batched product may be a single matrix, which then serves for the whole
/// batch.
Tensor matmul(const Tensor& a, const Tensor& b, Transpose transpose = {});

// ---- reductions. Without an axis: over all elements, to a scalar of rank 0.

Tensor sum(const Tensor& x);
Tensor mean(const Tensor& x);
Tensor max(const Tensor& x);
Tensor logsumexp(const Tensor& x);
/// `keep_dim` leaves the reduced dimension in place with size 1. The gradient of `max` goes to the
/// first largest element.
Tensor sum(const Tensor& x, int axis, bool keep_dim = false);
Tensor mean(const Tensor& x, int axis, bool keep_dim = false);
Tensor max(const Tensor& x, int axis, bool keep_dim = false);
Tensor logsumexp(const Tensor& x, int axis, bool keep_dim = false);
/// Index of the first largest element along `axis`, i32. Not differentiable.
Tensor argmax(const Tensor& x, int axis);

Tensor softmax(const Tensor& x, int axis = -1);
Tensor log_softmax(const Tensor& x, int axis = -1);

// ---- losses

enum class Reduction { kMean, kSum, kNone };

struct CrossEntropyOptions {
  int32_t ignore_index = -100;   // targets of this value count for nothing
  double label_smoothing = 0.0;  // ε: the target distribution is (1−ε)·one-hot + ε/classes
  Tensor class_weights = {};     // (classes), optional; the mean is then weighted by them
  Reduction reduction = Reduction::kMean;
};
/// −log softmax(logits)[target], with logits (…, classes) and targets i32 (…). As PyTorch's.
Tensor cross_entropy(const Tensor& logits, const Tensor& targets,
                     const CrossEntropyOptions& options = {});
/// −[w·y·log σ(x) + (1−y)·log(1−σ(x))] for logits x and targets y of the same shape, with
/// w = positive_weight.
Tensor bce_with_logits(const Tensor& logits, const Tensor& targets, double positive_weight = 1.0,
                       Reduction reduction = Reduction::kMean);
/// (x − y)².
Tensor mse(const Tensor& x, const Tensor& y, Reduction reduction = Reduction::kMean);
/// e²/2 for |e| ≤ delta, else delta·(|e| − delta/2), where e = x − y.
Tensor huber(const Tensor& x, const Tensor& y, double delta = 1.0,
             Reduction reduction = Reduction::kMean);

// ---- linear-chain conditional random fields: sequences labelled as a whole (kernels/crf.h)
//   emissions are (seq_len, batch, labels); `lengths` as SequenceOptions::lengths

struct CrfWeights {
  Tensor transitions;  // (labels, labels), from the row's label to the column's
  Tensor start, end;   // (labels): of the first label, of the last one
};
/// ln Z, the logarithm of Σ exp(score) over all paths: (batch). So a path's log-likelihood is its
/// `crf_score` minus this.
Tensor crf_log_partition(const Tensor& emissions, const CrfWeights& weights,
                         const Tensor& lengths = {});
/// The score of a path, i32 (seq_len, batch): (batch). What it holds at and after a row's length is
/// not looked at. It is read on the host.
Tensor crf_score(const Tensor& emissions, const CrfWeights& weights, const Tensor& path,
                 const Tensor& lengths = {});
struct CrfPath {
  Tensor labels;  // i32 (seq_len, batch), 0 at and after a row's length
  Tensor score;   // (batch)
};
/// The path of the highest score, of equal ones that with the first labels, seen from the end. Not
/// differentiable.
CrfPath crf_viterbi(const Tensor& emissions, const CrfWeights& weights, const Tensor& lengths = {});

// ---- moving elements

/// Rows of `weight` (vocabulary, features) at `indices` (i32, any shape): (indices…, features).
Tensor embedding(const Tensor& weight, const Tensor& indices);
/// Joined along an existing axis; the other sizes are equal.
Tensor concat(const Tensors& parts, int axis);
/// Joined along a new axis; all shapes are equal.
Tensor stack(const Tensors& parts, int axis = 0);
/// The range [begin, end) of an axis. Of the leading axis it is a view, without a copy.
Tensor slice(const Tensor& x, int axis, int64_t begin, int64_t end);
/// x[index] of the leading axis, without that dimension: a view.
Tensor select(const Tensor& x, int64_t index);
/// Elements of x along `axis` at `indices` (i32), as torch.gather: the result has the shape of
/// `indices`, which agrees with x but for `axis`.
Tensor gather(const Tensor& x, int axis, const Tensor& indices);
/// a where mask (i32) is not 0, else b. Equal shapes.
Tensor where(const Tensor& mask, const Tensor& a, const Tensor& b);
/// `value` where mask (i32, the shape of x) is not 0, else x.
Tensor masked_fill(const Tensor& x, const Tensor& mask, double value);
/// The same elements in another shape: a view. One size may be −1: what is left.
Tensor reshape(const Tensor& x, std::vector<int64_t> sizes);
/// Two axes exchanged (a copy: tensors are always row-major).
Tensor transpose(const Tensor& x, int axis_a = -2, int axis_b = -1);

// ---- layers

/// Zeroes each element with probability p and scales the others by 1/(1−p). Which ones is decided
/// by `random`, which moves on by x.numel() numbers. 0 ≤ p < 1.
Tensor dropout(const Tensor& x, double p, Random& random);
/// (x − mean)/√(variance + epsilon)·weight + bias over the last dimension; weight and bias
/// (features) may be undefined. J. L. Ba et al., "Layer normalization", 2016, eq. 3 and 4.
Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double epsilon = 1e-5);

// ---- recurrent cells: one step. Gates are given before activation.
//   x_gates = x·W_ihᵀ + b_ih and h_gates = h·W_hhᵀ + b_hh, both (batch, gates*hidden_size)

enum class Nonlinearity { kTanh, kRelu };

/// h' = tanh or relu of (x_gates + h_gates): (batch, hidden_size).
Tensor rnn_cell(const Tensor& x_gates, const Tensor& h_gates,
                Nonlinearity nonlinearity = Nonlinearity::kTanh);
struct LstmState {
  Tensor h, c;  // (batch, hidden_size)
};
/// Gates i, f, g, o; c' = f∘c + i∘g, h' = o∘tanh(c').
LstmState lstm_cell(const Tensor& x_gates, const Tensor& h_gates, const Tensor& c);
/// Gates r, z, n; n = tanh(x_n + r∘h_n), h' = (1−z)∘n + z∘h.
Tensor gru_cell(const Tensor& x_gates, const Tensor& h_gates, const Tensor& h);

// ---- recurrent layers: a whole sequence as one node of the tape

class PackedWeights;

/// The weights of one layer and direction, as PyTorch lays them out.
struct RecurrentWeights {
  Tensor w_ih;  // (gates*hidden_size, input_size)
  Tensor w_hh;  // (gates*hidden_size, hidden_size)
  Tensor b_ih;  // (gates*hidden_size), optional
  Tensor b_hh;  // (gates*hidden_size), optional
  /// Where inference keeps a copy that the CPU reads faster, optional. It is made anew when a
  /// weight has been written.
  std::shared_ptr<PackedWeights> packed = {};
};

struct SequenceOptions {
  bool reverse = false;  // run from the last step to the first
  /// (batch), i32, on the host, unsorted, 0 ≤ length ≤ seq_len. Undefined: all are seq_len. Outputs
  /// at and after a row's length are 0; running in reverse starts at the row's own last step.
  Tensor lengths = {};
  bool return_gates = false;
};

struct SequenceResult {
  Tensor output;  // (seq_len, batch, hidden_size)
  Tensor h_n;  // (batch, hidden_size): each row's state after its own last step; h_0 if it has none
  Tensor c_n;  // the same for the LSTM's cell state
  /// With return_gates, not differentiable, step t of the sequence at index t:
  Tensor gates;  // (seq_len, batch, gates*hidden_size), activated; undefined for the vanilla RNN
  Tensor cells;  // (seq_len, batch, hidden_size), the LSTM's cell states
};

/// How GPUs run a whole sequence: the rung of the ladder in kernels/recurrent/, or rung 0, the
/// default: the planner chooses. Applies to the calls that follow. Throws `Error` for a rung that
/// there is not; a rung that cannot run a certain layer says so when that runs.
kernels::RecurrentPlan recurrent_plan();
void set_recurrent_plan(kernels::RecurrentPlan plan);

/// x: (seq_len, batch, input_size); h_0, c_0: (batch, hidden_size), undefined for zeros.
SequenceResult rnn(const Tensor& x, const Tensor& h_0, const RecurrentWeights& weights,
                   Nonlinearity nonlinearity = Nonlinearity::kTanh,
                   const SequenceOptions& options = {});
SequenceResult lstm(const Tensor& x, const Tensor& h_0, const Tensor& c_0,
                    const RecurrentWeights& weights, const SequenceOptions& options = {});
SequenceResult gru(const Tensor& x, const Tensor& h_0, const RecurrentWeights& weights,
                   const SequenceOptions& options = {});

}  // namespace unroll
