// Reading the user's tables: rows by index, converted, and a check that all is finite.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/matrix.hpp"
#include "core/range.hpp"
#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION {

/// A table of examples as the user holds it.
struct Table {
  Source source;
  std::size_t rows = 0;

  std::size_t columns() const { return source.columns; }
  /// The same table from row `first` on.
  Source from(std::size_t first) const;
  /// Some of its columns as a table.
  Table part(Range columns) const;
};

/// What is done to a number on its way in: scale * number + offset.
struct Rescaling {
  real scale = 1;
  real offset = 0;
};

/// rows.row(i) <- rescaled row index[i] of the table. `ahead` more entries of the index
/// tell which rows come next.
void gather(const Kernels& kernels, const Table& table, const std::int64_t* index,
            const Rescaling& rescaling, const Matrix& rows, std::size_t ahead = 0);

/// rows.row(i) <- rescaled row first + i of the table.
void gather(const Kernels& kernels, const Table& table, std::size_t first,
            const Rescaling& rescaling, const Matrix& rows);

/// The row and column of the first number that is not finite in this precision; row ==
/// table.rows if there is none. `scratch` is one row of at least table.columns()
/// numbers.
struct Position {
  std::size_t row, column;
};
Position first_nonfinite(const Kernels& kernels, const Table& table, real* scratch);

}  // namespace schuss::SCHUSS_PRECISION
