// The exponential moving average of all parameters, over the steps since it began.
#pragma once

#include <cstddef>

#include "core/buffer.hpp"
#include "core/team.hpp"
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

  /// Called by every member of a team when all parameters of step t stand.
  void add(const Kernels& kernels, const Member& member, const real* parameters,
           std::size_t step) const;

  real* data() const { return block_.data(); }
  std::size_t size() const { return block_.size(); }
  /// Those that it was taken over.
  std::size_t steps() const { return steps_; }
  void set_steps(std::size_t steps) { steps_ = steps; }

 private:
  double decay_;
  std::size_t steps_ = 0;
  Buffer block_;
};

}  // namespace schuss::SCHUSS_PRECISION
