// Files of tensors: what is written is read back, and files that are not what they should be.
#include "engine/safetensors.h"

#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>

#include "tests/expect_error.h"
#include "tests/expect_tensor.h"
#include "tests/temporary_folder.h"

namespace unroll {
namespace {

using testing::expect_error;
using testing::expect_input_error;
using testing::same_bits;
using testing::TemporaryFolder;

// A file of one header and `data`.
std::string file_of(const std::string& header, const std::string& data = "") {
  const uint64_t size = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &size, 8);
  return bytes + header + data;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Safetensors, WritesAndReadsEveryDType) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "t.safetensors";
  TensorFile file;
  file.tensors["odd"] = from_vector<int32_t>({-1, 2, std::numeric_limits<int32_t>::min()}, {3});
  file.tensors["f32"] = tensor({0.1, -0.0, std::numeric_limits<double>::infinity()});
  file.tensors["f64"] = from_vector<double>({1e-310, 0.1, 2, 3, 4, 5}, {3, 1, 2});
  file.tensors["scalar"] = scalar(0.3, DType::f64);
  file.tensors["empty"] = zeros({0, 4});
  file.tensors["a view"] = file.tensors["f64"].view_rows(1, 2);
  file.metadata = {{"text", "line 1\nline 2 \"ä\" \\"}, {"", ""}};
  write_safetensors(path, file);
  const TensorFile read = read_safetensors(path);
  EXPECT_EQ(read.metadata, file.metadata);
  ASSERT_EQ(read.tensors.size(), file.tensors.size());
  for (const auto& [name, tensor] : file.tensors)
    EXPECT_TRUE(same_bits(read.tensors.at(name), tensor)) << name;
}

TEST(Safetensors, AnEmptyFileOfTensorsIsFine) {
  const TemporaryFolder folder;
  write_safetensors(folder.path() / "t", {});
  EXPECT_TRUE(read_safetensors(folder.path() / "t").tensors.empty());
}

TEST(Safetensors, AlignsItsData) {
  const TemporaryFolder folder;
  write_safetensors(folder.path() / "t", {{{"a", ones({1})}, {"b", ones({1}, DType::f64)}}, {}});
  const std::string bytes = contents(folder.path() / "t");
  uint64_t header;
  std::memcpy(&header, bytes.data(), 8);
  EXPECT_EQ(header % 8, 0u);
  double first;
  std::memcpy(&first, bytes.data() + 8 + header, 8);
  EXPECT_EQ(first, 1.0);  // the f64 comes first
}

