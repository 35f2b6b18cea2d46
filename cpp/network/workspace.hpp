// The numbers that live for one call: every layer's outputs and deltas for some rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/buffer.hpp"
#include "ops/dense.hpp"

namespace schuss::SCHUSS_PRECISION {

struct Workspace {
  std::vector<PaddedMatrix>
      outputs;  // [0] is the gathered batch, [l + 1] layer l's output
  std::vector<PaddedMatrix> deltas;  // [l] is d(loss) / d(output of layer l)
  std::vector<PaddedMatrix>
      sums;                  // [l] is layer l's x W + b, where a training keeps it
  std::vector<Matrix> kept;  // [l] is what the way back through layer l needs: its
                             // sums, or its output, in which the sums were computed
  PaddedMatrix targets;
  std::vector<std::int32_t> labels, predicted;
  std::vector<real> losses, weights;

  Workspace(const Kernels& kernels, std::size_t inputs,
            const std::vector<DenseLayer>& layers, std::size_t rows, bool with_deltas)
      : labels(rows), predicted(rows), losses(rows), weights(rows) {
    outputs.emplace_back(rows, inputs, kernels.lanes);
    for (const DenseLayer& layer : layers) {
      const std::size_t width = layer.weights.outputs;
      const bool last = &layer == &layers.back();
      outputs.emplace_back(rows, width, kernels.lanes);
      const bool apart = with_deltas && layer.activation->keeps_input;
      sums.emplace_back(apart ? rows : 0, width, kernels.lanes);
      kept.push_back((apart ? sums : outputs).back().view());
      deltas.emplace_back(with_deltas || last ? rows : 0, width, kernels.lanes);
      if (last) targets = PaddedMatrix(rows, width, kernels.lanes);
    }
  }

  const Matrix& x() const { return outputs.front().view(); }
  const Matrix& logits() const { return outputs.back().view(); }
};

}  // namespace schuss::SCHUSS_PRECISION
