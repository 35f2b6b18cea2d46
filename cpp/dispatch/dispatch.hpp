// From the name of an instruction set to its table of kernels, in this precision.
#pragma once

#include <string>

#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION {

/// The table of the instruction set in use.
const Kernels& kernels();

/// The table of an instruction set by name; only for names in available_isas().
const Kernels& kernels_of(const std::string& isa);

}  // namespace schuss::SCHUSS_PRECISION