TEST(Safetensors, SaysWhatIsWrongWithAFile) {
  const TemporaryFolder folder;
  const auto expect = [&](const std::string& bytes, const std::string& part) {
    const auto path = folder.write("damaged.safetensors", bytes);
    const std::string message = expect_input_error([&] { read_safetensors(path); }, part);
    EXPECT_EQ(message.find(path.string()), 0u) << message;
  };
  expect("", "it has 0 bytes");
  expect("short", "it has 5 bytes");
  expect("This is a text and no safetensors file at all.", "its header would have ");
  expect(std::string(8, '\xff'), "its header would have 18446744073709551615 bytes");
  expect(file_of("{}").substr(0, 9), "cut off in its header of 2 bytes");
  expect(file_of("{\"a\":"), "no JSON object");
  expect(file_of("[1]"), "no JSON object");
  expect(file_of(std::string(100000, '[')), "no JSON object");
  expect(file_of("{\"a\":1}"), "its entry 'a' lacks");
  expect(file_of("{\"__metadata__\":1}"), "its metadata is no JSON object");
  expect(file_of("{\"__metadata__\":{\"a\":1}}"), "its metadata 'a' is no text");
  expect(file_of("{}", "data"), "4 bytes of data, its header tells of 0");

  const auto entry = [](const std::string& dtype, const std::string& shape,
                        const std::string& range) {
    return "{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + range + "}";
  };
  const auto one = [&](const std::string& dtype, const std::string& shape,
                       const std::string& range) {
    return file_of("{\"a\":" + entry(dtype, shape, range) + "}", "12345678");
  };
  EXPECT_NO_THROW(read_safetensors(folder.write("good", one("F32", "[2]", "[0,8]"))));
  expect(one("BF16", "[4]", "[0,8]"), "'a' has dtype BF16; expected F32, F64 or I32");
  expect(one("F32", "[3]", "[0,12]"), "'a' would be bytes 0 to 12 of 8");
  expect(one("F32", "[0]", "[8,0]"), "'a' would be bytes 8 to 0 of 8");
  expect(one("F32", "[3]", "[0,8]"), "'a' has 8 bytes, its shape (3) needs 12");
  expect(one("F32", "[1]", "[4,8]"), "'a' begins at byte 4, expected 0");
  expect(one("F32", "[1]", "[0,4]"), "8 bytes of data, its header tells of 4");
  expect(one("F32", "[-2]", "[0,8]"), "its entry 'a' lacks");
  expect(one("F32", "[2.0]", "[0,8]"), "its entry 'a' lacks");
  expect(one("F32", "2", "[0,8]"), "its entry 'a' lacks");
  expect(one("F32", "[2]", "[0,4,8]"), "its entry 'a' lacks");
  expect(one("F32", "[1,1,1,1,1,1,2]", "[0,8]"), "at most 6 dimensions");
  expect(one("F32", "[4294967296,4294967296]", "[0,8]"), "too many elements");
  expect(one("F32", "[18446744073709551615]", "[0,8]"), "negative");
  expect(one("F32", "[0,4294967296,4294967296]", "[0,0]"), "too many elements");
  expect(file_of("{\"a\":" + entry("F32", "[1]", "[0,4]") +
                     ",\"b\":" + entry("F32", "[2]", "[0,8]") + "}",
                 "12345678"),
         "'b' begins at byte 0, expected 4");

  expect_input_error([&] { read_safetensors(folder.path() / "none"); }, "there is no such file");
  expect_input_error([&] { read_safetensors(folder.path()); }, "this is a folder");
}

TEST(Safetensors, ACutFileIsFoundOut) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  write_safetensors(path, {{{"a", ones({3, 5})}, {"b", ones({7}, DType::f64)}}, {{"c", "d"}}});
  const std::string bytes = contents(path);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = folder.write("cut", bytes.substr(0, size));
    expect_input_error([&] { read_safetensors(cut); }, "not a safetensors file, or damaged");
  }
}

TEST(Safetensors, AnyDamagedBitIsAnErrorOrAnotherName) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "model.safetensors";
  write_safetensors(path, {{{"a", ones({3, 5})}, {"b", ones({7}, DType::f64)}}, {{"c", "d"}}});
  const std::string bytes = contents(path);
  uint64_t header;
  std::memcpy(&header, bytes.data(), 8);
  int accepted = 0;
  for (size_t at = 0; at < 8 + header; ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      try {
        const TensorFile file = read_safetensors(folder.write("damaged", damaged));
        for (const auto& [name, tensor] : file.tensors)
          EXPECT_TRUE(tensor.numel() == 15 || tensor.numel() == 7) << name;
        ++accepted;
      } catch (const Error& error) {
        EXPECT_EQ(error.cause(), Error::Cause::kInput) << error.what();
      }
    }
  EXPECT_LT(accepted, 100);
}

TEST(Safetensors, AFailedWriteLeavesTheOldFile) {
  const TemporaryFolder folder;
  const auto path = folder.write("t", "old");
  const TensorFile bad{{{"a", ones({1})}}, {{"text", "\xff\xfe"}}};
  expect_error([&] { write_safetensors(path, bad); }, Error::Cause::kMachine, "not valid UTF-8");
  EXPECT_EQ(contents(path), "old");
  expect_input_error([&] { write_safetensors(folder.path() / "no" / "t", {}); }, "cannot write");
}

}  // namespace
}  // namespace unroll
