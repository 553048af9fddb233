// An array in the memory of the device `simt`.
#pragma once

#include <vector>

#include "kernels/gpu.h"

namespace unroll::kernels {

template <class T>
class DeviceVector {
 public:
  explicit DeviceVector(size_t size) : size_(size) { CUDA_CHECK(cudaMalloc(&data_, bytes())); }
  explicit DeviceVector(const std::vector<T>& values) : DeviceVector(values.size()) {
    CUDA_CHECK(cudaMemcpy(data_, values.data(), bytes(), cudaMemcpyHostToDevice));
  }
  ~DeviceVector() { (void)cudaFree(data_); }
  DeviceVector(const DeviceVector&) = delete;
  DeviceVector& operator=(const DeviceVector&) = delete;

  T* data() const { return data_; }
  std::vector<T> values() const {
    std::vector<T> values(size_);
    CUDA_CHECK(cudaMemcpy(values.data(), data_, bytes(), cudaMemcpyDeviceToHost));
    return values;
  }

 private:
  size_t bytes() const { return size_ * sizeof(T); }

  size_t size_;
  T* data_ = nullptr;
};

}  // namespace unroll::kernels
