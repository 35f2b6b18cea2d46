// Optimizer updates: one sweep over parameters, gradients and state.
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// g = gradient + 2 l2 w (the penalty is l2 |w|^2); velocity <- momentum velocity + g;
/// w <- w - learning_rate velocity, or with Nesterov's look-ahead
/// w <- w - learning_rate (g + momentum velocity). Sources: Polyak 1964; Nesterov 1983
/// in the form of Sutskever et al. 2013.
void sgd(const Update& update) {
  const real momentum = update.settings[0];
  const bool nesterov = update.settings[1] != 0;
  for (std::size_t i = 0; i < update.size; i += kLanes) {
    const Vec w = load(update.parameters + i);
    const Vec g = load(update.gradients + i) + (2 * update.l2) * w;
    const Vec velocity = momentum * load(update.state + i) + g;
    store(update.state + i, velocity);
    const Vec direction = nesterov ? g + momentum * velocity : velocity;
    store(update.parameters + i, w - update.learning_rate * direction);
  }
}

constexpr Optimizer kOptimizers[] = {
    {"sgd", {"velocity"}, {"momentum", "nesterov"}, sgd},
};

}  // namespace

void add_optimizers(Kernels& kernels) {
  kernels.optimizers = {kOptimizers, sizeof kOptimizers / sizeof *kOptimizers};
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
