// Two of the products of a dense layer, forward and back to its input: blocks that stay
// in cache, in a fixed order.
#include "ops/dense.hpp"

#include <algorithm>

namespace schuss::SCHUSS_PRECISION {

namespace {

/// Rows for which the input gradient is computed transposed at a time: few enough that
/// both transposes stay in the L2 cache, or, where the weights do not fit there, many
/// for each time that these pass by.
std::size_t transposed_rows(const Kernels& kernels, const Panels& weights) {
  constexpr std::size_t kFits = 512 * 1024 / sizeof(real);
  return (weights.size() <= kFits ? 4 : 16) * kernels.tile_columns;
}

/// Inputs whose weights, a depth block of them, share the L2 cache with the same of the
/// transposed rows.
std::size_t input_block(const Kernels& kernels, std::size_t inputs) {
  constexpr std::size_t kShare = 192 * 1024 / sizeof(real);
  return even_block(inputs, kShare / kernels.depth_block);
}

/// Some rows of the first delta and of d_x, transposed, in groups of at most
/// tile_columns rows: a group's outputs are neighbours in memory, as the product's
/// inner loop wants them. With one matrix for all rows they fell into few sets of the
/// L1 cache.
struct TransposedRows {
  std::size_t rows, inputs, outputs, group;
  real* d_output_t;
  real* d_x_t;

  std::size_t count() const { return (rows + group - 1) / group; }
  Range rows_of(std::size_t g) const {
    return {g * group, std::min((g + 1) * group, rows)};
  }
  real* d_output(std::size_t g) const { return d_output_t + g * group * outputs; }
  real* d_x(std::size_t g) const { return d_x_t + g * group * inputs; }
};

/// d_x^T += W d_output^T for the inputs in `inputs` and the panels in `panels`, of
/// whose outputs each counts as many real ones.
void accumulate_panels(const Kernels& kernels, const Panels& weights, Range inputs,
                       Range panels, std::size_t outputs_each,
                       const TransposedRows& rows) {
  const std::size_t width = weights.width_of(panels.first);
  const std::size_t first_output = panels.first * weights.width;
  const auto deltas = [&](std::size_t g, std::size_t output) {
    return rows.d_output(g) + output * round_up(rows.rows_of(g).size(), kernels.lanes);
  };
  const std::size_t next_output = first_output + panels.size() * outputs_each;
  for (std::size_t g = 0; g < rows.count(); ++g) {
    const std::size_t columns = round_up(rows.rows_of(g).size(), kernels.lanes);
    real* const c = rows.d_x(g) + inputs.first * columns;
    kernels.gemm({.rows = inputs.size(),
                  .panels = 1,
                  .width = columns,
                  .depth = panels.size() * outputs_each,
                  .a = weights.begin(panels.first, inputs.first),
                  .a_row = width,
                  .a_depth = 1,
                  .run = outputs_each,
                  .a_run = weights.inputs * width,
                  .b = deltas(g, first_output),
                  .b_depth = columns,
                  .b_panel = 0,
                  .start = first_output ? c : nullptr,
                  .start_row = columns,
                  .c = c,
                  .c_row = columns,
                  .next = !weights.far()         ? nullptr
                          : g + 1 < rows.count() ? deltas(g + 1, first_output)
                                                 : deltas(0, next_output)});
  }
}

void transposed_product(const Kernels& kernels, const Panels& weights,
                        const TransposedRows& rows) {
  const std::size_t full = weights.outputs / weights.width;
  const std::size_t rest = weights.outputs % weights.width;
  const std::size_t step =
      std::max<std::size_t>(1, kernels.depth_block / weights.width);
  const std::size_t block = input_block(kernels, weights.inputs);
  for (std::size_t i = 0; i < weights.inputs; i += block) {
    const Range inputs{i, std::min(i + block, weights.inputs)};
    for (std::size_t p = 0; p < full; p += step) {
      accumulate_panels(kernels, weights, inputs, {p, std::min(p + step, full)},
                        weights.width, rows);
    }
    if (rest) {
      accumulate_panels(kernels, weights, inputs, {full, full + 1}, rest, rows);
    }
  }
}

}  // namespace

/// dense_product for weights by output.
static void dot_product(const Kernels& kernels, const Panels& weights, Range inputs,
                        const Matrix& x, const real* start, const Matrix& output) {
  const std::size_t width = round_up(inputs.size(), kernels.lanes);
  // Sums along the lanes end in shuffles, so blocks are long: 8 rows of 3 KiB.
  const std::size_t block =
      round_up(even_block(width, 4 * kernels.depth_block), kernels.lanes);
  for (std::size_t k = 0; k < width; k += block) {
    kernels.gemm_transposed({.rows = x.rows,
                             .panels = weights.outputs,
                             .width = 1,
                             .depth = std::min(block, width - k),
                             .a = x.data + k,
                             .a_row = x.stride,
                             .a_depth = 1,
                             .run = 1,
                             .a_run = 1,
                             .b = weights.begin(0, inputs.first + k),
                             .b_depth = 1,
                             .b_panel = weights.output_stride(),
                             .start = k ? output.data : start,
                             .start_row = k ? output.stride : 0,
                             .c = output.data,
                             .c_row = output.stride});
  }
}

/// Panels whose outputs share the L2 cache with a depth block of x, so that they stay
/// there while the whole depth passes by.
static std::size_t panels_together(const Panels& weights, std::size_t rows) {
  constexpr std::size_t kShare = 512 * 1024 / sizeof(real);
  return std::max<std::size_t>(
      1, kShare / (weights.width * std::max<std::size_t>(1, rows)));
}

/// dense_product for panels that share a cache.
static void panels_product(const Kernels& kernels, const Panels& weights, Range inputs,
                           Range panels, const Matrix& x, const real* start,
                           const Matrix& output) {
  const std::size_t full =
      std::min(weights.padded_outputs() / weights.width, panels.last);
  // One row alone reads every weight once: there is no slice to keep in cache.
  const std::size_t block =
      x.rows == 1 ? inputs.size() : even_block(inputs.size(), kernels.depth_block);
  for (std::size_t k = 0; k < inputs.size(); k += block) {
    const std::size_t depth = std::min(block, inputs.size() - k);
    const real* next =
        weights.far() ? weights.begin(panels.first, inputs.first + k + depth) : nullptr;
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
                    .b = weights.begin(first, inputs.first + k),
                    .b_depth = width,
                    .b_panel = weights.inputs * width,
                    .start = k ? output.data + column : before,
                    .start_row = k ? output.stride : 0,
                    .c = output.data + column,
                    .c_row = output.stride,
                    .next = next});
    };
    if (panels.first < full) multiply(panels.first, full - panels.first);
    if (panels.last > full) multiply(full, 1);
  }
}

