// Losses and activations that are Python callables, as a network calls them.
#pragma once

#include <exception>

#include "bindings/arrays.hpp"

namespace schuss::SCHUSS_PRECISION {

// With the GIL taken, and arrays of the callable's own. What a callable raises is
// thrown as py::error_already_set, and an answer of another shape as
// std::invalid_argument. They are made and destroyed with the GIL.

/// Of function(outputs, targets) -> (values, gradient); `lanes` are those of the
/// network's kernels.
CustomLoss python_loss(py::function function, const Kernels& kernels);

/// Of value(x) and derivative(x), which return arrays of the shape of x.
CustomActivation python_activation(py::function value, py::function derivative);

/// What was thrown, as Python raises it; None for nothing.
py::object exception_of(const std::exception_ptr& failure);

}  // namespace schuss::SCHUSS_PRECISION
