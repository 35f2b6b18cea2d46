// A way around some layers: what goes into a branch is added again where it joins.
#pragma once

#include "ops/stage.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Down, a branch leaves x as it is; up, it adds the gradient of where it joins.
void branch_backward(const Kernels& kernels, const StageWork& work, const Pass& pass);

/// y <- x + what went into the branch; up, the gradient is that of both.
void join_forward(const Kernels& kernels, const StageWork& work, const Pass& pass);
void join_backward(const Kernels& kernels, const StageWork& work, const Pass& pass);

}  // namespace schuss::SCHUSS_PRECISION
