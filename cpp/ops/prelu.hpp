// The rectifier with slopes that are learned, as a stage.
#pragma once

#include "ops/stage.hpp"

namespace schuss::SCHUSS_PRECISION {

/// vectors: slope. What is kept of x is its numbers below 0, and zeros.
void prelu_forward(const Kernels& kernels, const StageWork& work, const Pass& pass);
void prelu_backward(const Kernels& kernels, const StageWork& work, const Pass& pass);
void prelu_collect(const Kernels& kernels, const StageWork& work, std::size_t rows,
                   Range columns, bool accumulate);

}  // namespace schuss::SCHUSS_PRECISION
