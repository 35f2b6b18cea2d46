// Norms, limits and averages on NumPy arrays: copies in, copies out.
#include "bindings/arrays.hpp"
#include "core/range.hpp"
#include "dispatch/dispatch.hpp"
#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace on_arrays {

namespace {

double sum_of_squares(const Reals& x) {
  const PaddedMatrix rows = padded(x);
  const Matrix& view = rows.view();
  return kernels().sum_of_squares(view.rows, view.columns, view.data, view.stride);
}

Reals clip(const Reals& x, double scale, double limit) {
  const PaddedMatrix rows = padded(x);
  const Matrix& view = rows.view();
  kernels().clip(view.rows * view.stride, real(scale), real(limit), view.data);
  return plain(view);
}

Reals max_norm(const Reals& x, double limit) {
  const PaddedMatrix rows = padded(x);
  const Matrix& view = rows.view();
  kernels().max_norm(view.rows, round_up(view.columns, kernels().lanes), real(limit),
                     view.data, view.stride);
  return plain(view);
}

Reals moving_average(const Reals& average, const Reals& x, double rate) {
  const PaddedMatrix before = padded(average), now = padded(x);
  const Matrix& view = before.view();
  require_shape(now.view(), view.rows, view.columns, "x");
  kernels().moving_average(view.rows * view.stride, real(rate), now.view().data,
                           view.data);
  return plain(view);
}

}  // namespace

}  // namespace on_arrays

void register_norms(py::module_& module);

void register_norms(py::module_& module) {
  using namespace py::literals;
  module.def("sum_of_squares", on_arrays::sum_of_squares, "x"_a.noconvert());
  module.def("clip", on_arrays::clip, "x"_a.noconvert(), "scale"_a, "limit"_a);
  module.def("moving_average", on_arrays::moving_average, "average"_a.noconvert(),
             "x"_a.noconvert(), "rate"_a);
  module.def("max_norm", on_arrays::max_norm, "x"_a.noconvert(), "limit"_a);
}

}  // namespace schuss::SCHUSS_PRECISION
