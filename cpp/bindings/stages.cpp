// The kernels of what stands between dense layers, on NumPy arrays.
#include "bindings/arrays.hpp"
#include "core/require.hpp"
#include "dispatch/dispatch.hpp"
#include "ops/noise.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

using namespace py::literals;

Reals dropout(const Reals& x, double rate, std::uint64_t key, std::uint64_t step,
              std::size_t first_row) {
  require(rate >= 0 && rate < 1, "rate is ", rate, "; expected at least 0 and below 1");
  const PaddedMatrix rows = padded(x);
  const Matrix& view = rows.view();
  kernels().dropout(view.rows, view.columns, {key, step, first_row},
                    dropout_threshold(rate), real(1 / (1 - rate)), view.data, view.data,
                    view.stride);
  return plain(view);
}

Reals gaussian_noise(const Reals& x, double deviation, std::uint64_t key,
                     std::uint64_t step, std::size_t first_row) {
  const PaddedMatrix rows = padded(x);
  const Matrix& view = rows.view();
  kernels().gaussian_noise(view.rows, view.columns, {key, step, first_row},
                           real(deviation), view.data, view.data, view.stride);
  return plain(view);
}

/// A vector of a matrix's columns, padded.
PaddedMatrix vector_of(const Reals& array, std::size_t columns, const char* name) {
  PaddedMatrix vector = padded(array);
  require_shape(vector.view(), 1, columns, name);
  return vector;
}

PaddedMatrix like(const Matrix& matrix) {
  return PaddedMatrix(matrix.rows, matrix.columns, kernels().lanes);
}

Reals flat(const Matrix& matrix) {
  return Reals(py::ssize_t(matrix.columns), matrix.data);
}

std::size_t whole(const Matrix& matrix) {
  return round_up(matrix.columns, kernels().lanes);
}

py::tuple column_moments(const Reals& x) {
  const PaddedMatrix rows = padded(x);
  const Matrix& view = rows.view();
  require(view.rows > 0, "column_moments of no rows");
  const PaddedMatrix mean(1, view.columns, kernels().lanes);
  const PaddedMatrix variance(1, view.columns, kernels().lanes);
  kernels().column_moments(view.rows, whole(view), view.data, view.stride,
                           mean.view().data, variance.view().data);
  return py::make_tuple(flat(mean.view()), flat(variance.view()));
}

Reals column_product_sum(const Reals& a, const Reals& b) {
  const PaddedMatrix first = padded(a), second = padded(b);
  const Matrix& view = first.view();
  require_shape(second.view(), view.rows, view.columns, "b");
  const PaddedMatrix sums(1, view.columns, kernels().lanes);
  kernels().column_product_sum(view.rows, whole(view), view.data, second.view().data,
                               view.stride, sums.view().data);
  return flat(sums.view());
}

py::tuple layer_norm(const Reals& x, const Reals& gain, const Reals& shift,
                     double epsilon) {
  const PaddedMatrix rows = padded(x);
  const Matrix& view = rows.view();
  const PaddedMatrix g = vector_of(gain, view.columns, "gain");
  const PaddedMatrix s = vector_of(shift, view.columns, "shift");
  const PaddedMatrix normalized = like(view), y = like(view);
  Reals inverse(py::ssize_t(view.rows));
  kernels().layer_norm(view.rows, view.columns, real(epsilon), g.view().data,
                       s.view().data, view.data, normalized.view().data,
                       inverse.mutable_data(), y.view().data, view.stride);
  return py::make_tuple(plain(y.view()), plain(normalized.view()), inverse);
}

Reals layer_norm_backward(const Reals& gain, const Reals& normalized,
                          const Reals& inverse, const Reals& d_y) {
  const PaddedMatrix z = padded(normalized), delta = padded(d_y);
  const Matrix& view = z.view();
  require_shape(delta.view(), view.rows, view.columns, "d_y");
  const PaddedMatrix g = vector_of(gain, view.columns, "gain");
  const PaddedMatrix scales = vector_of(inverse, view.rows, "inverse");
  const PaddedMatrix d_x = like(view);
  kernels().layer_norm_backward(view.rows, view.columns, g.view().data, view.data,
                                scales.view().data, delta.view().data, d_x.view().data,
                                view.stride);
  return plain(d_x.view());
}

