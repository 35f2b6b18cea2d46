// Reading the user's tables, a block of rows or one row at a time.
#include "ops/table.hpp"

#include <algorithm>

namespace schuss::SCHUSS_PRECISION {

Source Table::from(std::size_t first) const {
  Source rest = source;
  rest.data += static_cast<std::ptrdiff_t>(first) * source.row_stride;
  return rest;
}

Table Table::part(Range columns) const {
  Table some = *this;
  some.source.data += static_cast<std::ptrdiff_t>(columns.first) * source.column_stride;
  some.source.columns = columns.size();
  return some;
}

static void spread(const Table& table, const std::int64_t* index, std::size_t first,
                   const Rescaling& rescaling, const Matrix& rows) {
  for (std::size_t i = 0; i < rows.rows; ++i) {
    real* const y = rows.row(i);
    std::fill_n(y, rows.columns, rescaling.offset);
    const SparseRow x = table.sparse[index ? std::size_t(index[i]) : first + i];
    for (std::size_t k = 0; k < x.count; ++k) {
      y[x.index[k]] = rescaling.scale * x.values[k] + rescaling.offset;
    }
  }
}

void gather(const Kernels& kernels, const Table& table, const std::int64_t* index,
            const Rescaling& rescaling, const Matrix& rows, std::size_t ahead) {
  if (table.is_sparse()) return spread(table, index, 0, rescaling, rows);
  kernels.gather(table.source, index, rows.rows, ahead, rescaling.scale,
                 rescaling.offset, rows.data, rows.stride);
}

void gather(const Kernels& kernels, const Table& table, std::size_t first,
            const Rescaling& rescaling, const Matrix& rows) {
  if (table.is_sparse()) return spread(table, nullptr, first, rescaling, rows);
  kernels.gather(table.from(first), nullptr, rows.rows, 0, rescaling.scale,
                 rescaling.offset, rows.data, rows.stride);
}

Position first_nonfinite(const Kernels& kernels, const Table& table, real* scratch) {
  for (std::size_t i = 0; i < table.rows; ++i) {
    gather(kernels, table, i, {}, {scratch, 1, table.columns(), table.columns()});
    const std::size_t column = kernels.first_nonfinite(table.columns(), scratch);
    if (column < table.columns()) return {i, column};
  }
  return {table.rows, 0};
}

}  // namespace schuss::SCHUSS_PRECISION
