// wmma.h: the product of a whole warp, done by the lane that comes last.
#include "kernels/simt/wmma.h"

#include <string>

#include "kernels/simt/block.h"

namespace unroll::kernels::simt {
namespace {

void exchange_product(uint32_t, void* const* offers) {
  const auto lane = [offers](int l) -> WarpProduct& {
    return *static_cast<WarpProduct*>(offers[l]);
  };
  const int k = lane(0).k;
  const auto a = [&](int row, int column) {
    const int number = lane(0).a_by_columns ? column * 16 + row : row * k + column;
    return lane(number % 32).a[number / 32];
  };
  const auto b = [&](int row, int column) {
    const int number = lane(0).b_by_columns ? column * k + row : row * 16 + column;
    return lane(number % 32).b[number / 32];
  };
  for (int row = 0; row < 16; ++row)
    for (int column = 0; column < 16; ++column) {
      const int number = row * 16 + column;
      float sum = lane(number % 32).c[number / 32];
      for (int i = 0; i < k; ++i) sum += a(row, i) * b(i, column);
      lane(number % 32).d[number / 32] = sum;
    }
}

}  // namespace

void warp_multiply(WarpProduct& mine, Place place) {
  warp_meet(~0u, &mine, exchange_product, "mma_sync", place);
}

void check_warp_matrix(const void* matrix, unsigned ldm, size_t element_bytes, const char* what,
                       Place place) {
  warp_meet(~0u, nullptr, nullptr, what, place);
  if (reinterpret_cast<uintptr_t>(matrix) % 32 != 0)
    Block::current().fail(std::string(what) + ": the matrix is not aligned to 32 bytes");
  if (ldm * element_bytes % 16 != 0)
    Block::current().fail(std::string(what) + ": ldm is " + std::to_string(ldm) +
                          ", not a multiple of 16 bytes");
}

}  // namespace unroll::kernels::simt
