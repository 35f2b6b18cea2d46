// The three products of a dense layer: blocks that stay in cache, in a fixed order.
#include "ops/dense.hpp"

#include <algorithm>

namespace schuss::SCHUSS_PRECISION {

namespace {

/// Rows for which the input gradient is computed transposed at a time: a multiple of
/// the tile, small enough that both transposes stay in the L2 cache.
std::size_t transposed_rows(const Kernels& kernels) { return 4 * kernels.tile_columns; }

/// d_x^T += W d_output^T for the panels in `panels`, whose outputs are all real ones.
void accumulate_panels(const Kernels& kernels, const Panels& weights, Range panels,
                       std::size_t outputs_each, const Matrix& d_output_t,
                       const Matrix& d_x_t) {
  const std::size_t width = weights.width_of(panels.first);
  const std::size_t first_output = panels.first * weights.width;
  const std::size_t full = d_x_t.stride / kernels.tile_columns;
  const auto columns = [&](std::size_t j, std::size_t count, std::size_t columns) {
    kernels.gemm({.rows = weights.inputs,
                  .panels = count,
                  .width = columns,
                  .depth = panels.size() * outputs_each,
                  .a = weights.row(panels.first, 0),
                  .a_row = width,
                  .a_depth = 1,
                  .run = outputs_each,
                  .a_run = weights.inputs * width,
                  .b = d_output_t.row(first_output) + j,
                  .b_depth = d_output_t.stride,
                  .b_panel = columns,
                  .start = first_output ? d_x_t.data + j : nullptr,
                  .start_row = d_x_t.stride,
                  .c = d_x_t.data + j,
                  .c_row = d_x_t.stride});
  };
  const std::size_t rest = full * kernels.tile_columns;
  if (full) columns(0, full, kernels.tile_columns);
  if (rest < d_x_t.stride) columns(rest, 1, d_x_t.stride - rest);
}

void transposed_product(const Kernels& kernels, const Panels& weights,
                        const Matrix& d_output_t, const Matrix& d_x_t) {
  const std::size_t full = weights.outputs / weights.width;
  const std::size_t step =
      std::max<std::size_t>(1, kernels.depth_block / weights.width);
  for (std::size_t p = 0; p < full; p += step) {
    accumulate_panels(kernels, weights, {p, std::min(p + step, full)}, weights.width,
                      d_output_t, d_x_t);
  }
  if (const std::size_t rest = weights.outputs % weights.width) {
    accumulate_panels(kernels, weights, {full, full + 1}, rest, d_output_t, d_x_t);
  }
}

}  // namespace

std::size_t span(const Matrix& matrix, std::size_t lanes) {
  if (matrix.rows == 0) return 0;
  return (matrix.rows - 1) * matrix.stride + round_up(matrix.columns, lanes);
}

void dense_product(const Kernels& kernels, const Panels& weights, Range inputs,
                   Range panels, const Matrix& x, const real* start,
                   const Matrix& output) {
  const std::size_t full =
      std::min(weights.padded_outputs() / weights.width, panels.last);
  // One row alone reads every weight once: there is no slice to keep in cache.
  const std::size_t block =
      x.rows == 1 ? inputs.size() : even_block(inputs.size(), kernels.depth_block);
  for (std::size_t k = 0; k < inputs.size(); k += block) {
    const std::size_t depth = std::min(block, inputs.size() - k);
    const auto multiply = [&](std::size_t first, std::size_t count) {
      const std::size_t width = weights.width_of(first);
      const std::size_t column = first * weights.width;
      const real* before = start ? start + column : nullptr;
      kernels.gemm({.rows = x.rows,
                    .panels = count,
                    .width = width,
                    .depth = depth,
                    .a = x.data + k,
                    .a_row = x.stride,
                    .a_depth = 1,
                    .run = depth,
                    .a_run = 0,
                    .b = weights.row(first, inputs.first + k),
                    .b_depth = width,
                    .b_panel = weights.inputs * width,
                    .start = k ? output.data + column : before,
                    .start_row = k ? output.stride : 0,
                    .c = output.data + column,
                    .c_row = output.stride});
    };
    if (panels.first < full) multiply(panels.first, full - panels.first);
    if (panels.last > full) multiply(full, 1);
  }
}

void dense_activation(const Kernels& kernels, const DenseLayer& layer,
                      const Matrix& output) {
  layer.activation->forward(span(output, kernels.lanes), output.data, output.data);
}

void dense_forward(const Kernels& kernels, const DenseLayer& layer, Range panels,
                   const Matrix& x, const Matrix& output) {
  if (panels.empty()) return;
  const Panels& weights = layer.weights;
  dense_product(kernels, weights, {0, weights.inputs}, panels, x, layer.bias, output);
  const std::size_t first = panels.first * weights.width;
  const std::size_t last =
      std::min(panels.last * weights.width, weights.padded_outputs());
  dense_activation(kernels, layer, output.part(first, last - first));
}

void dense_forward(const Kernels& kernels, const DenseLayer& layer, const Matrix& x,
                   const Matrix& output) {
  dense_forward(kernels, layer, {0, layer.weights.count()}, x, output);
}

void dense_backward_activation(const Kernels& kernels, const DenseLayer& layer,
                               const Matrix& output, const Matrix& d_output) {
  layer.activation->backward(span(output, kernels.lanes), output.data, d_output.data);
}

std::size_t scratch_size(const Kernels& kernels, std::size_t inputs,
                         std::size_t outputs) {
  return (inputs + outputs) * transposed_rows(kernels);
}

// Computed as d_x^T = W d_output^T: the weights are broadcast, which any layout allows,
// and vectors run along the batch. Transposing rows twice is cheap beside transposing
// the weights once.
void dense_backward_input(const Kernels& kernels, const Panels& weights,
                          const Matrix& d_output, const Matrix& d_x, real* scratch) {
  const std::size_t block = transposed_rows(kernels);
  for (std::size_t first = 0; first < d_output.rows; first += block) {
    const std::size_t last = std::min(first + block, d_output.rows);
    const std::size_t stride = round_up(last - first, kernels.lanes);
    const Matrix d_output_t{scratch, weights.outputs, last - first, stride};
    const Matrix d_x_t{scratch + weights.outputs * block, weights.inputs, last - first,
                       stride};
    kernels.transpose(last - first, weights.outputs, d_output.row(first),
                      d_output.stride, d_output_t.data, stride);
    transposed_product(kernels, weights, d_output_t, d_x_t);
    kernels.transpose(weights.inputs, last - first, d_x_t.data, stride, d_x.row(first),
                      d_x.stride);
  }
}

/// Calls `multiply(product, last)` for each of the products that add up to x^T
/// d_output.
template <class Multiply>
static void for_each_depth(const Kernels& kernels, const Matrix& x,
                           const Matrix& d_output, bool accumulate, real* d_weights,
                           const Multiply& multiply) {
  const std::size_t width = round_up(d_output.columns, kernels.lanes);
  const std::size_t block = even_block(x.rows, kernels.depth_block);
  for (std::size_t i = 0; i < x.rows; i += block) {
    const std::size_t depth = std::min(block, x.rows - i);
    multiply(Gemm{.rows = x.columns,
                  .panels = 1,
                  .width = width,
                  .depth = depth,
                  .a = x.row(i),
                  .a_row = 1,
                  .a_depth = x.stride,
                  .run = depth,
                  .a_run = 0,
                  .b = d_output.row(i),
                  .b_depth = d_output.stride,
                  .b_panel = 0,
                  .start = accumulate || i ? d_weights : nullptr,
                  .start_row = width,
                  .c = d_weights,
                  .c_row = width},
             i + depth == x.rows);
  }
}

void dense_backward_weights(const Kernels& kernels, const Matrix& x,
                            const Matrix& d_output, bool accumulate, real* d_weights) {
  for_each_depth(kernels, x, d_output, accumulate, d_weights,
                 [&](const Gemm& product, bool) { kernels.gemm(product); });
}

void dense_update_weights(const Kernels& kernels, const Optimizer& optimizer,
                          const Matrix& x, const Matrix& d_output, bool accumulate,
                          real* d_weights, const Update& update) {
  for_each_depth(kernels, x, d_output, accumulate, d_weights,
                 [&](const Gemm& product, bool last) {
                   last ? optimizer.gemm(product, update) : kernels.gemm(product);
                 });
}

void dense_backward_bias(const Kernels& kernels, const Matrix& d_output, Range columns,
                         real* d_bias, bool accumulate) {
  if (!accumulate) std::fill(d_bias + columns.first, d_bias + columns.last, real{0});
  kernels.column_sum(d_output.rows, columns.size(), d_output.data + columns.first,
                     d_output.stride, d_bias + columns.first);
}

}  // namespace schuss::SCHUSS_PRECISION
