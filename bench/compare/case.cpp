#include "bench/compare/case.h"

#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/error.h"

namespace unroll::compare {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kKinds = {Kind::kLstm, Kind::kGru, Kind::kRnn, Kind::kGemm};
constexpr std::array kPasses = {Pass::kTraining, Pass::kInference};

// The layers of the grid, or those of --quick.
std::vector<Case> layers(Kind kind, Pass pass, bool quick) {
  std::vector<Case> cases;
  const auto add = [&](int64_t hidden, int64_t batch, int64_t length) {
    cases.push_back(
        {.kind = kind, .pass = pass, .hidden = hidden, .batch = batch, .length = length});
  };
  if (quick) {
    if (kind != Kind::kLstm) {
      add(128, 16, 32);
      return cases;
    }
    for (const int64_t batch : {1, 16, 64}) add(64, batch, 32);
    for (const int64_t batch : {1, 64}) add(256, batch, 32);
    add(512, 16, 32);
    return cases;
  }
  for (const int64_t length : {32, 128})
    if (length == 32 || kind == Kind::kLstm)
      for (const int64_t hidden : {64, 128, 256, 512, 1024})
        for (const int64_t batch : {1, 16, 64}) add(hidden, batch, length);
  return cases;
}

// The products of a step of an LSTM, and a large square one.
std::vector<Case> products(bool quick) {
  std::vector<Case> cases;
  const auto add = [&](int64_t m, int64_t n, int64_t k) {
    cases.push_back({.kind = Kind::kGemm, .m = m, .n = n, .k = k});
  };
  const auto hidden =
      quick ? std::vector<int64_t>{256} : std::vector<int64_t>{64, 128, 256, 512, 1024};
  const auto batch = quick ? std::vector<int64_t>{1, 64} : std::vector<int64_t>{1, 4, 16, 64, 128};
  for (const int64_t k : hidden)
    for (const int64_t m : batch) add(m, 4 * k, k);
  add(1024, 1024, 1024);
  return cases;
}

}  // namespace

const char* name(Kind kind) {
  switch (kind) {
    case Kind::kLstm:
      return "lstm";
    case Kind::kGru:
      return "gru";
    case Kind::kRnn:
      return "rnn";
    case Kind::kGemm:
      break;
  }
  return "gemm";
}

const char* title(Kind kind) {
  switch (kind) {
    case Kind::kLstm:
      return "LSTM";
    case Kind::kGru:
      return "GRU";
    case Kind::kRnn:
      return "RNN";
    case Kind::kGemm:
      break;
  }
  return "GEMM";
}

const char* name(Pass pass) { return pass == Pass::kInference ? "inference" : "training"; }

Kind parse_kind(const std::string& text) {
  for (const Kind kind : kKinds)
    if (text == name(kind)) return kind;
  throw input_error("unknown cell ", text, ": expected rnn, lstm, gru or gemm");
}

Pass parse_pass(const std::string& text) {
  for (const Pass pass : kPasses)
    if (text == name(pass)) return pass;
  throw input_error("unknown pass ", text, ": expected training or inference");
}

int64_t Array::size() const {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

int64_t Case::gates() const {
  if (kind == Kind::kLstm) return 4;
  return kind == Kind::kGru ? 3 : 1;
}

std::string Case::name() const {
  if (!recurrent()) return concat_message("gemm/m:", m, "/n:", n, "/k:", k, "/threads:", threads);
  return concat_message(compare::name(kind), '/', compare::name(pass), "/hidden:", hidden,
                        "/batch:", batch, "/length:", length, "/threads:", threads);
}

double Case::flops() const {
  if (!recurrent()) return 2.0 * static_cast<double>(m * n * k);
  const double forward =
      2.0 * static_cast<double>(gates() * hidden * (hidden + hidden) * batch * length);
  return pass == Pass::kTraining ? 3 * forward : forward;
}

std::vector<Array> Case::inputs() const {
  if (!recurrent()) return {{"a", {m, k}}, {"b", {n, k}}};
  const int64_t rows = gates() * hidden;
  std::vector<Array> arrays{{"x", {length, batch, hidden}},
                            {"w_ih", {rows, hidden}},
                            {"w_hh", {rows, hidden}},
                            {"b_ih", {rows}},
                            {"b_hh", {rows}}};
  if (pass == Pass::kTraining) arrays.push_back({"d_output", {length, batch, hidden}});
  return arrays;
}

std::vector<Array> Case::results() const {
  if (!recurrent()) return {{"output", {m, n}}};
  std::vector<Array> arrays{{"output", {length, batch, hidden}}};
  if (pass == Pass::kTraining)
    for (const Array& input : inputs())
      if (input.name != "d_output") arrays.push_back({"d" + input.name, input.shape});
  return arrays;
}

void to_json(Json& json, const Case& one) {
  json = Json{{"kind", name(one.kind)}};
  if (one.recurrent()) {
    json["pass"] = name(one.pass);
    json["hidden"] = one.hidden;
    json["batch"] = one.batch;
    json["length"] = one.length;
  } else {
    json["m"] = one.m;
    json["n"] = one.n;
    json["k"] = one.k;
  }
  json["threads"] = one.threads;
}

void from_json(const Json& json, Case& one) {
  one = {};
  one.kind = parse_kind(json.at("kind").get<std::string>());
  if (one.recurrent()) {
    one.pass = parse_pass(json.at("pass").get<std::string>());
    json.at("hidden").get_to(one.hidden);
    json.at("batch").get_to(one.batch);
    json.at("length").get_to(one.length);
  } else {
    json.at("m").get_to(one.m);
    json.at("n").get_to(one.n);
    json.at("k").get_to(one.k);
  }
  json.at("threads").get_to(one.threads);
}

std::vector<Case> grid(const std::vector<int>& threads, bool quick) {
  std::vector<Case> sizes;
  for (const Kind kind : kKinds) {
    if (kind == Kind::kGemm) {
      const auto some = products(quick);
      sizes.insert(sizes.end(), some.begin(), some.end());
      continue;
    }
    for (const Pass pass : kPasses) {
      const auto some = layers(kind, pass, quick);
      sizes.insert(sizes.end(), some.begin(), some.end());
    }
  }
  std::vector<Case> cases;
  for (const int count : threads)
    for (Case one : sizes) {
      one.threads = count;
      cases.push_back(one);
    }
  return cases;
}

}  // namespace unroll::compare
