// The third product of a dense layer: the gradient of its weights, piece by piece.
#include "ops/gradient.hpp"

#include <algorithm>
#include <utility>

namespace schuss::SCHUSS_PRECISION {

bool wants_copies(const Panels& weights, const Matrix& x) {
  constexpr std::size_t kReach = 2048 / sizeof(real);
  constexpr std::size_t kManyRows = 64, kManyOutputs = 128;
  return !weights.by_output && x.stride > kReach && x.rows >= kManyRows &&
         weights.outputs >= kManyOutputs;
}

/// Calls `body(first, depth)` for blocks of rows over which a gradient is summed up.
template <class Body>
static void for_each_block(const Kernels& kernels, std::size_t rows, const Body& body) {
  const std::size_t block = even_block(rows, kernels.depth_block);
  for (std::size_t i = 0; i < rows; i += block) body(i, std::min(block, rows - i));
}

void copy_to_panels(const Panels& weights, const Deltas& deltas, Range rows) {
  for (std::size_t p = 0; p < weights.count(); ++p) {
    const Matrix panel = deltas.of(weights, p);
    const real* from = deltas.rows.data + p * weights.width;
    for (std::size_t i = rows.first; i < rows.last; ++i) {
      std::copy_n(from + i * deltas.rows.stride, panel.columns, panel.row(i));
    }
  }
}

std::size_t inputs_copy_size(const Kernels& kernels, std::size_t rows) {
  return rows * kernels.depth_block;
}

Inputs interleave(const Kernels& kernels, const Matrix& x, Range inputs, real* copy) {
  for_each_block(kernels, x.rows, [&](std::size_t i, std::size_t depth) {
    kernels.interleave(inputs.size(), depth, x.row(i) + inputs.first, 1, x.stride,
                       copy + i * inputs.size());
  });
  return {{copy, x.rows, inputs.size(), inputs.size()}, true};
}

std::size_t piece_size(const Kernels& kernels) {
  return kernels.depth_block * kernels.tile_columns;
}

/// The part of x^T d_output that rows [i, i + depth) make, for a piece of the weights.
static Gemm part_of_gradient(const Kernels& kernels, const Panels& weights,
                             const Inputs& inputs, const Matrix& d_output,
                             std::size_t i, std::size_t depth) {
  const Matrix& x = inputs.rows;
  const std::size_t width = round_up(d_output.columns, kernels.lanes);
  Gemm product{.rows = x.columns,
               .panels = 1,
               .width = width,
               .depth = depth,
               .a = x.row(i),
               .a_row = inputs.interleaved ? depth : 1,
               .a_depth = x.stride,
               .run = depth,
               .a_run = 0,
               .b = d_output.row(i),
               .b_depth = d_output.stride,
               .b_panel = 0,
               .start = nullptr,
               .start_row = width,
               .c = nullptr,
               .c_row = width,
               .next = weights.far() ? d_output.row(i + depth) : nullptr,
               .interleaved = inputs.interleaved};
  if (!weights.by_output) return product;
  product.rows = weights.outputs;
  product.panels = std::max<std::size_t>(1, x.columns / kernels.tile_columns);
  product.width = std::min(round_up(x.columns, kernels.lanes), kernels.tile_columns);
  product.next = nullptr;
  std::swap(product.a, product.b);
  std::swap(product.a_depth, product.b_depth);
  product.b_panel = product.width;
  product.start_row = product.c_row = weights.output_stride();
  return product;
}

/// Calls `multiply(product, last)` for each of the products that add up to x^T
/// d_output.
template <class Multiply>
static void for_each_product(const Kernels& kernels, const Panels& weights,
                             const Inputs& x, const Matrix& d_output, bool accumulate,
                             real* d_weights, const Multiply& multiply) {
  const std::size_t rows = d_output.rows;
  for_each_block(kernels, rows, [&](std::size_t i, std::size_t depth) {
    Gemm product = part_of_gradient(kernels, weights, x, d_output, i, depth);
    product.c = d_weights;
    if (accumulate || i) product.start = d_weights;
    multiply(product, i + depth == rows);
  });
}

void dense_backward_weights(const Kernels& kernels, const Panels& weights,
                            const Inputs& x, const Matrix& d_output, bool accumulate,
                            real* d_weights) {
  for_each_product(kernels, weights, x, d_output, accumulate, d_weights,
                   [&](const Gemm& product, bool) { kernels.gemm(product); });
}

/// The step for a piece whose gradient stands: one run of numbers, or by output one of
/// each output.
static void update_piece(const Kernels& kernels, const Optimizer& optimizer,
                         const Panels& weights, std::size_t inputs, std::size_t outputs,
                         const real* gradient, Update update) {
  const std::size_t runs = weights.by_output ? outputs : 1;
  const std::size_t stride = weights.by_output ? weights.output_stride() : 0;
  update.size = weights.by_output ? round_up(inputs, kernels.lanes)
                                  : inputs * round_up(outputs, kernels.lanes);
  update.gradients = gradient;
  for (std::size_t r = 0; r < runs; ++r) {
    optimizer.update(update);
    update.gradients += stride;
    update.parameters += stride;
    update.state += stride;
  }
}

void dense_update_weights(const Kernels& kernels, const Optimizer& optimizer,
                          const Panels& weights, const Inputs& x,
                          const Matrix& d_output, bool accumulate, real* d_weights,
                          const Update& update) {
  if (update.l1 != 0) {
    // A product that ends in this, too, would make the library half as large again.
    dense_backward_weights(kernels, weights, x, d_output, accumulate, d_weights);
    return update_piece(kernels, optimizer, weights, x.rows.columns, d_output.columns,
                        d_weights, update);
  }
  for_each_product(kernels, weights, x, d_output, accumulate, d_weights,
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
