// How one vector of parameters moves, given its gradient: one rule per optimizer, used
// by the optimizer's own sweep and by matrix products that end in an update.
#pragma once

#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// g = gradient + 2 l2 w (the penalty is l2 |w|^2); w <- w - learning_rate g. Every
/// rule takes learning_rate weight_decay w away beside its step: Loshchilov and Hutter
/// 2019. Here both are one term: a third multiply-add took 5 to 10 % of the throughput
/// of 784-30-10 at batch 10.
struct PlainSgd {
  explicit PlainSgd(const Update& update)
      : parameters(update.parameters),
        decay(2 * update.l2),
        rate(update.learning_rate),
        shrink(update.learning_rate * update.weight_decay),
        pull(2 * update.l2 + update.weight_decay) {}

  void move(std::size_t i, Vec gradient) const {
    const Vec w = load(parameters + i);
    store(parameters + i, w - rate * (gradient + pull * w));
  }
  void fetch(std::size_t i) const { __builtin_prefetch(parameters + i, 1); }
  Vec kept(Vec w) const { return w - shrink * w; }

  real* parameters;
  real decay, rate, shrink, pull;
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
    store(plain.parameters + i, plain.kept(w) - plain.rate * direction);
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
    const Vec divisor = sqrt(v * correction) + epsilon;
    store(plain.parameters + i, plain.kept(w) - rate * m / divisor);
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

/// v <- rho v + (1 - rho) g^2; w <- w - learning_rate g / (sqrt(v) + epsilon), or with
/// momentum, u <- momentum u + g / (sqrt(v) + epsilon), w <- w - learning_rate u;
/// without, u is neither read nor written. Source: Tieleman and Hinton 2012.
struct RmsProp {
  explicit RmsProp(const Update& update)
      : plain(update),
        square(update.state),
        velocity(update.state + update.slot_stride),
        rho(update.settings[0]),
        momentum(update.settings[1]),
        epsilon(update.settings[2]) {}

  void move(std::size_t i, Vec gradient) const {
    const Vec w = load(plain.parameters + i);
    const Vec g = gradient + plain.decay * w;
    const Vec v = rho * load(square + i) + (1 - rho) * (g * g);
    store(square + i, v);
    Vec direction = g / (sqrt(v) + epsilon);
    if (momentum != 0) {
      direction = momentum * load(velocity + i) + direction;
      store(velocity + i, direction);
    }
    store(plain.parameters + i, plain.kept(w) - plain.rate * direction);
  }
  void fetch(std::size_t i) const {
    plain.fetch(i);
    __builtin_prefetch(square + i, 1);
    if (momentum != 0) __builtin_prefetch(velocity + i, 1);
  }

  PlainSgd plain;
  real* square;
  real* velocity;
  real rho, momentum, epsilon;
};

/// s <- s + g^2; w <- w - learning_rate g / (sqrt(initial_accumulator + s) + epsilon).
/// Source: Duchi, Hazan and Singer 2011.
struct Adagrad {
  explicit Adagrad(const Update& update)
      : plain(update),
        total(update.state),
        initial(update.settings[0]),
        epsilon(update.settings[1]) {}

  void move(std::size_t i, Vec gradient) const {
    const Vec w = load(plain.parameters + i);
    const Vec g = gradient + plain.decay * w;
    const Vec s = load(total + i) + g * g;
    store(total + i, s);
    const Vec divisor = sqrt(s + initial) + epsilon;
    store(plain.parameters + i, plain.kept(w) - plain.rate * g / divisor);
  }
  void fetch(std::size_t i) const {
    plain.fetch(i);
    __builtin_prefetch(total + i, 1);
  }

  PlainSgd plain;
  real* total;
  real initial, epsilon;
};

/// Where g keeps its sign, size <- eta_plus size, where it turns, size <- eta_minus
/// size and g <- 0, both between step_min and step_max; w <- w - sign(g) size, and g is
/// kept for the next step. Before the first, size is the learning rate. Sources:
/// Riedmiller and Braun 1993; iRprop- of Igel and Huesken 2003.
struct Rprop {
  explicit Rprop(const Update& update)
      : plain(update),
        previous(update.state),
        sizes(update.state + update.slot_stride),
        eta_minus(update.settings[0]),
        eta_plus(update.settings[1]),
        step_min(update.settings[2]),
        step_max(update.settings[3]),
        first(update.step == 1) {}

  void move(std::size_t i, Vec gradient) const {
    const Vec w = load(plain.parameters + i);
    const Vec g = gradient + plain.decay * w;
    const Vec before = load(previous + i);
    // Signs, and not the sign of a product, which may underflow.
    const VecInteger same = ((g > 0) & (before > 0)) | ((g < 0) & (before < 0));
    const VecInteger turned = ((g > 0) & (before < 0)) | ((g < 0) & (before > 0));
    const Vec size = first ? splat(plain.rate) : load(sizes + i);
    const Vec wanted = same ? eta_plus * size : (turned ? eta_minus * size : size);
    const Vec step = min(max(wanted, splat(step_min)), splat(step_max));
    const Vec kept = turned ? Vec{} : g;
    store(previous + i, kept);
    store(sizes + i, step);
    // What is left is 0 or NaN, and NaN must be seen.
    const Vec move = kept > 0 ? step : (kept < 0 ? -step : kept);
    store(plain.parameters + i, plain.kept(w) - move);
  }
  void fetch(std::size_t i) const {
    plain.fetch(i);
    __builtin_prefetch(previous + i, 1);
    __builtin_prefetch(sizes + i, 1);
  }

  PlainSgd plain;
  real* previous;
  real* sizes;
  real eta_minus, eta_plus, step_min, step_max;
  bool first;
};

}  // namespace

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
