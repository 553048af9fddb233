#include "lessons/support/format.h"

#include <cmath>
#include <cstdio>

#include "lessons/support/utf8.h"

namespace unroll::lessons {

namespace {

struct CodePoints {
  char32_t first, last;
};

// The blocks that most terminals draw without width and two columns wide; not the whole of Unicode.
constexpr CodePoints kZeroWidth[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF},
                                     {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
constexpr CodePoints kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
                                {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                                {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
                                {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

std::int64_t width_of(char32_t c) {
  for (const CodePoints& block : kZeroWidth) {
    if (c >= block.first && c <= block.last) return 0;
  }
  for (const CodePoints& block : kWide) {
    if (c >= block.first && c <= block.last) return 2;
  }
  return 1;
}

}  // namespace

std::string format_count(std::int64_t count) {
  const std::string digits = std::to_string(count);
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const bool after_digit = i > 0 && digits[i - 1] != '-';
    if (after_digit && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

std::string format_fixed(double value, int decimals) {
  char text[400];  // the largest double has 309 digits before the point
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string format_scientific(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", value);
  return text;
}

std::string format_duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return "?";
  const long long whole = std::llround(seconds);
  char text[40];
  if (whole >= 3600) {
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60,
                  whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%lld:%02lld", whole / 60, whole % 60);
  }
  return text;
}

std::string format_rate(double per_second) {
  if (!std::isfinite(per_second) || per_second > 1e15) return "?";
  if (per_second >= 10) return format_count(std::llround(per_second));
  return format_fixed(per_second, per_second >= 1 ? 1 : 2);
}

std::int64_t display_width(std::string_view text) {
  std::int64_t width = 0;
  while (!text.empty()) {
    width += width_of(front_code_point(text));
    text.remove_prefix(code_point_bytes(text));
  }
  return width;
}

std::string_view fit_width(std::string_view text, std::int64_t columns) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    columns -= width_of(front_code_point(text.substr(bytes)));
    if (columns < 0) break;
    bytes += code_point_bytes(text.substr(bytes));
  }
  return text.substr(0, bytes);
}

}  // namespace unroll::lessons
