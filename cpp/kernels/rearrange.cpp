// Passes over a matrix that do next to no arithmetic: transpose, column sums, a check.
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// In squares of one vector's side, so that both matrices are touched in whole lines.
void transpose(std::size_t rows, std::size_t columns, const real* x,
               std::size_t x_stride, real* y, std::size_t y_stride) {
  for (std::size_t i0 = 0; i0 < rows; i0 += kLanes) {
    const std::size_t i1 = i0 + kLanes < rows ? i0 + kLanes : rows;
    for (std::size_t j0 = 0; j0 < columns; j0 += kLanes) {
      const std::size_t j1 = j0 + kLanes < columns ? j0 + kLanes : columns;
      for (std::size_t j = j0; j < j1; ++j) {
        for (std::size_t i = i0; i < i1; ++i) y[j * y_stride + i] = x[i * x_stride + j];
      }
    }
  }
}

void column_sum(std::size_t rows, std::size_t columns, const real* x,
                std::size_t stride, real* y) {
  for (std::size_t j = 0; j < columns; j += kLanes) {
    Vec sums = load(y + j);
    for (std::size_t i = 0; i < rows; ++i) sums += load(x + i * stride + j);
    store(y + j, sums);
  }
}

/// x - x is zero exactly for the finite numbers.
std::size_t first_nonfinite(std::size_t size, const real* x) {
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    const Vec v = load(x + i);
    if (sum(v - v == 0 ? Vec{} : splat(1)) != 0) break;
  }
  for (; i < size; ++i) {
    if (!(x[i] - x[i] == 0)) return i;
  }
  return size;
}

}  // namespace

void add_rearrangements(Kernels& kernels) {
  kernels.transpose = transpose;
  kernels.column_sum = column_sum;
  kernels.first_nonfinite = first_nonfinite;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
