// Passes over numbers with next to no arithmetic: transpose, sums, a check; and one
// with nothing but arithmetic, to measure by.
#include "kernels/lanes.hpp"
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// One square of x, of which `height` rows and `width` columns exist, turned in
/// registers; a whole one is spared the questions.
template <bool kWhole>
void transpose_one(std::size_t height, std::size_t width, const real* x,
                   std::size_t x_stride, real* y, std::size_t y_stride) {
  Vec square[kLanes];
#pragma GCC unroll 16
  for (std::size_t r = 0; r < kLanes; ++r) {
    square[r] = kWhole || r < height ? load(x + r * x_stride) : Vec{};
  }
  transpose_square(square);
#pragma GCC unroll 16
  for (std::size_t r = 0; r < kLanes; ++r) {
    if (kWhole || r < width) store(y + r * y_stride, square[r]);
  }
}

void transpose(std::size_t rows, std::size_t columns, const real* x,
               std::size_t x_stride, real* y, std::size_t y_stride) {
  for (std::size_t i = 0; i < rows; i += kLanes) {
    for (std::size_t j = 0; j < columns; j += kLanes) {
      const std::size_t height = rows - i < kLanes ? rows - i : kLanes;
      const std::size_t width = columns - j < kLanes ? columns - j : kLanes;
      const auto one = height == kLanes && width == kLanes ? transpose_one<true>
                                                           : transpose_one<false>;
      one(height, width, x + i * x_stride + j, x_stride, y + j * y_stride + i,
          y_stride);
    }
  }
}

void column_sum(std::size_t rows, std::size_t columns, const real* x,
                std::size_t stride, real* y) {
  constexpr std::size_t kTogether = 4;  // additions under way at a time
  std::size_t j = 0;
  for (; j + kTogether * kLanes <= columns; j += kTogether * kLanes) {
    Vec sums[kTogether];
    for (std::size_t v = 0; v < kTogether; ++v) sums[v] = load(y + j + v * kLanes);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t v = 0; v < kTogether; ++v) {
        sums[v] += load(x + i * stride + j + v * kLanes);
      }
    }
    for (std::size_t v = 0; v < kTogether; ++v) store(y + j + v * kLanes, sums[v]);
  }
  for (; j < columns; j += kLanes) {
    Vec sums = load(y + j);
    for (std::size_t i = 0; i < rows; ++i) sums += load(x + i * stride + j);
    store(y + j, sums);
  }
}

void add(std::size_t size, const real* a, const real* b, real* y) {
  for (std::size_t i = 0; i < size; i += kLanes)
    store(y + i, load(a + i) + load(b + i));
}

void multiply_add(std::size_t size, std::size_t repeats, real scale, real offset,
                  real* y) {
  constexpr std::size_t kTogether = 12;  // enough to hide the latency of each
  const Vec factor = splat(scale), term = splat(offset);
  for (std::size_t i = 0; i < size; i += kTogether * kLanes) {
    const std::size_t count =
        size - i < kTogether * kLanes ? size - i : kTogether * kLanes;
    Vec chains[kTogether];
#pragma GCC unroll 12
    for (std::size_t v = 0; v < kTogether; ++v) {
      chains[v] = v * kLanes < count ? load(y + i + v * kLanes) : Vec{};
    }
    for (std::size_t r = 0; r < repeats; ++r) {
#pragma GCC unroll 12
      for (std::size_t v = 0; v < kTogether; ++v) chains[v] = factor * chains[v] + term;
    }
#pragma GCC unroll 12
    for (std::size_t v = 0; v < kTogether; ++v) {
      if (v * kLanes < count) store(y + i + v * kLanes, chains[v]);
    }
  }
}

/// x - x is zero for the finite numbers and NaN for all others, and NaN stays in a sum.
std::size_t first_nonfinite(std::size_t size, const real* x) {
  constexpr std::size_t kBlock = 64 * kLanes;
  const std::size_t whole = size - size % kLanes;
  std::size_t i = 0;
  while (i < whole) {
    const std::size_t end = whole - i < kBlock ? whole : i + kBlock;
    Vec sums{};
    for (std::size_t j = i; j < end; j += kLanes) sums += load(x + j) - load(x + j);
    if (!(reduce_lanes<Sum>(sums, kLanes)[0] == 0)) break;
    i = end;
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
  kernels.add = add;
  kernels.multiply_add = multiply_add;
  kernels.first_nonfinite = first_nonfinite;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
