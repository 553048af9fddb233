// THE table of ops. From one line follow: the gradient check in f64, f32 against f64, odd sizes,
// the same bits for any number of threads (op_cases_test.cpp), and a micro-benchmark.
//
// A line: name or name/variant, the function with all its outputs, the inputs' shapes. N is the
// size that the tests vary. A registered op without a line fails the tests.
#pragma once

#include <vector>

#include "tests/op_case.h"

namespace unroll::op_cases {

inline RecurrentWeights weights(In x, size_t first, bool bias = true) {
  return {x[first], x[first + 1], bias ? x[first + 2] : Tensor(), bias ? x[first + 3] : Tensor()};
}
inline Tensors outputs(const SequenceResult& r) {
  Tensors result{r.output, r.h_n};
  for (const Tensor& optional : {r.c_n, r.gates, r.cells})
    if (optional.defined()) result.push_back(optional);
  return result;
}

inline std::vector<OpCase> all() {
  return {
      // ---- elementwise, one argument
      {"neg", [](In x) { return neg(x[0]); }, {{N, N}}},
      {"exp", [](In x) { return exp(x[0]); }, {{N, N}}},
      {"log", [](In x) { return log(x[0]); }, {positive({N, N})}},
      {"sqrt", [](In x) { return sqrt(x[0]); }, {positive({N, N})}},
      {"tanh", [](In x) { return tanh(x[0]); }, {between(-3, 3, {N, N})}},
      {"sigmoid", [](In x) { return sigmoid(x[0]); }, {between(-6, 6, {N, N})}},
      {"relu", [](In x) { return relu(x[0]); }, {{N, N}}},
      {"softplus", [](In x) { return softplus(x[0]); }, {between(-6, 6, {N, N})}},
      {"square", [](In x) { return square(x[0]); }, {{N, N}}},
      {"abs", [](In x) { return abs(x[0]); }, {{N, N}}},
      {"clamp", [](In x) { return clamp(x[0], -0.5, 0.7); }, {{N, N}}},
      {"scale", [](In x) { return scale(x[0], -1.5); }, {{N, N}}},
      {"shift", [](In x) { return shift(x[0], 0.25); }, {{N, N}}},

      // ---- elementwise, two arguments
      {"add", [](In x) { return add(x[0], x[1]); }, {{N, N}, {N, N}}},
      {"add/bias", [](In x) { return add(x[0], x[1]); }, {{3, N, N}, {N}}},
      {"add/outer", [](In x) { return add(x[0], x[1]); }, {{N, 1}, {1, N}}},
      {"add/scalar", [](In x) { return add(x[0], x[1]); }, {{}, {N, N}}},
      {"add/same", [](In x) { return add(x[0], x[0]); }, {{N, N}}},
      {"sub", [](In x) { return sub(x[0], x[1]); }, {{N, N}, {N, N}}},
      {"sub/bias", [](In x) { return sub(x[0], x[1]); }, {{N}, {3, N, N}}},
      {"sub/column", [](In x) { return sub(x[0], x[1]); }, {{N, N}, {N, 1}}},
      {"mul", [](In x) { return mul(x[0], x[1]); }, {{N, N}, {N, N}}},
      {"mul/row", [](In x) { return mul(x[0], x[1]); }, {{N, N}, {N}}},
      {"mul/column", [](In x) { return mul(x[0], x[1]); }, {{N, 1}, {N, N}}},
      {"mul/outer", [](In x) { return mul(x[0], x[1]); }, {{N, 1}, {1, N}}},
      {"mul/middle", [](In x) { return mul(x[0], x[1]); }, {{2, N, 5}, {2, 1, 5}}},
      {"mul/alternate", [](In x) { return mul(x[0], x[1]); }, {{2, 1, N, 1}, {1, 3, 1, 4}}},
      {"mul/same", [](In x) { return mul(x[0], x[0]); }, {{N, N}}},
      {"div", [](In x) { return div(x[0], x[1]); }, {{N, N}, positive({N, N})}},
      {"div/row", [](In x) { return div(x[0], x[1]); }, {{N, N}, positive({N})}},
      {"pow", [](In x) { return pow(x[0], x[1]); }, {positive({N, N}), {N, N}}},
      {"pow/scalar", [](In x) { return pow(x[0], x[1]); }, {positive({N, N}), {}}},
      {"maximum", [](In x) { return maximum(x[0], x[1]); }, {{N, N}, {N, N}}},
      {"maximum/row", [](In x) { return maximum(x[0], x[1]); }, {{N}, {N, N}}},

      // ---- products
      {"matmul", [](In x) { return matmul(x[0], x[1]); }, {{N, N}, {N, N}}},
      {"matmul/thin", [](In x) { return matmul(x[0], x[1]); }, {{N, 5}, {5, N}}},
      {"matmul/deep", [](In x) { return matmul(x[0], x[1]); }, {{2, N}, {N, 3}}},
      {"matmul/row", [](In x) { return matmul(x[0], x[1]); }, {{1, N}, {N, N}}},
      {"matmul/column", [](In x) { return matmul(x[0], x[1]); }, {{N, N}, {N, 1}}},
      {"matmul/a_transposed",
       [](In x) { return matmul(x[0], x[1], {.a = true}); },
       {{N, 4}, {N, 2 * N}}},
      {"matmul/b_transposed",
       [](In x) { return matmul(x[0], x[1], {.b = true}); },
       {{4, N}, {2 * N, N}}},
      {"matmul/both_transposed",
       [](In x) { return matmul(x[0], x[1], {.a = true, .b = true}); },
       {{N, 4}, {2 * N, N}}},
      {"matmul/batched", [](In x) { return matmul(x[0], x[1]); }, {{3, 4, N}, {3, N, 2}}},
      {"matmul/batched_transposed",
       [](In x) { return matmul(x[0], x[1], {.a = true, .b = true}); },
       {{2, N, 4}, {2, 3, N}}},
      {"matmul/one_a", [](In x) { return matmul(x[0], x[1]); }, {{4, N}, {3, N, 2}}},
      {"matmul/one_a_transposed",
       [](In x) { return matmul(x[0], x[1], {.a = true}); },
       {{N, 4}, {3, N, 2}}},
      {"matmul/one_b", [](In x) { return matmul(x[0], x[1]); }, {{3, 4, N}, {N, 2}}},
      {"matmul/one_b_transposed",
       [](In x) { return matmul(x[0], x[1], {.b = true}); },
       {{3, 4, N}, {2, N}}},
      {"matmul/same", [](In x) { return matmul(x[0], x[0], {.b = true}); }, {{N, N}}},

      // ---- reductions
      {"sum", [](In x) { return sum(x[0]); }, {{N, N}}},
      {"sum/first", [](In x) { return sum(x[0], 0); }, {{N, 2 * N}}},
      {"sum/middle", [](In x) { return sum(x[0], 1); }, {{2, N, 70}}},
      {"sum/last", [](In x) { return sum(x[0], -1, true); }, {{3, 2, N}}},
      {"mean", [](In x) { return mean(x[0]); }, {{N, N}}},
      {"mean/first", [](In x) { return mean(x[0], 0, true); }, {{N, 2 * N}}},
      {"mean/last", [](In x) { return mean(x[0], -1); }, {{3, 2, N}}},
      {"max", [](In x) { return max(x[0]); }, {{N, N}}},
      {"max/first", [](In x) { return max(x[0], 0); }, {{N, 2 * N}}},
      {"max/middle", [](In x) { return max(x[0], 1, true); }, {{2, N, 70}}},
      {"max/last", [](In x) { return max(x[0], -1); }, {{3, 2, N}}},
      {"logsumexp", [](In x) { return logsumexp(x[0]); }, {between(-4, 4, {N, N})}},
      {"logsumexp/first", [](In x) { return logsumexp(x[0], 0); }, {between(-4, 4, {N, 2 * N})}},
      {"logsumexp/middle", [](In x) { return logsumexp(x[0], 1); }, {between(-4, 4, {2, N, 70})}},
      {"logsumexp/last", [](In x) { return logsumexp(x[0], -1, true); }, {between(-4, 4, {6, N})}},
      {"argmax", [](In x) { return argmax(x[0], 0); }, {{N, N}}},
      {"argmax/last", [](In x) { return argmax(x[0], -1); }, {{3, 2, N}}},
      {"softmax", [](In x) { return softmax(x[0]); }, {between(-4, 4, {N, N})}},
      {"softmax/first", [](In x) { return softmax(x[0], 0); }, {between(-4, 4, {N, 5})}},
      {"softmax/middle", [](In x) { return softmax(x[0], 1); }, {between(-4, 4, {2, N, 3})}},
      {"log_softmax", [](In x) { return log_softmax(x[0]); }, {between(-4, 4, {N, N})}},
      {"log_softmax/first", [](In x) { return log_softmax(x[0], 0); }, {between(-4, 4, {N, 5})}},
      {"log_softmax/middle",
       [](In x) { return log_softmax(x[0], 1); },
       {between(-4, 4, {2, N, 3})}},

      // ---- losses
      {"cross_entropy",
       [](In x) { return cross_entropy(x[0], x[1]); },
       {between(-4, 4, {N, N}), indices(N, {N})}},
      {"cross_entropy/sequence",
       [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::kSum}); },
       {between(-4, 4, {3, 2, N}), indices(N, {3, 2})}},
      {"cross_entropy/ignore",
       [](In x) { return cross_entropy(x[0], x[1], {.ignore_index = 2}); },
       {between(-4, 4, {2 * N, 5}), indices(5, {2 * N})}},
      {"cross_entropy/smoothing",
       [](In x) {
         return cross_entropy(x[0], x[1], {.label_smoothing = 0.1, .reduction = Reduction::kNone});
       },
       {between(-4, 4, {N, N}), indices(N, {N})}},
      {"cross_entropy/weights",
       [](In x) { return cross_entropy(x[0], x[1], {.ignore_index = 1, .class_weights = x[2]}); },
       {between(-4, 4, {2 * N, 4}), indices(4, {2 * N}), constant(positive({4}))}},
      {"cross_entropy/all",
       [](In x) {
         return cross_entropy(x[0], x[1],
                              {.ignore_index = 0, .label_smoothing = 0.2, .class_weights = x[2]});
       },
       {between(-4, 4, {2 * N, 4}), indices(4, {2 * N}), constant(positive({4}))}},
      {"bce_with_logits",
       [](In x) { return bce_with_logits(x[0], x[1]); },
       {between(-6, 6, {N, N}), between(0, 1, {N, N})}},
      {"bce_with_logits/weighted",
       [](In x) { return bce_with_logits(x[0], x[1], 3.0, Reduction::kNone); },
       {between(-6, 6, {N, N}), between(0, 1, {N, N})}},
      {"mse", [](In x) { return mse(x[0], x[1]); }, {{N, N}, {N, N}}},
      {"mse/sum", [](In x) { return mse(x[0], x[1], Reduction::kSum); }, {{N, 5}, {N, 5}}},
      {"huber", [](In x) { return huber(x[0], x[1], 0.5); }, {{N, N}, {N, N}}},
      {"huber/none",
       [](In x) { return huber(x[0], x[1], 0.3, Reduction::kNone); },
       {{N, N}, {N, N}}},

