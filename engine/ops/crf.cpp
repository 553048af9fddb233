#include "kernels/crf.h"

#include "engine/allocator.h"
#include "engine/autograd.h"
#include "engine/dispatch.h"
#include "engine/ops.h"

namespace unroll {
namespace {

// (batch), on the host: null stands for rows that are all as long as the sequence.
const int32_t* lengths_on_host(const Tensor& lengths) { return optional_data<int32_t>(lengths); }

void check_crf(const char* op, const Tensor& emissions, const CrfWeights& weights,
               const Tensor& lengths) {
  check_rank(op, "emissions", emissions, 3, "(seq_len, batch, labels)");
  const int64_t seq_len = emissions.size(0), batch = emissions.size(1), labels = emissions.size(2);
  require(labels >= 1, "[", op, "] emissions: expected at least one label, got ",
          emissions.shape());
  check_like(op, "transitions", weights.transitions, emissions);
  check_like(op, "start", weights.start, emissions);
  check_like(op, "end", weights.end, emissions);
  check_shape(op, "transitions", weights.transitions, {labels, labels}, "(labels, labels)");
  check_shape(op, "start", weights.start, {labels}, "(labels)");
  check_shape(op, "end", weights.end, {labels}, "(labels)");
  if (!lengths.defined()) return;
  check_i32(op, "lengths", lengths);
  require(lengths.device() == Device::cpu, "[", op, "] lengths: expected on cpu, got on ",
          name(lengths.device()));
  check_shape(op, "lengths", lengths, {batch}, "(batch)");
  for (int64_t b = 0; b < batch; ++b) {
    const int32_t length = lengths_on_host(lengths)[b];
    require(length >= 0 && length <= seq_len, "[", op, "] lengths: expected 0 to ", seq_len,
            " = seq_len, got ", length, " in row ", b);
  }
}

// `lengths` lives where the emissions do.
template <class T>
kernels::Crf<T> kernel_args(const Tensor& emissions, const CrfWeights& weights,
                            const Tensor& lengths) {
  return {emissions.size(0),
          emissions.size(1),
          emissions.size(2),
          emissions.data<T>(),
          weights.transitions.data<T>(),
          weights.start.data<T>(),
          weights.end.data<T>(),
          optional_data<int32_t>(lengths)};
}

Tensor beside(const Tensor& lengths, const Tensor& emissions) {
  return lengths.defined() ? copy_to(lengths, emissions.device()) : lengths;
}

struct CrfLogPartition {
  static constexpr const char* name = "crf_log_partition";
  Tensor lengths;  // where the emissions are, or undefined

  Tensor forward(Context& context, const Tensor& emissions, const Tensor& transitions,
                 const Tensor& start, const Tensor& end) const {
    Tensor alphas(emissions.shape(), emissions.dtype(), emissions.device());
    Tensor norms({emissions.size(0) + 1, emissions.size(1)}, emissions.dtype(), emissions.device());
    Tensor log_z({emissions.size(1)}, emissions.dtype(), emissions.device());
    dispatch(name, emissions, [&]<class T>(auto device, T) {
      kernels::crf_forward(device, kernel_args<T>(emissions, {transitions, start, end}, lengths),
                           alphas.mutable_data<T>(), norms.mutable_data<T>(),
                           log_z.mutable_data<T>());
    });
    context.save(emissions, transitions, start, end, alphas, norms);
    return log_z;
  }

