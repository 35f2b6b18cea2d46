// What Python callables are given and what is made of their answers.
#include "bindings/python_calls.hpp"

#include <utility>

#include "core/require.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

using Contiguous = py::array_t<real, py::array::c_style | py::array::forcecast>;

void evaluate(const py::function& function, const LossBatch& batch) {
  const std::size_t rows = batch.rows, columns = batch.columns;
  const Matrix outputs{const_cast<real*>(batch.output), rows, columns, batch.stride};
  py::object targets;
  if (batch.labels) {
    targets = py::array_t<std::int32_t>(py::ssize_t(rows), batch.labels);
  } else {
    targets = plain({const_cast<real*>(batch.targets), rows, columns, batch.stride});
  }
  const auto [values, gradient] =
      function(plain(outputs), targets).cast<std::pair<Contiguous, Contiguous>>();
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

/// Calls take(i, j, number) for each number of what function(x) returns.
template <class Take>
void map(const py::function& function, const Matrix& x, const Take& take) {
  const auto answer = function(plain(x)).cast<Contiguous>();
  require(answer.ndim() == 2 && std::size_t(answer.shape(0)) == x.rows &&
              std::size_t(answer.shape(1)) == x.columns,
          "an activation must return an array of shape (", x.rows, ", ", x.columns,
          ")");
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t j = 0; j < x.columns; ++j) {
      take(i, j, answer.data()[i * x.columns + j]);
    }
  }
}

}  // namespace

CustomLoss python_loss(py::function function, const Kernels& kernels) {
  return [function = std::move(function), &kernels](const LossBatch& batch) {
    if (batch.predicted) {
      kernels.argmax(batch.rows, batch.columns, batch.output, batch.stride,
                     batch.predicted);
    }
    const py::gil_scoped_acquire taken;
    evaluate(function, batch);
  };
}

CustomActivation python_activation(py::function value, py::function derivative) {
  return {[value = std::move(value)](const Matrix& x, const Matrix& y) {
            const py::gil_scoped_acquire taken;
            map(value, x, [&](std::size_t i, std::size_t j, real number) {
              y.row(i)[j] = number;
            });
          },
          [derivative = std::move(derivative)](const Matrix& x, const Matrix& d_y) {
            const py::gil_scoped_acquire taken;
            map(derivative, x, [&](std::size_t i, std::size_t j, real number) {
              d_y.row(i)[j] *= number;
            });
          }};
}

py::object exception_of(const std::exception_ptr& failure) {
  if (!failure) return py::none();
  try {
    std::rethrow_exception(failure);
  } catch (const py::error_already_set& error) {
    return error.value();
  } catch (const std::exception& error) {
    return py::reinterpret_borrow<py::object>(PyExc_ValueError)(error.what());
  }
}

}  // namespace schuss::SCHUSS_PRECISION
