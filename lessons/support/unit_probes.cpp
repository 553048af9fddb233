#include "lessons/support/unit_probes.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "lessons/support/font.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {
namespace {

bool is_letter(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || c > U'\x7F';
}
bool is_capital(char32_t c) { return c >= U'A' && c <= U'Z'; }

bool is_constant(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); });
}

// What is known of the place that a reader has come to.
struct Place {
  double column = 0, indentation = 0, word = 0, brackets = 0;
  bool at_line_start = true, quoted = false, comment = false, capitals = false;

  void read(char32_t c, char32_t before) {
    if (c == U'\n') {
      *this = {.brackets = brackets};
      return;
    }
    ++column;
    at_line_start = at_line_start && c == U' ';
    if (at_line_start) ++indentation;
    word = is_letter(c) || c == U'_' ? word + 1 : 0;
    capitals = is_capital(c) && (is_capital(before) || !is_letter(before));
    comment = comment || (c == U'/' && before == U'/' && !quoted);
    if (comment) return;
    if (c == U'"' && before != U'\\') quoted = !quoted;
    if (quoted) return;
    if (c == U'(') ++brackets;
    if (c == U')') brackets = std::max(0.0, brackets - 1);
  }
};

}  // namespace

std::vector<TextFeature> text_features(std::string_view text) {
  std::vector<TextFeature> features{
      {"place in the line", {}}, {"indentation", {}},        {"length of the word", {}},
      {"in round brackets", {}}, {"in quotation marks", {}}, {"in a comment", {}},
      {"capitals", {}}};
  Place place;
  char32_t before = U'\n';
  for (const char32_t c : decode_utf8(text)) {
    place.read(c, before);
    before = c;
    const double values[] = {place.column,
                             place.indentation,
                             place.word,
                             std::min(place.brackets, 1.0),
                             place.quoted ? 1.0 : 0.0,
                             place.comment ? 1.0 : 0.0,
                             place.capitals ? 1.0 : 0.0};
    for (std::size_t i = 0; i < features.size(); ++i) features[i].value.push_back(values[i]);
  }
  std::erase_if(features, [](const TextFeature& feature) { return is_constant(feature.value); });
  return features;
}

double correlation(std::span<const double> a, std::span<const double> b) {
  require(a.size() == b.size(), "[correlation] expected ", a.size(), " values, got ", b.size());
  const double mean_a = mean(a), mean_b = mean(b);
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0.0;
}

std::vector<UnitProbe> probe_units(std::span<const TextFeature> features,
                                   std::span<const float> states, std::int64_t units) {
  const auto columns = static_cast<std::size_t>(units);
  const std::size_t length = states.size() / columns, half = length / 2;
  std::vector<std::vector<double>> series(columns);
  for (std::size_t t = 0; t < length; ++t)
    for (std::size_t unit = 0; unit < columns; ++unit)
      series[unit].push_back(static_cast<double>(states[t * columns + unit]));
  std::vector<UnitProbe> probes;
  for (const TextFeature& feature : features) {
    const std::span<const double> value(feature.value);
    require(value.size() == length, "[probe_units] expected ", length, " values, got ",
            value.size());
    UnitProbe best{feature.name};
    double largest = -1;
    for (std::size_t unit = 0; unit < columns; ++unit) {
      const std::span<const double> own(series[unit]);
      const double first = std::abs(correlation(own.first(half), value.first(half)));
      if (first <= largest) continue;
      largest = first;
      best.unit = static_cast<std::int64_t>(unit);
      best.correlation = correlation(own.subspan(half), value.subspan(half));
    }
    probes.push_back(best);
  }
  std::stable_sort(probes.begin(), probes.end(), [](const UnitProbe& a, const UnitProbe& b) {
    return std::abs(a.correlation) > std::abs(b.correlation);
  });
  return probes;
}

}  // namespace unroll::lessons
