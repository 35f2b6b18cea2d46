// The gate: from NumPy arrays to views, or one sentence that says why not.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/buffer.hpp"
#include "core/matrix.hpp"
#include "network/network.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace py = pybind11;

/// Arrays that must be exactly of this precision; any strides.
using Reals = py::array_t<real, 0>;

/// A 2-D array of numbers of any type, strides and byte order, as it stands in memory.
/// TypeError for other dtypes; ValueError for other ranks, no rows or columns, or, if
/// `columns` is not 0, another number of columns.
Table table_of(const py::array& array, const std::string& name,
               std::size_t columns = 0);

/// ValueError naming the first number of `table` that is not finite in this precision.
void require_finite(const Table& table, const std::string& name);

/// A copy of a 1-D C-contiguous int32 array with one class in [0, classes) per row.
std::vector<std::int32_t> labels_of(const py::array& array, std::size_t rows,
                                    std::size_t classes);

/// A copy of a weight for each of `rows` rows, or nothing for None. They are finite,
/// and none is below 0.
std::vector<real> weights_of(const py::object& weights, std::size_t rows);

/// ValueError if the loss takes labels, and no table.
void require_suits(const Loss& loss, const Table& targets);

/// Labels or, for a 2-D array, values or distributions: the truth beside `rows` rows,
/// and the weights of the rows.
Targets targets_of(const py::array& array, const Network& network, std::size_t rows,
                   const py::object& weights);

/// A copy of a C-contiguous int64 array of row numbers in [0, rows).
std::vector<std::int64_t> order_of(const py::array& array, std::size_t rows);

/// A copy of an array (1-D: one row) in padded rows, as kernels like it.
PaddedMatrix padded(const Reals& array);

/// ValueError unless the matrix has that shape.
void require_shape(const Matrix& matrix, std::size_t rows, std::size_t columns,
                   const char* name);

/// A new C-contiguous array with the numbers of a view.
Reals plain(const Matrix& matrix);

}  // namespace schuss::SCHUSS_PRECISION
