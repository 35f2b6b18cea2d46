// A dense layer's forward and backward pass on a block of rows, one thread's part each.
#pragma once

#include <cstddef>

#include "core/matrix.hpp"
#include "core/range.hpp"
#include "kernels/kernels.hpp"
#include "ops/activation.hpp"
#include "ops/panels.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Views of one layer: its weights, its bias (padded_outputs numbers), its activation.
struct DenseLayer {
  Panels weights;
  real* bias = nullptr;
  const Activation* activation = nullptr;
};

/// output <- start + x W for the inputs in `inputs`, which are the columns of x, and
/// the outputs of the panels in `panels`. `start` is a row of the outputs' number, or
/// null for zeros.
void dense_product(const Kernels& kernels, const Panels& weights, Range inputs,
                   Range panels, const Matrix& x, const real* start,
                   const Matrix& output);

/// kept <- x W + b and output <- f(kept), for the rows of x; see activation_forward.
void dense_forward(const Kernels& kernels, const DenseLayer& layer, const Matrix& x,
                   const Matrix& kept, const Matrix& output);

/// output <- f(x W + b) for one row x, and the outputs of some panels only.
void dense_forward(const Kernels& kernels, const DenseLayer& layer, Range panels,
                   const Matrix& x, const Matrix& output);

/// d_x <- d_output W^T, for the rows of d_output; `scratch` has scratch_size numbers.
void dense_backward_input(const Kernels& kernels, const Panels& weights,
                          const Matrix& d_output, const Matrix& d_x, real* scratch);

/// What dense_backward_input needs for up to `rows` rows.
std::size_t scratch_size(const Kernels& kernels, const Panels& weights,
                         std::size_t rows);

}  // namespace schuss::SCHUSS_PRECISION
