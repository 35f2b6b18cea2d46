// Views of row-major matrices: they point at memory and never own it.
#pragma once

#include <cstddef>

#include "core/real.hpp"

namespace schuss::SCHUSS_PRECISION {

/// `rows` x `columns` numbers, row i starting at `data + i * stride`.
struct Matrix {
  real* data = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;

  real* row(std::size_t index) const { return data + index * stride; }

  /// Rows [first, last) as a view of their own.
  Matrix slice(std::size_t first, std::size_t last) const {
    return {row(first), last - first, columns, stride};
  }

  /// Columns [first, first + count) as a view of their own.
  Matrix part(std::size_t first, std::size_t count) const {
    return {data + first, rows, count, stride};
  }
};

}  // namespace schuss::SCHUSS_PRECISION
