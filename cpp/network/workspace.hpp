// The numbers that live for one call: every layer's outputs and deltas for some rows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/buffer.hpp"
#include "ops/dense.hpp"
#include "ops/stage.hpp"

namespace schuss::SCHUSS_PRECISION {

struct Workspace {
  std::vector<PaddedMatrix>
      outputs;  // [0] is the gathered batch, [l + 1] layer l's output
  std::vector<PaddedMatrix> deltas;  // [l] is d(loss) / d(output of layer l)
  std::vector<PaddedMatrix>
      sums;                  // [l] is layer l's x W + b, where a training keeps it
  std::vector<Matrix> kept;  // [l] is what the way back through layer l needs: its
                             // sums, or its output, in which the sums were computed
  std::vector<StageChain> places;  // [l] is what comes before layer l, or last: what
                                   // it leaves is that layer's input, or the logits
  PaddedMatrix d_x;                // d(loss) / dx, if anything before layer 0 learns
  PaddedMatrix targets;
  std::vector<std::int32_t> labels, predicted;
  std::vector<real> losses, weights;

  /// `inputs` may be 0 for who has the batch somewhere else.
  Workspace(const Kernels& kernels, std::size_t inputs,
            const std::vector<DenseLayer>& layers, const std::vector<Stage>& stages,
            std::size_t rows, Purpose purpose)
      : labels(rows), predicted(rows), losses(rows), weights(rows) {
    const bool with_deltas = purpose != Purpose::kPredict;
    outputs.emplace_back(rows, inputs, kernels.lanes);
    std::vector<Matrix> branches, joins;
    const bool learns = std::any_of(
        stages.begin(), stages.end(),
        [](const Stage& stage) { return stage.place == 0 && stage.kind->learned; });
    d_x = PaddedMatrix(with_deltas && learns ? rows : 0, inputs, kernels.lanes);
    places.emplace_back(kernels, stages, 0, purpose, x(), d_x.view(), branches);
    for (const DenseLayer& layer : layers) {
      const std::size_t width = layer.weights.outputs;
      const bool last = &layer == &layers.back();
      outputs.emplace_back(rows, width, kernels.lanes);
      const bool apart = with_deltas && layer.activation->keeps_input;
      sums.emplace_back(apart ? rows : 0, width, kernels.lanes);
      kept.push_back((apart ? sums : outputs).back().view());
      deltas.emplace_back(with_deltas || last ? rows : 0, width, kernels.lanes);
      places.emplace_back(kernels, stages, places.size(), purpose,
                          outputs.back().view(), deltas.back().view(), branches);
      if (last) targets = PaddedMatrix(rows, width, kernels.lanes);
    }
    for (std::size_t p = places.size(); p-- > 0;) places[p].meet_joins(joins);
  }

  /// Whether anything acts between layers.
  bool has_stages() const {
    return std::any_of(places.begin(), places.end(),
                       [](const StageChain& place) { return !place.empty(); });
  }
  bool meets() const {
    return std::any_of(places.begin(), places.end(),
                       [](const StageChain& place) { return place.meets(); });
  }
  const Matrix& x() const { return outputs.front().view(); }
  const Matrix& input(std::size_t layer) const { return places[layer].y(); }
  const Matrix& d_input(std::size_t layer) const { return places[layer].d_y(); }
  const Matrix& logits() const { return places.back().y(); }
  const Matrix& d_logits() const { return places.back().d_y(); }
};

}  // namespace schuss::SCHUSS_PRECISION
