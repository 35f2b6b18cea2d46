// The gradient of a dense layer's weights, and the update at the end of it: a thread's
// pieces, one after the other.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/matrix.hpp"
#include "core/range.hpp"
#include "kernels/kernels.hpp"
#include "ops/panels.hpp"

namespace schuss::SCHUSS_PRECISION {

/// A layer's deltas, and where its weights are many a copy in which the columns of each
/// panel are neighbours.
struct Deltas {
  Matrix rows;
  real* panels = nullptr;  // [panel][rows][width of the panel]

  /// Those of one panel's outputs (by output: of all).
  Matrix of(const Panels& weights, std::size_t panel) const {
    if (weights.by_output) return rows;
    const std::size_t width = weights.width_of(panel), first = panel * weights.width;
    if (panels) return {panels + first * rows.rows, rows.rows, width, width};
    return rows.part(first, std::min(width, weights.outputs - first));
  }
};

/// The inputs of a piece of the weights: columns of x, as they stand there or as
/// `interleave` left them.
struct Inputs {
  Matrix rows;
  bool interleaved = false;
};

/// Whether the weights' gradient comes faster from copies of deltas and inputs. Rows
/// further apart than 2 KiB are out of the hardware's reach when it looks ahead: 43
/// against 72 % of peak with 2048 x 2048 weights and 512 rows.
bool wants_copies(const Panels& weights, const Matrix& x);

/// Copies some rows of the deltas to their panels.
void copy_to_panels(const Panels& weights, const Deltas& deltas, Range rows);

/// How many numbers a copy of `rows` rows of a piece's inputs is.
std::size_t inputs_copy_size(const Kernels& kernels, std::size_t rows);

/// Calls body(panel, inputs, x of these inputs, deltas of this panel) for pieces of the
/// weights of the columns of x, such that all parts together make all pieces: part
/// `index` of `count`. A piece is as many inputs as share a cache with a panel of
/// deltas. `copy` has inputs_copy_size numbers if the deltas have panels.
template <class Body>
void for_each_piece(const Kernels& kernels, const Panels& weights, const Matrix& x,
                    const Deltas& deltas, real* copy, std::size_t index,
                    std::size_t count, const Body& body);

/// What dense_update_weights needs for sums of a piece that are not finished.
std::size_t piece_size(const Kernels& kernels);

/// d_weights <- x^T d_output (added to what is there if `accumulate`) for a piece of
/// the weights: the columns of x are its inputs, those of d_output the outputs of its
/// panel (by output: all), and d_weights is laid out like the weights from the piece's
/// first on.
void dense_backward_weights(const Kernels& kernels, const Panels& weights,
                            const Inputs& x, const Matrix& d_output, bool accumulate,
                            real* d_weights);

/// One optimizer step for such a piece: the update moves parameters along d_weights
/// (which holds what is to be added to x^T d_output if `accumulate`, and is
/// overwritten; unless weights stand by output, it may be any piece_size numbers).
void dense_update_weights(const Kernels& kernels, const Optimizer& optimizer,
                          const Panels& weights, const Inputs& x,
                          const Matrix& d_output, bool accumulate, real* d_weights,
                          const Update& update);

/// d_b <- column sums of d_output (likewise), for outputs in `columns` (whole vectors).
void dense_backward_bias(const Kernels& kernels, const Matrix& d_output, Range columns,
                         real* d_bias, bool accumulate);

/// Pieces of weights by output: whole vectors of inputs, and as many together as there
/// are but for the last, narrower ones.
template <class Body>
void for_each_piece_by_output(const Kernels& kernels, const Matrix& x,
                              std::size_t index, std::size_t count, const Body& body) {
  const std::size_t lanes = kernels.lanes, width = kernels.tile_columns;
  const Range mine = share(round_up(x.columns, lanes) / lanes, index, count);
  const std::size_t first = mine.first * lanes;
  const std::size_t last = std::min(mine.last * lanes, x.columns);
  const std::size_t whole = first + (last - first) / width * width;
  if (whole > first) body(Range{first, whole});
  if (last > whole) body(Range{whole, last});
}

/// `copy` <- some columns of x, interleaved block by block of the sum over rows.
Inputs interleave(const Kernels& kernels, const Matrix& x, Range inputs, real* copy);

template <class Body>
void for_each_piece(const Kernels& kernels, const Panels& weights, const Matrix& x,
                    const Deltas& deltas, real* copy, std::size_t index,
                    std::size_t count, const Body& body) {
  if (weights.by_output) {
    return for_each_piece_by_output(kernels, x, index, count, [&](Range inputs) {
      body(std::size_t{0}, inputs, Inputs{x.part(inputs.first, inputs.size())},
           deltas.rows);
    });
  }
  if (!deltas.panels) {
    const Range mine = share(weights.count() * x.columns, index, count);
    for (std::size_t at = mine.first; at < mine.last;) {
      const std::size_t panel = at / x.columns, input = at % x.columns;
      const std::size_t size =
          std::min({kernels.depth_block, x.columns - input, mine.last - at});
      body(panel, Range{input, input + size}, Inputs{x.part(input, size)},
           deltas.of(weights, panel));
      at += size;
    }
    return;
  }
  // All panels of some inputs, one after the other, so that a copy of these serves all.
  const std::size_t size = even_block(x.columns, kernels.depth_block);
  const std::size_t pieces = (x.columns + size - 1) / size;
  const Range mine = share(pieces * weights.count(), index, count);
  Inputs near;
  for (std::size_t at = mine.first; at < mine.last; ++at) {
    const std::size_t panel = at % weights.count(), first = at / weights.count() * size;
    const Range inputs{first, std::min(first + size, x.columns)};
    if (panel == 0 || at == mine.first) near = interleave(kernels, x, inputs, copy);
    body(panel, inputs, near, deltas.of(weights, panel));
  }
}

}  // namespace schuss::SCHUSS_PRECISION
