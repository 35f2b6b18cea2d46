// The layout of a layer's weights: one that all three products of a step can use as is.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/buffer.hpp"
#include "core/matrix.hpp"
#include "core/range.hpp"
#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION {

/// A view of W (inputs x outputs), cut into panels of `width` outputs that are stored
/// one after the other, each [inputs][width]; the last is as narrow as whole vectors
/// allow. The forward pass reads a panel's rows as vectors, the weight gradient is a
/// contiguous piece of a panel, and the input gradient broadcasts its numbers one by
/// one.
///
/// With few outputs, as a classifier's last layer has, most lanes of such a panel would
/// be padding: the weights then stand by output, [outputs][inputs], all in one panel,
/// and vectors run along the inputs in all three products.
struct Panels {
  real* data = nullptr;
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::size_t lanes = 1;
  std::size_t width = 1;
  bool by_output = false;

  Panels() = default;
  Panels(const Kernels& kernels, real* data, std::size_t inputs, std::size_t outputs,
         bool by_output)
      : data(data),
        inputs(inputs),
        outputs(outputs),
        lanes(kernels.lanes),
        width(kernels.tile_columns),
        by_output(by_output) {}
  /// In the layout that suits them.
  Panels(const Kernels& kernels, real* data, std::size_t inputs, std::size_t outputs)
      : Panels(kernels, data, inputs, outputs, suit_output(inputs, outputs)) {}

  /// Above 16 outputs their vectors are well filled on all instruction sets.
  static bool suit_output(std::size_t inputs, std::size_t outputs) {
    return outputs <= 16 && outputs < inputs;
  }

  std::size_t padded_outputs() const { return round_up(outputs, lanes); }
  /// From one output's weights to the next's, if they stand by output.
  std::size_t output_stride() const { return padded_stride(inputs, lanes); }
  std::size_t size() const {
    return by_output ? outputs * output_stride() : inputs * padded_outputs();
  }
  /// Too many for a cache of a core's own: each product must fetch them anew.
  bool far() const { return size() > (1 << 20) / sizeof(real); }
  std::size_t count() const { return by_output ? 1 : (outputs + width - 1) / width; }
  std::size_t width_of(std::size_t panel) const {
    return std::min(width, padded_outputs() - panel * width);
  }
  /// Where the weights of a panel begin that belong to an input.
  real* begin(std::size_t panel, std::size_t input) const {
    return by_output ? data + input
                     : data + panel * width * inputs + input * width_of(panel);
  }
  /// Where W(input, output) stands.
  real& at(std::size_t input, std::size_t output) const {
    return by_output ? data[output * output_stride() + input]
                     : begin(output / width, input)[output % width];
  }
};

/// Copies W from and to a row-major matrix.
void pack(const Matrix& weights, const Panels& panels);
void unpack(const Panels& panels, const Matrix& weights);

}  // namespace schuss::SCHUSS_PRECISION
