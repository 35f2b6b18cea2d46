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
///
/// The penalty l1 |w|_1 has no gradient at zero. `shrink`, after `move`, is the
/// proximal map of what a step weighs it with: w <- sign(w) max(|w| - l1 reach, 0),
/// where reach is how far the rule moves w in a step, in the end, if its gradient stays
/// 1 and its scale as it is. So w rests exactly where it minimizes loss and penalties:
/// there the loss's gradient moves it by as much as the threshold moves it back. With
/// plain descent this is ISTA (Daubechies, Defrise and De Mol 2004); with a diagonal
/// metric, the composite step of Duchi, Hazan and Singer 2011.
struct PlainSgd {
  explicit PlainSgd(const Update& update)
      : parameters(update.parameters),
        decay(2 * update.l2),
        rate(update.learning_rate),
        lost(update.learning_rate * update.weight_decay),
        pull(2 * update.l2 + update.weight_decay) {}

  void move(std::size_t i, Vec gradient) const {
    const Vec w = load(parameters + i);
    store(parameters + i, w - rate * (gradient + pull * w));
  }
  void fetch(std::size_t i) const { __builtin_prefetch(parameters + i, 1); }
  Vec kept(Vec w) const { return w - lost * w; }
  void shrink(std::size_t i, real l1) const { shrink(i, splat(rate), l1); }
  void shrink(std::size_t i, Vec reach, real l1) const {
    const Vec w = load(parameters + i), threshold = l1 * reach;
    const Vec small = w - w;  // 0, or NaN, which must be seen
    store(parameters + i, w > threshold    ? w - threshold
                          : w < -threshold ? w + threshold
                                           : small);
  }

  real* parameters;
  real decay, rate, lost, pull;
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
  /// A velocity whose gradient stays 1 becomes 1 / (1 - momentum).
  void shrink(std::size_t i, real l1) const {
    plain.shrink(i, splat(plain.rate / (1 - momentum)), l1);
  }

  PlainSgd plain;
  real* state;
  real momentum;
  bool nesterov;
};

/// What a rule divides by, as the penalty counts it: l1 / 4 at least, so that no
/// threshold exceeds 4 learning rates. Else weights whose gradients have been zero for
/// long, of units or inputs that rest, would be gone at once. Zeros stay zeros
/// nevertheless: divided by less, a gradient below l1 moves w by no more than
/// (1 - beta1) / sqrt(1 - beta2) or 1 / sqrt(1 - rho), 3.2 by default.
inline Vec at_least(Vec divisor, real l1) { return max(divisor, splat(l1 / 4)); }

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
    store(plain.parameters + i, plain.kept(w) - rate * m / divisor(v));
  }
  void fetch(std::size_t i) const {
    plain.fetch(i);
    __builtin_prefetch(mean + i, 1);
    __builtin_prefetch(square + i, 1);
  }
  Vec divisor(Vec v) const { return sqrt(v * correction) + epsilon; }
  void shrink(std::size_t i, real l1) const {
    plain.shrink(i, plain.rate / at_least(divisor(load(square + i)), l1), l1);
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
  void shrink(std::size_t i, real l1) const {
    const Vec divisor = sqrt(load(square + i)) + epsilon;
    plain.shrink(i, plain.rate / (1 - momentum) / at_least(divisor, l1), l1);
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
    store(plain.parameters + i, plain.kept(w) - plain.rate * g / divisor(s));
  }
  void fetch(std::size_t i) const {
    plain.fetch(i);
    __builtin_prefetch(total + i, 1);
  }
  Vec divisor(Vec s) const { return sqrt(s + initial) + epsilon; }
  void shrink(std::size_t i, real l1) const {
    plain.shrink(i, plain.rate / at_least(divisor(load(total + i)), l1), l1);
  }

  PlainSgd plain;
  real* total;
  real initial, epsilon;
};

/// Where g keeps its sign, size <- eta_plus size, where it turns, size <- eta_minus
/// size and g <- 0, both between step_min and step_max; w <- w - sign(g) size, and g is
/// kept for the next step. Before the first, size is the learning rate. Sources:
/// Riedmiller and Braun 1993; iRprop- of Igel and Huesken 2003.
///
/// Its steps do not tell how large a gradient is, so that no threshold weighs as much
/// as l1. Instead l1 sign(w) joins g; at w = 0 it takes from g what it can, and no step
/// goes past zero: the orthants of Andrew and Gao 2007.
struct Rprop {
  explicit Rprop(const Update& update)
      : plain(update),
        previous(update.state),
        sizes(update.state + update.slot_stride),
        eta_minus(update.settings[0]),
        eta_plus(update.settings[1]),
        step_min(update.settings[2]),
        step_max(update.settings[3]),
        l1(update.l1),
        first(update.step == 1) {}

  void move(std::size_t i, Vec gradient) const {
    const Vec w = load(plain.parameters + i);
    const Vec g = pulled(w, gradient + plain.decay * w);
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
    store(plain.parameters + i, within(w, plain.kept(w) - move));
  }
  /// g with the slope of l1 |w|.
  Vec pulled(Vec w, Vec g) const {
    if (l1 == 0) return g;
    const Vec below = g < -l1 ? g + l1 : g - g;
    const Vec at_zero = g > l1 ? g - l1 : below;
    return w > 0 ? g + l1 : (w < 0 ? g - l1 : at_zero);
  }
  /// Where w was to go, or zero if it would pass it.
  Vec within(Vec w, Vec moved) const {
    if (l1 == 0) return moved;
    const VecInteger passed = ((moved < 0) & (w > 0)) | ((moved > 0) & (w < 0));
    return passed ? Vec{} : moved;
  }
  void shrink(std::size_t, real) const {}  // it is done
  void fetch(std::size_t i) const {
    plain.fetch(i);
    __builtin_prefetch(previous + i, 1);
    __builtin_prefetch(sizes + i, 1);
  }

  PlainSgd plain;
  real* previous;
  real* sizes;
  real eta_minus, eta_plus, step_min, step_max, l1;
  bool first;
};

}  // namespace

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
