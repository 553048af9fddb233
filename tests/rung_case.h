// A recurrent sequence to run on every rung, and the arrays that it needs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <ostream>
#include <random>
#include <utility>
#include <vector>

#include "kernels/recurrent/recurrent.h"

namespace unroll::rung_case {

struct Sizes {
  int64_t seq_len, batch, input_size, hidden_size;
};

/// A sequence to run and what is asked of it.
struct Case {
  Sizes sizes;
  bool reverse = false;
  std::vector<int32_t> lengths = {};
  bool biases = true;
  bool d_output = true, d_final = true;      // whether these gradients are given
  bool d_input = true, d_parameters = true;  // whether these gradients are wanted
  bool reuse = false;
  int padding = 0;  // elements before every array, which take it off its alignment
  kernels::Operands operands = kernels::Operands::kF32;
};

inline void PrintTo(const Case& c, std::ostream* out) {
  *out << "T " << c.sizes.seq_len << ", B " << c.sizes.batch << ", I " << c.sizes.input_size
       << ", H " << c.sizes.hidden_size << (c.reverse ? ", reverse" : "")
       << (c.lengths.empty() ? "" : ", lengths") << (c.biases ? "" : ", no biases")
       << (c.d_output ? "" : ", no d_output") << (c.d_final ? "" : ", no d_final")
       << (c.d_input ? "" : ", d_input not wanted")
       << (c.d_parameters ? "" : ", d_parameters not wanted") << (c.reuse ? ", reuse" : "")
       << ", padding " << c.padding;
}

/// All arrays of a forward and a backward pass, by name.
template <class T>
struct Arrays {
  std::vector<T> x, w_ih, w_hh, b_ih, b_hh, states, cells, saved, output;
  std::vector<T> d_output, d_h_n, d_c_n, d_x, d_w_ih, d_w_hh, d_b_ih, d_b_hh, d_h_0, d_c_0;

  /// Calls f(name, array) for each that the passes write.
  template <class F>
  void for_each_result(const F& f) {
    f("states", states);
    f("cells", cells);
    f("saved", saved);
    f("output", output);
    f("d_x", d_x);
    f("d_w_ih", d_w_ih);
    f("d_w_hh", d_w_hh);
    f("d_b_ih", d_b_ih);
    f("d_b_hh", d_b_hh);
    f("d_h_0", d_h_0);
    f("d_c_0", d_c_0);
  }
};

template <class Cell, class T>
Arrays<T> make_arrays(const Case& c) {
  std::mt19937 random(3);
  const auto drawn = [&](int64_t n, double size) {
    std::uniform_real_distribution<double> uniform(-size, size);
    std::vector<T> values(static_cast<size_t>(n));
    for (T& value : values) value = static_cast<T>(uniform(random));
    return values;
  };
  const auto unset = [](int64_t n) {
    return std::vector<T>(static_cast<size_t>(n), std::numeric_limits<T>::quiet_NaN());
  };
  const int64_t B = c.sizes.batch, I = c.sizes.input_size, H = c.sizes.hidden_size, state = B * H;
  const int64_t rows = Cell::kGates * H, all_states = (c.sizes.seq_len + 1) * state;
  const double weight = 1 / std::sqrt(static_cast<double>(H));
  const auto only_if = [](bool wanted, std::vector<T> values) {
    return wanted ? std::move(values) : std::vector<T>{};
  };
  Arrays<T> a;
  a.x = drawn(c.sizes.seq_len * B * I, 1);
  a.w_ih = drawn(rows * I, weight);
  a.w_hh = drawn(rows * H, weight);
  a.b_ih = drawn(c.biases ? rows : 0, weight);
  a.b_hh = drawn(c.biases ? rows : 0, weight);
  a.d_output = drawn(c.d_output ? c.sizes.seq_len * state : 0, 1);
  a.d_h_n = drawn(c.d_final ? state : 0, 1);
  a.d_c_n = drawn(c.d_final && Cell::kHasCellState ? state : 0, 1);
  const auto states = [&] {
    std::vector<T> values = unset(all_states), first = drawn(state, 1);
    std::copy(first.begin(), first.end(),
              values.begin() + (c.reverse ? c.sizes.seq_len * state : 0));
    return values;
  };
  a.states = states();
  a.cells = only_if(Cell::kHasCellState, states());
  a.saved = unset(c.sizes.seq_len * B * Cell::kSaved * H);
  a.output = unset(c.lengths.empty() ? 0 : c.sizes.seq_len * state);
  a.d_x = unset(c.d_input ? c.sizes.seq_len * B * I : 0);
  a.d_h_0 = unset(c.d_input ? state : 0);
  a.d_c_0 = unset(c.d_input && Cell::kHasCellState ? state : 0);
  a.d_w_ih = unset(c.d_parameters ? rows * I : 0);
  a.d_w_hh = unset(c.d_parameters ? rows * H : 0);
  a.d_b_ih = unset(c.d_parameters ? rows : 0);
  a.d_b_hh = unset(c.d_parameters ? rows : 0);
  return a;
}

}  // namespace unroll::rung_case
