// The recurrent product on tensor cores: operands rounded to tf32 or bf16, sums in f32.
//
// A warp's instruction multiplies 16 outputs × kTerms with kTerms × 16 batch rows. The weights are
// rounded once, into shared memory; the vectors once, by the thread that hands them out, so that
// fragments are loaded from where the exchange has them. What is missing from whole tiles is 0.
#pragma once

#include "kernels/recurrent/product_tiles.h"

namespace unroll::kernels {
namespace {

/// f32 with 10 bits of fraction.
struct Tf32 {
  using Element = float;
  using Fragment = nvcuda::wmma::precision::tf32;
  static constexpr int kTerms = 8;
  __device__ __forceinline__ static Element element(float value) {
    return nvcuda::wmma::__float_to_tf32(value);
  }
};

/// f32 with 7 bits of fraction, in 16 bits.
struct Bf16 {
  using Element = __nv_bfloat16;
  using Fragment = __nv_bfloat16;
  static constexpr int kTerms = 16;
  __device__ __forceinline__ static Element element(float value) { return __float2bfloat16(value); }
};

template <class Operand>
class TensorProduct {
  static constexpr int kOutputs = 16;
  // Rows of weights are skewed by 16 bytes: those of a tile then lie in different banks.
  static constexpr int kSkew = 16 / sizeof(typename Operand::Element);
  template <class Use, class... Layout>
  using Fragment = nvcuda::wmma::fragment<Use, kOutputs, 16, Operand::kTerms, Layout...>;

 public:
  using Element = typename Operand::Element;
  static constexpr int kRows = 16;
  __device__ __forceinline__ static Element element(float value) { return Operand::element(value); }

  HD static ProductTiles tiles(int outputs, int rows, int terms) {
    return ProductTiles(outputs, kOutputs, rows, kRows, terms, Operand::kTerms);
  }
  HD static int64_t weight_bytes(const ProductTiles& tiles) {
    return int64_t{tiles.outputs} * (tiles.terms + kSkew) * static_cast<int>(sizeof(Element));
  }

  /// Takes weight(o, k) for all outputs and terms, 0 beyond those of the problem.
  template <class Weight>
  __device__ __forceinline__ TensorProduct(const ProductTiles& tiles, char* shared, Weight weight)
      : tiles_(tiles),
        stride_(tiles.terms + kSkew),
        weights_(reinterpret_cast<Element*>(shared)),
        sums_(tiles, reinterpret_cast<float*>(shared + weight_bytes(tiles))) {
    for (int k = static_cast<int>(threadIdx.x); k < tiles.terms; k += kThreads)
      for (int o = 0; o < tiles.outputs; ++o) weights_[o * stride_ + k] = element(weight(o, k));
    __syncthreads();
  }

  /// The sums for vectors that lie `stride` elements apart. A barrier must follow.
  __device__ __forceinline__ void multiply(const Element* vectors, int stride) const {
    namespace wmma = nvcuda::wmma;
    tiles_.each_of_warp([&](int output, int row, int slice) {
      Fragment<wmma::accumulator, float> sums;
      wmma::fill_fragment(sums, 0.0f);
#pragma unroll 4
      for (int k = slice * Operand::kTerms; k < tiles_.terms;
           k += tiles_.slices * Operand::kTerms) {
        Fragment<wmma::matrix_a, typename Operand::Fragment, wmma::row_major> weights;
        Fragment<wmma::matrix_b, typename Operand::Fragment, wmma::col_major> elements;
        wmma::load_matrix_sync(weights, weights_ + output * stride_ + k,
                               static_cast<unsigned>(stride_));
        wmma::load_matrix_sync(elements, vectors + int64_t{row} * stride + k,
                               static_cast<unsigned>(stride));
        wmma::mma_sync(sums, weights, elements, sums);
      }
      wmma::store_matrix_sync(sums_.at(output, row, slice), sums,
                              static_cast<unsigned>(tiles_.sum_stride), wmma::mem_col_major);
    });
  }

  __device__ __forceinline__ float sum(int output, int row) const { return sums_.sum(output, row); }

 private:
  ProductTiles tiles_;
  int stride_;
  Element* weights_;  // (outputs, stride)
  ProductSums sums_;
};

}  // namespace
}  // namespace unroll::kernels
