// Activations and their derivatives, and the elementary functions on arrays.
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

// To add an activation: its two lines here, its line in kActivations, and its pair in
// reference/activation.py. `slope` is f'(x) as a function of y = f(x).

struct Identity;

// The formal neuron of McCulloch and Pitts 1943: it fires or it does not.
struct Step {
  static Vec value(Vec x) { return x < 0 ? splat(0) : (x >= 0 ? splat(1) : x); }
  static Vec slope(Vec) { return splat(0); }
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

template <class Function>
void forward(std::size_t size, const real* x, real* output) {
  for (std::size_t i = 0; i < size; i += kLanes) {
    store(output + i, Function::value(load(x + i)));
  }
}

template <class Function>
void backward(std::size_t size, const real* output, real* gradient) {
  for (std::size_t i = 0; i < size; i += kLanes) {
    store(gradient + i, load(gradient + i) * Function::slope(load(output + i)));
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
constexpr Activation activation(const char* name) {
  return {name, forward<Function>, backward<Function>};
}

constexpr Activation kActivations[] = {
    activation<Identity>("identity"), activation<Step>("step"),
    activation<Sigmoid>("sigmoid"),   activation<Tanh>("tanh"),
    activation<Relu>("relu"),
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
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
