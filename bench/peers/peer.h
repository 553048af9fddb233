// The C++ peers' side of the protocol that `./unroll bench compare` speaks (README.md).
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/compare/case.h"

namespace unroll::peers {

/// The elements of an array.
using Floats = std::vector<float>;

/// One case, ready to run.
class Job {
 public:
  virtual ~Job() = default;
  /// The work that is timed.
  virtual void run() = 0;
  /// What the last run computed: `Case::results()`, in that order.
  virtual std::vector<Floats> results() = 0;
};

/// Thrown by `prepare` for a case that the library cannot run, with the reason.
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Makes a job of a case and its inputs, `Case::inputs()` in that order.
using Prepare =
    std::function<std::unique_ptr<Job>(const compare::Case&, const std::vector<Floats>& inputs)>;

/// The threads that the driver asks for (OMP_NUM_THREADS).
int threads();

/// Says hello, then does what standard input asks until it ends. `settings` says how the library is
/// set up. Returns the exit code of the program.
int serve(const std::string& version, const nlohmann::ordered_json& settings,
          const Prepare& prepare);

}  // namespace unroll::peers
