// How one vector of parameters moves, given its gradient: one rule per optimizer, used
// by the optimizer's own sweep and by matrix products that end in an update.
#pragma once

#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// g = gradient + 2 l2 w (the penalty is l2 |w|^2); w <- w - learning_rate g.
struct PlainSgd {
  explicit PlainSgd(const Update& update)
      : parameters(update.parameters),
        decay(2 * update.l2),
        rate(update.learning_rate) {}

  void move(std::size_t i, Vec gradient) const {
    const Vec w = load(parameters + i);
    store(parameters + i, w - rate * (gradient + decay * w));
  }
  void fetch(std::size_t i) const { __builtin_prefetch(parameters + i, 1); }

  real* parameters;
  real decay, rate;
};

/// velocity <- momentum velocity + g; w <- w - learning_rate velocity, or with
/// Nesterov's look-ahead w <- w - learning_rate (g + momentum velocity). Sources:
/// Polyak 1964; Nesterov 1983 in the form of Sutskever et al. 2013.
struct MomentumSgd {
  explicit MomentumSgd(const Update& update)
      : plain(update),
        state(update.state),
        momentum(update.settings[0]),
        nesterov(update.settings[1] != 0) {}

  void move(std::size_t i, Vec gradient) const {
    const Vec w = load(plain.parameters + i);
    const Vec g = gradient + plain.decay * w;
    const Vec velocity = momentum * load(state + i) + g;
    store(state + i, velocity);
    const Vec direction = nesterov ? g + momentum * velocity : velocity;
    store(plain.parameters + i, w - plain.rate * direction);
  }
  void fetch(std::size_t i) const {
    plain.fetch(i);
    __builtin_prefetch(state + i, 1);
  }

  PlainSgd plain;
  real* state;
  real momentum;
  bool nesterov;
};

/// base^exponent by squaring; relative error below 2 exponent eps of float64.
inline double power(double base, std::size_t exponent) {
  double result = 1;
  for (; exponent; exponent >>= 1, base *= base) {
    if (exponent & 1) result *= base;
  }
  return result;
}

/// m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2; at step t,
/// w <- w - learning_rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon).
/// Source: Kingma and Ba 2015.
struct Adam {
  explicit Adam(const Update& update)
      : plain(update),
        mean(update.state),
        square(update.state + update.slot_stride),
        beta1(update.settings[0]),
        beta2(update.settings[1]),
        epsilon(update.settings[2]),
        rate(static_cast<real>(double(update.learning_rate) /
                               (1 - power(double(beta1), update.step)))),
        correction(static_cast<real>(1 / (1 - power(double(beta2), update.step)))) {}

  void move(std::size_t i, Vec gradient) const {
    const Vec w = load(plain.parameters + i);
    const Vec g = gradient + plain.decay * w;
    const Vec m = beta1 * load(mean + i) + (1 - beta1) * g;
    const Vec v = beta2 * load(square + i) + (1 - beta2) * (g * g);
    store(mean + i, m);
    store(square + i, v);
    store(plain.parameters + i, w - rate * m / (sqrt(v * correction) + epsilon));
  }
  void fetch(std::size_t i) const {
    plain.fetch(i);
    __builtin_prefetch(mean + i, 1);
    __builtin_prefetch(square + i, 1);
  }

  PlainSgd plain;
  real* mean;
  real* square;
  real beta1, beta2, epsilon, rate, correction;
};

}  // namespace

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
