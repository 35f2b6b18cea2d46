// Arrays in and out of a network's blocks, each where its layer has it.
#include "bindings/parameters.hpp"

#include <pybind11/stl.h>

#include <algorithm>

#include "core/require.hpp"
#include "ops/panels.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

const Parameters& layer_at(const std::vector<Parameters>& layers, std::size_t index) {
  require<std::out_of_range>(index < layers.size(), "there is no layer ", index,
                             "; the network has ", layers.size());
  return layers[index];
}

py::tuple arrays_of(const Parameters& layer) {
  py::list arrays;
  if (layer.weights.data) {
    const std::size_t outputs = layer.weights.outputs;
    Reals weights({layer.weights.inputs, outputs});
    unpack(layer.weights,
           {weights.mutable_data(), layer.weights.inputs, outputs, outputs});
    arrays.append(weights);
  }
  for (const Parameters::Vector& vector : layer.vectors) {
    arrays.append(Reals(py::ssize_t(vector.size), vector.data));
  }
  return py::tuple(arrays);
}

void require_fits(const Parameters& layer, std::size_t index, const Arrays& arrays) {
  const bool dense = layer.weights.data;
  require(arrays.size() == dense + layer.vectors.size(), "layer ", index, " has ",
          dense + layer.vectors.size(), " arrays, got ", arrays.size());
  auto array = arrays.begin();
  if (dense) {
    const std::size_t inputs = layer.weights.inputs, outputs = layer.weights.outputs;
    require(array->ndim() == 2 && std::size_t(array->shape(0)) == inputs &&
                std::size_t(array->shape(1)) == outputs,
            "weights of layer ", index, " must have shape (", inputs, ", ", outputs,
            ")");
    ++array;
  }
  for (const Parameters::Vector& vector : layer.vectors) {
    require(array->ndim() == 1 && std::size_t(array->shape(0)) == vector.size,
            vector.name, " of layer ", index, " must have shape (", vector.size, ",)");
    ++array;
  }
}

void copy_arrays(const Arrays& arrays, const Parameters& layer) {
  auto array = arrays.begin();
  if (layer.weights.data) {
    const std::size_t inputs = layer.weights.inputs, outputs = layer.weights.outputs;
    pack({const_cast<real*>(array++->data()), inputs, outputs, outputs}, layer.weights);
  }
  for (const Parameters::Vector& vector : layer.vectors) {
    std::copy_n(array++->data(), vector.size, vector.data);
  }
}

void require_fits(const Network& network, const Slot& slot, const char* what) {
  const std::vector<Parameters> layers = network.parameters();
  require(slot.size() == layers.size(), "got ", what, " for ", slot.size(),
          " layers; the network has ", layers.size());
  for (std::size_t l = 0; l < layers.size(); ++l) require_fits(layers[l], l, slot[l]);
}

py::list arrays_of_all(const std::vector<Parameters>& layers) {
  py::list all;
  for (const Parameters& layer : layers) all.append(arrays_of(layer));
  return all;
}

}  // namespace

py::tuple arrays_of(const std::vector<Parameters>& layers, std::size_t index) {
  return arrays_of(layer_at(layers, index));
}

void set_arrays(Network& network, std::size_t index, const py::args& given) {
  const std::vector<Parameters> layers = network.parameters();
  const Parameters& layer = layer_at(layers, index);
  const Arrays arrays = given.cast<Arrays>();
  require_fits(layer, index, arrays);
  const Claim::Holder holder(network.claim());
  copy_arrays(arrays, layer);
}

py::tuple state_of(const Network& network) {
  py::list slots;
  for (std::size_t slot = 0; slot < network.slots(); ++slot) {
    slots.append(arrays_of_all(network.state(slot)));
  }
  return py::make_tuple(network.steps(), slots);
}

void set_state(Network& network, std::size_t steps, const std::vector<Slot>& slots) {
  require(slots.size() == network.slots(), "got ", slots.size(),
          " arrays of state; the optimizer has ", network.slots());
  for (const Slot& slot : slots) require_fits(network, slot, "state");
  const Claim::Holder holder(network.claim());
  for (std::size_t s = 0; s < slots.size(); ++s) {
    const std::vector<Parameters> layers = network.state(s);
    for (std::size_t l = 0; l < layers.size(); ++l) copy_arrays(slots[s][l], layers[l]);
  }
  network.set_steps(steps);
}

py::tuple average_of(const Network& network) {
  return py::make_tuple(network.average_steps(), arrays_of_all(network.average()));
}

void set_average(Network& network, std::size_t steps, const Slot& layers) {
  const Claim::Holder holder(network.claim());
  const std::vector<Parameters> average = network.average();
  require(!average.empty(), "there is no average yet; start one");
  require_fits(network, layers, "an average");
  for (std::size_t l = 0; l < average.size(); ++l) copy_arrays(layers[l], average[l]);
  network.set_average_steps(steps);
}

}  // namespace schuss::SCHUSS_PRECISION
