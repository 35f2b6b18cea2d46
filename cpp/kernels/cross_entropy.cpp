// Softmax cross-entropy, from labels or from distributions over classes.
#include "kernels/losses.hpp"
#include "kernels/rows.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// The gradient holds the exponentials, which become (softmax - t) scale.
Vec cross_entropy_of_labels(const LossBatch& batch, std::size_t first, const Rows& x,
                            Vec maxima, Vec sums) {
  const Lanes factors(batch.scale / sums);
  alignas(64) real chosen[kLanes] = {};
  for (std::size_t i = 0; i < x.count; ++i) {
    const std::int32_t label = batch.labels[first + i];
    real* gradient = batch.gradient + (first + i) * batch.stride;
    chosen[i] = x.row(i)[label];
    for (std::size_t j = 0; j < x.columns; j += kLanes) {
      const Vec truth = columns_from(j) == label ? splat(batch.scale) : Vec{};
      store(gradient + j, load(gradient + j) * factors[i] - truth);
    }
  }
  return (maxima - load(chosen)) + log(sums);
}

/// With T the sum of a row of targets, the gradient is (T softmax - t) scale.
Vec cross_entropy_of_distributions(const LossBatch& batch, std::size_t first,
                                   const Rows& x, Vec maxima, Vec sums) {
  const Lanes largest(maxima);
  const real* targets = batch.targets + first * batch.stride;
  Vec offset_parts[kLanes] = {}, weight_parts[kLanes] = {};
  for (std::size_t i = 0; i < x.count; ++i) {
    for (std::size_t j = 0; j < x.columns; j += kLanes) {
      const Vec t = keep(load(targets + i * x.stride + j), x.columns - j, 0);
      const Vec below = largest[i] - load(x.row(i) + j);
      offset_parts[i] += t * keep(below, x.columns - j, 0);
      weight_parts[i] += t;
    }
  }
  const Vec offsets = reduce_rows<Sum>(offset_parts, x.count);
  const Vec weights = reduce_rows<Sum>(weight_parts, x.count);
  const Lanes factors(weights / sums);
  for (std::size_t i = 0; i < x.count; ++i) {
    real* gradient = batch.gradient + (first + i) * batch.stride;
    for (std::size_t j = 0; j < x.columns; j += kLanes) {
      const Vec t = keep(load(targets + i * x.stride + j), x.columns - j, 0);
      store(gradient + j, (load(gradient + j) * factors[i] - t) * batch.scale);
    }
  }
  return offsets + weights * log(sums);
}

void cross_entropy_of_rows(const LossBatch& batch, std::size_t first, const Rows& x) {
  const Vec maxima = row_maxima(x);
  const Vec sums = exponentiate(x, maxima, batch.gradient + first * batch.stride);
  const Lanes losses(
      batch.labels ? cross_entropy_of_labels(batch, first, x, maxima, sums)
                   : cross_entropy_of_distributions(batch, first, x, maxima, sums));
  for (std::size_t i = 0; i < x.count; ++i) batch.losses[first + i] = losses[i];
  if (batch.predicted) first_maxima(x, maxima, batch.predicted + first);
}

constexpr std::size_t kFewRows = kLanes < 8 ? kLanes : 8;

/// One row in one vector. What is said of it is in all lanes that hold columns, where
/// the next operation needs it.
struct ShortRow {
  std::size_t columns;
  Vec x, maximum, powers, sum;

  ShortRow(std::size_t columns, const real* row)
      : columns(columns),
        x(load(row)),
        maximum(reduce_lanes<Largest>(
            max(keep(x, columns, -kInfinity), splat(-kInfinity)), columns)),
        powers(keep(exp(x - maximum), columns, 0)),
        sum(reduce_lanes<Sum>(powers, columns)) {}

  std::int32_t first_maximum() const {
    const Integer none = static_cast<Integer>(columns);
    const VecInteger here =
        keep(x, columns, -kInfinity) == maximum ? columns_from(0) : splat_integer(none);
    const Integer first = reduce_lanes<Smallest>(here, columns)[0];
    return first < none ? static_cast<std::int32_t>(first) : 0;
  }
};

