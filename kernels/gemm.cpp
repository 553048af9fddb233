// How a product goes through its operands, so that caches hold what is used again.
//
// C is computed in tiles (tile.h), whose rows of A and panel of B, kTileColumns columns, come from
// one of these ways:
//   by blocks    kSlab rows of some panels of B are copied together, for the second-level cache;
//                all rows of A are multiplied by them; a tile's rows stay in the first-level cache
//   by panels    one panel after the other, where A is small enough to be read again for each; B is
//                read where it lies if there are few rows, for which copying it would not pay
//   few_rows.h   no tiles: for few rows of A, in the order in which B lies in memory
//   outer_product.h   no tiles either: for k = 1
// The bits of an element depend on m, k and the layout of A and B alone.
#include "kernels/gemm.h"

#include "kernels/few_rows.h"
#include "kernels/outer_product.h"
#include "kernels/parallel.h"

namespace unroll::kernels {
namespace {

constexpr int64_t kSlab = 512;
constexpr int64_t kBlockPanels = 6;
constexpr int64_t kBlockRows = 96;
constexpr int64_t kRowsInPlace = 24;  // up to which B is not copied
constexpr int64_t kShortSlab = 128;   // of which the first-level cache holds a panel
constexpr int64_t kSmall = 4096;      // elements that the first-level cache keeps

/// How the elements of C are summed, for all parts of a product alike.
enum class Way { kTiles, kOneRow, kRowByRow, kAlongK, kOuter };

template <class T>
Way way_of(const Product<T>& product) {
  constexpr int64_t kCached = 1 << 18;  // elements that the second-level cache keeps
  if (product.k == 1 && product.b.column == 1) return Way::kOuter;
  if (suits_few_rows(product)) return Way::kAlongK;
  if (product.m > 1) return Way::kTiles;
  const bool streams = product.b.column == 1 && product.b.row * product.k > kCached;
  if (streams) return Way::kRowByRow;
  return product.a.column == 1 ? Way::kOneRow : Way::kTiles;
}

/// All rows times one panel of V vectors, of which the product has `n` columns.
template <int V, class T>
[[gnu::noinline]] void multiply_panel(const Product<T>& product, Way way) {
  constexpr int64_t kWidth = V * kLanes<T>;
  const int64_t n = product.n;
  TileProduct<T> part{product.k,     product.a, product.b.data, product.b.row,
                      product.start, product.c, product.ldc,    product.b.data};
  for_each_tile_row<V>(product.m, [&](int64_t row, int64_t rows) {
    part.a.data = product.a.data + row * product.a.row;
    if (product.start.data) part.start.data = product.start.data + row * product.start.row;
    part.c = product.c + row * product.ldc;
    const Tile<T> tile = tile_of<V, T>(rows, way == Way::kOneRow);
    if (n == kWidth) return tile(part);
    T whole[kTileRows<V> * kWidth];  // the panel is wider than C
    TileProduct<T> wider = part;
    if (part.start.data) {
      for (int64_t r = 0; r < rows; ++r)
        for (int64_t j = 0; j < kWidth; ++j)
          whole[r * kWidth + j] = j < n ? part.start.data[r * part.start.row + j] : T(0);
      wider.start = {whole, kWidth};
    }
    wider.c = whole;
    wider.ldc = kWidth;
    tile(wider);
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t j = 0; j < n; ++j) part.c[r * part.ldc + j] = whole[r * kWidth + j];
  });
}

template <class T>
void multiply_narrow(const Product<T>& product, Way way) {
  const int64_t vecs = ceil_div(product.n, kLanes<T>);
  if (vecs == 1) return multiply_panel<1>(product, way);
  if (vecs == 2) return multiply_panel<2>(product, way);
  if constexpr (kTileVecs == 4) {
    if (vecs == 3) return multiply_panel<3>(product, way);
    multiply_panel<4>(product, way);
  }
}

/// B (k, n) as a panel: where it is if that will do for m rows, else copied to `memory`.
template <class T>
Strided<T> panel_of(Strided<T> b, int64_t k, int64_t n, int64_t m, T* memory) {
  if (b.column == 1 && (m <= kRowsInPlace || k * b.row <= kSmall) && n % kLanes<T> == 0) return b;
  const int64_t width = ceil_div(n, kLanes<T>) * kLanes<T>;
  pack_panel(k, n, b, memory, width, width);
  return {memory, width, 1};
}

/// kSlab rows of kTileColumns columns of B.
template <class T>
using Panel = T[kSlab * kTileColumns<T>];

/// Copies a block of B, zeros to the right of it included.
template <class T>
void pack_block(const Product<T>& product, Panel<T>* panels) {
  constexpr int64_t kWidth = kTileColumns<T>;
  const int64_t n = product.n;
  if (product.b.column != 1) {
    for (int64_t j = 0, i = 0; j < n; j += kWidth, ++i)
      pack_panel(product.k, smaller(kWidth, n - j), product.b.from(0, j), panels[i], kWidth,
                 kWidth);
    return;
  }
  for (int64_t p = 0; p < product.k; ++p) {  // whole rows, as there may be a page between two
    const T* b_p = product.b.data + p * product.b.row;
    for (int64_t j = 0, i = 0; j < n; j += kWidth, ++i)
      for (int64_t v = 0; v < kWidth; v += kLanes<T>) {
        const int64_t left = n - j - v;
        const Vec<T> copied = left > 0 ? Vec<T>::load(b_p + j + v, left) : Vec<T>(T(0));
        copied.store(&panels[i][p * kWidth + v]);
      }
  }
}

/// A tile's rows of A times all panels, which lie `panel_size` apart, then the next rows.
template <class T>
void multiply_block(const Product<T>& product, const T* panels, int64_t panel_size) {
  constexpr int64_t kWidth = kTileColumns<T>;
  const int64_t whole = product.n / kWidth;  // panels
  TileProduct<T> part{product.k,     product.a, nullptr,     kWidth,
                      product.start, nullptr,   product.ldc, nullptr};
  for_each_tile_row<kTileVecs>(product.m, [&](int64_t row, int64_t rows) {
    const Tile<T> tile = tile_of<kTileVecs, T>(rows, false);
    part.a.data = product.a.data + row * product.a.row;
    for (int64_t i = 0; i < whole; ++i) {
      part.b = part.soon = panels + i * panel_size;
      part.c = product.c + row * product.ldc + i * kWidth;
      if (product.start.data)
        part.start.data = product.start.data + row * part.start.row + i * kWidth;
      tile(part);
    }
  });
  if (whole * kWidth == product.n) return;
  Product<T> edge = product.part(0, product.m, whole * kWidth, product.n - whole * kWidth);
  edge.b = {panels + whole * panel_size, kWidth, 1};
  multiply_narrow(edge, Way::kTiles);
}

/// Panel by panel: for products whose rows of A stay in the caches while they go through B.
template <class T>
void multiply_by_panels(const Product<T>& product, Way way) {
  constexpr int64_t kWidth = kTileColumns<T>;
  alignas(64) T memory[kSlab * kWidth];
  for (int64_t j = 0; j < product.n; j += kWidth) {
    const int64_t columns = smaller(kWidth, product.n - j);
    int64_t p = 0;
    do {
      Product<T> part = product.part(0, product.m, j, columns);
      if (product.k > kSlab) part = part.slab(p, smaller(kSlab, product.k - p));
      part.b = panel_of(part.b, part.k, columns, part.m, memory);
      multiply_narrow(part, way);
      p += part.k;
    } while (p < product.k);
  }
}

/// Block by block: several panels of B stay in the second-level cache while all rows of A are
/// multiplied by them.
template <class T>
void multiply_by_blocks(const Product<T>& product) {
  constexpr int64_t kStride = kSlab + 16;  // no power of two: it would use few lines of the cache
  constexpr int64_t kWidth = kTileColumns<T>, kColumns = kBlockPanels * kWidth;
  alignas(64) Panel<T> panels[kBlockPanels];
  alignas(64) T block[kBlockRows * kStride];
  for (int64_t column = 0; column < product.n; column += kColumns) {
    const int64_t columns = smaller(kColumns, product.n - column);
    int64_t p = 0;
    do {
      const Product<T> slab =
          product.part(0, product.m, column, columns).slab(p, smaller(kSlab, product.k - p));
      pack_block(slab, panels);
      p += slab.k;
      for (int64_t row = 0; row < slab.m; row += kBlockRows) {
        Product<T> rows = slab.part(row, smaller(kBlockRows, slab.m - row), 0, columns);
        if (rows.a.column != 1) {
          pack_panel(rows.m, rows.k, rows.a, block, kStride, rows.k);
          rows.a = {block, kStride, 1};
        }
        multiply_block(rows, panels[0], kSlab * kWidth);
      }
    } while (p < product.k);
  }
}

/// One product on the calling thread.
template <class T>
void multiply(const Product<T>& product, Way way) {
  if (way == Way::kAlongK) return multiply_few_rows(product);
  if (way == Way::kRowByRow) return multiply_row_by_row(product);
  if (way == Way::kOuter) return multiply_outer(product);
  const bool one_panel = product.n <= kTileColumns<T>;
  const bool small = product.m * product.k <= kSmall && product.k * product.n <= kSmall;
  const bool a_in_caches = product.m <= kBlockRows || product.k <= kShortSlab;
  const bool rows_of_b = product.b.column == 1 && product.m > kRowsInPlace;
  if (one_panel || small || (a_in_caches && product.a.column == 1 && !rows_of_b))
    multiply_by_panels(product, way);
  else
    multiply_by_blocks(product);
}

}  // namespace

