// Rows of outputs, some at a time, and what is largest in each.
#pragma once

#include "kernels/lanes.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// Up to kLanes rows: what is said of each of them fits one vector.
struct Rows {
  std::size_t count, columns, stride;
  const real* data;

  const real* row(std::size_t i) const { return data + i * stride; }
};

/// Calls body(first, rows) for all rows, group by group.
template <class Body>
void for_each_group(std::size_t rows, std::size_t columns, std::size_t stride,
                    const real* x, const Body& body) {
  for (std::size_t first = 0; first < rows; first += kLanes) {
    const std::size_t count = rows - first < kLanes ? rows - first : kLanes;
    body(first, Rows{count, columns, stride, x + first * stride});
  }
}

/// The numbers of a vector one by one, for code that needs them so.
struct Lanes {
  explicit Lanes(Vec x) { store(lane, x); }
  real operator[](std::size_t i) const { return lane[i]; }
  alignas(64) real lane[kLanes];
};

inline Vec row_maxima(const Rows& x) {
  Vec best[kLanes] = {};
  for (std::size_t i = 0; i < x.count; ++i) {
    best[i] = splat(-kInfinity);
    for (std::size_t j = 0; j < x.columns; j += kLanes) {
      best[i] = max(keep(load(x.row(i) + j), x.columns - j, -kInfinity), best[i]);
    }
  }
  return reduce_rows<Largest>(best, x.count);
}

/// positions[i] <- the first column at which row i has its maximum; 0 if a NaN hides
/// it.
inline void first_maxima(const Rows& x, Vec maxima, std::int32_t* positions) {
  const Lanes largest(maxima);
  const Integer none = static_cast<Integer>(x.columns);
  VecInteger first[kLanes] = {};
  for (std::size_t i = 0; i < x.count; ++i) {
    first[i] = splat_integer(none);
    for (std::size_t j = 0; j < x.columns; j += kLanes) {
      const VecInteger here =
          load(x.row(i) + j) == largest[i] ? columns_from(j) : splat_integer(none);
      first[i] = Smallest::of(first[i], here);
    }
  }
  const VecInteger found = reduce_rows<Smallest>(first, x.count);
  alignas(64) Integer column[kLanes];
  __builtin_memcpy(column, &found, sizeof found);
  for (std::size_t i = 0; i < x.count; ++i) {
    positions[i] = column[i] < none ? static_cast<std::int32_t>(column[i]) : 0;
  }
}

/// y <- e^(x - max), padding zero; returns the sum of each row. Subtracting the maximum
/// makes overflow impossible and leaves at least one term of the sum equal to 1.
inline Vec exponentiate(const Rows& x, Vec maxima, real* y) {
  const Lanes largest(maxima);
  Vec sums[kLanes] = {};
  for (std::size_t i = 0; i < x.count; ++i) {
    for (std::size_t j = 0; j < x.columns; j += kLanes) {
      const Vec e = keep(exp(load(x.row(i) + j) - largest[i]), x.columns - j, 0);
      store(y + i * x.stride + j, e);
      sums[i] += e;
    }
  }
  return reduce_rows<Sum>(sums, x.count);
}

}  // namespace

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
