// OpenBLAS, for the matrix products.
#include <cblas.h>

#include "bench/peers/peer.h"

namespace unroll::peers {
namespace {

using compare::Case;

class Product : public Job {
 public:
  Product(const Case& one, const std::vector<Floats>& inputs)
      : m_(static_cast<blasint>(one.m)),
        n_(static_cast<blasint>(one.n)),
        k_(static_cast<blasint>(one.k)),
        a_(inputs[0]),
        b_(inputs[1]),
        c_(static_cast<size_t>(one.m * one.n)) {}

  void run() override {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m_, n_, k_, 1, a_.data(), k_, b_.data(),
                k_, 0, c_.data(), n_);
  }

  std::vector<Floats> results() override { return {c_}; }

 private:
  blasint m_, n_, k_;
  Floats a_, b_, c_;
};

std::unique_ptr<Job> prepare(const Case& one, const std::vector<Floats>& inputs) {
  if (one.recurrent()) throw Unsupported("a library of matrix products");
  return std::make_unique<Product>(one, inputs);
}

// "OpenBLAS 0.3.21 DYNAMIC_ARCH …" without the name.
std::string version() {
  const std::string text = openblas_get_config();
  const size_t start = text.find(' ') + 1;
  return text.substr(start, text.find(' ', start) - start);
}

const char* threading() {
  return openblas_get_parallel() == OPENBLAS_OPENMP ? "OpenMP" : "not OpenMP";
}

}  // namespace
}  // namespace unroll::peers

int main() {
  openblas_set_num_threads(unroll::peers::threads());
  return unroll::peers::serve(
      unroll::peers::version(),
      {{"kernels", openblas_get_corename()}, {"threading", unroll::peers::threading()}},
      unroll::peers::prepare);
}
