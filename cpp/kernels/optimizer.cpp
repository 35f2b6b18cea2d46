// Optimizer updates: one sweep over parameters, gradients and state.
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// g = gradient + 2 l2 w (the penalty is l2 |w|^2); velocity <- momentum velocity + g;
/// w <- w - learning_rate velocity, or with Nesterov's look-ahead
/// w <- w - learning_rate (g + momentum velocity). Sources: Polyak 1964; Nesterov 1983
/// in the form of Sutskever et al. 2013.
/// Without momentum the velocity is neither read nor written.
void sgd(const Update& update) {
  const real momentum = update.settings[0];
  const bool nesterov = update.settings[1] != 0;
  for (std::size_t i = 0; i < update.size; i += kLanes) {
    const Vec w = load(update.parameters + i);
    Vec direction = load(update.gradients + i) + (2 * update.l2) * w;
    if (momentum != 0) {
      const Vec velocity = momentum * load(update.state + i) + direction;
      store(update.state + i, velocity);
      direction = nesterov ? direction + momentum * velocity : velocity;
    }
    store(update.parameters + i, w - update.learning_rate * direction);
  }
}

/// base^exponent by squaring; relative error below exponent eps of float64.
double power(double base, std::size_t exponent) {
  double result = 1;
  for (; exponent; exponent >>= 1, base *= base) {
    if (exponent & 1) result *= base;
  }
  return result;
}

/// With g as above and t the step, m <- beta1 m + (1 - beta1) g,
/// v <- beta2 v + (1 - beta2) g^2, and
/// w <- w - learning_rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
/// Source: Kingma and Ba 2015.
void adam(const Update& update) {
  const real beta1 = update.settings[0], beta2 = update.settings[1];
  const real epsilon = update.settings[2];
  const real rate =
      static_cast<real>(update.learning_rate / (1 - power(double(beta1), update.step)));
  const real correction =
      static_cast<real>(1 / (1 - power(double(beta2), update.step)));
  real* mean = update.state;
  real* square = update.state + update.slot_stride;
  for (std::size_t i = 0; i < update.size; i += kLanes) {
    const Vec w = load(update.parameters + i);
    const Vec g = load(update.gradients + i) + (2 * update.l2) * w;
    const Vec m = beta1 * load(mean + i) + (1 - beta1) * g;
    const Vec v = beta2 * load(square + i) + (1 - beta2) * (g * g);
    store(mean + i, m);
    store(square + i, v);
    store(update.parameters + i, w - rate * m / (sqrt(v * correction) + epsilon));
  }
}

constexpr Optimizer kOptimizers[] = {
    {"sgd", {"velocity"}, {"momentum", "nesterov"}, sgd},
    {"adam", {"mean", "square"}, {"beta1", "beta2", "epsilon"}, adam},
};

}  // namespace

void add_optimizers(Kernels& kernels) {
  kernels.optimizers = {kOptimizers, sizeof kOptimizers / sizeof *kOptimizers};
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
