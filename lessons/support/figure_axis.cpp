#include "lessons/support/figure_axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace unroll::lessons {

namespace {

constexpr double kLargest = 1e150;  // so that lengths of ranges cannot overflow

/// `value` with a fixed number of decimals, a true minus sign and, unless told otherwise, commas.
std::string write_fixed(double value, int decimals, bool commas = true) {
  std::array<char, 400> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, std::abs(value));
  std::string digits = buffer.data();
  const bool zero = digits.find_first_not_of("0.") == std::string::npos;
  const std::size_t whole = std::min(digits.find('.'), digits.size());
  for (std::size_t at = whole; commas && at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return (value < 0 && !zero ? "−" : "") + digits;
}

std::string superscript(int number) {
  constexpr std::array<std::string_view, 10> kDigits{"⁰", "¹", "²", "³", "⁴",
                                                     "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = number < 0 ? "⁻" : "";
  for (const char digit : std::to_string(std::abs(number)))
    text += kDigits[static_cast<std::size_t>(digit - '0')];
  return text;
}

/// The largest power of ten that is at most |value|, with some slack for rounding.
double power_of_ten_below(double value) {
  return std::pow(10, std::floor(std::log10(std::abs(value)) + 1e-9));
}

std::string write_scientific(double value, double power, int decimals) {
  const int exponent = static_cast<int>(std::lround(std::log10(power)));
  return write_fixed(value / power, decimals) + "×10" + superscript(exponent);
}

/// 1, 2 or 5 times a power of ten, at least `step`.
double round_step(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= step * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

std::vector<double> multiples(Range range, double step) {
  std::vector<double> found;
  const double slack = 1e-9 * (range.high - range.low);
  const double first = std::ceil((range.low - slack) / step);
  for (double i = first; i * step <= range.high + slack; ++i)
    found.push_back(i == 0 ? 0.0 : i * step);
  return found;
}

/// The fewest decimals that write `value`, a round number, in full.
int decimals_of(double value) {
  for (int decimals = 0; decimals < 12; ++decimals) {
    const double scaled = value * std::pow(10, decimals);
    if (std::abs(scaled - std::round(scaled)) < 1e-4) return decimals;
  }
  return 12;
}

/// A power of ten, or a small multiple of one.
std::string write_power(double tick) {
  if (tick == 1 || tick == 10) return write_fixed(tick, 0);
  const double power = std::log10(tick);
  if (std::abs(power - std::round(power)) < 1e-9)
    return "10" + superscript(static_cast<int>(std::lround(power)));
  return write_scientific(tick, power_of_ten_below(tick), 0);
}

std::vector<double> powers_of_two(Range range, int most) {
  const int first = static_cast<int>(std::ceil(std::log2(range.low) - 1e-9));
  const int last = static_cast<int>(std::floor(std::log2(range.high) + 1e-9));
  const int stride = 1 + (last - first) / std::max(most, 2);
  std::vector<double> found;
  for (int exponent = first; exponent <= last; exponent += stride)
    found.push_back(std::exp2(exponent));
  return found;
}

}  // namespace

bool DataRange::drawable(double value) const {
  return std::abs(value) < kLargest && (!log_ || value > 0);
}

void DataRange::add(double value) {
  if (!drawable(value)) return;
  if (!range_) range_ = Range{value, value};
  range_->low = std::min(range_->low, value);
  range_->high = std::max(range_->high, value);
}

void DataRange::add(std::span<const double> values) {
  for (const double value : values) add(value);
}

Range DataRange::padded(double below, double above) const {
  if (!range_) return log_ ? Range{1, 10} : Range{0, 1};
  const auto [low, high] = *range_;
  if (log_) {
    if (low == high) return {low / 3, high * 3};
    const double length = std::log(high / low);
    return {low * std::exp(-below * length), high * std::exp(above * length)};
  }
  const double size = std::max(std::abs(low), std::abs(high));
  // A difference that is only rounding must not fill the panel.
  if (high - low <= 1e-9 * size) {
    const double margin = size > 0 ? 0.1 * size : 1;
    return {low - margin, high + margin};
  }
  return {low - below * (high - low), high + above * (high - low)};
}

double Scale::position(double value) const {
  if (log) return std::log(value / range.low) / std::log(range.high / range.low);
  return (value - range.low) / (range.high - range.low);
}

std::vector<double> linear_ticks(Range range, int most, bool whole) {
  most = std::max(most, 2);
  double step = round_step((range.high - range.low) / most);
  if (whole) step = std::max(step, 1.0);
  std::vector<double> found = multiples(range, step);
  while (found.size() > static_cast<std::size_t>(most)) {
    step = round_step(step * 1.5);
    found = multiples(range, step);
  }
  while (found.size() < 2 && !(whole && step <= 1)) {
    step = round_step(step * 0.39);
    found = multiples(range, step);
  }
  return found;
}

std::vector<double> log_ticks(Range range, int most) {
  most = std::max(most, 2);
  const int first = static_cast<int>(std::floor(std::log10(range.low)));
  const int last = static_cast<int>(std::ceil(std::log10(range.high)));
  const auto collect = [&](std::initializer_list<double> factors, int stride) {
    std::vector<double> found;
    for (int exponent = first; exponent <= last; ++exponent) {
      if (exponent % stride != 0) continue;
      for (const double factor : factors) {
        const double tick = factor * std::pow(10, exponent);
        if (tick >= range.low * (1 - 1e-9) && tick <= range.high * (1 + 1e-9))
          found.push_back(tick);
      }
    }
    return found;
  };
  const auto limit = static_cast<std::size_t>(most);
  if (const auto fine = collect({1, 2, 5}, 1); fine.size() >= 2 && fine.size() <= limit)
    return fine;
  for (int stride = 1; stride <= last - first; ++stride)
    if (const auto powers = collect({1}, stride); powers.size() >= 2 && powers.size() <= limit)
      return powers;
  return linear_ticks(range, most);
}

std::vector<double> ticks(const Scale& scale, int most) {
  if (scale.log && scale.rule == TickRule::kPowersOfTwo) return powers_of_two(scale.range, most);
  if (scale.log) return log_ticks(scale.range, most);
  return linear_ticks(scale.range, most, scale.rule == TickRule::kWhole);
}

std::vector<std::string> tick_labels(std::span<const double> ticks, bool log) {
  double largest = 0, smallest = kLargest;
  for (const double tick : ticks) {
    largest = std::max(largest, std::abs(tick));
    smallest = std::min(smallest, std::abs(tick));
  }
  std::vector<std::string> labels;
  if (log && largest > 9.99 * smallest) {  // within a decade ticks are written as on a linear axis
    const bool plain = smallest >= 0.999e-3 && largest < 0.999e6;
    for (const double tick : ticks)
      labels.push_back(plain ? write_fixed(tick, decimals_of(tick)) : write_power(tick));
    return labels;
  }
  // All ticks of a linear axis get the same power and number of decimals.
  const bool plain = largest == 0 || (largest >= 0.999e-3 && largest < 0.999e6);
  const double power = plain ? 1 : power_of_ten_below(largest);
  const bool commas = largest > 9999.5;  // years have none
  int decimals = 0;
  for (const double tick : ticks) decimals = std::max(decimals, decimals_of(tick / power));
  for (const double tick : ticks)
    labels.push_back(tick == 0 ? "0"
                     : plain   ? write_fixed(tick, decimals, commas)
                               : write_scientific(tick, power, decimals));
  return labels;
}

std::vector<std::string> value_labels(std::span<const double> values, int digits) {
  double largest = 0, smallest = kLargest;
  int needed = 0;
  for (const double value : values) {
    if (!std::isfinite(value) || value == 0) continue;
    largest = std::max(largest, std::abs(value));
    smallest = std::min(smallest, std::abs(value));
    needed = std::max(needed, decimals_of(value));
  }
  const auto magnitude = [](double value) {
    return static_cast<int>(std::lround(std::log10(power_of_ten_below(value))));
  };
  const bool plain = largest == 0 || (largest < 1e6 && largest >= 1e-3);
  int decimals = digits - 1;
  if (plain && largest > 0) {
    decimals -= magnitude(largest);
    if (decimals < -magnitude(smallest)) ++decimals;
    decimals = std::max(decimals, 0);
  }
  std::vector<std::string> labels;
  for (const double value : values) {
    if (std::isnan(value)) {
      labels.emplace_back("–");
    } else if (std::isinf(value)) {
      labels.emplace_back(value < 0 ? "−∞" : "∞");
    } else if (value == 0) {
      labels.emplace_back("0");
    } else if (plain) {
      labels.push_back(write_fixed(value, std::min(decimals, needed)));
    } else {
      // 9.996 is rounded to 10.00, which is 1.00 times the next power.
      labels.push_back(write_scientific(value, power_of_ten_below(1.0005 * value), decimals));
    }
  }
  return labels;
}

}  // namespace unroll::lessons
