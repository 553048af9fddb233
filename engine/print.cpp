// How a tensor is printed: MATLAB's idea of exact zeros, NumPy's of brackets.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

#include "engine/tensor.h"

namespace unroll {
namespace {

constexpr int64_t kMaxElements = 200;  // a tensor with more is abbreviated,
constexpr int64_t kMaxSize = 8;        // namely each dimension longer than this,
constexpr int64_t kEdge = 3;           // to so many indices at either end
constexpr size_t kLineWidth = 100;

// The notation that all elements of a tensor share.
struct Notation {
  bool scientific = false;
  int decimals = 0;
};

std::string write(double value, Notation notation) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  if (value == 0) return "0";  // unlike 0.0000, which stands for something small
  char text[64];
  std::snprintf(text, sizeof text, notation.scientific ? "%.*e" : "%.*f", notation.decimals, value);
  return text;
}

// How many of `decimals` digits behind the point are not zeros at the end.
int needed_decimals(const std::string& text, int decimals) {
  const size_t point = text.find('.');
  if (point == std::string::npos) return 0;
  while (decimals > 0 && text[point + static_cast<size_t>(decimals)] == '0') --decimals;
  return decimals;
}

// Four digits behind the point or more where all are small, fewer where there are many before it
// or where more would only be zeros; scientific where the largest is below 0.001 or has more than
// six digits (ten, for integers).
Notation choose_notation(const std::vector<double>& values) {
  double largest = 0;
  bool integral = true;
  for (double value : values) {
    if (!std::isfinite(value)) continue;
    largest = std::max(largest, std::abs(value));
    integral = integral && value == std::trunc(value);
  }
  if (largest == 0) return {};
  if (integral && largest < 1e10) return {};
  const int exponent = static_cast<int>(std::floor(std::log10(largest)));
  Notation notation{exponent < -3 || exponent > 5, 4};
  if (!notation.scientific)
    notation.decimals = exponent < 0 ? 3 - exponent : std::min(4, 6 - exponent);
  int needed = 0;
  for (double value : values)
    needed = std::max(needed, needed_decimals(write(value, notation), notation.decimals));
  notation.decimals = needed;
  return notation;
}

class Printer {
 public:
  explicit Printer(const Tensor& x) : x_(x), elements_(copy_to(x, Device::cpu).view({x.numel()})) {
    std::vector<double> values;
    for_each_shown(0, 0, [&](int64_t flat) { values.push_back(elements_.at({flat})); });
    notation_ = choose_notation(values);
    for (double value : values) width_ = std::max(width_, write(value, notation_).size());
  }

  std::string text() {
    if (x_.rank() == 0) return write(x_.item(), notation_);
    if (x_.numel() == 0) return "[]";
    print(0, 0);
    return std::move(text_);
  }

  bool abbreviated() const {
    return std::any_of(x_.shape().begin(), x_.shape().end(),
                       [&](int64_t size) { return is_abbreviated(size); });
  }

 private:
  bool is_abbreviated(int64_t size) const { return x_.numel() > kMaxElements && size > kMaxSize; }

  // Calls use(i) for the indices of a dimension that are shown, and skip() where some are left out.
  template <class Use, class Skip>
  void for_each_index(int64_t size, const Use& use, const Skip& skip) const {
    for (int64_t i = 0; i < size; ++i) {
      if (is_abbreviated(size) && i == kEdge) {
        skip();
        i = size - kEdge;
      }
      use(i);
    }
  }

  template <class Use>
  void for_each_shown(int axis, int64_t flat, const Use& use) const {
    if (axis == x_.rank()) return use(flat);
    for_each_index(
        x_.size(axis), [&](int64_t i) { for_each_shown(axis + 1, flat * x_.size(axis) + i, use); },
        [] {});
  }

  // Appends the part of the tensor whose first `axis` indices make `flat`.
  void print(int axis, int64_t flat) {
    text_ += '[';
    bool first = true;
    const auto separate = [&] {
      if (!first) next(axis);
      first = false;
    };
    for_each_index(
        x_.size(axis),
        [&](int64_t i) {
          separate();
          if (axis + 1 < x_.rank())
            print(axis + 1, flat * x_.size(axis) + i);
          else
            append(write(elements_.at({flat * x_.size(axis) + i}), notation_));
        },
        [&] {
          separate();
          text_ += "...";
        });
    text_ += ']';
  }

  // Ends one part along `axis`: elements go on in the line while there is room, rows and whatever
  // is larger start a line each, with empty lines between matrices.
  void next(int axis) {
    text_ += ',';
    const int deeper = x_.rank() - 1 - axis;
    const size_t line = text_.size() - (text_.rfind('\n') + 1);
    if (deeper == 0 && line + 1 + width_ < kLineWidth) {
      text_ += ' ';
      return;
    }
    text_.append(static_cast<size_t>(std::max(1, deeper)), '\n');
    text_.append(static_cast<size_t>(axis) + 1, ' ');
  }

  void append(const std::string& element) {
    text_.append(width_ - element.size(), ' ');
    text_ += element;
  }

  const Tensor& x_;
  const Tensor elements_;  // x as a vector
  Notation notation_;
  size_t width_ = 0;  // of the widest element
  std::string text_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  if (!tensor.defined()) return out << "<undefined>";
  Printer printer(tensor);
  std::string notes;
  const auto note = [&](const std::string& text) { notes += (notes.empty() ? "" : ", ") + text; };
  if (tensor.numel() == 0 || printer.abbreviated()) note(tensor.shape().str());
  if (tensor.dtype() != DType::f32) note(name(tensor.dtype()));
  if (tensor.requires_grad()) note("requires_grad");
  out << printer.text();
  if (!notes.empty()) out << "  <" << notes << ">";
  return out;
}

}  // namespace unroll
