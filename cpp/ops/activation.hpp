// An activation on rows, and the step back through it.
#pragma once

#include <cstddef>

#include "core/matrix.hpp"
#include "kernels/kernels.hpp"
#include "ops/stage.hpp"

namespace schuss::SCHUSS_PRECISION {

/// How many numbers there are from the first to the last of a matrix in whole vectors,
/// padding included: it may be computed, too.
std::size_t span(const Matrix& matrix, std::size_t lanes);

/// output <- f(kept), for all its rows; padding becomes zero. `kept` is laid out like
/// `output`, and may be it unless a step back will be wanted and the activation keeps
/// its input.
void activation_forward(const Kernels& kernels, const Activation& activation,
                        const Matrix& kept, const Matrix& output);

/// The same as a stage of its own.
void activation_stage_forward(const Kernels& kernels, const StageWork& work,
                              const Pass& pass);
void activation_stage_backward(const Kernels& kernels, const StageWork& work,
                               const Pass& pass);

/// One of the user's. In a training the first thread of the team calls it for all rows
/// while the others wait, so that what it is given does not depend on the threads.
void custom_activation_forward(const Kernels& kernels, const StageWork& work,
                               const Pass& pass);
void custom_activation_backward(const Kernels& kernels, const StageWork& work,
                                const Pass& pass);

/// d_output <- d_output * f', from what was kept: d(loss) / d(output) becomes that of
/// the activation's input.
void activation_backward(const Kernels& kernels, const Activation& activation,
                         const Matrix& kept, const Matrix& d_output);

}  // namespace schuss::SCHUSS_PRECISION
