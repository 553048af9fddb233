#include "engine/packed_weights.h"

#include <algorithm>

namespace unroll {

bool PackedWeights::holds(const Tensors& sources) const {
  return std::equal(sources_.begin(), sources_.end(), sources.begin(), sources.end(),
                    [](const Source& ours, const Tensor& theirs) {
                      if (!ours.tensor.defined() || !theirs.defined())
                        return ours.tensor.defined() == theirs.defined();
                      return ours.tensor.is(theirs) && ours.version == theirs.version();
                    });
}

void* PackedWeights::renew(const Tensors& sources, int64_t bytes) {
  constexpr int64_t kSize = sizeof(float);
  const Shape needed{(bytes + kSize - 1) / kSize};
  if (!memory_.defined() || !(memory_.shape() == needed)) memory_ = Tensor(needed);
  sources_.clear();
  for (const Tensor& source : sources)
    sources_.push_back({source, source.defined() ? source.version() : 0});
  return memory_.mutable_data<float>();
}

}  // namespace unroll
