// The GEMM ladder: four ways for a GPU to multiply matrices, each with one idea more.
//
//   1 naive           one thread an element of C
//   2 shared tiles    a block shares tiles of A and B
//   3 register tiles  a thread has 4 × 4 elements of C
//   4 vectorised      loads of 128 bits, that of the next tiles during the arithmetic of these
//
// Each takes every product that `matmul` takes. A sum goes along k in order, whatever the rung.
#pragma once

#include "kernels/device.h"
#include "kernels/matmul.h"

namespace unroll::kernels {

// Each is defined in the file that its number begins with.
template <class Device, class T>
void naive_matmul(Device, const MatmulArgs<T>& args);
template <class Device, class T>
void shared_tiles_matmul(Device, const MatmulArgs<T>& args);
template <class Device, class T>
void register_tiles_matmul(Device, const MatmulArgs<T>& args);
template <class Device, class T>
void vectorised_matmul(Device, const MatmulArgs<T>& args);

template <class Device, class T>
struct GemmRung {
  int number;
  const char* name;
  void (*matmul)(Device, const MatmulArgs<T>&);
};

template <class Device, class T>
inline constexpr GemmRung<Device, T> kGemmLadder[] = {
    {1, "naive", naive_matmul<Device, T>},
    {2, "shared tiles", shared_tiles_matmul<Device, T>},
    {3, "register tiles", register_tiles_matmul<Device, T>},
    {4, "vectorised", vectorised_matmul<Device, T>},
};

}  // namespace unroll::kernels
