// Sparse tables as Python makes them: copied and checked once, then nobody's to change.
#pragma once

#include <string>
#include <vector>

#include "bindings/arrays.hpp"

namespace schuss::SCHUSS_PRECISION {

class SparseTable {
 public:
  /// ValueError unless the arrays are a table in compressed rows, with rising columns
  /// in each row, and finite in this precision.
  SparseTable(const py::array& starts, const py::array& columns, const Reals& values,
              std::size_t width, const std::string& name);

  Table view() const;

 private:
  std::vector<std::int64_t> starts_;
  std::vector<std::int32_t> columns_;
  std::vector<real> values_;
  std::size_t width_;
};

/// What a network is given for X: an array, or an object whose `native` is a
/// SparseTable.
Table table_or_sparse(const py::object& x, const std::string& name,
                      std::size_t columns);

}  // namespace schuss::SCHUSS_PRECISION
