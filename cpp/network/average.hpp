// The exponential moving average of all parameters, over the steps since it began.
#pragma once

#include <cstddef>

#include "core/buffer.hpp"
#include "core/range.hpp"
#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION {

/// After step t: a <- a + rate(t) (w - a), with rate(t) = (1 - decay) / (1 - decay^t).
/// This is the mean of w_1 .. w_t with weights decay^(t - k) that add up to 1, and what
/// was before the first step counts for nothing. Sources: Polyak and Juditsky 1992; the
/// divisor 1 - decay^t: Kingma and Ba 2015.
class Average {
 public:
  /// Of so many parameters, whole cache lines.
  Average(std::size_t size, double decay) : decay_(decay), block_(size) {}

  /// Of step t, counted from 1.
  double rate(std::size_t step) const;

  /// Takes in what step t has left of some cache lines of parameters.
  void add(const Kernels& kernels, Range lines, const real* parameters,
           std::size_t step) const;

  real* data() const { return block_.data(); }
  std::size_t lines() const { return block_.size() / kLine; }
  /// Those that it was taken over.
  std::size_t steps() const { return steps_; }
  void set_steps(std::size_t steps) { steps_ = steps; }

 private:
  static constexpr std::size_t kLine = Buffer::kAlignment / sizeof(real);

  double decay_;
  std::size_t steps_ = 0;
  Buffer block_;
};

}  // namespace schuss::SCHUSS_PRECISION
