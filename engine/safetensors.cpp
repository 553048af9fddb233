#include "engine/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "engine/error.h"
#include "engine/files.h"

namespace unroll {
namespace {

static_assert(std::endian::native == std::endian::little, "the data is written as it lies");

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kMetadata = "__metadata__";
constexpr uint64_t kMaxHeader = 100'000'000;  // the format's own limit

struct NamedDType {
  const char* name;
  DType dtype;
};
constexpr std::array<NamedDType, 3> kDTypes{
    {{"F32", DType::f32}, {"F64", DType::f64}, {"I32", DType::i32}}};

const char* format_name(DType dtype) {
  return std::find_if(kDTypes.begin(), kDTypes.end(),
                      [&](const NamedDType& known) { return known.dtype == dtype; })
      ->name;
}

uint64_t byte_count(const Tensor& tensor) {
  return static_cast<uint64_t>(tensor.numel()) * size_of(tensor.dtype());
}

// Where the bytes of a tensor on the cpu are.
char* bytes_of(const Tensor& tensor) {
  return static_cast<char*>(tensor.impl().storage->data()) + tensor.impl().offset;
}

}  // namespace

void write_safetensors(const fs::path& path, const TensorFile& file) {
  // Wide elements first: then every tensor's data is aligned, as readers that map the file want.
  std::vector<std::pair<std::string, Tensor>> ordered;
  for (const auto& [name, tensor] : file.tensors)
    ordered.emplace_back(name, copy_to(tensor, Device::cpu));
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    return size_of(a.second.dtype()) > size_of(b.second.dtype());
  });

  Json header = Json::object();
  if (!file.metadata.empty()) header[kMetadata] = file.metadata;
  uint64_t begin = 0;
  for (const auto& [name, tensor] : ordered) {
    require(name != kMetadata, "write_safetensors: a tensor cannot be called ", kMetadata);
    const uint64_t end = begin + byte_count(tensor);
    header[name] = {{"dtype", format_name(tensor.dtype())},
                    {"shape", std::vector<int64_t>(tensor.shape().begin(), tensor.shape().end())},
                    {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const Json::exception&) {
    throw Error(concat_message("cannot write ", path.string(),
                               ": a name or a text of its metadata is not valid UTF-8"));
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const uint64_t header_size = text.size();
  char prefix[8];
  std::memcpy(prefix, &header_size, sizeof prefix);

  write_atomically(path, [&](std::ostream& out) {
    out.write(prefix, sizeof prefix);
    out << text;
    for (const auto& [name, tensor] : ordered)
      out.write(bytes_of(tensor), static_cast<std::streamsize>(byte_count(tensor)));
  });
}

namespace {

// Reads one file; its members are what every message and check needs.
class Reader {
 public:
  explicit Reader(const fs::path& path) : path_(path) {
    std::error_code failed;
    if (!fs::exists(path, failed)) throw input_error(path.string(), ": there is no such file");
    if (fs::is_directory(path, failed)) throw input_error(path.string(), ": this is a folder");
    in_.open(path, std::ios::binary);
    const uint64_t size = in_ ? fs::file_size(path, failed) : 0;
    if (!in_ || failed) throw input_error(path.string(), ": cannot be read");
    read_header(size);
  }

  TensorFile read() {
    TensorFile file;
    for (const auto& [name, entry] : header_.items()) {
      if (name == kMetadata)
        file.metadata = metadata(entry);
      else
        places_.push_back(place(name, entry));
    }
    check_ranges();
    for (const Place& place : places_) {
      Tensor tensor(place.shape, place.dtype, Device::cpu);
      if (!in_.read(bytes_of(tensor), static_cast<std::streamsize>(byte_count(tensor))))
        throw input_error(path_.string(), ": the data of '", place.name, "' cannot be read");
      file.tensors.emplace(place.name, tensor);
    }
    return file;
  }

 private:
  struct Place {
    std::string name;
    DType dtype;
    Shape shape;
    uint64_t begin, end;
  };

  template <class... Args>
  Error not_safetensors(const Args&... why) const {
    return input_error(path_.string(), ": not a safetensors file, or damaged: ", why...);
  }

  void read_header(uint64_t file_size) {
    char prefix[8];
    if (!in_.read(prefix, sizeof prefix))
      throw not_safetensors("it has ", file_size,
                            " bytes, fewer than the 8 that give the header's "
                            "size");
    uint64_t size;
    std::memcpy(&size, prefix, sizeof size);
    if (size > kMaxHeader) throw not_safetensors("its header would have ", size, " bytes");
    if (size > file_size - sizeof prefix)
      throw not_safetensors("cut off in its header of ", size, " bytes");
    std::string text(size, '\0');
    in_.read(text.data(), static_cast<std::streamsize>(size));
    header_ = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!in_ || !header_.is_object()) throw not_safetensors("its header is no JSON object");
    data_size_ = file_size - sizeof prefix - size;
  }

  std::map<std::string, std::string> metadata(const Json& entry) const {
    std::map<std::string, std::string> texts;
    if (!entry.is_object()) throw not_safetensors("its metadata is no JSON object");
    for (const auto& [name, text] : entry.items()) {
      if (!text.is_string()) throw not_safetensors("its metadata '", name, "' is no text");
      texts[name] = text.get<std::string>();
    }
    return texts;
  }

  // The array of unsigned numbers called `key`, or nothing.
  static std::optional<std::vector<uint64_t>> numbers(const Json& entry, const char* key) {
    const auto found = entry.find(key);
    if (found == entry.end() || !found->is_array()) return std::nullopt;
    for (const Json& number : *found)
      if (!number.is_number_unsigned()) return std::nullopt;
    return found->get<std::vector<uint64_t>>();
  }

  Place place(const std::string& name, const Json& entry) const {
    const auto shape = entry.is_object() ? numbers(entry, "shape") : std::nullopt;
    const auto range = entry.is_object() ? numbers(entry, "data_offsets") : std::nullopt;
    if (!shape || !range || range->size() != 2 || !entry.contains("dtype") ||
        !entry["dtype"].is_string())
      throw not_safetensors("its entry '", name, "' lacks a dtype, shape or data_offsets");
    const std::string dtype = entry["dtype"];
    const auto known = std::find_if(kDTypes.begin(), kDTypes.end(),
                                    [&](const NamedDType& one) { return one.name == dtype; });
    if (known == kDTypes.end())
      throw input_error(path_.string(), ": '", name, "' has dtype ", dtype,
                        "; expected F32, F64 or I32");
    const std::vector<int64_t> sizes(shape->begin(), shape->end());
    Place place{name, known->dtype, {}, (*range)[0], (*range)[1]};
    try {
      place.shape = Shape(std::span(sizes));
    } catch (const Error& error) {
      throw input_error(path_.string(), ": '", name, "': ", error.what());
    }
    if (place.begin > place.end || place.end > data_size_)
      throw not_safetensors("'", name, "' would be bytes ", place.begin, " to ", place.end, " of ",
                            data_size_);
    const uint64_t bytes = static_cast<uint64_t>(place.shape.numel()) * size_of(place.dtype);
    if (bytes != place.end - place.begin)
      throw not_safetensors("'", name, "' has ", place.end - place.begin, " bytes, its shape ",
                            place.shape, " needs ", bytes);
    return place;
  }

  // Puts the places into the data's order, and throws unless they fill it without gap or overlap.
  void check_ranges() {
    std::sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) {
      return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    uint64_t at = 0;
    for (const Place& place : places_) {
      if (place.begin != at)
        throw not_safetensors("'", place.name, "' begins at byte ", place.begin, ", expected ", at);
      at = place.end;
    }
    if (at != data_size_)
      throw not_safetensors("it has ", data_size_, " bytes of data, its header tells of ", at);
  }

  fs::path path_;
  std::ifstream in_;
  Json header_;
  uint64_t data_size_ = 0;
  std::vector<Place> places_;
};

}  // namespace

TensorFile read_safetensors(const fs::path& path) { return Reader(path).read(); }

}  // namespace unroll
