#include "lessons/support/pca.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/error.h"

namespace unroll::lessons {
namespace {

// A square matrix, row-major.
struct Matrix {
  explicit Matrix(std::size_t n) : size(n), values(n * n) {}
  double& operator()(std::size_t i, std::size_t j) { return values[i * size + j]; }

  std::size_t size;
  std::vector<double> values;
};

// Turns the plane of axes p and q of the symmetric `a` such that a(p, q) becomes 0, and the columns
// of `vectors` with it.
void rotate(Matrix& a, Matrix& vectors, std::size_t p, std::size_t q) {
  const double theta = (a(q, q) - a(p, p)) / (2 * a(p, q));
  const double t = (theta >= 0 ? 1.0 : -1.0) / (std::abs(theta) + std::sqrt(theta * theta + 1));
  const double c = 1 / std::sqrt(t * t + 1), s = t * c;
  for (std::size_t k = 0; k < a.size; ++k) {
    const double kp = a(k, p), kq = a(k, q);
    a(k, p) = c * kp - s * kq;
    a(k, q) = s * kp + c * kq;
  }
  for (std::size_t k = 0; k < a.size; ++k) {
    const double pk = a(p, k), qk = a(q, k);
    a(p, k) = c * pk - s * qk;
    a(q, k) = s * pk + c * qk;
  }
  for (std::size_t k = 0; k < a.size; ++k) {
    const double kp = vectors(k, p), kq = vectors(k, q);
    vectors(k, p) = c * kp - s * kq;
    vectors(k, q) = s * kp + c * kq;
  }
}

// Makes the symmetric `a` diagonal (its eigenvalues) by Jacobi's rotations and returns the
// eigenvectors as columns.
Matrix diagonalize(Matrix& a) {
  Matrix vectors(a.size);
  for (std::size_t i = 0; i < a.size; ++i) vectors(i, i) = 1;
  double all = 0;
  for (const double value : a.values) all += value * value;
  constexpr int kSweeps = 50;  // some ten are enough
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    double outside = 0;
    for (std::size_t p = 0; p < a.size; ++p)
      for (std::size_t q = p + 1; q < a.size; ++q) outside += a(p, q) * a(p, q);
    if (outside <= 1e-30 * all) break;
    for (std::size_t p = 0; p < a.size; ++p)
      for (std::size_t q = p + 1; q < a.size; ++q)
        if (a(p, q) * a(p, q) > 1e-36 * all) rotate(a, vectors, p, q);
  }
  return vectors;
}

}  // namespace

PrincipalComponents principal_components(std::span<const double> points, std::int64_t features,
                                         std::int64_t count) {
  const auto d = static_cast<std::size_t>(features);
  require(features > 0 && points.size() % d == 0, "[principal_components] expected points of ",
          features, " features, got ", points.size(), " numbers");
  const std::size_t n = points.size() / d, k = static_cast<std::size_t>(count);
  require(count > 0 && k <= std::min(n, d), "[principal_components] expected 1 to ", std::min(n, d),
          " components, got ", count);
  std::vector<double> x(points.begin(), points.end());  // centred
  for (std::size_t j = 0; j < d; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += x[i * d + j];
    for (std::size_t i = 0; i < n; ++i) x[i * d + j] -= sum / static_cast<double>(n);
  }

  // X·Xᵀ and Xᵀ·X have the same eigenvalues but for zeros: the smaller one serves. Of the first the
  // eigenvectors, times the root of their eigenvalue, are the coordinates; of the second the axes.
  const bool of_points = n <= d;
  Matrix products(of_points ? n : d);
  for (std::size_t i = 0; i < products.size; ++i) {
    for (std::size_t j = i; j < products.size; ++j) {
      double sum = 0;
      for (std::size_t l = 0; l < (of_points ? d : n); ++l)
        sum += of_points ? x[i * d + l] * x[j * d + l] : x[l * d + i] * x[l * d + j];
      products(i, j) = products(j, i) = sum;
    }
  }
  Matrix vectors = diagonalize(products);
  std::vector<std::size_t> order(products.size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return products(i, i) > products(j, j); });
  double variance = 0;
  for (std::size_t i = 0; i < products.size; ++i) variance += products(i, i);

  PrincipalComponents found;
  for (std::size_t c = 0; c < k; ++c) {
    const double eigenvalue = std::max(0.0, products(order[c], order[c]));
    found.shares.push_back(variance > 0 ? eigenvalue / variance : 0);
    std::vector<double>& coordinates = found.coordinates.emplace_back(n);
    for (std::size_t i = 0; i < n; ++i) {
      if (of_points) coordinates[i] = std::sqrt(eigenvalue) * vectors(i, order[c]);
      for (std::size_t j = 0; j < d && !of_points; ++j)
        coordinates[i] += x[i * d + j] * vectors(j, order[c]);
    }
    const double largest =
        *std::max_element(coordinates.begin(), coordinates.end(),
                          [](double a, double b) { return std::abs(a) < std::abs(b); });
    if (largest < 0)
      for (double& coordinate : coordinates) coordinate = -coordinate;
  }
  return found;
}

}  // namespace unroll::lessons
