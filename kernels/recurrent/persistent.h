// The kernels of rungs 6 to 8, which run a whole sequence in one launch.
//
// T, B, H, G as in recurrent.h. A block owns hidden units (split.h). In each step it multiplies its
// part of W_hh with its group's vectors, takes its units through the cell, and hands the results to
// the group's other blocks. What the rungs choose:
//   Product   how a block multiplies: FmaProduct (rungs 6 and 8), TensorProduct (7)
//   Exchange  how a group's blocks reach each other: FlagExchange (6 and 7), ClusterExchange (8)
#pragma once

#include "kernels/recurrent/product_tiles.h"

namespace unroll::kernels {
namespace {

/// Shared memory of a product.
template <class Product>
HD int64_t product_bytes(const ProductTiles& tiles) {
  return Product::weight_bytes(tiles) + 4 * tiles.sums();
}

/// The vectors are the states; the products, the recurrent share of the block's gates.
template <class Cell, class Product, class Exchange>
__global__ void __launch_bounds__(kThreads, 1)
    persistent_forward(RecurrentForward<float> args, Split split, ProductTiles tiles,
                       typename Exchange::Memory memory) {
  const int H = static_cast<int>(args.shape.hidden_size), U = split.units;
  const Share share(split, args.shape, blockIdx.x);
  const OwnRows own = share.own(split, threadIdx.x);
  // Output gate · U + u is that gate of the block's unit u.
  const Product product(tiles, dynamic_shared<char>(), [&](int output, int k) {
    const int gate = output / U, unit = share.first_unit + output % U;
    const bool real = gate < Cell::kGates && unit < H && k < H;
    return real ? args.w_hh[(int64_t{gate} * H + unit) * H + k] : 0.0f;
  });
  const Exchange exchange(memory, share, dynamic_shared<char>() + product_bytes<Product>(tiles));
  const auto sum = [&](int b, int gate) {
    return product.sum(gate * U + own.unit - share.first_unit, b - share.first_row);
  };

  ForwardUnits<Cell, kRowsAThread> units(args, own);
  units.each(
      [&](int b, float h) { exchange.put(0, b - share.first_row, own.unit, Product::element(h)); });
  exchange.publish(1);
  for (int64_t i = 0; i < args.shape.seq_len; ++i) {
    const int64_t t = step_run(args.shape, i);
    units.load_ahead(args, t);
    exchange.wait(i + 1);
    product.multiply(exchange.vectors(i), exchange.width());
    __syncthreads();
    units.step(t, sum, [&](int b, float h) {
      exchange.put(i + 1, b - share.first_row, own.unit, Product::element(h));
    });
    exchange.publish(i + 2);
    units.store(args, t);
  }
  exchange.wait(args.shape.seq_len + 1);  // before it leaves, in case others write to it
}

/// The vectors are the gradients of all h-gates; the products, what they pass on to the states of
/// the block's units. bias_rows (groups * row_slots(), S*H), or null, gets sums of the gates'
/// gradients; a row that no thread has the rows for is left as it is.
template <class Cell, class Product, class Exchange>
__global__ void __launch_bounds__(kThreads, 1)
    persistent_backward(RecurrentBackward<float> args, Split split, ProductTiles tiles,
                        typename Exchange::Memory memory, float* d_gates, float* bias_rows) {
  const int H = static_cast<int>(args.shape.hidden_size);
  const Share share(split, args.shape, blockIdx.x);
  const OwnRows own = share.own(split, threadIdx.x);
  const Product product(tiles, dynamic_shared<char>(), [&](int output, int k) {
    const bool real = output < share.units && k < Cell::kGates * H;
    return real ? args.w_hh[int64_t{k} * H + share.first_unit + output] : 0.0f;
  });
  const Exchange exchange(memory, share, dynamic_shared<char>() + product_bytes<Product>(tiles));
  const auto sum = [&](int b) {
    return product.sum(own.unit - share.first_unit, b - share.first_row);
  };

  BackwardUnits<Cell, kRowsAThread> units(args, own);
  const int64_t last = args.shape.seq_len - 1;
  if (last >= 0) units.load_ahead(args, step_run(args.shape, last));
  for (int64_t i = last; i >= 0; --i) {
    const int64_t t = step_run(args.shape, i), n = last - i;
    units.step(t, sum, [&](int b, int gate, float dr) {
      exchange.put(n, b - share.first_row, gate * H + own.unit, Product::element(dr));
    });
    exchange.publish(n + 1);
    units.store(t, d_gates);
    if (i > 0) units.load_ahead(args, step_run(args.shape, i - 1));
    exchange.wait(n + 1);
    product.multiply(exchange.vectors(n), exchange.width());
    __syncthreads();
  }
  units.finish(args, sum);
  const int bias_row = share.group * own.stride + own.first - share.first_row;
  if (bias_rows) units.store_bias_sums(bias_rows + int64_t{bias_row} * Cell::kSaved * H);
}

}  // namespace
}  // namespace unroll::kernels
