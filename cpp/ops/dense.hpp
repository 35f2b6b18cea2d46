// A dense layer's forward and backward pass on a block of rows, one thread's part each.
#pragma once

#include <cstddef>

#include "core/matrix.hpp"
#include "core/range.hpp"
#include "kernels/kernels.hpp"
#include "ops/panels.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Views of one layer: its weights, its bias (padded_outputs numbers), its activation.
struct DenseLayer {
  Panels weights;
  real* bias = nullptr;
  const Activation* activation = nullptr;
};

/// How many numbers there are from the first to the last of a matrix in whole vectors,
/// padding included: it may be computed, too, as nobody reads it.
std::size_t span(const Matrix& matrix, std::size_t lanes);

/// output <- start + x W for the inputs in `inputs`, which are the columns of x, and
/// the outputs of the panels in `panels`. `start` is a row of the outputs' number, or
/// null for zeros.
void dense_product(const Kernels& kernels, const Panels& weights, Range inputs,
                   Range panels, const Matrix& x, const real* start,
                   const Matrix& output);

/// output <- f(output), for all its rows.
void dense_activation(const Kernels& kernels, const DenseLayer& layer,
                      const Matrix& output);

/// output <- f(x W + b), for the rows of x.
void dense_forward(const Kernels& kernels, const DenseLayer& layer, const Matrix& x,
                   const Matrix& output);

/// The same for one row x, and the outputs of some panels only.
void dense_forward(const Kernels& kernels, const DenseLayer& layer, Range panels,
                   const Matrix& x, const Matrix& output);

/// d_output <- d_output * f'(output): from the activation's output to its input.
void dense_backward_activation(const Kernels& kernels, const DenseLayer& layer,
                               const Matrix& output, const Matrix& d_output);

/// d_x <- d_output W^T, for the rows of d_output; `scratch` has scratch_size numbers.
void dense_backward_input(const Kernels& kernels, const Panels& weights,
                          const Matrix& d_output, const Matrix& d_x, real* scratch);

/// What dense_backward_input needs for up to `rows` rows.
std::size_t scratch_size(const Kernels& kernels, const Panels& weights,
                         std::size_t rows);

/// Calls body(panel, inputs) for pieces of the weights of some inputs [0, inputs), such
/// that all parts together make all pieces: part `index` of `count`. A piece is as many
/// inputs as share a cache with a panel of deltas.
template <class Body>
void for_each_piece(const Kernels& kernels, const Panels& weights, std::size_t inputs,
                    std::size_t index, std::size_t count, const Body& body) {
  if (weights.by_output) {
    const Range mine =
        share(round_up(inputs, kernels.lanes) / kernels.lanes, index, count);
    const std::size_t first = mine.first * kernels.lanes;
    const std::size_t last = std::min(mine.last * kernels.lanes, inputs);
    const std::size_t full =
        first + (last - first) / kernels.tile_columns * kernels.tile_columns;
    if (full > first) body(0, Range{first, full});
    if (last > full) body(0, Range{full, last});
    return;
  }
  const Range mine = share(weights.count() * inputs, index, count);
  for (std::size_t at = mine.first; at < mine.last;) {
    const std::size_t panel = at / inputs, input = at % inputs;
    const std::size_t size =
        std::min({kernels.depth_block, inputs - input, mine.last - at});
    body(panel, Range{input, input + size});
    at += size;
  }
}

/// What dense_update_weights needs for sums that are not finished.
std::size_t piece_size(const Kernels& kernels, const Panels& weights);

/// d_weights <- x^T d_output (added to what is there if `accumulate`) for a piece of
/// the weights: the columns of x are its inputs, those of d_output are all outputs, and
/// d_weights is laid out like the weights from the piece's first on.
void dense_backward_weights(const Kernels& kernels, const Panels& weights,
                            std::size_t panel, const Matrix& x, const Matrix& d_output,
                            bool accumulate, real* d_weights);

/// One optimizer step for such a piece: the update moves parameters along d_weights
/// (which holds what is to be added to x^T d_output if `accumulate`, and is
/// overwritten).
void dense_update_weights(const Kernels& kernels, const Optimizer& optimizer,
                          const Panels& weights, std::size_t panel, const Matrix& x,
                          const Matrix& d_output, bool accumulate, real* d_weights,
                          const Update& update);

/// d_b <- column sums of d_output (likewise), for outputs in `columns` (whole vectors).
void dense_backward_bias(const Kernels& kernels, const Matrix& d_output, Range columns,
                         real* d_bias, bool accumulate);

}  // namespace schuss::SCHUSS_PRECISION
