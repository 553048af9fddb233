// What is compared: one recurrent layer or one matrix product of a certain size, and the arrays
// that every contender is given and has to return.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace unroll::compare {

enum class Kind { kRnn, kLstm, kGru, kGemm };

/// Inference: the forward pass, with nothing recorded. Training: the forward pass, then the
/// gradients of x, both weights and both biases from a given gradient of the output; not of h_0.
enum class Pass { kInference, kTraining };

/// "rnn", "lstm", "gru" or "gemm"; "RNN", …; "inference" or "training".
const char* name(Kind kind);
const char* title(Kind kind);
const char* name(Pass pass);

/// The kind or the pass that is called `text`. Throws an input `Error` for another word.
Kind parse_kind(const std::string& text);
Pass parse_pass(const std::string& text);

/// An array of f32, row-major.
struct Array {
  std::string name;
  std::vector<int64_t> shape;

  int64_t size() const;
};

/// One thing to be timed. A recurrent layer has as many inputs as hidden units, biases, one
/// direction and no initial state. A product is A (m, k) times the transpose of B (n, k), as in
/// x·Wᵀ.
struct Case {
  Kind kind = Kind::kLstm;
  Pass pass = Pass::kInference;
  int64_t hidden = 0, batch = 0, length = 0;  // of a layer
  int64_t m = 0, n = 0, k = 0;                // of a product
  int threads = 1;

  bool recurrent() const { return kind != Kind::kGemm; }
  /// 1, 4 or 3: the blocks of `hidden` rows in the weights.
  int64_t gates() const;

  /// "lstm/training/hidden:64/batch:1/length:32/threads:2" or "gemm/m:16/n:256/k:64/threads:1".
  std::string name() const;

  /// Multiplications and additions of the matrix products: 2·G·H·(I + H) for each step of each
  /// sequence, three times that in training.
  double flops() const;

  /// x, w_ih, w_hh, b_ih, b_hh and in training d_output; of a product a and b.
  std::vector<Array> inputs() const;
  /// output, and in training dx, dw_ih, dw_hh, db_ih and db_hh.
  std::vector<Array> results() const;

  friend bool operator==(const Case&, const Case&) = default;
};

void to_json(nlohmann::ordered_json& json, const Case& one);
void from_json(const nlohmann::ordered_json& json, Case& one);

/// Every case of the comparison for these numbers of threads; `quick`: a few of each class of size.
std::vector<Case> grid(const std::vector<int>& threads, bool quick);

}  // namespace unroll::compare
