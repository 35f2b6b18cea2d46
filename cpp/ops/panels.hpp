// The layout of a layer's weights: one that all three products of a step can use as is.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/matrix.hpp"
#include "core/range.hpp"
#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION {

/// A view of W (inputs x outputs), cut into panels of `width` outputs that are stored
/// one after the other, each [inputs][width]; the last is as narrow as whole vectors
/// allow. The forward pass reads a panel's rows as vectors, the weight gradient is a
/// contiguous piece of a panel, and the input gradient broadcasts its numbers one by
/// one.
struct Panels {
  real* data = nullptr;
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::size_t lanes = 1;
  std::size_t width = 1;

  Panels() = default;
  Panels(const Kernels& kernels, real* data, std::size_t inputs, std::size_t outputs)
      : data(data),
        inputs(inputs),
        outputs(outputs),
        lanes(kernels.lanes),
        width(kernels.tile_columns) {}

  std::size_t padded_outputs() const { return round_up(outputs, lanes); }
  std::size_t size() const { return inputs * padded_outputs(); }
  std::size_t count() const { return (outputs + width - 1) / width; }
  std::size_t width_of(std::size_t panel) const {
    return std::min(width, padded_outputs() - panel * width);
  }
  real* row(std::size_t panel, std::size_t input) const {
    return data + panel * width * inputs + input * width_of(panel);
  }
  /// Where W(input, output) stands.
  real& at(std::size_t input, std::size_t output) const {
    return row(output / width, input)[output % width];
  }
};

/// Copies W from and to a row-major matrix.
void pack(const Matrix& weights, const Panels& panels);
void unpack(const Panels& panels, const Matrix& weights);

}  // namespace schuss::SCHUSS_PRECISION
