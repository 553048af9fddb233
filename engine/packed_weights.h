// A recurrent layer's weights as the CPU's kernel reads them, kept between calls.
#pragma once

#include "engine/tensor.h"

namespace unroll {

/// A copy of tensors in another order, and which tensors in which state it is a copy of.
class PackedWeights {
 public:
  /// Whether it is a copy of these tensors, of which some may be undefined, as they are now.
  bool holds(const Tensors& sources) const;

  /// Memory of that many bytes on the host, for the caller to put a copy of these tensors in.
  void* renew(const Tensors& sources, int64_t bytes);

  const void* data() const { return memory_.data<float>(); }

 private:
  struct Source {
    Tensor tensor;
    uint32_t version;
  };

  std::vector<Source> sources_;
  Tensor memory_;
};

}  // namespace unroll