py::tuple batch_norm(const Reals& x, const Reals& mean, const Reals& inverse,
                     const Reals& gain, const Reals& shift) {
  const PaddedMatrix rows = padded(x);
  const Matrix& view = rows.view();
  const PaddedMatrix m = vector_of(mean, view.columns, "mean");
  const PaddedMatrix i = vector_of(inverse, view.columns, "inverse");
  const PaddedMatrix g = vector_of(gain, view.columns, "gain");
  const PaddedMatrix s = vector_of(shift, view.columns, "shift");
  const PaddedMatrix normalized = like(view), y = like(view);
  kernels().batch_norm(view.rows, whole(view), m.view().data, i.view().data,
                       g.view().data, s.view().data, view.data, normalized.view().data,
                       y.view().data, view.stride);
  return py::make_tuple(plain(y.view()), plain(normalized.view()));
}

Reals batch_norm_backward(const Reals& gain, const Reals& inverse,
                          const Reals& normalized, const Reals& d_y,
                          const Reals& d_gain, const Reals& d_shift) {
  const PaddedMatrix z = padded(normalized), delta = padded(d_y);
  const Matrix& view = z.view();
  require_shape(delta.view(), view.rows, view.columns, "d_y");
  const PaddedMatrix g = vector_of(gain, view.columns, "gain");
  const PaddedMatrix i = vector_of(inverse, view.columns, "inverse");
  const PaddedMatrix of_gain = vector_of(d_gain, view.columns, "d_gain");
  const PaddedMatrix of_shift = vector_of(d_shift, view.columns, "d_shift");
  const PaddedMatrix d_x = like(view);
  kernels().batch_norm_backward(view.rows, whole(view), 1 / real(view.rows),
                                g.view().data, i.view().data, of_gain.view().data,
                                of_shift.view().data, view.data, delta.view().data,
                                d_x.view().data, view.stride);
  return plain(d_x.view());
}

Reals prelu(const Reals& x, const Reals& slopes) {
  const PaddedMatrix rows = padded(x);
  const Matrix& view = rows.view();
  const PaddedMatrix s = vector_of(slopes, view.columns, "slopes");
  kernels().prelu(view.rows, whole(view), s.view().data, view.data, nullptr, view.data,
                  view.stride);
  return plain(view);
}

Reals prelu_backward(const Reals& x, const Reals& slopes, const Reals& d_y) {
  const PaddedMatrix rows = padded(x), delta = padded(d_y);
  const Matrix& view = rows.view();
  require_shape(delta.view(), view.rows, view.columns, "d_y");
  const PaddedMatrix s = vector_of(slopes, view.columns, "slopes");
  const PaddedMatrix d_x = like(view);
  kernels().prelu_backward(view.rows, whole(view), s.view().data, view.data,
                           delta.view().data, d_x.view().data, view.stride);
  return plain(d_x.view());
}

}  // namespace

void register_stages(py::module_& module);

void register_stages(py::module_& module) {
  module.def("dropout", dropout, "x"_a.noconvert(), "rate"_a, "key"_a, "step"_a,
             "first_row"_a = 0);
  module.def("gaussian_noise", gaussian_noise, "x"_a.noconvert(), "deviation"_a,
             "key"_a, "step"_a, "first_row"_a = 0);
  module.def("column_moments", column_moments, "x"_a.noconvert());
  module.def("column_product_sum", column_product_sum, "a"_a.noconvert(),
             "b"_a.noconvert());
  module.def("layer_norm", layer_norm, "x"_a.noconvert(), "gain"_a.noconvert(),
             "shift"_a.noconvert(), "epsilon"_a);
  module.def("layer_norm_backward", layer_norm_backward, "gain"_a.noconvert(),
             "normalized"_a.noconvert(), "inverse"_a.noconvert(), "d_y"_a.noconvert());
  module.def("batch_norm", batch_norm, "x"_a.noconvert(), "mean"_a.noconvert(),
             "inverse"_a.noconvert(), "gain"_a.noconvert(), "shift"_a.noconvert());
  module.def("batch_norm_backward", batch_norm_backward, "gain"_a.noconvert(),
             "inverse"_a.noconvert(), "normalized"_a.noconvert(), "d_y"_a.noconvert(),
             "d_gain"_a.noconvert(), "d_shift"_a.noconvert());
  module.def("prelu", prelu, "x"_a.noconvert(), "slopes"_a.noconvert());
  module.def("prelu_backward", prelu_backward, "x"_a.noconvert(),
             "slopes"_a.noconvert(), "d_y"_a.noconvert());
}

}  // namespace schuss::SCHUSS_PRECISION
