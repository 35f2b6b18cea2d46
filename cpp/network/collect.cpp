// The last part of a training step: gradients by layer, and the updates they end in.
#include <algorithm>

#include "network/step.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Whether gradients end in updates: on the last chunk, unless a sweep follows.
bool Step::moves_at_once(const Chunk& chunk) const {
  return update_ && chunk.last && !sweep_;
}

/// Weight gradients, and on the last chunk the update: a member's own part of each
/// layer, piece by piece. Nobody needs those of frozen layers.
void Step::collect(const Member& member, const Share& share, const Chunk& chunk) {
  const std::size_t rows = chunk.rows.size();
  const Share all{{}, member.rank, member.size, false};
  for (std::size_t l = 0; l < network_.layers().size(); ++l) {
    if (update_ && network_.how_.freezes(l)) continue;
    const Panels& weights = network_.layers()[l].weights;
    const std::size_t vectors = weights.padded_outputs() / kernels_.lanes;
    if (l > 0) {
      collect_weights(member.rank, l, 0, input(l).slice(0, rows), all, chunk);
      collect_bias(l, member.part(vectors), chunk);
      continue;
    }
    if (is_sparse()) {
      collect_sparse(member, chunk);
      collect_bias(0, member.part(vectors), chunk);
      continue;
    }
    for (std::size_t p = share.parts.first; p < share.parts.last; ++p) {
      collect_weights(member.rank, 0, parts_[p].inputs.first,
                      input(0, p).slice(0, rows), share, chunk);
      // The first part's sums start from the bias, so it is theirs who have that part.
      if (p == 0) collect_bias(0, share.part(vectors), chunk);
    }
  }
  for (const StageChain& place : work_.places) {
    for (const StageWork& work : place.works()) {
      const std::size_t width = round_up(work.stage->width, kernels_.lanes);
      if (work.stage->kind->collect) {
        collect_stage(work, member.part(width / kernels_.lanes), chunk);
      }
    }
  }
}

/// On the last chunk the weights move as soon as their gradient is known, and nobody
/// ever sees it.
void Step::collect_weights(std::size_t rank, std::size_t layer, std::size_t first_input,
                           const Matrix& x, const Share& share, const Chunk& chunk) {
  const Panels& weights = network_.gradients()[layer].weights;
  const auto collect_piece = [&](std::size_t panel, Range inputs, const Inputs& piece,
                                 const Matrix& delta) {
    real* const gradient = weights.begin(panel, first_input + inputs.first);
    if (moves_at_once(chunk)) {
      const Update update = network_.update_of(
          gradient, layer, true, chunk.batch.learning_rate, chunk.batch.number);
      const bool aside = chunk.first && !weights.by_output;
      dense_update_weights(kernels_, *network_.optimizer_, weights, piece, delta,
                           !chunk.first, aside ? scratch_[rank].data() : gradient,
                           update);
    } else {
      dense_backward_weights(kernels_, weights, piece, delta, !chunk.first, gradient);
    }
  };
  for_each_piece(kernels_, weights, x, deltas_of(layer, x.rows),
                 inputs_copies_[rank].data(), share.rank, share.size, collect_piece);
}

/// The same for a first layer of sparse rows. Weights that no row calls and nothing
/// else moves are left alone.
void Step::collect_sparse(const Member& member, const Chunk& chunk) {
  const Panels& weights = network_.gradients().front().weights;
  const Range inputs = part_of_sparse_inputs(weights, member.rank, member.size);
  SparseColumns& columns = columns_[member.rank];
  columns.take(table_, chunk.index(), chunk.rows.size(), inputs);
  const Matrix delta = work_.deltas.front().view().slice(0, chunk.rows.size());
  const Optimizer* optimizer = network_.optimizer_;
  const auto collect_some = [&](Range some) {
    for (std::size_t p = 0; p < weights.count(); ++p) {
      sparse_backward_weights(kernels_, weights, p, some, columns,
                              network_.rescaling_.scale, delta, !chunk.first);
      if (!moves_at_once(chunk)) continue;
      const std::size_t runs = weights.by_output ? weights.outputs : 1;
      for (std::size_t o = 0; o < runs; ++o) {
        Update update = network_.update_of(
            weights.begin(p, some.first) + o * weights.output_stride(), 0, true,
            chunk.batch.learning_rate, chunk.batch.number);
        update.size = weights.by_output ? round_up(some.size(), kernels_.lanes)
                                        : some.size() * weights.width_of(p);
        optimizer->update(update);
      }
    }
  };
  const bool few = 4 * columns.touched().size() < inputs.size() && !weights.by_output;
  if (few && moves_at_once(chunk) && chunk.first && optimizer->rests &&
      optimizer->rests(network_.update_of(weights.data, 0, true, 0, 1))) {
    for (const std::int32_t input : columns.touched()) {
      const auto j = static_cast<std::size_t>(input);
      collect_some({j, j + 1});
    }
    return;
  }
  if (inputs.empty()) return;
  const std::size_t block = weights.by_output ? inputs.size() : kernels_.depth_block;
  for (std::size_t j = inputs.first; j < inputs.last; j += block) {
    collect_some({j, std::min(j + block, inputs.last)});
  }
}

/// Of a chunk of so many rows.
Deltas Step::deltas_of(std::size_t layer, std::size_t rows) const {
  return {work_.deltas[layer].view().slice(0, rows), delta_panels_[layer].data()};
}

void Step::collect_bias(std::size_t layer, Range vectors, const Chunk& chunk) {
  if (vectors.empty()) return;
  const DenseLayer& gradients = network_.gradients()[layer];
  const Matrix delta = work_.deltas[layer].view().slice(0, chunk.rows.size());
  const Range columns{vectors.first * kernels_.lanes, vectors.last * kernels_.lanes};
  dense_backward_bias(kernels_, delta, columns, gradients.bias, !chunk.first);
  if (!moves_at_once(chunk)) return;
  Update update = network_.update_of(gradients.bias + columns.first, layer, false,
                                     chunk.batch.learning_rate, chunk.batch.number);
  update.size = columns.size();
  network_.optimizer_->update(update);
}

/// What a stage has learned of its own; a norm of the gradients counts it in.
void Step::collect_stage(const StageWork& work, Range vectors, const Chunk& chunk) {
  if (vectors.empty()) return;
  const Stage& stage = *work.stage;
  const Range columns{vectors.first * kernels_.lanes, vectors.last * kernels_.lanes};
  stage.kind->collect(kernels_, work, chunk.rows.size(), columns, !chunk.first);
  if (!moves_at_once(chunk)) return;
  for (std::size_t v = 0; v < stage.kind->learned; ++v) {
    Update update = network_.update_of(stage.gradient(v) + columns.first,
                                       chunk.batch.learning_rate, chunk.batch.number);
    update.size = columns.size();
    network_.optimizer_->update(update);
  }
}

}  // namespace schuss::SCHUSS_PRECISION
