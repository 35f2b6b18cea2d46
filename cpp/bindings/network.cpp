// Network as Python sees it: arrays in, plain row-major arrays out, the GIL let go.
#include "network/network.hpp"

#include <pybind11/stl.h>

#include <algorithm>

#include "bindings/arrays.hpp"
#include "core/require.hpp"
#include "dispatch/dispatch.hpp"
#include "dispatch/isa.hpp"
#include "ops/panels.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

using Layers = std::vector<std::pair<std::size_t, std::string>>;

Network make_network(std::size_t inputs, const Layers& layers, const std::string& loss,
                     double scale, double offset) {
  NetworkDescription description{inputs, {}, loss, {real(scale), real(offset)}};
  for (const auto& [outputs, activation] : layers) {
    description.layers.push_back({outputs, activation});
  }
  return Network(kernels(), description);
}

const DenseLayer& layer_at(const std::vector<DenseLayer>& layers, std::size_t index) {
  require<std::out_of_range>(index < layers.size(), "there is no layer ", index,
                             "; the network has ", layers.size());
  return layers[index];
}

py::tuple arrays_of(const DenseLayer& layer) {
  const std::size_t outputs = layer.weights.outputs;
  Reals weights({layer.weights.inputs, outputs});
  unpack(layer.weights,
         {weights.mutable_data(), layer.weights.inputs, outputs, outputs});
  Reals bias(static_cast<py::ssize_t>(outputs), layer.bias);
  return py::make_tuple(weights, bias);
}

using Contiguous = py::array_t<real, py::array::c_style | py::array::forcecast>;

void set_arrays(Network& network, std::size_t index, const Contiguous& weights,
                const Contiguous& bias) {
  const DenseLayer& layer = layer_at(network.layers(), index);
  const std::size_t inputs = layer.weights.inputs, outputs = layer.weights.outputs;
  require(weights.ndim() == 2 && std::size_t(weights.shape(0)) == inputs &&
              std::size_t(weights.shape(1)) == outputs,
          "weights of layer ", index, " must have shape (", inputs, ", ", outputs, ")");
  require(bias.ndim() == 1 && std::size_t(bias.shape(0)) == outputs, "bias of layer ",
          index, " must have shape (", outputs, ",)");
  const Claim::Holder holder(network.claim());
  pack({const_cast<real*>(weights.data()), inputs, outputs, outputs}, layer.weights);
  std::copy_n(bias.data(), outputs, layer.bias);
}

void start(Network& network, const std::string& name,
           const std::vector<double>& settings, double l2) {
  const Claim::Holder holder(network.claim());
  network.start({name, std::vector<real>(settings.begin(), settings.end()), real(l2)});
}

py::tuple train(Network& network, const py::array& x, const py::array& targets,
                const py::array& order, std::size_t batch_size,
                const py::array_t<double, py::array::c_style>& learning_rates) {
  TrainingRun run;
  run.x = table_of(x, "X", network.inputs());
  run.targets = targets_of(targets, network, run.x.rows);
  run.order = order_of(order, run.x.rows);
  require(run.order.size() > 0, "order is empty; expected at least one row");
  run.batch_size = std::min(batch_size, run.order.size());
  run.learning_rates = learning_rates.data();
  require(batch_size > 0, "batch_size is 0; expected at least 1");
  require(std::size_t(learning_rates.size()) == run.steps(), "got ",
          learning_rates.size(), " learning rates for ", run.steps(), " steps");
  const Claim::Holder holder(network.claim());
  TrainingResult result;
  {
    const py::gil_scoped_release released;
    result = network.train(run);
  }
  return py::make_tuple(
      py::array_t<double>(py::ssize_t(result.losses.size()), result.losses.data()),
      result.correct);
}

py::tuple evaluate(const Network& network, const py::array& x,
                   const py::array& targets) {
  const Table table = table_of(x, "X", network.inputs());
  const Targets truth = targets_of(targets, network, table.rows);
  Evaluation evaluation;
  {
    const py::gil_scoped_release released;
    evaluation = network.evaluate(table, truth);
  }
  return py::make_tuple(evaluation.loss, evaluation.correct);
}

double differentiate(Network& network, const py::array& x, const py::array& targets) {
  const Table table = table_of(x, "X", network.inputs());
  const Targets truth = targets_of(targets, network, table.rows);
  const Claim::Holder holder(network.claim());
  const py::gil_scoped_release released;
  return network.differentiate(table, truth).loss;
}

Reals predict(const Network& network, const py::array& x, bool probabilities) {
  const Table table = table_of(x, "X", network.inputs());
  const std::size_t outputs = network.outputs();
  Reals result({table.rows, outputs});
  const Matrix out{result.mutable_data(), table.rows, outputs, outputs};
  const py::gil_scoped_release released;
  network.predict(table, probabilities ? Output::kSoftmax : Output::kPlain, out);
  return result;
}

void check_table(const py::array& array, const std::string& name, std::size_t columns) {
  const Table table = table_of(array, name, columns);
  const py::gil_scoped_release released;
  require_finite(table, name);
}

}  // namespace

void register_network(py::module_& module);

void register_network(py::module_& module) {
  using namespace py::literals;
  module.def("check_table", check_table, "array"_a, "name"_a, "columns"_a = 0);
  py::class_<Network>(module, "Network")
      .def(py::init(&make_network), "inputs"_a, "layers"_a, "loss"_a, "scale"_a = 1.0,
           "offset"_a = 0.0)
      .def_property_readonly("isa", [](const Network& n) { return n.kernels().isa; })
      .def(
          "parameters",
          [](const Network& n, std::size_t l) {
            return arrays_of(layer_at(n.layers(), l));
          },
          "layer"_a)
      .def(
          "gradients",
          [](const Network& n, std::size_t l) {
            return arrays_of(layer_at(n.gradients(), l));
          },
          "layer"_a)
      .def("set_parameters", set_arrays, "layer"_a, "weights"_a, "bias"_a)
      .def("start", start, "optimizer"_a, "settings"_a, "l2"_a = 0.0)
      .def("train", train, "X"_a, "targets"_a, "order"_a, "batch_size"_a,
           "learning_rates"_a)
      .def("evaluate", evaluate, "X"_a, "targets"_a)
      .def("differentiate", differentiate, "X"_a, "targets"_a)
      .def("predict", predict, "X"_a, "probabilities"_a = false);
}

}  // namespace schuss::SCHUSS_PRECISION
