// Reading the user's tables: rows by index, converted, and a check that all is finite.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/matrix.hpp"
#include "core/range.hpp"
#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Rows that are mostly zero (CSR): row i has entries starts[i] to starts[i + 1], by
/// rising column.
struct SparseRows {
  const std::int64_t* starts = nullptr;
  const std::int32_t* columns = nullptr;
  const real* values = nullptr;

  SparseRow operator[](std::size_t row) const {
    const auto first = static_cast<std::size_t>(starts[row]);
    return {static_cast<std::size_t>(starts[row + 1]) - first, columns + first,
            values + first};
  }
};

/// A table of examples as the user holds it; `source` tells no more than the number of
/// columns if it is sparse.
struct Table {
  Source source;
  std::size_t rows = 0;
  SparseRows sparse;

  bool is_sparse() const { return sparse.starts != nullptr; }

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
