// Activations and their derivatives, and the elementary functions on arrays.
#include "kernels/normal.hpp"
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

// To add an activation: its two lines here, its line in kActivations, and its pair in
// reference/activation.py. `slope` is f'(x) as a function of y = f(x); of x where no
// output tells it, as that of an f that falls and rises: see Gated.

struct Identity;

// The formal neuron of McCulloch and Pitts 1943: it fires or it does not.
struct Step {
  static Vec value(Vec x) { return x < 0 ? splat(0) : (x >= 0 ? splat(1) : x); }
  static Vec slope(Vec) { return splat(0); }
};

// (x + 3) / 6 between 0 and 1.
struct HardSigmoid {
  static Vec value(Vec x) { return min(splat(6), max(splat(0), x + 3)) / 6; }
  static Vec slope(Vec y) {
    return ((y > 0) & (y < 1)) ? splat(real{1} / 6) : splat(0);
  }
};

struct Sigmoid {
  static Vec value(Vec x) { return sigmoid(x); }
  static Vec slope(Vec y) { return y * (1 - y); }
};

struct Tanh {
  static Vec value(Vec x) { return tanh(x); }
  static Vec slope(Vec y) { return 1 - y * y; }
};

// x < 0 ? 0 : x keeps NaN, where x > 0 ? x : 0 would hide a divergence.
struct Relu {
  static Vec value(Vec x) { return x < 0 ? splat(0) : x; }
  static Vec slope(Vec y) { return y > 0 ? splat(1) : splat(0); }
};

struct LeakyRelu {
  static constexpr real kLeak = static_cast<real>(0.01);
  static Vec value(Vec x) { return x < 0 ? kLeak * x : x; }
  static Vec slope(Vec y) { return y > 0 ? splat(1) : splat(kLeak); }
};

struct Elu {
  static Vec value(Vec x) { return x > 0 ? x : expm1_of_negative(x); }
  static Vec slope(Vec y) { return y > 0 ? splat(1) : y + 1; }
};

// With such a scale and such a depth, mean 0 and variance 1 are where layers of it lead
// to: Klambauer et al. 2017, equation 14.
struct Selu {
  static constexpr double kScale = 1.0507009873554805, kAlpha = 1.6732632423543772;
  static constexpr real kAbove = static_cast<real>(kScale);
  static constexpr real kDepth = static_cast<real>(kScale * kAlpha);
  static Vec value(Vec x) { return x > 0 ? kAbove * x : kDepth * expm1_of_negative(x); }
  static Vec slope(Vec y) { return y > 0 ? splat(kAbove) : y + kDepth; }
};

// ln(1 + e^x), and with y = f(x): f'(x) = 1 / (1 + e^-x) = 1 - e^-y.
struct Softplus {
  static Vec value(Vec x) {
    return max(x, splat(0)) + log1p_of_fraction(exp(-absolute(x)));
  }
  static Vec slope(Vec y) { return -expm1_of_negative(-y); }
};

/// How far a gate is open, from 0 to 1, and how fast it opens.
struct Gate {
  Vec open, slope;
};

// x times a gate that x opens. At 1000 and beyond every gate is open or shut.
template <class Function>
struct Gated {
  static constexpr real kFar = 1000;
  static Vec value(Vec x) {
    const Vec lower = max(splat(-kFar), x);
    return lower * Function::gate(min(splat(kFar), lower)).open;
  }
  static Vec slope(Vec x) {
    const Vec near = min(splat(kFar), max(splat(-kFar), x));
    const Gate gate = Function::gate(near);
    return near * gate.slope + gate.open;
  }
};

struct Silu {
  static Gate gate(Vec x) {
    const Vec s = exp(-absolute(x));
    const Vec more = 1 / (1 + s), less = s * more;
    return {x < 0 ? less : more, less * more};
  }
};

struct Gelu {
  static Gate gate(Vec x) {
    constexpr real kPeak = static_cast<real>(0.39894228040143267794L);
    const NormalTail tail = normal_tail(x);
    return {x < 0 ? tail.beyond : 1 - tail.beyond, kPeak * tail.height};
  }
};

// (1 + tanh u) / 2 is the logistic function of 2 u = linear x + cubic x^3.
struct GeluTanh {
  static Gate gate(Vec x) {
    constexpr double kTwice = 1.5957691216057308;  // 2 sqrt(2 / pi)
    constexpr real kLinear = static_cast<real>(kTwice);
    constexpr real kCubic = static_cast<real>(kTwice * 0.044715);
    const Vec square = x * x;
    const Gate logistic = Silu::gate(x * (kCubic * square + kLinear));
    return {logistic.open, (3 * kCubic * square + kLinear) * logistic.slope};
  }
};

// tanh(ln(1 + w)) = (w^2 + 2 w) / (w^2 + 2 w + 2) with w = e^x; where w is above 1, all
// of it by s^2 = w^-2.
struct Mish {
  static Gate gate(Vec x) {
    const Vec s = exp(-absolute(x));
    const VecInteger below = x < 0;
    const Vec part = below ? s * (s + 2) : 2 * s + 1;
    const Vec whole = part + (below ? splat(2) : 2 * s * s);
    return {part / whole, 4 * (1 + s) * (below ? s : s * s) / (whole * whole)};
  }
};

template <class Function>
void forward(std::size_t size, const real* x, real* output) {
  for (std::size_t i = 0; i < size; i += kLanes) {
    store(output + i, Function::value(load(x + i)));
  }
}

template <class Function>
void backward(std::size_t size, const real* kept, real* gradient) {
  for (std::size_t i = 0; i < size; i += kLanes) {
    store(gradient + i, load(gradient + i) * Function::slope(load(kept + i)));
  }
}

// Identity in place, which is how a network calls it, has nothing to do.
template <>
void forward<Identity>(std::size_t size, const real* x, real* output) {
  if (x == output) return;
  for (std::size_t i = 0; i < size; i += kLanes) store(output + i, load(x + i));
}
template <>
void backward<Identity>(std::size_t, const real*, real*) {}

template <class Function>
constexpr Activation slope_of_output(const char* name) {
  return {name, forward<Function>, backward<Function>, false};
}
template <class Function>
constexpr Activation slope_of_input(const char* name) {
  return {name, forward<Function>, backward<Function>, true};
}

constexpr Activation kActivations[] = {
    slope_of_output<Identity>("identity"),
    slope_of_output<Step>("step"),
    slope_of_output<HardSigmoid>("hard_sigmoid"),
    slope_of_output<Sigmoid>("sigmoid"),
    slope_of_output<Tanh>("tanh"),
    slope_of_output<Relu>("relu"),
    slope_of_output<LeakyRelu>("leaky_relu"),
    slope_of_output<Elu>("elu"),
    slope_of_output<Selu>("selu"),
    slope_of_output<Softplus>("softplus"),
    slope_of_input<Gated<Gelu>>("gelu"),
    slope_of_input<Gated<GeluTanh>>("gelu_tanh"),
    slope_of_input<Gated<Silu>>("silu"),
    slope_of_input<Gated<Mish>>("mish"),
};

template <Vec (*function)(Vec)>
void map(std::size_t size, const real* x, real* y) {
  for (std::size_t i = 0; i < size; i += kLanes) store(y + i, function(load(x + i)));
}

}  // namespace

void add_activations(Kernels& kernels) {
  kernels.activations = {kActivations, sizeof kActivations / sizeof *kActivations};
  kernels.exp = map<exp>;
  kernels.log = map<log>;
  kernels.normal_cdf = map<normal_cdf>;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
