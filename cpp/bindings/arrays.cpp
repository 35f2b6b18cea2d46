// What may come in: dtype, rank, shape, range, each refused with one sentence.
#include "bindings/arrays.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/require.hpp"
#include "dispatch/dispatch.hpp"
#include "ops/table.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

std::string text(const py::handle& object) {
  return py::str(object).cast<std::string>();
}

std::string shape_of(const py::array& array) { return text(array.attr("shape")); }

Element element_of(const py::array& array, const std::string& name) {
  const char kind = array.dtype().kind();
  const auto size = array.itemsize();
  const int power = size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : size == 8 ? 3 : -1;
  const bool integer = kind == 'u' || kind == 'b' || kind == 'i';
  const bool floating = kind == 'f' && power >= 1;
  if (power < 0 || !(integer || floating)) {
    refuse<TypeMismatch>(
        name, " has dtype ", text(array.dtype()),
        "; expected integers, bool, float16, float32 or float64: convert it with ",
        name, ".astype(\"float32\")");
  }
  const int first = kind == 'f'   ? int(Element::kFloat16) - 1
                    : kind == 'i' ? int(Element::kInt8)
                                  : int(Element::kUint8);
  return static_cast<Element>(first + power);
}

void require_layout(const py::array& array, const char* what, char kind,
                    py::ssize_t size) {
  const char order = array.dtype().byteorder();
  const bool native = order == '=' || order == (PY_LITTLE_ENDIAN ? '<' : '>');
  const bool suits = array.dtype().kind() == kind && array.itemsize() == size &&
                     native && array.ndim() == 1 &&
                     (array.flags() & py::array::c_style);
  if (suits) return;  // NumPy needs longer for the words than a network for some rows
  refuse<TypeMismatch>(what, " must be a contiguous 1-D array of ", size * 8,
                       "-bit integers, got ", text(array.dtype()), " of shape ",
                       shape_of(array));
}

/// A copy, as the array may change while the GIL is let go, checked to be in range.
template <class Integer>
std::vector<Integer> copy_in_range(const py::array& array, Integer limit,
                                   const char* what) {
  std::vector<Integer> values(std::size_t(array.size()));
  if (!values.empty()) {  // memcpy, as NumPy's arrays need not be aligned
    std::memcpy(values.data(), array.data(), values.size() * sizeof(Integer));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    require(values[i] >= 0 && values[i] < limit, what, "[", i, "] is ", values[i],
            "; expected 0 to ", limit - 1);
  }
  return values;
}

}  // namespace

/// A table's sentence is only put together when it is said: a row is predicted in less
/// time than that takes.
[[noreturn]] static void refuse_shape(const py::array& array, const std::string& name,
                                      std::size_t columns) {
  require(array.ndim() == 2, name, " has shape ", shape_of(array),
          "; expected 2 dimensions (rows, columns): use ", name,
          array.ndim() == 1
              ? ".reshape(-1, 1) for one column or .reshape(1, -1) for one row"
              : ".reshape(len(X), -1) to make one row per example");
  require(array.shape(0) > 0 && array.shape(1) > 0, name, " is empty: its shape is ",
          shape_of(array), "; expected at least one row and one column");
  refuse(name, " has ", array.shape(1), " columns; expected ", columns);
}

Table table_of(const py::array& array, const std::string& name, std::size_t columns) {
  const Element element = element_of(array, name);
  const bool fits = array.ndim() == 2 && array.shape(0) > 0 && array.shape(1) > 0 &&
                    (columns == 0 || std::size_t(array.shape(1)) == columns);
  if (!fits) refuse_shape(array, name, columns);
  Table table;
  table.rows = std::size_t(array.shape(0));
  table.source = {static_cast<const unsigned char*>(array.data()),
                  array.strides(0),
                  array.strides(1),
                  std::size_t(array.shape(1)),
                  element,
                  array.dtype().byteorder() == (PY_LITTLE_ENDIAN ? '>' : '<')};
  return table;
}

