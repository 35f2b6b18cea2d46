// What a Python callable is given and what is made of its answer.
#include "bindings/python_loss.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/require.hpp"

namespace schuss::SCHUSS_PRECISION {

struct PythonLoss::State {
  py::function function;
  const Kernels& kernels;
  py::object exception = py::none();  // the first
};

PythonLoss::PythonLoss(py::function function, const Kernels& kernels)
    : state_(std::make_shared<State>(State{std::move(function), kernels})) {}

void PythonLoss::operator()(const LossBatch& batch) const {
  if (batch.predicted) {
    state_->kernels.argmax(batch.rows, batch.columns, batch.output, batch.stride,
                           batch.predicted);
  }
  const py::gil_scoped_acquire taken;
  std::fill_n(batch.losses, batch.rows, std::numeric_limits<real>::quiet_NaN());
  std::fill_n(batch.gradient, batch.rows * batch.stride, real{0});
  if (!state_->exception.is_none()) return;
  try {
    evaluate(batch);
  } catch (py::error_already_set& error) {
    state_->exception = error.value();
  } catch (const std::exception& error) {
    state_->exception =
        py::reinterpret_borrow<py::object>(PyExc_ValueError)(error.what());
  }
}

void PythonLoss::evaluate(const LossBatch& batch) const {
  const std::size_t rows = batch.rows, columns = batch.columns;
  const Matrix outputs{const_cast<real*>(batch.output), rows, columns, batch.stride};
  py::object targets;
  if (batch.labels) {
    targets = py::array_t<std::int32_t>(py::ssize_t(rows), batch.labels);
  } else {
    targets = plain({const_cast<real*>(batch.targets), rows, columns, batch.stride});
  }
  using Contiguous = py::array_t<real, py::array::c_style | py::array::forcecast>;
  const auto [values, gradient] = state_->function(plain(outputs), targets)
                                      .cast<std::pair<Contiguous, Contiguous>>();
  require(values.ndim() == 1 && std::size_t(values.shape(0)) == rows &&
              gradient.ndim() == 2 && std::size_t(gradient.shape(0)) == rows &&
              std::size_t(gradient.shape(1)) == columns,
          "the loss must return values of shape (", rows,
          ",) and a gradient of shape (", rows, ", ", columns, ")");
  for (std::size_t i = 0; i < rows; ++i) {
    const real weight = batch.weights ? batch.weights[i] : 1;
    batch.losses[i] = weight * values.data()[i];
    for (std::size_t j = 0; j < columns; ++j) {
      batch.gradient[i * batch.stride + j] =
          weight * (gradient.data()[i * columns + j] * batch.scale);
    }
  }
}

py::object PythonLoss::take_exception(const Network& network) {
  const PythonLoss* loss = network.custom_loss().target<PythonLoss>();
  if (!loss) return py::none();
  return std::exchange(loss->state_->exception, py::none());
}

void PythonLoss::raise_exception(const Network& network) {
  const py::object exception = take_exception(network);
  if (exception.is_none()) return;
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())),
                  exception.ptr());
  throw py::error_already_set();
}

}  // namespace schuss::SCHUSS_PRECISION
