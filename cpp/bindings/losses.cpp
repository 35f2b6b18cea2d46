// The losses on NumPy arrays: copies in, copies out.
#include <pybind11/stl.h>

#include "bindings/arrays.hpp"
#include "core/require.hpp"
#include "dispatch/dispatch.hpp"
#include "dispatch/isa.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

/// (output, targets, *settings, weights) -> (mean of the rows' losses, gradient).
py::tuple evaluate(const Loss& loss, const Reals& output, const py::array& targets,
                   const std::vector<real>& settings, const py::object& weights) {
  const std::size_t lanes = kernels().lanes;
  const PaddedMatrix out = padded(output);
  const Matrix& view = out.view();
  const PaddedMatrix gradient(view.rows, view.columns, lanes);
  const PaddedMatrix truth(view.rows, view.columns, lanes);
  const Buffer numbers = settings_of(loss, settings, view.columns, lanes);
  const std::vector<real> of_rows = weights_of(weights, view.rows);
  std::vector<real> losses(view.rows);
  LossBatch batch{.rows = view.rows,
                  .columns = view.columns,
                  .stride = view.stride,
                  .output = view.data,
                  .labels = nullptr,
                  .targets = nullptr,
                  .weights = of_rows.empty() ? nullptr : of_rows.data(),
                  .settings = numbers.data(),
                  .scale = view.rows ? 1 / real(view.rows) : 0,
                  .losses = losses.data(),
                  .gradient = gradient.view().data,
                  .predicted = nullptr};
  std::vector<std::int32_t> labels;
  if (targets.ndim() == 1 && loss.takes_labels()) {
    labels = labels_of(targets, view.rows, view.columns);
    batch.labels = labels.data();
  } else if (view.rows) {
    const Table table = table_of(targets, "targets", view.columns);
    require_suits(loss, table);
    require(table.rows == view.rows, "output has ", view.rows,
            " rows but targets have ", table.rows);
    gather(kernels(), table, std::size_t{0}, {}, truth.view());
    batch.targets = truth.view().data;
  }
  if (view.columns) loss.evaluate(batch);
  double sum = 0;
  for (const real row : losses) sum += double(row);
  return py::make_tuple(sum * double(batch.scale), plain(gradient.view()));
}

}  // namespace

void register_losses(py::module_& module);

void register_losses(py::module_& module) {
  using namespace py::literals;
  for (const Loss& entry : kernels_of(available_isas().front()).losses) {
    module.def(
        entry.name,
        [name = std::string(entry.name)](const Reals& output, const py::array& targets,
                                         const py::args& settings,
                                         const py::object& weights) {
          return evaluate(find_named(kernels().losses, name, "loss"), output, targets,
                          settings.cast<std::vector<real>>(), weights);
        },
        "output"_a.noconvert(), "targets"_a, "weights"_a = py::none());
  }
}

}  // namespace schuss::SCHUSS_PRECISION
