// What moves an average, for kernels that do so between steps of their own.
#pragma once

#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

/// See Kernels.
void moving_average(std::size_t size, real rate, const real* x, real* average);

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
