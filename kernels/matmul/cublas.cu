// cublas.h: types come from cuBLAS's header, functions from the library that dlopen finds.
#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cublas_v2.h>
#include <dlfcn.h>
#include <string>
#include <utility>

#include "kernels/gpu.h"
#include "kernels/matmul/cublas.h"

namespace unroll::kernels {
namespace {

// What cuBLAS advises for compute capability 9.
constexpr size_t kWorkspaceBytes = size_t{32} << 20;

// The library, and a handle on the device's stream. It stays until the process ends.
class Cublas {
 public:
  Cublas() {
    problem_ = gpu_problem(Cuda{});
    if (!problem_.empty()) return;
    void* library = open();
    if (library == nullptr || !find_all(library)) return;
    cublasStatus_t status = create_(&handle_);
    // TF32 would round the operands to 10 bits.
    if (status == CUBLAS_STATUS_SUCCESS) status = set_math_mode_(handle_, CUBLAS_DEFAULT_MATH);
    if (status == CUBLAS_STATUS_SUCCESS) status = set_stream_(handle_, stream(Cuda{}));
    // With memory of its own it allocates none in a product, which a captured stream forbids.
    void* workspace = nullptr;
    if (status == CUBLAS_STATUS_SUCCESS)
      status = cudaMalloc(&workspace, kWorkspaceBytes) == cudaSuccess
                   ? set_workspace_(handle_, workspace, kWorkspaceBytes)
                   : CUBLAS_STATUS_ALLOC_FAILED;
    (void)cudaGetLastError();  // reported here: a later check must not find it again
    if (status != CUBLAS_STATUS_SUCCESS)
      problem_ = std::string("cuBLAS could not be set up: ") + status_string_(status);
  }

  const std::string& problem() const { return problem_; }

  // cuBLAS has matrices by columns. What lies by rows is then the transpose: Cᵀ = op(B)ᵀ·op(A)ᵀ.
  template <class T>
  void matmul(const MatmulArgs<T>& args) const {
    const T one = 1, scale = args.accumulate ? T(1) : T(0);
    const auto size = [](int64_t n) { return static_cast<int>(n); };
    const auto operation = [](bool transpose) { return transpose ? CUBLAS_OP_T : CUBLAS_OP_N; };
    const cublasStatus_t status =
        gemm(T{})(handle_, operation(args.transpose_b), operation(args.transpose_a), size(args.n),
                  size(args.m), size(args.k), &one, args.b, size(args.ldb), args.stride_b, args.a,
                  size(args.lda), args.stride_a, &scale, args.c, size(args.ldc), args.stride_c,
                  size(args.batch));
    if (status != CUBLAS_STATUS_SUCCESS)
      throw GpuError("cuBLAS: batch " + std::to_string(args.batch) + " of (" +
                     std::to_string(args.m) + ", " + std::to_string(args.k) + ") x (" +
                     std::to_string(args.k) + ", " + std::to_string(args.n) +
                     "): " + status_string_(status));
  }

 private:
  // Where the system's loader looks, then in the CUDA Toolkit, which it may not know.
  void* open() {
    const char* home = std::getenv("CUDA_HOME");
    const std::string toolkit = std::string(home ? home : "/usr/local/cuda") + "/lib64/";
    for (const std::string& folder : {std::string(), toolkit})
      for (const char* name : {"libcublas.so.13", "libcublas.so.12", "libcublas.so"})
        if (void* library = dlopen((folder + name).c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
    problem_ = dlerror();
    return nullptr;
  }

  template <class Function>
  bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    if (function == nullptr) problem_ = std::string("libcublas has no ") + name;
    return function != nullptr;
  }

  bool find_all(void* library) {
    return find(library, "cublasCreate_v2", create_) &&
           find(library, "cublasSetMathMode", set_math_mode_) &&
           find(library, "cublasSetStream_v2", set_stream_) &&
           find(library, "cublasSetWorkspace_v2", set_workspace_) &&
           find(library, "cublasGetStatusString", status_string_) &&
           find(library, "cublasSgemmStridedBatched", gemm_f32_) &&
           find(library, "cublasDgemmStridedBatched", gemm_f64_);
  }

  auto gemm(float) const { return gemm_f32_; }
  auto gemm(double) const { return gemm_f64_; }

  std::string problem_;
  cublasHandle_t handle_ = nullptr;
  decltype(&cublasCreate) create_ = nullptr;
  decltype(&cublasSetMathMode) set_math_mode_ = nullptr;
  decltype(&cublasSetStream) set_stream_ = nullptr;
  decltype(&cublasSetWorkspace) set_workspace_ = nullptr;
  decltype(&cublasGetStatusString) status_string_ = nullptr;
  decltype(&cublasSgemmStridedBatched) gemm_f32_ = nullptr;
  decltype(&cublasDgemmStridedBatched) gemm_f64_ = nullptr;
};

const Cublas& cublas() {
  static const Cublas& only = *new Cublas;
  return only;
}

}  // namespace

const char* cublas_problem() { return cublas().problem().c_str(); }

template <class T>
bool cublas_matmul(Cuda, const MatmulArgs<T>& args) {
  if (args.k == 0 || *cublas_problem() != '\0') return false;
  if (std::max({args.batch, args.m, args.n, args.k, args.lda, args.ldb, args.ldc}) > INT_MAX)
    return false;
  // A matrix of one row has no next one, but cuBLAS wants the leading dimension to cover the row.
  MatmulArgs<T> checked = args;
  checked.lda = std::max(args.lda, args.transpose_a ? args.m : args.k);
  checked.ldb = std::max(args.ldb, args.transpose_b ? args.k : args.n);
  checked.ldc = std::max(args.ldc, args.n);
  cublas().matmul(checked);
  return true;
}

template bool cublas_matmul(Cuda, const MatmulArgs<float>&);
template bool cublas_matmul(Cuda, const MatmulArgs<double>&);

}  // namespace unroll::kernels