      // ---- conditional random fields
      {"crf_log_partition",
       [](In x) {
         return crf_log_partition(x[0], {x[1], x[2], x[3]});
       },
       {between(-2, 2, {4, 3, N}), {N, N}, {N}, {N}}},
      {"crf_log_partition/lengths",
       [](In x) {
         return crf_log_partition(x[0], {x[1], x[2], x[3]}, x[4]);
       },
       {between(-2, 2, {5, N, 4}), {4, 4}, {4}, {4}, lengths(5, N)}},
      {"crf_log_partition/long",
       [](In x) {
         return crf_log_partition(x[0], {x[1], x[2], x[3]});
       },
       {between(-2, 2, {N, 2, 3}), {3, 3}, {3}, {3}}},
      {"crf_score",
       [](In x) {
         return crf_score(x[0], {x[1], x[2], x[3]}, x[4], x[5]);
       },
       {{5, N, 4}, {4, 4}, {4}, {4}, indices(4, {5, N}), lengths(5, N)}},
      {"crf_viterbi",
       [](In x) {
         const CrfPath path = crf_viterbi(x[0], {x[1], x[2], x[3]});
         return Tensors{path.labels, path.score};
       },
       {between(-2, 2, {4, 3, N}), {N, N}, {N}, {N}}},
      {"crf_viterbi/lengths",
       [](In x) {
         const CrfPath path = crf_viterbi(x[0], {x[1], x[2], x[3]}, x[4]);
         return Tensors{path.labels, path.score};
       },
       {between(-2, 2, {5, N, 4}), {4, 4}, {4}, {4}, lengths(5, N)}},

