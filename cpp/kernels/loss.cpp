// Softmax and the losses: from outputs and targets to losses and the first gradient.
#include "kernels/lanes.hpp"
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// Up to kLanes rows: what is said of each of them fits one vector.
struct Rows {
  std::size_t count, columns, stride;
  const real* data;

  const real* row(std::size_t i) const { return data + i * stride; }
};

/// Calls body(first, rows) for all rows, group by group.
template <class Body>
void for_each_group(std::size_t rows, std::size_t columns, std::size_t stride,
                    const real* x, const Body& body) {
  for (std::size_t first = 0; first < rows; first += kLanes) {
    const std::size_t count = rows - first < kLanes ? rows - first : kLanes;
    body(first, Rows{count, columns, stride, x + first * stride});
  }
}

/// The numbers of a vector one by one, for code that needs them so.
struct Lanes {
  explicit Lanes(Vec x) { store(lane, x); }
  real operator[](std::size_t i) const { return lane[i]; }
  alignas(64) real lane[kLanes];
};

Vec row_maxima(const Rows& x) {
  Vec best[kLanes] = {};
  for (std::size_t i = 0; i < x.count; ++i) {
    best[i] = splat(-kInfinity);
    for (std::size_t j = 0; j < x.columns; j += kLanes) {
      best[i] = max(keep(load(x.row(i) + j), x.columns - j, -kInfinity), best[i]);
    }
  }
  return reduce_rows<Largest>(best, x.count);
}

/// positions[i] <- the first column at which row i has its maximum; 0 if a NaN hides
/// it.
void first_maxima(const Rows& x, Vec maxima, std::int32_t* positions) {
  const Lanes largest(maxima);
  const Integer none = static_cast<Integer>(x.columns);
  VecInteger first[kLanes] = {};
  for (std::size_t i = 0; i < x.count; ++i) {
    first[i] = splat_integer(none);
    for (std::size_t j = 0; j < x.columns; j += kLanes) {
      const VecInteger here =
          load(x.row(i) + j) == largest[i] ? columns_from(j) : splat_integer(none);
      first[i] = Smallest::of(first[i], here);
    }
  }
  const VecInteger found = reduce_rows<Smallest>(first, x.count);
  alignas(64) Integer column[kLanes];
  __builtin_memcpy(column, &found, sizeof found);
  for (std::size_t i = 0; i < x.count; ++i) {
    positions[i] = column[i] < none ? static_cast<std::int32_t>(column[i]) : 0;
  }
}

/// y <- e^(x - max), padding zero; returns the sum of each row. Subtracting the maximum
/// makes overflow impossible and leaves at least one term of the sum equal to 1.
Vec exponentiate(const Rows& x, Vec maxima, real* y) {
  const Lanes largest(maxima);
  Vec sums[kLanes] = {};
  for (std::size_t i = 0; i < x.count; ++i) {
    for (std::size_t j = 0; j < x.columns; j += kLanes) {
      const Vec e = keep(exp(load(x.row(i) + j) - largest[i]), x.columns - j, 0);
      store(y + i * x.stride + j, e);
      sums[i] += e;
    }
  }
  return reduce_rows<Sum>(sums, x.count);
}

void softmax(std::size_t rows, std::size_t columns, const real* x, real* y,
             std::size_t stride) {
  for_each_group(rows, columns, stride, x, [&](std::size_t first, const Rows& group) {
    real* powers = y + first * stride;
    const Lanes factors(1 / exponentiate(group, row_maxima(group), powers));
    for (std::size_t i = 0; i < group.count; ++i, powers += stride) {
      for (std::size_t j = 0; j < columns; j += kLanes) {
        store(powers + j, load(powers + j) * factors[i]);
      }
    }
  });
}

void log_softmax(std::size_t rows, std::size_t columns, const real* x, real* y,
                 std::size_t stride) {
  for_each_group(rows, columns, stride, x, [&](std::size_t first, const Rows& group) {
    const Vec maxima = row_maxima(group);
    const Lanes largest(maxima);
    Vec sums[kLanes] = {};
    for (std::size_t i = 0; i < group.count; ++i) {
      for (std::size_t j = 0; j < columns; j += kLanes) {
        sums[i] += keep(exp(load(group.row(i) + j) - largest[i]), columns - j, 0);
      }
    }
    const Lanes log_sums(log(reduce_rows<Sum>(sums, group.count)));
    for (std::size_t i = 0; i < group.count; ++i) {
      for (std::size_t j = 0; j < columns; j += kLanes) {
        const Vec shifted = (load(group.row(i) + j) - largest[i]) - log_sums[i];
        store(y + (first + i) * stride + j, keep(shifted, columns - j, 0));
      }
    }
  });
}

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

void softmax_cross_entropy(const LossBatch& batch) {
  if (batch.rows <= kFewRows && batch.columns <= kLanes) {
    return cross_entropy_of_short_rows(batch);
  }
  for_each_group(batch.rows, batch.columns, batch.stride, batch.output,
                 [&](std::size_t first, const Rows& x) {
                   cross_entropy_of_rows(batch, first, x);
                 });
}

void mean_squared_error(const LossBatch& batch) {
  const real share = 1 / static_cast<real>(batch.columns);
  for (std::size_t i = 0; i < batch.rows; ++i) {
    const std::size_t row = i * batch.stride;
    Vec squares{};
    for (std::size_t j = 0; j < batch.columns; j += kLanes) {
      const Vec error = load(batch.output + row + j) - load(batch.targets + row + j);
      const Vec kept = keep(error, batch.columns - j, 0);
      squares += kept * kept;
      store(batch.gradient + row + j, kept * (2 * share * batch.scale));
    }
    batch.losses[i] = reduce_lanes<Sum>(squares, kLanes)[0] * share;
  }
}

constexpr Loss kLosses[] = {
    {"softmax_cross_entropy", true, softmax_cross_entropy},
    {"mean_squared_error", false, mean_squared_error},
};

void argmax(std::size_t rows, std::size_t columns, const real* x, std::size_t stride,
            std::int32_t* y) {
  for_each_group(rows, columns, stride, x, [&](std::size_t first, const Rows& group) {
    first_maxima(group, row_maxima(group), y + first);
  });
}

}  // namespace

void add_losses(Kernels& kernels) {
  kernels.softmax = softmax;
  kernels.log_softmax = log_softmax;
  kernels.losses = {kLosses, sizeof kLosses / sizeof *kLosses};
  kernels.argmax = argmax;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
