// What a prediction asks of Python: memory for the result, and when to let the GIL go.
#pragma once

#include <initializer_list>

#include "bindings/arrays.hpp"
#include "network/network.hpp"

namespace schuss::SCHUSS_PRECISION {

/// A new C-contiguous array, made without asking NumPy's Python side.
py::array new_array(py::dtype dtype, std::initializer_list<std::size_t> shape);

/// Network::predict, without the GIL where it takes long enough.
bool run_prediction(const Network& network, const Table& x,
                    const Predictions& predictions);

}  // namespace schuss::SCHUSS_PRECISION
