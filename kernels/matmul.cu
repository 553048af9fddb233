// matmul.h on a GPU: cuBLAS where there is one, else a rung of the GEMM ladder.
#include <type_traits>

#include "kernels/gpu.h"
#include "kernels/matmul.h"
#include "kernels/matmul/cublas.h"
#include "kernels/matmul/ladder.h"

namespace unroll::kernels {
namespace {

constexpr int64_t kFewElements = 512;  // of C: most of a tile would be empty
template <class T>
constexpr int64_t kLargeTile = sizeof(T) == 4 ? 128 : 64;  // rows and columns of rung 4's tiles

/// Whether C fills rung 4's tiles, and has one for each multiprocessor. In simt a multiprocessor
/// without work costs nothing.
template <class Device, class T>
bool suits_large_tiles(Device device, const MatmulArgs<T>& args) {
  if (args.m <= kLargeTile<T> / 2 || args.n <= kLargeTile<T> / 2) return false;
  const int64_t tiles =
      args.batch * blocks_for(args.m, kLargeTile<T>) * blocks_for(args.n, kLargeTile<T>);
  return std::is_same_v<Device, Simt> || tiles >= gpu_properties(device).multiprocessors;
}

}  // namespace

template <class Device, class T>
void matmul(Device device, const MatmulArgs<T>& args) {
  if (args.batch * args.m * args.n == 0) return;
  if constexpr (std::is_same_v<Device, Cuda>)
    if (cublas_matmul(device, args)) return;
  if (args.m * args.n <= kFewElements)
    naive_matmul(device, args);
  else if (suits_large_tiles(device, args))
    vectorised_matmul(device, args);
  else
    register_tiles_matmul(device, args);
}

template void matmul(Gpu, const MatmulArgs<float>&);
template void matmul(Gpu, const MatmulArgs<double>&);

}  // namespace unroll::kernels
