// Rows, or columns over the batch, brought to mean 0 and variance 1, each column then
// with a gain and a shift that are learned.
#pragma once

#include "ops/stage.hpp"

namespace schuss::SCHUSS_PRECISION {

/// settings: epsilon; vectors: gain, shift.
void layer_norm_forward(const Kernels& kernels, const StageWork& work,
                        const Pass& pass);
void layer_norm_backward(const Kernels& kernels, const StageWork& work,
                         const Pass& pass);
void layer_norm_collect(const Kernels& kernels, const StageWork& work, std::size_t rows,
                        Range columns, bool accumulate);

/// settings: momentum, epsilon; vectors: gain, shift, and the running mean and variance
/// of the columns, by which predictions go. A training goes by the rows of the
/// workspace, for whose columns its team meets.
void batch_norm_forward(const Kernels& kernels, const StageWork& work,
                        const Pass& pass);
void batch_norm_backward(const Kernels& kernels, const StageWork& work,
                         const Pass& pass);
void batch_norm_collect(const Kernels& kernels, const StageWork& work, std::size_t rows,
                        Range columns, bool accumulate);

}  // namespace schuss::SCHUSS_PRECISION