void require_finite(const Table& table, const std::string& name) {
  const bool integer = table.source.element < Element::kFloat16;
  if (integer) return;
  Buffer scratch(table.columns());
  const Position bad = first_nonfinite(kernels(), table, scratch.data());
  if (bad.row == table.rows) return;
  const real value = scratch.data()[bad.column];
  require(false, name, "[", bad.row, ", ", bad.column, "] is ",
          std::isnan(value) ? "NaN" : "infinite",
          sizeof(real) == 4 ? " (as float32)" : "",
          "; expected finite numbers: remove or replace such rows");
}

std::vector<std::int32_t> labels_of(const py::array& array, std::size_t rows,
                                    std::size_t classes) {
  require_layout(array, "labels", 'i', 4);
  require(std::size_t(array.size()) == rows, "X has ", rows, " rows but y has ",
          array.size(), " labels; expected one per row");
  return copy_in_range(array, std::int32_t(classes), "y");
}

std::vector<real> weights_of(const py::object& weights, std::size_t rows) {
  if (weights.is_none()) return {};
  const auto array = weights.cast<py::array_t<double, py::array::forcecast>>();
  require(array.ndim() == 1 && std::size_t(array.size()) == rows, "X has ", rows,
          " rows but weights have shape ", shape_of(array), "; expected one per row");
  std::vector<real> copy(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    copy[i] = real(array.at(py::ssize_t(i)));
    require(copy[i] >= 0 && std::isfinite(copy[i]), "weights[", i, "] is ", copy[i],
            "; expected finite numbers of at least 0");
  }
  return copy;
}

void require_suits(const Loss& loss, const Table& targets) {
  require(loss.takes != Takes::kLabels, loss.name, " takes class labels, not rows of ",
          targets.columns(), " numbers: give an array of one dimension");
}

Targets targets_of(const py::array& array, const Network& network, std::size_t rows,
                   const py::object& weights) {
  Targets targets;
  targets.weights = weights_of(weights, rows);
  if (array.ndim() == 1 && network.loss().takes_labels()) {
    targets.labels = labels_of(array, rows, network.outputs());
    return targets;
  }
  targets.values = table_of(array, "y", network.outputs());
  require(targets.values.rows == rows, "X has ", rows, " rows but y has ",
          targets.values.rows, "; expected as many");
  require_suits(network.loss(), targets.values);
  return targets;
}

std::vector<std::int64_t> order_of(const py::array& array, std::size_t rows) {
  require_layout(array, "order", 'i', 8);
  return copy_in_range(array, std::int64_t(rows), "order");
}

PaddedMatrix padded(const Reals& array) {
  require(array.ndim() == 1 || array.ndim() == 2,
          "expected 1 or 2 dimensions, got shape ", shape_of(array));
  const bool one_row = array.ndim() == 1;
  const std::size_t rows = one_row ? 1 : std::size_t(array.shape(0));
  const std::size_t columns = std::size_t(array.shape(array.ndim() - 1));
  PaddedMatrix copy(rows, columns, kernels().lanes);
  Table table;
  table.source = {reinterpret_cast<const unsigned char*>(array.data()),
                  one_row ? 0 : array.strides(0),
                  array.strides(array.ndim() - 1),
                  columns,
                  sizeof(real) == 4 ? Element::kFloat32 : Element::kFloat64,
                  false};
  gather(kernels(), table, std::size_t{0}, {}, copy.view());
  return copy;
}

void require_shape(const Matrix& matrix, std::size_t rows, std::size_t columns,
                   const char* name) {
  require(matrix.rows == rows && matrix.columns == columns, name, " has shape (",
          matrix.rows, ", ", matrix.columns, "); expected (", rows, ", ", columns, ")");
}

Reals plain(const Matrix& matrix) {
  Reals array({matrix.rows, matrix.columns});
  for (std::size_t i = 0; i < matrix.rows; ++i) {
    std::copy_n(matrix.row(i), matrix.columns,
                array.mutable_data() + i * matrix.columns);
  }
  return array;
}

}  // namespace schuss::SCHUSS_PRECISION
