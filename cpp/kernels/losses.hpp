// The losses by name, and what they have in common.
#pragma once

#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

void softmax_cross_entropy(const LossBatch& batch);
void mean_squared_error(const LossBatch& batch);

// What outputs say that targets are on average.
void softmax(std::size_t rows, std::size_t columns, const real* x, real* y,
             std::size_t stride);

/// Multiplies each row's loss and gradient by its weight.
void weigh(const LossBatch& batch);

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
