// Streams and the graphs that they can be captured into.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "kernels/simt/runtime_api.h"

inline namespace cuda_on_cpu {

/// Work in the order in which it was captured.
struct SimtGraph {
  enum class Kind { kKernel, kCopy, kFill, kEvent };
  struct Node {
    Kind kind;
    std::string_view kernel;
    std::function<void()> run;
  };

  void add(Node node) { nodes.push_back(std::move(node)); }

  std::vector<Node> nodes;
};

struct SimtStream {
  SimtGraph* capture = nullptr;  // what is put on the stream goes here instead
  bool invalidated = false;      // by a call that cannot be captured
};

}  // namespace cuda_on_cpu

namespace unroll::kernels::simt {

/// The graph that `stream` is being captured into, or null.
inline SimtGraph* capturing(cudaStream_t stream) { return stream ? stream->capture : nullptr; }

/// Keeps `error` for cudaGetLastError and returns it.
cudaError_t note_error(cudaError_t error);

}  // namespace unroll::kernels::simt
