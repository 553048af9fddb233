// nvcuda::wmma: a warp multiplies 16 x 16 matrices with its tensor cores.
//
// D = A B + C, where A is 16 x K, B is K x 16 and C, D are 16 x 16 floats. K is 16 for __half and
// __nv_bfloat16, and 8 for tf32. The elements of a fragment are spread over the warp: lane l holds
// as x[i] the element number 32 i + l, counted along the rows, and in a col_major fragment along
// the columns. CUDA does not say where a GPU puts them. Sums are rounded to float at each step; a
// GPU may round them less often.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "kernels/simt/low_precision.h"
#include "kernels/simt/meet.h"

namespace unroll::kernels::simt {

/// What a lane brings to D = A B + C, and what it gets.
struct WarpProduct {
  int k;
  bool a_by_columns, b_by_columns;  // how the elements are counted
  float a[8], b[8], c[8];
  float d[8];
};

/// All 32 lanes call this together.
void warp_multiply(WarpProduct& mine, Place place);

/// Where the lane's elements of a matrix are in memory: `ldm` apart between rows, or columns. All
/// 32 lanes call this together; ends the program if the matrix is not aligned as the hardware
/// needs.
void check_warp_matrix(const void* matrix, unsigned ldm, size_t element_bytes, const char* what,
                       Place place);

/// x without the fraction bits that tf32 has not.
inline float cut_to_tf32(float x) {
  return std::bit_cast<float>(std::bit_cast<uint32_t>(x) & 0xffffe000);
}

}  // namespace unroll::kernels::simt

// NOLINTBEGIN(readability-identifier-naming, bugprone-reserved-identifier): CUDA's names
// NOLINTBEGIN(bugprone-branch-clone): K may be 16 too
namespace nvcuda::wmma {
inline namespace cuda_on_cpu {

struct matrix_a;
struct matrix_b;
struct accumulator;
struct row_major;
struct col_major;
enum layout_t { mem_row_major, mem_col_major };

namespace precision {
struct tf32;
}

template <class Use, int kM, int kN, int kK, class T, class Layout = void>
class fragment {
  static constexpr bool kTf32 = std::is_same_v<T, precision::tf32>;
  static constexpr bool kSum = std::is_same_v<Use, accumulator>;
  static_assert(kM == 16 && kN == 16 && (kK == 8 || kK == 16), "simt has only 16 x 16 fragments");
  static_assert(kSum || kTf32 == (kK == 8), "K is 8 for tf32 and 16 for the others");
  static_assert(kSum ? std::is_same_v<T, float> && std::is_same_v<Layout, void>
                     : kTf32 || std::is_same_v<T, __half> || std::is_same_v<T, __nv_bfloat16>);

 public:
  using element_type = std::conditional_t<kTf32, float, T>;
  using storage_element_type = element_type;
  static constexpr int kRows = std::is_same_v<Use, matrix_b> ? kK : kM;
  static constexpr int kColumns = std::is_same_v<Use, matrix_a> ? kK : kN;
  static constexpr bool kByColumns = std::is_same_v<Layout, col_major>;
  static constexpr int num_elements = kRows * kColumns / 32;
  static constexpr int num_storage_elements = num_elements;

  element_type x[num_elements];

  /// Where in memory the calling lane's x[i] is.
  static size_t offset(int i, unsigned ldm, bool by_columns) {
    const int number = 32 * i + static_cast<int>(simt::lane());
    const int row = kByColumns ? number % kRows : number / kColumns;
    const int column = kByColumns ? number / kRows : number % kColumns;
    return by_columns ? static_cast<size_t>(column) * ldm + static_cast<size_t>(row)
                      : static_cast<size_t>(row) * ldm + static_cast<size_t>(column);
  }
};

inline float __float_to_tf32(float x) {
  if (x != x) return x;
  const auto bits = std::bit_cast<uint32_t>(x);
  return simt::cut_to_tf32(std::bit_cast<float>(bits + 0x1000));  // to nearest, ties away from 0
}

template <class Use, int kM, int kN, int kK, class T, class Layout>
void fill_fragment(
    fragment<Use, kM, kN, kK, T, Layout>& matrix,
    const std::type_identity_t<typename fragment<Use, kM, kN, kK, T, Layout>::element_type>&
        value) {
  for (auto& element : matrix.x) element = value;
}

template <class Use, int kM, int kN, int kK, class T, class Layout>
__forceinline__ void load_matrix_sync(
    fragment<Use, kM, kN, kK, T, Layout>& matrix,
    const typename fragment<Use, kM, kN, kK, T, Layout>::element_type* from, unsigned ldm,
    simt::Place place = simt::Place::here()) {
  simt::check_warp_matrix(from, ldm, sizeof *from, "load_matrix_sync", place);
  for (int i = 0; i < matrix.num_elements; ++i)
    matrix.x[i] = from[matrix.offset(i, ldm, matrix.kByColumns)];
}

template <int kM, int kN, int kK>
__forceinline__ void load_matrix_sync(fragment<accumulator, kM, kN, kK, float>& matrix,
                                      const float* from, unsigned ldm, layout_t layout,
                                      simt::Place place = simt::Place::here()) {
  simt::check_warp_matrix(from, ldm, sizeof *from, "load_matrix_sync", place);
  for (int i = 0; i < matrix.num_elements; ++i)
    matrix.x[i] = from[matrix.offset(i, ldm, layout == mem_col_major)];
}

template <int kM, int kN, int kK>
__forceinline__ void store_matrix_sync(float* to,
                                       const fragment<accumulator, kM, kN, kK, float>& matrix,
                                       unsigned ldm, layout_t layout,
                                       simt::Place place = simt::Place::here()) {
  simt::check_warp_matrix(to, ldm, sizeof *to, "store_matrix_sync", place);
  for (int i = 0; i < matrix.num_elements; ++i)
    to[matrix.offset(i, ldm, layout == mem_col_major)] = matrix.x[i];
}

template <int kM, int kN, int kK, class T, class LayoutA, class LayoutB>
void mma_sync(fragment<accumulator, kM, kN, kK, float>& d,
              const fragment<matrix_a, kM, kN, kK, T, LayoutA>& a,
              const fragment<matrix_b, kM, kN, kK, T, LayoutB>& b,
              const fragment<accumulator, kM, kN, kK, float>& c,
              simt::Place place = simt::Place::here()) {
  simt::WarpProduct mine{kK, a.kByColumns, b.kByColumns, {}, {}, {}, {}};
  const auto operand = [](float x) { return kK == 8 ? simt::cut_to_tf32(x) : x; };
  for (int i = 0; i < a.num_elements; ++i) mine.a[i] = operand(a.x[i]);
  for (int i = 0; i < b.num_elements; ++i) mine.b[i] = operand(b.x[i]);
  for (int i = 0; i < c.num_elements; ++i) mine.c[i] = c.x[i];
  simt::warp_multiply(mine, place);
  for (int i = 0; i < d.num_elements; ++i) d.x[i] = mine.d[i];
}

}  // namespace cuda_on_cpu
}  // namespace nvcuda::wmma
// NOLINTEND(bugprone-branch-clone)
// NOLINTEND(readability-identifier-naming, bugprone-reserved-identifier)
