// Norms, and what holds numbers within limits.
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// Sums of squares, one for each lane.
struct Squares {
  void add(Vec x) {
    alignas(64) real lane[kLanes];
    store(lane, x);
    for (std::size_t l = 0; l < kLanes; ++l) of[l] += double(lane[l]) * double(lane[l]);
  }

  double of[kLanes] = {};
};

double sum_of_squares(std::size_t rows, std::size_t columns, const real* x,
                      std::size_t stride) {
  Squares squares;
  for (std::size_t i = 0; i < rows; ++i, x += stride) {
    std::size_t j = 0;
    for (; j + kLanes <= columns; j += kLanes) squares.add(load(x + j));
    if (j < columns) squares.add(keep(load(x + j), columns - j, 0));
  }
  double sum = 0;
  for (const double square : squares.of) sum += square;
  return sum;
}

void clip(std::size_t size, real scale, real limit, real* x) {
  for (std::size_t i = 0; i < size; i += kLanes) {
    const Vec y = scale * load(x + i);
    const Vec above = y > limit ? splat(limit) : y;
    store(x + i, y < -limit ? splat(-limit) : above);
  }
}

/// What brings a vector of this squared norm down to the limit.
real factor(double square, double limit) {
  const double norm = __builtin_sqrt(square);
  return norm <= limit ? 1 : static_cast<real>(limit / norm + (norm - norm));
}

void max_norm(std::size_t rows, std::size_t columns, real limit, real* x,
              std::size_t stride) {
  for (std::size_t j = 0; j < columns; j += kLanes) {
    Squares squares;
    for (std::size_t i = 0; i < rows; ++i) squares.add(load(x + i * stride + j));
    alignas(64) real factors[kLanes];
    bool longer = false;
    for (std::size_t l = 0; l < kLanes; ++l) {
      factors[l] = factor(squares.of[l], limit);
      longer |= factors[l] != 1;
    }
    if (!longer) continue;
    const Vec scale = load(factors);
    for (std::size_t i = 0; i < rows; ++i) {
      real* const row = x + i * stride + j;
      store(row, scale * load(row));
    }
  }
}

}  // namespace

void add_norms(Kernels& kernels) {
  kernels.sum_of_squares = sum_of_squares;
  kernels.clip = clip;
  kernels.max_norm = max_norm;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