      // ---- moving elements
      {"embedding", [](In x) { return embedding(x[0], x[1]); }, {{N, 5}, indices(N, {4, 3})}},
      {"embedding/wide", [](In x) { return embedding(x[0], x[1]); }, {{7, N}, indices(7, {2 * N})}},
      {"concat",
       [](In x) {
         return concat({x[0], x[1], x[2]}, 0);
       },
       {{N, 3}, {1, 3}, {2 * N, 3}}},
      {"concat/last",
       [](In x) {
         return concat({x[0], x[1]}, -1);
       },
       {{2, N, N}, {2, N, 3}}},
      {"concat/same",
       [](In x) {
         return concat({x[0], x[0]}, 1);
       },
       {{2, N, 3}}},
      {"stack",
       [](In x) {
         return stack({x[0], x[1]});
       },
       {{N, 3}, {N, 3}}},
      {"stack/middle",
       [](In x) {
         return stack({x[0], x[1], x[0]}, 1);
       },
       {{N, 3}, {N, 3}}},
      {"slice", [](In x) { return slice(x[0], 0, 1, 3); }, {{4, N}}},
      {"slice/overlapping",
       [](In x) {
         return Tensors{slice(x[0], 0, 0, 3), slice(x[0], 0, 2, 4)};
       },
       {{4, N}}},
      {"slice/middle", [](In x) { return slice(x[0], 1, 1, 3); }, {{N, 4, 5}}},
      {"slice/last", [](In x) { return slice(x[0], -1, 2, 4); }, {{N, 5}}},
      {"select",
       [](In x) {
         return Tensors{select(x[0], 2), select(x[0], 0)};
       },
       {{4, N}}},
      {"gather", [](In x) { return gather(x[0], 1, x[1]); }, {{3, N}, indices(N, {3, 4})}},
      {"gather/first", [](In x) { return gather(x[0], 0, x[1]); }, {{5, N}, indices(5, {2, N})}},
      {"where", [](In x) { return where(x[0], x[1], x[2]); }, {mask({N, N}), {N, N}, {N, N}}},
      {"masked_fill", [](In x) { return masked_fill(x[0], x[1], -7.0); }, {{N, N}, mask({N, N})}},
      {"reshape",
       [](In x) {
         return reshape(x[0], {-1, 2});
       },
       {{N, 4}}},
      {"transpose", [](In x) { return transpose(x[0]); }, {{N, 2 * N}}},
      {"transpose/outer", [](In x) { return transpose(x[0], 0, 1); }, {{3, N, 5}}},
      {"transpose/ends", [](In x) { return transpose(x[0], 0, -1); }, {{3, 4, N}}},

