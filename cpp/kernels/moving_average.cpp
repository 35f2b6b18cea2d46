// An average of what changes from step to step.
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// Not (1 - rate) average + rate x, which would move an average of what stands still.
void moving_average(std::size_t size, real rate, const real* x, real* average) {
  for (std::size_t i = 0; i < size; i += kLanes) {
    const Vec before = load(average + i);
    store(average + i, before + rate * (load(x + i) - before));
  }
}

}  // namespace

void add_moving_average(Kernels& kernels) { kernels.moving_average = moving_average; }

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
