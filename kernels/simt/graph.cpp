// runtime_api.h: capture of a stream, and graphs.
#include <utility>

#include "kernels/simt/stream.h"

using unroll::kernels::simt::note_error;

inline namespace cuda_on_cpu {

/// A graph made ready to run.
struct SimtGraphExec {
  std::vector<SimtGraph::Node> nodes;
};

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  if (!stream) return note_error(cudaErrorStreamCaptureUnsupported);  // the default stream
  if (stream->capture) return note_error(cudaErrorIllegalState);
  *stream = {new SimtGraph, false};
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  *graph = nullptr;
  if (!stream || !stream->capture) return note_error(cudaErrorIllegalState);
  const SimtStream captured = std::exchange(*stream, {});
  if (captured.invalidated) {
    delete captured.capture;
    return note_error(cudaErrorStreamCaptureInvalidated);
  }
  *graph = captured.capture;
  return cudaSuccess;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
  *status = !stream || !stream->capture ? cudaStreamCaptureStatusNone
            : stream->invalidated       ? cudaStreamCaptureStatusInvalidated
                                        : cudaStreamCaptureStatusActive;
  return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long) {
  if (!graph) return note_error(cudaErrorInvalidValue);
  *exec = new SimtGraphExec{graph->nodes};
  return cudaSuccess;
}

cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph,
                                cudaGraphExecUpdateResultInfo* info) {
  *info = {cudaGraphExecUpdateSuccess};
  if (exec->nodes.size() != graph->nodes.size())
    info->result = cudaGraphExecUpdateErrorTopologyChanged;
  for (size_t i = 0; i < graph->nodes.size() && info->result == cudaGraphExecUpdateSuccess; ++i) {
    const SimtGraph::Node &old = exec->nodes[i], &fresh = graph->nodes[i];
    if (old.kind != fresh.kind)
      info->result = cudaGraphExecUpdateErrorNodeTypeChanged;
    else if (old.kernel != fresh.kernel)
      info->result = cudaGraphExecUpdateErrorFunctionChanged;
  }
  if (info->result != cudaGraphExecUpdateSuccess)
    return note_error(cudaErrorGraphExecUpdateFailure);
  exec->nodes = graph->nodes;
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
  SimtGraph* graph = unroll::kernels::simt::capturing(stream);
  for (const SimtGraph::Node& node : exec->nodes)
    if (graph)
      graph->add(node);
    else
      node.run();
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
  delete exec;
  return cudaSuccess;
}

}  // namespace cuda_on_cpu
