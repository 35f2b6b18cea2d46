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

}  // namespace

void register_stages(py::module_& module);

void register_stages(py::module_& module) {
  module.def("dropout", dropout, "x"_a.noconvert(), "rate"_a, "key"_a, "step"_a,
             "first_row"_a = 0);
  module.def("gaussian_noise", gaussian_noise, "x"_a.noconvert(), "deviation"_a,
             "key"_a, "step"_a, "first_row"_a = 0);
}

}  // namespace schuss::SCHUSS_PRECISION
