// Files of named tensors in the safetensors format, which PyTorch and others read and write too.
//
// The format: 8 bytes, little-endian, the size of the header; the header, JSON, which gives each
// tensor's dtype, shape and range of bytes, and under "__metadata__" texts by name; then the data,
// without gaps. https://github.com/huggingface/safetensors
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/tensor.h"

namespace unroll {

struct TensorFile {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Writes a file that is either whole or not there at all. Throws `Error` when it cannot be
/// written.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);

/// Reads a file; the tensors are f32, f64 or i32, on the cpu. Throws an input `Error` that says
/// what is wrong: no such file, not a safetensors file, cut off, a damaged header, ranges that
/// overlap or lie outside, another dtype.
TensorFile read_safetensors(const std::filesystem::path& path);

}  // namespace unroll
