// The products of narrow layers, on a few rows and a few vectors. A layer has three of
// them, and they are three loops, whichever way its weights stand:
//                          by input       by output
//   output                 weighted_sums  dots
//   gradient of the input  dots           weighted_sums
//   gradient of weights    outer          outer, with x and delta exchanged
#pragma once

#include "kernels/lanes.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// Rows of whole vectors: a batch's numbers, one row per example.
template <class Number>
struct Rows {
  Number* data;
  std::size_t stride;

  Number* operator[](std::size_t i) const { return data + i * stride; }
};

/// A matrix as it stands in panels: `rows` x `columns` (whole vectors), each panel
/// [rows][at most width].
template <class Number>
struct Panelled {
  Number* data;
  std::size_t rows, columns, width;

  /// Calls body(column, vectors, wide) for every vector's width of columns: where it
  /// begins, and how far apart its rows are.
  template <class Body>
  void for_each_vector(const Body& body) const {
    if (columns == kLanes) return body(0, data, kLanes);  // no loops, known strides
    Number* panel = data;
    for (std::size_t first = 0; first < columns; first += width) {
      const std::size_t wide = columns - first < width ? columns - first : width;
      for (std::size_t j = 0; j < wide; j += kLanes) body(first + j, panel + j, wide);
      panel += rows * wide;
    }
  }
};

/// start + sum_i a[i] w[i * stride], w being vectors. More than a few terms are summed
/// in four chains that do not wait for each other.
Vec weighted_sum(Vec start, std::size_t terms, const real* a, const real* w,
                 std::size_t stride) {
  std::size_t i = 0;
  if (terms >= 8) {
    Vec sums[4] = {start};
    for (; i + 4 <= terms; i += 4, w += 4 * stride) {
#pragma GCC unroll 4
      for (std::size_t c = 0; c < 4; ++c) sums[c] += a[i + c] * load(w + c * stride);
    }
    start = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }
  for (; i < terms; ++i, w += stride) start += a[i] * load(w);
  return start;
}

/// y(r, j) <- start[j] + sum_i a(r, i) w(i, j); null means zeros.
void weighted_sums(std::size_t rows, Rows<const real> a, const Panelled<const real>& w,
                   const real* start, Rows<real> y) {
  w.for_each_vector([&](std::size_t column, const real* vectors, std::size_t wide) {
    const Vec first = start ? load(start + column) : Vec{};
    for (std::size_t r = 0; r < rows; ++r) {
      store(y[r] + column, weighted_sum(first, w.rows, a[r], vectors, wide));
    }
  });
}

/// Lane i is a . w(first + i, all) for i < count <= kCount, and one of these beyond.
template <std::size_t kCount>
Vec dots_of(const real* a, const Panelled<const real>& w, std::size_t first,
            std::size_t count) {
  Vec sums[kCount];
#pragma GCC unroll 16
  for (Vec& sum : sums) sum = Vec{};
  w.for_each_vector([&](std::size_t column, const real* vectors, std::size_t wide) {
    const Vec factor = load(a + column);
    const real* row = vectors + first * wide;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kCount; ++i) {
      sums[i] += factor * load(row + (i < count ? i : 0) * wide);
    }
  });
  return reduce_few<Sum>(sums);
}

template <std::size_t kCount = 1>
Vec dots_of(std::size_t count, const real* a, const Panelled<const real>& w,
            std::size_t first) {
  if constexpr (kCount < kLanes) {
    if (count > kCount) return dots_of<2 * kCount>(count, a, w, first);
  }
  return dots_of<kCount>(a, w, first, count);
}

/// y(r, i) <- start[i] + sum_j a(r, j) w(i, j), padding zero; null means zeros.
void dots(std::size_t rows, Rows<const real> a, const Panelled<const real>& w,
          const real* start, Rows<real> y) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < w.rows; i += kLanes) {
      const std::size_t count = w.rows - i < kLanes ? w.rows - i : kLanes;
      const Vec sums = dots_of(count, a[r], w, i);
      store(y[r] + i, keep(start ? load(start + i) + sums : sums, count, 0));
    }
  }
}

/// y(i, j) <- sum_r a(r, i) b(r, j) over kRows rows, added to what is there if
/// `accumulate`.
template <std::size_t kRows>
void outer(Rows<const real> a, Rows<const real> b, const Panelled<real>& y,
           bool accumulate) {
  y.for_each_vector([&](std::size_t column, real* vectors, std::size_t wide) {
    Vec factors[kRows];
#pragma GCC unroll 4
    for (std::size_t r = 0; r < kRows; ++r) factors[r] = load(b[r] + column);
    for (std::size_t i = 0; i < y.rows; ++i, vectors += wide) {
      Vec sum = accumulate ? load(vectors) : Vec{};
#pragma GCC unroll 4
      for (std::size_t r = 0; r < kRows; ++r) sum += a[r][i] * factors[r];
      store(vectors, sum);
    }
  });
}

/// The same over all rows, some at a time.
void outer(std::size_t rows, Rows<const real> a, Rows<const real> b,
           const Panelled<real>& y) {
  std::size_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    outer<4>({a[r], a.stride}, {b[r], b.stride}, y, r > 0);
  }
  for (; r < rows; ++r) outer<1>({a[r], a.stride}, {b[r], b.stride}, y, r > 0);
}

/// y[j] <- sum_r a(r, j).
void column_sums(std::size_t rows, Rows<const real> a, real* y) {
  for (std::size_t j = 0; j < a.stride; j += kLanes) {
    Vec sum = load(a.data + j);
    for (std::size_t r = 1; r < rows; ++r) sum += load(a[r] + j);
    store(y + j, sum);
  }
}

}  // namespace

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
