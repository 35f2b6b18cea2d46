// The passes of one mini-batch, on the rows of a workspace that one thread owns.
#pragma once

#include <cstdint>

#include "core/range.hpp"
#include "network/network.hpp"
#include "network/workspace.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Down: every layer's output from the one before it, through what stands between
/// them, from layer `first` on.
void forward(const Network& network, const Workspace& work, const Pass& pass,
             std::size_t first = 0);

/// The truth of rows `index[...]` (or of rows `first + ...` without an index) into
/// place.
void gather_targets(const Network& network, const Targets& targets,
                    const std::int64_t* index, std::size_t first, Workspace& work,
                    Range rows);

/// Turn: losses, the first delta (of the mean over `batch` rows), and the predicted
/// class.
void turn(const Network& network, const Targets& targets, std::size_t batch,
          Workspace& work, const Pass& pass);

/// Up: every layer's delta from the one above it; `scratch` as dense_backward_input
/// needs.
void backward(const Network& network, const Workspace& work, const Pass& pass,
              real* scratch);

/// Of the rows in `rows`, how many are predicted as labelled.
std::size_t count_correct(const Workspace& work, Range rows);

/// Sum of the losses of the rows in `rows`, in order.
double sum_losses(const Workspace& work, Range rows);

}  // namespace schuss::SCHUSS_PRECISION
