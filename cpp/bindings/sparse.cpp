// Sparse tables: what may come in, and the kernel for them on NumPy arrays.
#include "bindings/sparse.hpp"

#include <cmath>
#include <limits>

#include "core/require.hpp"
#include "dispatch/dispatch.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

template <class Number>
std::vector<Number> copy_of(const py::array& array) {
  const py::array_t<Number, py::array::c_style | py::array::forcecast> given(array);
  require(given.ndim() == 1, "a sparse table is made of arrays of one dimension");
  return {given.data(), given.data() + given.size()};
}

}  // namespace

SparseTable::SparseTable(const py::array& starts, const py::array& columns,
                         const Reals& values, std::size_t width,
                         const std::string& name)
    : starts_(copy_of<std::int64_t>(starts)),
      values_(copy_of<real>(values)),
      width_(width) {
  require(width < std::size_t{1} << 31, name, " has ", width,
          " columns; expected fewer than 2^31");
  const auto places = copy_of<std::int64_t>(columns);
  columns_.assign(places.begin(), places.end());
  require(starts_.size() > 1 && width > 0, name, " is empty: its shape is (",
          starts_.size() - 1, ", ", width,
          "); expected at least one row and one column");
  require(places.size() == values_.size() && starts_.front() == 0 &&
              starts_.back() == std::int64_t(values_.size()),
          name, " is no sparse table: its arrays do not fit each other");
  for (std::size_t i = 0; i + 1 < starts_.size(); ++i) {
    require(starts_[i] <= starts_[i + 1] && starts_[i + 1] <= starts_.back(), name,
            " is no sparse table: row ", i, " ends before it begins");
    std::int64_t before = -1;
    for (auto k = std::size_t(starts_[i]); k < std::size_t(starts_[i + 1]); ++k) {
      require(places[k] > before && places[k] < std::int64_t(width), name,
              " is no sparse table: row ", i, " has column ", places[k], " after ",
              before, ", of ", width);
      before = places[k];
      require(std::isfinite(values_[k]), name, "[", i, ", ", places[k], "] is ",
              std::isnan(values_[k]) ? "NaN" : "infinite",
              sizeof(real) == 4 ? " (as float32)" : "",
              "; expected finite numbers: remove or replace such rows");
    }
  }
}

Table SparseTable::view() const {
  Table table;
  table.source.columns = width_;
  table.rows = starts_.size() - 1;
  table.sparse = {starts_.data(), columns_.data(), values_.data()};
  return table;
}

Table table_or_sparse(const py::object& x, const std::string& name,
                      std::size_t columns) {
  if (py::isinstance<py::array>(x)) {
    return table_of(py::reinterpret_borrow<py::array>(x), name, columns);
  }
  const Table table = x.attr("native").cast<const SparseTable&>().view();
  require(table.columns() == columns, name, " has ", table.columns(),
          " columns; expected ", columns);
  return table;
}

namespace on_arrays {

namespace {

Reals sparse_product(const py::array& index, const Reals& values, double scale,
                     const Reals& b, const py::object& start) {
  const PaddedMatrix rows = padded(b);
  const std::vector<std::int64_t> places = order_of(index, rows.view().rows);
  const std::vector<std::int32_t> columns(places.begin(), places.end());
  const PaddedMatrix numbers = padded(values);
  require_shape(numbers.view(), 1, places.size(), "values");
  const std::size_t width = rows.view().columns;
  PaddedMatrix first(start.is_none() ? 0 : 1, width, kernels().lanes);
  if (!start.is_none()) {
    first = padded(start.cast<Reals>());
    require_shape(first.view(), 1, width, "start");
  }
  const PaddedMatrix y(1, width, kernels().lanes);
  kernels().sparse_product({columns.size(), columns.data(), numbers.view().data},
                           real(scale), round_up(width, kernels().lanes),
                           rows.view().data, rows.view().stride, first.view().data,
                           y.view().data);
  return plain(y.view());
}

}  // namespace

}  // namespace on_arrays

void register_sparse_kernels(py::module_& module);
void register_sparse_table(py::module_& module);

void register_sparse_kernels(py::module_& module) {
  using namespace py::literals;
  module.def("sparse_product", on_arrays::sparse_product, "index"_a,
             "values"_a.noconvert(), "scale"_a, "b"_a.noconvert(),
             "start"_a = py::none());
}

void register_sparse_table(py::module_& module) {
  using namespace py::literals;
  py::class_<SparseTable>(module, "SparseTable")
      .def(py::init<const py::array&, const py::array&, const Reals&, std::size_t,
                    const std::string&>(),
           "starts"_a, "columns"_a, "values"_a.noconvert(), "width"_a, "name"_a = "X");
}

}  // namespace schuss::SCHUSS_PRECISION