void dense_product(const Kernels& kernels, const Panels& weights, Range inputs,
                   Range panels, const Matrix& x, const real* start,
                   const Matrix& output) {
  if (panels.empty()) return;
  if (weights.by_output) {
    return dot_product(kernels, weights, inputs, x, start, output);
  }
  const std::size_t group = panels_together(weights, x.rows);
  for (std::size_t p = panels.first; p < panels.last; p += group) {
    const Range some{p, std::min(p + group, panels.last)};
    panels_product(kernels, weights, inputs, some, x, start, output);
  }
}

void dense_forward(const Kernels& kernels, const DenseLayer& layer, const Matrix& x,
                   const Matrix& kept, const Matrix& output) {
  const Panels& weights = layer.weights;
  dense_product(kernels, weights, {0, weights.inputs}, {0, weights.count()}, x,
                layer.bias, kept);
  activation_forward(kernels, *layer.activation, kept, output);
}

void dense_forward(const Kernels& kernels, const DenseLayer& layer, Range panels,
                   const Matrix& x, const Matrix& output) {
  if (panels.empty()) return;
  const Panels& weights = layer.weights;
  dense_product(kernels, weights, {0, weights.inputs}, panels, x, layer.bias, output);
  const std::size_t first = panels.first * weights.width;
  const std::size_t last =
      std::min(weights.by_output ? weights.outputs : panels.last * weights.width,
               weights.outputs);
  const Matrix part = output.part(first, last - first);
  activation_forward(kernels, *layer.activation, part, part);
}

std::size_t scratch_size(const Kernels& kernels, const Panels& weights,
                         std::size_t rows) {
  if (weights.by_output) return 0;
  return (weights.inputs + weights.outputs) *
         round_up(std::min(rows, transposed_rows(kernels, weights)),
                  kernels.tile_columns);
}

/// With weights by output they are the matrix that is not broadcast.
static void backward_by_output(const Kernels& kernels, const Panels& weights,
                               const Matrix& d_output, const Matrix& d_x) {
  const std::size_t columns = round_up(weights.inputs, kernels.lanes);
  const std::size_t rest = columns % kernels.tile_columns;
  const auto multiply = [&](std::size_t first, std::size_t panels, std::size_t width) {
    kernels.gemm({.rows = d_output.rows,
                  .panels = panels,
                  .width = width,
                  .depth = weights.outputs,
                  .a = d_output.data,
                  .a_row = d_output.stride,
                  .a_depth = 1,
                  .run = weights.outputs,
                  .a_run = 0,
                  .b = weights.begin(0, first),
                  .b_depth = weights.output_stride(),
                  .b_panel = width,
                  .start = nullptr,
                  .start_row = 0,
                  .c = d_x.data + first,
                  .c_row = d_x.stride});
  };
  multiply(0, columns / kernels.tile_columns, kernels.tile_columns);
  if (rest) multiply(columns - rest, 1, rest);
}

// Computed as d_x^T = W d_output^T: the weights are broadcast, which any layout allows,
// and vectors run along the batch. Transposing rows twice is cheap beside transposing
// the weights once.
void dense_backward_input(const Kernels& kernels, const Panels& weights,
                          const Matrix& d_output, const Matrix& d_x, real* scratch) {
  if (weights.by_output) return backward_by_output(kernels, weights, d_output, d_x);
  const std::size_t block = round_up(
      std::min(d_output.rows, transposed_rows(kernels, weights)), kernels.tile_columns);
  for (std::size_t first = 0; first < d_output.rows; first += block) {
    const TransposedRows rows{std::min(block, d_output.rows - first),
                              weights.inputs,
                              weights.outputs,
                              kernels.tile_columns,
                              scratch,
                              scratch + weights.outputs * block};
    for (std::size_t g = 0; g < rows.count(); ++g) {
      const Range mine = rows.rows_of(g);
      kernels.transpose(mine.size(), weights.outputs, d_output.row(first + mine.first),
                        d_output.stride, rows.d_output(g),
                        round_up(mine.size(), kernels.lanes));
    }
    transposed_product(kernels, weights, rows);
    for (std::size_t g = 0; g < rows.count(); ++g) {
      const Range mine = rows.rows_of(g);
      kernels.transpose(weights.inputs, mine.size(), rows.d_x(g),
                        round_up(mine.size(), kernels.lanes),
                        d_x.row(first + mine.first), d_x.stride);
    }
  }
}

}  // namespace schuss::SCHUSS_PRECISION
