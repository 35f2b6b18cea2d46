// Losses that look at each output by itself: the mean over a row's outputs.
#include "kernels/lanes.hpp"
#include "kernels/losses.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// The loss of some outputs, and its slopes.
struct Parts {
  Vec value, slope;
};

// To add a loss of numbers: its struct here, its line at the end of this file, in
// losses.hpp and in kLosses, and its meaning in reference/numeric_losses.py. What `of`
// is given are the outputs and targets from column j on.

struct SquaredError {
  explicit SquaredError(const LossBatch&) {}
  Parts of(Vec y, Vec t, std::size_t) const {
    const Vec error = y - t;
    return {error * error, 2 * error};
  }
};

struct AbsoluteError {
  explicit AbsoluteError(const LossBatch&) {}
  Parts of(Vec y, Vec t, std::size_t) const {
    const Vec error = y - t;
    return {absolute(error), error > 0 ? splat(1) : (error < 0 ? splat(-1) : error)};
  }
};

// e^2 / 2 up to delta, and the tangent from there on: Huber 1964.
struct Huber {
  explicit Huber(const LossBatch& batch) : delta(batch.settings[0]) {}
  Parts of(Vec y, Vec t, std::size_t) const {
    const Vec error = y - t, size = absolute(error);
    const Vec value = size <= delta ? error * error / 2 : delta * (size - delta / 2);
    return {value, max(splat(-delta), min(splat(delta), error))};
  }
  real delta;
};

// What quantile q of a column minimizes: Koenker and Bassett 1978.
struct Pinball {
  explicit Pinball(const LossBatch& batch) : quantiles(batch.settings) {}
  Parts of(Vec y, Vec t, std::size_t j) const {
    const Vec q = load(quantiles + j), below = t - y;
    return {max(q * below, (q - 1) * below),
            below > 0 ? -q : (below < 0 ? 1 - q : below)};
  }
  const real* quantiles;
};

// -w t ln p - (1 - t) ln(1 - p) with p = 1 / (1 + e^-y) is 1 + (w - 1) t times
// ln(1 + e^-|y|) and, for y above 0, (1 - t) y, or else -w t y: no difference of large
// numbers, and no logarithm of 0. Where w is 1, what w adds is exactly 0. The power of
// e is all that p and 1 - p need.
struct BinaryCrossEntropy {
  explicit BinaryCrossEntropy(const LossBatch& batch) : weights(batch.settings) {}
  Parts of(Vec y, Vec t, std::size_t j) const {
    const Vec more = (load(weights + j) - 1) * t;
    const Vec wrong = y > 0 ? (1 - t) * y : -(t + more) * y;
    const Vec power = exp(-absolute(y)), near = 1 / (1 + power), far = power * near;
    const Vec p = y > 0 ? near : far, rest = y > 0 ? far : near;
    return {wrong + (1 + more) * log1p_of_fraction(power), (p - t) - more * rest};
  }
  const real* weights;  // of an event that happens, per column
};

// Of a count with mean e^y, less what does not depend on y.
struct Poisson {
  explicit Poisson(const LossBatch&) {}
  Parts of(Vec y, Vec t, std::size_t) const {
    const Vec mean = exp(y);
    return {mean - t * y, mean - t};
  }
};

/// A target that is NaN is missing: it adds nothing, and pulls at nothing.
template <class Rule>
void mean_over_outputs(const LossBatch& batch) {
  const Rule rule(batch);
  const real share = 1 / static_cast<real>(batch.columns);
  for (std::size_t i = 0; i < batch.rows; ++i) {
    const std::size_t row = i * batch.stride;
    Vec sum{};
    for (std::size_t j = 0; j < batch.columns; j += kLanes) {
      const Vec t = load(batch.targets + row + j);
      const auto known =
          (t == t) & (columns_from(j) < static_cast<Integer>(batch.columns));
      const Parts parts = rule.of(load(batch.output + row + j), t, j);
      sum += known ? parts.value : Vec{};
      const Vec slope = known ? parts.slope : Vec{};
      store(batch.gradient + row + j, slope * (share * batch.scale));
    }
    batch.losses[i] = reduce_lanes<Sum>(sum, kLanes)[0] * share;
  }
  if (batch.weights) weigh(batch);
}

template <Vec (*function)(Vec)>
void map_rows(std::size_t rows, std::size_t columns, const real* x, real* y,
              std::size_t stride) {
  for (std::size_t i = 0; i < rows; ++i, x += stride, y += stride) {
    for (std::size_t j = 0; j < columns; j += kLanes) {
      store(y + j, keep(function(load(x + j)), columns - j, 0));
    }
  }
}

}  // namespace

void mean_squared_error(const LossBatch& batch) {
  mean_over_outputs<SquaredError>(batch);
}
void mean_absolute_error(const LossBatch& batch) {
  mean_over_outputs<AbsoluteError>(batch);
}
void huber(const LossBatch& batch) { mean_over_outputs<Huber>(batch); }
void pinball(const LossBatch& batch) { mean_over_outputs<Pinball>(batch); }
void binary_cross_entropy(const LossBatch& batch) {
  mean_over_outputs<BinaryCrossEntropy>(batch);
}
void poisson(const LossBatch& batch) { mean_over_outputs<Poisson>(batch); }

void sigmoid_rows(std::size_t rows, std::size_t columns, const real* x, real* y,
                  std::size_t stride) {
  map_rows<sigmoid>(rows, columns, x, y, stride);
}

void exp_rows(std::size_t rows, std::size_t columns, const real* x, real* y,
              std::size_t stride) {
  map_rows<exp>(rows, columns, x, y, stride);
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
