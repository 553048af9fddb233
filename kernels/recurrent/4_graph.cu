// Rung 4: the loop as a CUDA graph.
//
// Idea: rung 3's loop is the same launches in the same order every time. While the stream captures,
// launches are noted down in place of being run; the graph made of them is handed to the GPU at
// once and runs without the host. An executable graph is kept: a call with the same arguments
// launches it again, one with others writes its arguments into it, which is cheaper than building
// it anew. Beats rung 3 by: the host's time for a launch, some 2 µs each; a graph's next kernel
// starts within a fraction of that. Limited by: every step reads all recurrent weights again, from
// the L2 cache at best, and ends in two kernel boundaries that drain the GPU. Read next:
// 5_one_block.cu never lets go of the weights.
#include <utility>

#include "kernels/recurrent/gpu_sequence.h"
#include "kernels/recurrent/rungs.h"

namespace unroll::kernels {
namespace {

std::string refusal(const RungProblem&, const GpuProperties&) { return ""; }

// The launches that `record` makes, as a graph. In relaxed mode a library may load its kernels
// meanwhile.
template <class Record>
cudaGraph_t capture(const Record& record) {
  const cudaStream_t on = stream(Gpu{});
  cudaGraph_t graph = nullptr;
  CUDA_CHECK(cudaStreamBeginCapture(on, cudaStreamCaptureModeRelaxed));
  try {
    record();
  } catch (...) {
    if (cudaStreamEndCapture(on, &graph) == cudaSuccess) (void)cudaGraphDestroy(graph);
    (void)cudaGetLastError();  // of the failed capture; the stream can be used again
    throw;
  }
  CUDA_CHECK(cudaStreamEndCapture(on, &graph));
  return graph;
}

// Executable graphs of the last few calls of one function, which differ in their arguments alone.
template <class Args>
class GraphCache {
 public:
  /// Puts on the stream what `record()` launches, or launched for the same arguments before.
  template <class Record>
  void run(const Args& args, const void* workspace, const Record& record) {
    for (const Entry& entry : entries_)
      if (entry.graph && entry.workspace == workspace && entry.args == args) return start(entry);
    Entry& oldest = entries_[next_++ % kEntries];
    const cudaGraph_t recorded = capture(record);
    if (!update(oldest.graph, recorded)) {
      if (oldest.graph) CUDA_CHECK(cudaGraphExecDestroy(std::exchange(oldest.graph, nullptr)));
      CUDA_CHECK(cudaGraphInstantiate(&oldest.graph, recorded, 0));
    }
    CUDA_CHECK(cudaGraphDestroy(recorded));
    oldest.args = args;
    oldest.workspace = workspace;
    start(oldest);
  }

 private:
  static constexpr size_t kEntries = 8;
  struct Entry {
    Args args;
    const void* workspace;
    cudaGraphExec_t graph;
  };

  // False where the graphs differ in more than arguments, as with another number of steps.
  static bool update(cudaGraphExec_t graph, cudaGraph_t recorded) {
    if (!graph) return false;
    cudaGraphExecUpdateResultInfo info;
    if (cudaGraphExecUpdate(graph, recorded, &info) == cudaSuccess) return true;
    (void)cudaGetLastError();
    return false;
  }

  static void start(const Entry& entry) { CUDA_CHECK(cudaGraphLaunch(entry.graph, stream(Gpu{}))); }

  Entry entries_[kEntries]{};
  size_t next_ = 0;
};

// The arguments as the kernels see them: of the lengths only the copy on the device counts.
template <class Args, class Scratch>
Args device_args(Args args, const Scratch& scratch) {
  args.shape.lengths = scratch.lengths;
  return args;
}

template <class Cell>
void forward(const RecurrentForward<float>& args, void* workspace) {
  static GraphCache<RecurrentForward<float>> graphs;
  Arena arena(workspace);
  const ForwardScratch<Cell, float> scratch(arena, args.shape);
  copy_lengths(args.shape, scratch.lengths);
  multiply_input<Cell>(args, 0, args.shape.seq_len);
  graphs.run(device_args(args, scratch), workspace, [&] { run_forward_steps(args, scratch); });
}

template <class Cell>
void backward(const RecurrentBackward<float>& args, void* workspace) {
  static GraphCache<RecurrentBackward<float>> graphs;
  Arena arena(workspace);
  const BackwardScratch<Cell, float> scratch(arena, args);
  copy_lengths(args.shape, scratch.lengths);
  start_backward(args, scratch);
  graphs.run(device_args(args, scratch), workspace, [&] { run_backward_steps(args, scratch); });
  finish_state_gradients(args, scratch);
  finish_gradients(args, scratch.gradients);
}

}  // namespace

template <class Cell, class Device, class T>
Rung<T> graph_rung(Device) {
  return {4,
          "graph",
          refusal,
          steps_forward_workspace<Cell, float>,
          steps_backward_workspace<Cell, float>,
          forward<Cell>,
          backward<Cell>};
}

template Rung<float> graph_rung<RnnTanh>(Gpu);
template Rung<float> graph_rung<RnnRelu>(Gpu);
template Rung<float> graph_rung<Lstm>(Gpu);
template Rung<float> graph_rung<Gru>(Gpu);

}  // namespace unroll::kernels
