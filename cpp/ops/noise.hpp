// Noise that is drawn anew in every step of a training.
#pragma once

#include <cstdint>

#include "ops/stage.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Words below it are a share `rate` of all, to within 2^-32.
std::uint32_t dropout_threshold(double rate);

/// settings: the share of numbers that are dropped. Those that stay are multiplied by
/// 1 / (1 - rate), so that a prediction has nothing to make up for.
void dropout_forward(const Kernels& kernels, const StageWork& work, const Pass& pass);
void dropout_backward(const Kernels& kernels, const StageWork& work, const Pass& pass);

/// settings: the standard deviation.
void gaussian_noise_forward(const Kernels& kernels, const StageWork& work,
                            const Pass& pass);

}  // namespace schuss::SCHUSS_PRECISION
