// Sparse rows times weights, and the gradient of these by columns of the same rows.
#include "ops/sparse.hpp"

#include <algorithm>

namespace schuss::SCHUSS_PRECISION {

namespace {

/// By output the weights of an input are no neighbours: number by number.
void forward_by_output(const DenseLayer& layer, const SparseRow& x, real scale,
                       real* y) {
  const Panels& weights = layer.weights;
  std::copy_n(layer.bias, weights.outputs, y);
  for (std::size_t i = 0; i < x.count; ++i) {
    const real value = scale * x.values[i];
    const real* w = weights.begin(0, static_cast<std::size_t>(x.index[i]));
    for (std::size_t o = 0; o < weights.outputs; ++o, w += weights.output_stride()) {
      y[o] += value * *w;
    }
  }
}

void forward_by_panel(const Kernels& kernels, const DenseLayer& layer,
                      const SparseRow& x, real scale, real* y) {
  const Panels& weights = layer.weights;
  for (std::size_t p = 0; p < weights.count(); ++p) {
    const std::size_t width = weights.width_of(p), column = p * weights.width;
    kernels.sparse_product(x, scale, width, weights.begin(p, 0), width,
                           layer.bias + column, y + column);
  }
}

/// Output by output, so that what is written lies side by side.
void backward_by_output(const Panels& d_weights, Range inputs,
                        const SparseColumns& columns, real scale,
                        const Matrix& d_output, bool accumulate) {
  for (std::size_t o = 0; o < d_weights.outputs; ++o) {
    real* const own = d_weights.begin(0, 0) + o * d_weights.output_stride();
    if (!accumulate) std::fill(own + inputs.first, own + inputs.last, real{0});
    for (const std::int32_t input : columns.touched()) {
      const SparseRow x = columns[static_cast<std::size_t>(input)];
      for (std::size_t i = 0; i < x.count; ++i) {
        own[input] += scale * x.values[i] * d_output.row(std::size_t(x.index[i]))[o];
      }
    }
  }
}

}  // namespace

bool is_thin(const Table& table, const Panels& weights) {
  const double thin = weights.by_output ? 1. / 40 : 1. / 16;
  const auto entries = static_cast<double>(table.sparse.starts[table.rows]);
  return entries <
         thin * static_cast<double>(table.rows) * static_cast<double>(table.columns());
}

void sparse_forward(const Kernels& kernels, const DenseLayer& layer, const Table& table,
                    const std::int64_t* index, std::size_t first, real scale,
                    const Matrix& kept, const Matrix& output) {
  for (std::size_t i = 0; i < kept.rows; ++i) {
    const SparseRow x = table.sparse[index ? std::size_t(index[i]) : first + i];
    layer.weights.by_output ? forward_by_output(layer, x, scale, kept.row(i))
                            : forward_by_panel(kernels, layer, x, scale, kept.row(i));
  }
  activation_forward(kernels, *layer.activation, kept, output);
}

Range part_of_sparse_inputs(const Panels& weights, std::size_t rank, std::size_t size) {
  constexpr std::size_t kLine = Buffer::kAlignment / sizeof(real);
  const std::size_t unit = weights.by_output ? kLine : 1;
  const Range lines = share((weights.inputs + unit - 1) / unit, rank, size);
  return {lines.first * unit, std::min(lines.last * unit, weights.inputs)};
}

SparseColumns::SparseColumns(const Table& table, std::size_t rows, std::size_t inputs)
    : starts_(inputs), counts_(inputs) {
  std::size_t longest = 0;
  for (std::size_t i = 0; i < table.rows; ++i) {
    longest = std::max(longest, table.sparse[i].count);
  }
  const auto all = static_cast<std::size_t>(table.sparse.starts[table.rows]);
  const std::size_t most = std::min(longest * rows, all);
  rows_.resize(most);
  values_.resize(most);
  touched_.reserve(std::min(most, inputs));
}

void SparseColumns::take(const Table& table, const std::int64_t* index,
                         std::size_t rows, Range inputs) {
  for (const std::int32_t input : touched_) {
    counts_[static_cast<std::size_t>(input) - inputs_.first] = 0;
  }
  touched_.clear();
  inputs_ = inputs;
  const auto for_each = [&](const auto& body) {
    for (std::size_t i = 0; i < rows; ++i) {
      const SparseRow x = table.sparse[static_cast<std::size_t>(index[i])];
      const std::int32_t* const last = x.index + x.count;
      const auto begin = static_cast<std::int32_t>(inputs.first);
      const auto end = static_cast<std::int32_t>(inputs.last);
      for (const auto* at = std::lower_bound(x.index, last, begin);
           at < last && *at < end; ++at) {
        body(i, static_cast<std::size_t>(*at) - inputs.first, x.values[at - x.index]);
      }
    }
  };
  for_each([&](std::size_t, std::size_t own, real) {
    if (counts_[own]++ == 0) {
      touched_.push_back(static_cast<std::int32_t>(own + inputs.first));
    }
  });
  std::size_t total = 0;
  for (const std::int32_t input : touched_) {
    const std::size_t own = static_cast<std::size_t>(input) - inputs.first;
    starts_[own] = total;
    total += counts_[own];
    counts_[own] = 0;
  }
  for_each([&](std::size_t row, std::size_t own, real value) {
    const std::size_t at = starts_[own] + counts_[own]++;
    rows_[at] = static_cast<std::int32_t>(row);
    values_[at] = value;
  });
}

void sparse_backward_weights(const Kernels& kernels, const Panels& d_weights,
                             std::size_t panel, Range inputs,
                             const SparseColumns& columns, real scale,
                             const Matrix& d_output, bool accumulate) {
  if (d_weights.by_output) {
    return backward_by_output(d_weights, inputs, columns, scale, d_output, accumulate);
  }
  const std::size_t width = d_weights.width_of(panel);
  const real* const deltas = d_output.data + panel * d_weights.width;
  for (std::size_t j = inputs.first; j < inputs.last; ++j) {
    real* const own = d_weights.begin(panel, j);
    kernels.sparse_product(columns[j], scale, width, deltas, d_output.stride,
                           accumulate ? own : nullptr, own);
  }
}

}  // namespace schuss::SCHUSS_PRECISION