  void backward(Backward& pass) const {
    const Tensor& emissions = pass.saved(0);
    const int64_t batch = emissions.size(1), labels = emissions.size(2);
    const auto fresh = [&](const Shape& shape) {
      return Tensor(shape, emissions.dtype(), emissions.device());
    };
    Tensor d_emissions = fresh(emissions.shape()), d_transitions = fresh({batch, labels, labels});
    Tensor d_start = fresh({batch, labels}), d_end = fresh({batch, labels});
    dispatch(name, emissions, [&]<class T>(auto device, T) {
      kernels::crf_backward(
          device, kernel_args<T>(emissions, {pass.saved(1), pass.saved(2), pass.saved(3)}, lengths),
          pass.saved(4).data<T>(), pass.saved(5).data<T>(), pass.d_output().data<T>(),
          d_emissions.mutable_data<T>(), d_transitions.mutable_data<T>(), d_start.mutable_data<T>(),
          d_end.mutable_data<T>());
    });
    pass.add(0, std::move(d_emissions));
    pass.add(1, sum(d_transitions, 0));
    pass.add(2, sum(d_start, 0));
    pass.add(3, sum(d_end, 0));
  }
};

}  // namespace

Tensor crf_log_partition(const Tensor& emissions, const CrfWeights& weights,
                         const Tensor& lengths) {
  check_crf(CrfLogPartition::name, emissions, weights, lengths);
  return apply(CrfLogPartition{beside(lengths, emissions)}, emissions, weights.transitions,
               weights.start, weights.end);
}

Tensor crf_score(const Tensor& emissions, const CrfWeights& weights, const Tensor& path,
                 const Tensor& lengths) {
  constexpr const char* op = "crf_score";
  check_crf(op, emissions, weights, lengths);
  check_i32(op, "path", path);
  const int64_t seq_len = emissions.size(0), batch = emissions.size(1), labels = emissions.size(2);
  check_shape(op, "path", path, {seq_len, batch}, "(seq_len, batch)");
  // All scores in one column, from which a path picks its own: from each row of the batch an
  // emission and what led to it, step after step, then the end. Rows that are shorter pick the 0.
  const int64_t of_transitions = emissions.numel(), of_start = of_transitions + labels * labels,
                of_end = of_start + labels, zero = of_end + labels;
  const Tensor column = concat(
      {reshape(emissions, {of_transitions, 1}), reshape(weights.transitions, {labels * labels, 1}),
       reshape(weights.start, {labels, 1}), reshape(weights.end, {labels, 1}),
       zeros({1, 1}, emissions.dtype(), emissions.device())},
      0);
  const std::vector<int32_t> labels_of_path = path.to_vector<int32_t>();
  std::vector<int32_t> picks(static_cast<size_t>((2 * seq_len + 1) * batch),
                             static_cast<int32_t>(zero));
  for (int64_t b = 0; b < batch; ++b) {
    const int64_t length = lengths.defined() ? lengths_on_host(lengths)[b] : seq_len;
    int64_t before = -1;
    auto pick = [&, next = b](int64_t which) mutable {
      picks[static_cast<size_t>(next)] = static_cast<int32_t>(which);
      next += batch;
    };
    for (int64_t t = 0; t < length; ++t) {
      const int64_t label = labels_of_path[static_cast<size_t>(t * batch + b)];
      require(label >= 0 && label < labels, "[", op, "] path: expected labels from 0 to ",
              labels - 1, ", got ", label, " at step ", t, " of row ", b);
      pick(t == 0 ? of_start + label : of_transitions + before * labels + label);
      pick((t * batch + b) * labels + label);
      before = label;
    }
    if (length > 0) pick(of_end + before);
  }
  const Tensor picked =
      embedding(column, from_vector(picks, {2 * seq_len + 1, batch}, emissions.device()));
  return reshape(sum(picked, 0), {batch});
}

CrfPath crf_viterbi(const Tensor& emissions, const CrfWeights& weights, const Tensor& lengths) {
  constexpr const char* op = "crf_viterbi";
  check_crf(op, emissions, weights, lengths);
  const int64_t seq_len = emissions.size(0), batch = emissions.size(1);
  const Tensor where = beside(lengths, emissions);
  CrfPath result{Tensor({seq_len, batch}, DType::i32, emissions.device()),
                 Tensor({batch}, emissions.dtype(), emissions.device())};
  dispatch(op, emissions, [&]<class T>(auto device, T) {
    Workspace best(emissions.device(), static_cast<size_t>(emissions.numel()) * sizeof(T));
    kernels::crf_viterbi(device, kernel_args<T>(emissions, weights, where),
                         static_cast<T*>(best.data()), result.labels.mutable_data<int32_t>(),
                         result.score.mutable_data<T>());
  });
  return result;
}

}  // namespace unroll
