#include "lessons/support/autoregression.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"

namespace unroll::lessons {

namespace {

constexpr double kDependent = 1e-10;  // what is left of a column, relative to its length

}  // namespace

std::vector<double> least_squares(std::vector<double> x, std::vector<double> y,
                                  std::int64_t columns) {
  const std::size_t m = y.size(), n = static_cast<std::size_t>(columns);
  require(x.size() == m * n && m >= n && n > 0, "[least_squares] x: expected ", m * n,
          " numbers = rows*columns with at least as many rows as columns, got ", x.size());
  const auto at = [&](std::size_t row, std::size_t column) -> double& {
    return x[row * n + column];
  };
  std::vector<std::size_t> pivots;  // pivots[k]: the column that row k of R begins with
  for (std::size_t column = 0; column < n; ++column) {
    const std::size_t k = pivots.size();
    double whole = 0, rest = 0;
    for (std::size_t i = 0; i < m; ++i) {
      whole += at(i, column) * at(i, column);
      if (i >= k) rest += at(i, column) * at(i, column);
    }
    if (std::sqrt(rest) <= kDependent * std::sqrt(whole)) continue;
    // The reflection I − 2vvᵀ/‖v‖² that turns rows k … of the column into (∓‖·‖, 0, …, 0).
    const double length = at(k, column) > 0 ? -std::sqrt(rest) : std::sqrt(rest);
    std::vector<double> v(m - k);
    for (std::size_t i = k; i < m; ++i) v[i - k] = at(i, column);
    v[0] -= length;
    double norm = 0;
    for (const double element : v) norm += element * element;
    const auto reflect = [&](auto&& element) {
      double dot = 0;
      for (std::size_t i = k; i < m; ++i) dot += v[i - k] * element(i);
      for (std::size_t i = k; i < m; ++i) element(i) -= 2 * dot / norm * v[i - k];
    };
    for (std::size_t j = column; j < n; ++j)
      reflect([&](std::size_t i) -> double& { return at(i, j); });
    reflect([&](std::size_t i) -> double& { return y[i]; });
    pivots.push_back(column);
  }
  std::vector<double> w(n, 0.0);
  for (std::size_t k = pivots.size(); k-- > 0;) {
    double rest = y[k];
    for (std::size_t j = pivots[k] + 1; j < n; ++j) rest -= at(k, j) * w[j];
    w[pivots[k]] = rest / at(k, pivots[k]);
  }
  return w;
}

Autoregression::Autoregression(std::span<const double> values, std::int64_t order) {
  const std::size_t p = static_cast<std::size_t>(order);
  require(order >= 1 && values.size() >= 2 * p + 1, "[Autoregression] order ", order,
          " needs at least ", 2 * order + 1, " values, got ", values.size());
  std::vector<double> x;
  for (std::size_t t = p; t < values.size(); ++t) {
    x.push_back(1);
    for (std::size_t k = 1; k <= p; ++k) x.push_back(values[t - k]);
  }
  weights_ = least_squares(std::move(x), {values.begin() + order, values.end()}, order + 1);
}

std::vector<double> Autoregression::forecast(std::span<const double> known,
                                             std::int64_t horizon) const {
  const std::size_t p = weights_.size() - 1;
  require(known.size() >= p, "[Autoregression] a forecast of order ", p, " needs ", p,
          " known values, got ", known.size());
  std::vector<double> line(known.end() - static_cast<std::ptrdiff_t>(p), known.end());
  for (std::int64_t h = 0; h < horizon; ++h) {
    double next = weights_[0];
    for (std::size_t k = 1; k <= p; ++k) next += weights_[k] * line[line.size() - k];
    line.push_back(next);
  }
  return {line.begin() + static_cast<std::ptrdiff_t>(p), line.end()};
}

}  // namespace unroll::lessons