      // ---- layers
      {"dropout",
       [](In x) {
         Random random(5, "dropout");
         return dropout(x[0], 0.3, random);
       },
       {{N, N}}},
      {"layer_norm",
       [](In x) { return layer_norm(x[0], x[1], x[2]); },
       {{N, 4 * N}, {4 * N}, {4 * N}}},
      {"layer_norm/plain", [](In x) { return layer_norm(x[0], {}, {}); }, {{N, 7}}},

      // ---- recurrent cells
      {"rnn_tanh_cell", [](In x) { return rnn_cell(x[0], x[1]); }, {{N, N}, {N, N}}},
      {"rnn_relu_cell",
       [](In x) { return rnn_cell(x[0], x[1], Nonlinearity::kRelu); },
       {{2, N}, {2, N}}},
      {"lstm_cell",
       [](In x) {
         const auto [h, c] = lstm_cell(x[0], x[1], x[2]);
         return Tensors{h, c};
       },
       {{N, 4 * N}, {N, 4 * N}, {N, N}}},
      {"gru_cell",
       [](In x) { return gru_cell(x[0], x[1], x[2]); },
       {{N, 3 * N}, {N, 3 * N}, {N, N}}},

      // ---- recurrent layers
      {"rnn_tanh",
       [](In x) { return outputs(rnn(x[0], x[1], weights(x, 2))); },
       {{4, 3, 2}, {3, N}, {N, 2}, between(-0.5, 0.5, {N, N}), {N}, {N}}},
      {"rnn_relu",
       [](In x) { return outputs(rnn(x[0], {}, weights(x, 1, false), Nonlinearity::kRelu)); },
       {{3, 2, N}, {5, N}, {5, 5}}},
      {"rnn_tanh/reverse_lengths",
       [](In x) {
         return outputs(rnn(x[0], x[1], weights(x, 2), Nonlinearity::kTanh,
                            {.reverse = true, .lengths = x[6]}));
       },
       {{5, N, 2}, {N, 3}, {3, 2}, {3, 3}, {3}, {3}, lengths(5, N)}},
      {"lstm",
       [](In x) { return outputs(lstm(x[0], x[1], x[2], weights(x, 3))); },
       {{4, 3, 2}, {3, N}, {3, N}, {4 * N, 2}, between(-0.5, 0.5, {4 * N, N}), {4 * N}, {4 * N}}},
      {"lstm/plain",
       [](In x) { return outputs(lstm(x[0], {}, {}, weights(x, 1, false))); },
       {{3, 2, N}, {4 * 5, N}, {4 * 5, 5}}},
      {"lstm/gates",
       [](In x) { return outputs(lstm(x[0], x[1], x[2], weights(x, 3), {.return_gates = true})); },
       {{N, 2, 3}, {2, 2}, {2, 2}, {8, 3}, {8, 2}, {8}, {8}}},
      {"lstm/lengths",
       [](In x) { return outputs(lstm(x[0], x[1], x[2], weights(x, 3), {.lengths = x[7]})); },
       {{5, N, 2}, {N, 3}, {N, 3}, {12, 2}, {12, 3}, {12}, {12}, lengths(5, N)}},
      {"lstm/reverse_lengths",
       [](In x) {
         return outputs(lstm(x[0], x[1], x[2], weights(x, 3), {.reverse = true, .lengths = x[7]}));
       },
       {{5, N, 2}, {N, 3}, {N, 3}, {12, 2}, {12, 3}, {12}, {12}, lengths(5, N)}},
      {"gru",
       [](In x) { return outputs(gru(x[0], x[1], weights(x, 2))); },
       {{4, 3, 2}, {3, N}, {3 * N, 2}, between(-0.5, 0.5, {3 * N, N}), {3 * N}, {3 * N}}},
      {"gru/plain",
       [](In x) { return outputs(gru(x[0], {}, weights(x, 1, false), {.reverse = true})); },
       {{3, 2, N}, {3 * 5, N}, {3 * 5, 5}}},
      {"gru/lengths",
       [](In x) {
         return outputs(gru(x[0], x[1], weights(x, 2), {.lengths = x[6], .return_gates = true}));
       },
       {{5, N, 2}, {N, 3}, {9, 2}, {9, 3}, {9}, {9}, lengths(5, N)}},
      {"gru/reverse_lengths",
       [](In x) {
         return outputs(gru(x[0], x[1], weights(x, 2), {.reverse = true, .lengths = x[6]}));
       },
       {{5, N, 2}, {N, 3}, {9, 2}, {9, 3}, {9}, {9}, lengths(5, N)}},
  };
}

}  // namespace unroll::op_cases
