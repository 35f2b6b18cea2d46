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
// losses.hpp and in kLosses, and its meaning in reference/numeric_losses.py.

struct SquaredError {
  static Parts of(Vec y, Vec t, Vec) {
    const Vec error = y - t;
    return {error * error, 2 * error};
  }
};

/// A target that is NaN is missing: it adds nothing, and pulls at nothing.
template <class Rule>
void mean_over_outputs(const LossBatch& batch) {
  const real share = 1 / static_cast<real>(batch.columns);
  for (std::size_t i = 0; i < batch.rows; ++i) {
    const std::size_t row = i * batch.stride;
    Vec sum{};
    for (std::size_t j = 0; j < batch.columns; j += kLanes) {
      const Vec t = load(batch.targets + row + j);
      const auto known =
          (t == t) & (columns_from(j) < static_cast<Integer>(batch.columns));
      const Parts parts =
          Rule::of(load(batch.output + row + j), t, load(batch.settings + j));
      sum += known ? parts.value : Vec{};
      const Vec slope = known ? parts.slope : Vec{};
      store(batch.gradient + row + j, slope * (share * batch.scale));
    }
    batch.losses[i] = reduce_lanes<Sum>(sum, kLanes)[0] * share;
  }
  if (batch.weights) weigh(batch);
}

}  // namespace

void mean_squared_error(const LossBatch& batch) {
  mean_over_outputs<SquaredError>(batch);
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
