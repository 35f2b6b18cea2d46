// The matrix product with a transposed matrix of few rows: sums along the lanes.
#include "kernels/lanes.hpp"
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// Sums under way at a time: whole vectors of results, and enough of them to hide the
/// latency of a multiply-add.
constexpr std::size_t kSums = kLanes < 8 ? 8 : kLanes;

/// Only the first lane holds x: where a sum along the lanes starts from x.
inline Vec first_lane(real x) {
  Vec y{};
  y[0] = x;
  return y;
}

/// kRows rows of A with kSums / kRows columns of C from `column` on; columns that do
/// not exist are the last one again.
template <std::size_t kRows>
[[gnu::always_inline]] inline void dots(const Gemm& gemm, std::size_t row,
                                        std::size_t column) {
  constexpr std::size_t kColumns = kSums / kRows;
  const real* b[kColumns];
  Vec sums[kSums];
#pragma GCC unroll 16
  for (std::size_t j = 0; j < kColumns; ++j) {
    const std::size_t real_column =
        column + j < gemm.panels ? column + j : gemm.panels - 1;
    b[j] = gemm.b + real_column * gemm.b_panel;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kRows; ++i) {
      const real* start = gemm.start + (row + i) * gemm.start_row;
      sums[i * kColumns + j] = gemm.start ? first_lane(start[real_column]) : Vec{};
    }
  }
  const real* a = gemm.a + row * gemm.a_row;
  for (std::size_t d = 0; d < gemm.depth; d += kLanes) {
    Vec b_part[kColumns];
#pragma GCC unroll 16
    for (std::size_t j = 0; j < kColumns; ++j) b_part[j] = load(b[j] + d);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kRows; ++i) {
      const Vec a_part = load(a + i * gemm.a_row + d);
#pragma GCC unroll 16
      for (std::size_t j = 0; j < kColumns; ++j) {
        sums[i * kColumns + j] += a_part * b_part[j];
      }
    }
  }
  alignas(64) real results[kSums];
#pragma GCC unroll 4
  for (std::size_t s = 0; s < kSums; s += kLanes) {
    Vec some[kLanes];
#pragma GCC unroll 16
    for (std::size_t l = 0; l < kLanes; ++l) some[l] = sums[s + l];
    store(results + s, reduce_rows<Sum>(some, kLanes));
  }
  const std::size_t left = gemm.panels - column;
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kRows; ++i) {
    real* c = gemm.c + (row + i) * gemm.c_row + column;
    for (std::size_t j = 0; j < kColumns && j < left; ++j) {
      c[j] = results[i * kColumns + j];
    }
  }
}

/// The rows from `row` on: as many of them together as there are, and the fewer the
/// rows, the more columns.
template <std::size_t kRows>
void sweep(const Gemm& gemm, std::size_t row) {
  for (; row + kRows <= gemm.rows; row += kRows) {
    for (std::size_t column = 0; column < gemm.panels; column += kSums / kRows) {
      dots<kRows>(gemm, row, column);
    }
  }
  if constexpr (kRows > 1) {
    if (row < gemm.rows) sweep<kRows / 2>(gemm, row);
  }
}

/// Two columns share what is loaded of A, unless there is only one.
void gemm_transposed(const Gemm& gemm) {
  gemm.panels == 1 ? sweep<kSums>(gemm, 0) : sweep<kSums / 2>(gemm, 0);
}

}  // namespace

void add_gemm_transposed(Kernels& kernels) {
  kernels.gemm_transposed = gemm_transposed;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
