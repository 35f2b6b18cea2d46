// A network's parameters and an optimizer's state, layer by layer, as NumPy arrays.
#pragma once

#include <vector>

#include "bindings/arrays.hpp"
#include "network/network.hpp"

namespace schuss::SCHUSS_PRECISION {

using Contiguous = py::array_t<real, py::array::c_style | py::array::forcecast>;
using Arrays = std::vector<Contiguous>;

/// A layer's weights, if there are any, and vectors: copies. IndexError if there is no
/// such layer.
py::tuple arrays_of(const std::vector<Parameters>& layers, std::size_t index);

/// Sets them; ValueError for a wrong shape or number of arrays, and nothing is set.
void set_arrays(Network& network, std::size_t index, const py::args& given);

/// One of an optimizer's arrays of state, as a list of what arrays_of gives.
using Slot = std::vector<Arrays>;

/// The steps taken, and a list of such slots; likewise.
py::tuple state_of(const Network& network);
void set_state(Network& network, std::size_t steps, const std::vector<Slot>& slots);

/// The steps that the average was taken over, and what arrays_of gives of it, if there
/// is one; likewise.
py::tuple average_of(const Network& network);
void set_average(Network& network, std::size_t steps, const Slot& layers);

}  // namespace schuss::SCHUSS_PRECISION