template <class Device, class T>
void gemm(Device, const Product<T>& product) {
  constexpr int64_t kWorkWorthAThread = 1 << 17;  // multiplications
  const int64_t m = product.m, n = product.n;
  const Way way = way_of(product);
  if (m * n * product.k <= kWorkWorthAThread) return multiply(product, way);
  const bool by_columns = n >= kTileColumns<T> * num_threads() || n >= m || way == Way::kAlongK;
  const int64_t others = (by_columns ? m : n) * product.k;
  const int64_t tile_size = by_columns ? kTileColumns<T> : kTileRows<kTileVecs>;
  const int64_t grain = ceil_div(ceil_div(kWorkWorthAThread, others), tile_size) * tile_size;
  parallel_for(by_columns ? n : m, grain, [&](int64_t begin, int64_t end) {
    multiply(by_columns ? product.part(0, m, begin, end - begin)
                        : product.part(begin, end - begin, 0, n),
             way);
  });
}

template <class Device, class T>
void gemm_columns(Device, const Product<T>& product, int64_t begin, int64_t end) {
  multiply(product.part(0, product.m, begin, end - begin), way_of(product));
}

template <class Device, class T>
void gemm_panels(Device, const Product<T>& product, int64_t begin, int64_t end) {
  constexpr int64_t kWidth = kTileColumns<T>;
  for (int64_t panel = begin; panel < end; panel += kBlockPanels) {
    const int64_t column = panel * kWidth;
    const int64_t last = smaller(product.n, smaller(panel + kBlockPanels, end) * kWidth);
    const T* panels = product.b.data + panel * product.k * kWidth;
    int64_t p = 0;
    do {
      const Product<T> slab =
          product.part(0, product.m, column, last - column).slab(p, smaller(kSlab, product.k - p));
      multiply_block(slab, panels + p * kWidth, product.k * kWidth);
      p += slab.k;
    } while (p < product.k);
  }
}

template <class Device, class T>
void gemm_along_k(Device, const Product<T>& product) {
  multiply_few_rows(product);
}

namespace {
using Cpu = UNROLL_CPU_LEVEL;
}

template void gemm(Cpu, const Product<float>&);
template void gemm(Cpu, const Product<double>&);
template void gemm_columns(Cpu, const Product<float>&, int64_t, int64_t);
template void gemm_columns(Cpu, const Product<double>&, int64_t, int64_t);
template void gemm_panels(Cpu, const Product<float>&, int64_t, int64_t);
template void gemm_panels(Cpu, const Product<double>&, int64_t, int64_t);
template void gemm_along_k(Cpu, const Product<float>&);
template void gemm_along_k(Cpu, const Product<double>&);

}  // namespace unroll::kernels
