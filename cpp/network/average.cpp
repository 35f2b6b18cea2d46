// How far an average moves.
#include "network/average.hpp"

#include <cmath>

namespace schuss::SCHUSS_PRECISION {

double Average::rate(std::size_t step) const {
  return (1 - decay_) / (1 - std::pow(decay_, static_cast<double>(step)));
}

void Average::add(const Kernels& kernels, Range lines, const real* parameters,
                  std::size_t step) const {
  kernels.moving_average(lines.size() * kLine, static_cast<real>(rate(step)),
                         parameters + lines.first * kLine,
                         block_.data() + lines.first * kLine);
}

}  // namespace schuss::SCHUSS_PRECISION
