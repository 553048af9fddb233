#include "engine/checkpoint.h"

#include <charconv>
#include <functional>
#include <type_traits>

#include "engine/autograd.h"
#include "engine/error.h"
#include "engine/safetensors.h"

namespace unroll {
namespace {

namespace fs = std::filesystem;

NamedTensors with_prefix(const std::string& prefix, NamedTensors tensors) {
  for (NamedTensor& tensor : tensors) tensor.name.insert(0, prefix);
  return tensors;
}

std::string describe(const Tensor& tensor) {
  return concat_message(name(tensor.dtype()), " ", tensor.shape());
}

// Throws an input `Error` unless the file holds exactly the tensors of `targets`.
void check_tensors(const fs::path& path, const TensorFile& file, const NamedTensors& targets) {
  std::map<std::string, Tensor> unknown = file.tensors;
  for (const NamedTensor& target : targets) {
    const auto found = unknown.find(target.name);
    if (found == unknown.end())
      throw input_error(path.string(), ": '", target.name, "' is missing, expected ",
                        describe(target.tensor), "; the file belongs to another model");
    const Tensor& tensor = found->second;
    if (tensor.shape() != target.tensor.shape() || tensor.dtype() != target.tensor.dtype())
      throw input_error(path.string(), ": '", target.name, "': expected ", describe(target.tensor),
                        ", got ", describe(tensor), "; the file belongs to another model");
    unknown.erase(found);
  }
  if (!unknown.empty())
    throw input_error(path.string(), ": '", unknown.begin()->first,
                      "' is not in the model; the file belongs to another one");
}

void assign_tensors(const TensorFile& file, const NamedTensors& targets) {
  NoGrad no_grad;
  for (const NamedTensor& target : targets) {
    Tensor to = target.tensor;
    assign(to, file.tensors.at(target.name));
  }
}

}  // namespace

void save(const fs::path& path, const nn::Module& model,
          const std::map<std::string, std::string>& metadata) {
  TensorFile file;
  for (const NamedTensor& parameter : model.parameters())
    file.tensors.emplace(parameter.name, parameter.tensor);
  file.metadata = metadata;
  write_safetensors(path, file);
}

std::map<std::string, std::string> load(const fs::path& path, nn::Module& model) {
  const TensorFile file = read_safetensors(path);
  const NamedTensors parameters = model.parameters();
  check_tensors(path, file, parameters);
  assign_tensors(file, parameters);
  return file.metadata;
}

namespace {

// Numbers in full precision; infinity and NaN, which JSON lacks, included.
template <class T>
std::string to_text(T number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

template <class T>
bool from_text(const std::string& text, T& number) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc{} && end == text.data() + text.size();
}

// All tensors of a run: copies of its curves too, which are lists of numbers.
NamedTensors tensors_of(const Training& training) {
  NamedTensors tensors = with_prefix("model.", training.model.parameters());
  for (NamedTensor& kept : with_prefix("optimizer.", training.optimizer.state()))
    tensors.push_back(std::move(kept));
  for (NamedTensor& own : with_prefix("run.", training.tensors)) tensors.push_back(std::move(own));
  return tensors;
}

std::map<std::string, Training::Value> values_of(const Training& training) {
  std::map<std::string, Training::Value> values;
  for (const auto& [name, value] : training.values) values["run." + name] = value;
  for (const auto& [name, random] : training.model.random_streams())
    values["model." + name] = random;
  return values;
}

std::string value_to_text(const Training::Value& value) {
  return std::visit(
      []<class T>(const T* held) -> std::string {
        if constexpr (std::is_same_v<T, std::string>) {
          return *held;
        } else if constexpr (std::is_same_v<T, Random>) {
          return to_text(held->position());
        } else if constexpr (std::is_same_v<T, std::vector<double>>) {
          std::string text;
          for (double number : *held) text += to_text(number) + " ";
          return text;
        } else {
          return to_text(*held);
        }
      },
      value);
}

// Splits at spaces, each of which ends a number.
bool from_text(const std::string& text, std::vector<double>& numbers) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    if (!from_text(text.substr(begin, end - begin), numbers.emplace_back())) return false;
    begin = end + 1;
  }
  return true;
}

// What sets `value` from `text`; empty when the text is not such a value.
std::function<void()> setter(const Training::Value& value, const std::string& text) {
  return std::visit(
      [&]<class T>(T* held) -> std::function<void()> {
        if constexpr (std::is_same_v<T, std::string>) {
          return [held, text] { *held = text; };
        } else if constexpr (std::is_same_v<T, Random>) {
          uint64_t position;
          if (!from_text(text, position)) return {};
          return [held, position] { held->set_position(position); };
        } else {
          T read{};
          if (!from_text(text, read)) return {};
          return [held, read] { *held = read; };
        }
      },
      value);
}

}  // namespace

void save(const fs::path& path, const Training& training) {
  TensorFile file;
  for (const NamedTensor& tensor : tensors_of(training))
    file.tensors.emplace(tensor.name, tensor.tensor);
  for (const auto& [name, value] : values_of(training)) file.metadata[name] = value_to_text(value);
  write_safetensors(path, file);
}

void load(const fs::path& path, const Training& training) {
  const TensorFile file = read_safetensors(path);
  const NamedTensors tensors = tensors_of(training);
  check_tensors(path, file, tensors);
  std::map<std::string, std::string> unknown = file.metadata;
  std::vector<std::function<void()>> setters;
  for (const auto& [name, value] : values_of(training)) {
    const auto found = unknown.find(name);
    if (found == unknown.end())
      throw input_error(path.string(), ": '", name,
                        "' is missing; was it saved by another lesson?");
    setters.push_back(setter(value, found->second));
    if (!setters.back())
      throw input_error(path.string(), ": '", name, "' is damaged: '", found->second, "'");
    unknown.erase(found);
  }
  if (!unknown.empty())
    throw input_error(path.string(), ": '", unknown.begin()->first,
                      "' is not known to this run; was it saved by another lesson?");
  assign_tensors(file, tensors);
  for (const auto& set : setters) set();
}

}  // namespace unroll