/// The same for few rows of one vector each, which come one after the other: to the
/// last bit, in a third of the time for 1 to 4 rows of 2 numbers, and in nine tenths
/// for 8 rows of 10.
void cross_entropy_of_short_rows(const LossBatch& batch) {
  const std::size_t columns = batch.columns;
  Vec offsets{}, weights = splat(1), sums = splat(1);
  for (std::size_t i = 0; i < batch.rows; ++i) {
    const ShortRow row(columns, batch.output + i * batch.stride);
    const VecInteger mine = columns_from(0) == static_cast<Integer>(i);
    real* gradient = batch.gradient + i * batch.stride;
    if (batch.labels) {
      const std::int32_t label = batch.labels[i];
      const Vec truth = columns_from(0) == label ? splat(batch.scale) : Vec{};
      const Vec slope = row.powers * (batch.scale / row.sum) - truth;
      store(gradient, keep(slope, columns, 0));
      const real chosen = batch.output[i * batch.stride + std::size_t(label)];
      offsets = mine ? splat(row.maximum[0] - chosen) : offsets;
    } else {
      const Vec t = keep(load(batch.targets + i * batch.stride), columns, 0);
      const Vec below = keep(row.maximum - row.x, columns, 0);
      const Vec weight = reduce_lanes<Sum>(t, columns);
      const Vec slope = (row.powers * (weight / row.sum) - t) * batch.scale;
      store(gradient, keep(slope, columns, 0));
      offsets = mine ? splat(reduce_lanes<Sum>(t * below, columns)[0]) : offsets;
      weights = mine ? splat(weight[0]) : weights;
    }
    sums = mine ? splat(row.sum[0]) : sums;
    if (batch.predicted) batch.predicted[i] = row.first_maximum();
  }
  const Lanes losses(offsets + weights * log(sums));
  for (std::size_t i = 0; i < kFewRows && i < batch.rows; ++i) {
    batch.losses[i] = losses[i];
  }
}

/// From t to (1 - e) t + e T / K, with T the sum of a row of targets: neither the sum
/// of the targets nor a shift of the outputs then makes a difference.
void smooth_rows(const LossBatch& batch, std::size_t first, const Rows& x) {
  const real smoothing = batch.settings[0];
  const Lanes largest(row_maxima(x));
  for (std::size_t i = 0; i < x.count; ++i) {
    const std::size_t row = first + i;
    const auto truth = [&](std::size_t j) {
      if (batch.labels) {
        return columns_from(j) == batch.labels[row] ? splat(1) : Vec{};
      }
      return keep(load(batch.targets + row * x.stride + j), x.columns - j, 0);
    };
    Vec total{};
    for (std::size_t j = 0; j < x.columns; j += kLanes) total += truth(j);
    const Vec even = reduce_lanes<Sum>(total, kLanes) / static_cast<real>(x.columns);
    Vec more{};
    real* gradient = batch.gradient + row * x.stride;
    for (std::size_t j = 0; j < x.columns; j += kLanes) {
      const Vec moved = keep(smoothing * (even - truth(j)), x.columns - j, 0);
      more += moved * keep(largest[i] - load(x.row(i) + j), x.columns - j, 0);
      store(gradient + j, load(gradient + j) - moved * batch.scale);
    }
    batch.losses[row] += reduce_lanes<Sum>(more, kLanes)[0];
  }
}

}  // namespace

void softmax_cross_entropy(const LossBatch& batch) {
  const auto for_each = [&](const auto& body) {
    for_each_group(batch.rows, batch.columns, batch.stride, batch.output, body);
  };
  if (batch.rows <= kFewRows && batch.columns <= kLanes) {
    cross_entropy_of_short_rows(batch);
  } else {
    for_each([&](std::size_t first, const Rows& x) {
      cross_entropy_of_rows(batch, first, x);
    });
  }
  if (batch.settings[0] != 0) {
    for_each([&](std::size_t first, const Rows& x) { smooth_rows(batch, first, x); });
  }
  if (batch.weights) weigh(batch);
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
