// A sparse vector times a matrix: both products of a layer whose inputs are mostly
// zero.
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// kVectors vectors of y, held in registers while all of x passes by.
template <std::size_t kVectors>
void some_columns(const SparseRow& x, real scale, const real* b, std::size_t b_stride,
                  const real* start, real* y) {
  Vec sums[kVectors];
#pragma GCC unroll 4
  for (std::size_t v = 0; v < kVectors; ++v) {
    sums[v] = start ? load(start + v * kLanes) : Vec{};
  }
  for (std::size_t i = 0; i < x.count; ++i) {
    const real* row = b + static_cast<std::size_t>(x.index[i]) * b_stride;
    const Vec value = splat(scale * x.values[i]);
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kVectors; ++v)
      sums[v] += value * load(row + v * kLanes);
  }
#pragma GCC unroll 4
  for (std::size_t v = 0; v < kVectors; ++v) store(y + v * kLanes, sums[v]);
}

void sparse_product(const SparseRow& x, real scale, std::size_t columns, const real* b,
                    std::size_t b_stride, const real* start, real* y) {
  std::size_t j = 0;
  const auto take = [&](std::size_t width, auto* some) {
    for (; j + width <= columns; j += width) {
      some(x, scale, b + j, b_stride, start ? start + j : nullptr, y + j);
    }
  };
  take(4 * kLanes, some_columns<4>);
  take(2 * kLanes, some_columns<2>);
  take(kLanes, some_columns<1>);
}

}  // namespace

void add_sparse(Kernels& kernels) { kernels.sparse_product = sparse_product; }

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
