// The kernel for narrow networks on NumPy arrays: copies in, copies out.
#include <pybind11/stl.h>

#include <algorithm>
#include <vector>

#include "bindings/arrays.hpp"
#include "core/require.hpp"
#include "dispatch/dispatch.hpp"
#include "ops/panels.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace on_arrays {

namespace {

/// What a network is given as: an entry per layer.
struct Arrays {
  std::vector<Reals> weights, biases;
  std::vector<std::string> activations;
  std::vector<bool> by_output;
};

/// A layer's parameters, in the layout that was asked for.
struct Parameters {
  Panels weights;
  PaddedMatrix bias;
};

/// A small network, and the room its steps need.
class NarrowNetwork {
 public:
  NarrowNetwork(const Arrays& arrays, std::size_t inputs, std::size_t rows);

  const std::vector<NarrowLayer>& layers() const { return layers_; }
  const NarrowLayer& last() const { return layers_.back(); }

  /// The updates of all weights and of all biases.
  Update update(bool of_weights, std::size_t slots, real l2, real weight_decay,
                const real* settings);

  py::tuple weights() const;
  py::tuple biases() const;

 private:
  void add_layer(const Panels& weights, const Activation& activation, std::size_t rows);

  std::size_t weights_size_ = 0, biases_size_ = 0;
  Buffer parameters_, gradients_, state_;
  std::vector<Panels> panels_;
  std::vector<PaddedMatrix> rows_;
  std::vector<NarrowLayer> layers_;
};

NarrowNetwork::NarrowNetwork(const Arrays& arrays, std::size_t inputs,
                             std::size_t rows) {
  const std::size_t depth = arrays.weights.size();
  require(depth > 0, "weights are empty; expected one array per layer");
  require(arrays.biases.size() == depth && arrays.activations.size() == depth &&
              arrays.by_output.size() == depth,
          "weights, biases, activations and by_output must be of one length");
  std::vector<PaddedMatrix> weights, biases;
  for (std::size_t l = 0; l < depth; ++l) {
    weights.push_back(padded(arrays.weights[l]));
    biases.push_back(padded(arrays.biases[l]));
    const std::size_t outputs = biases.back().view().columns;
    require_shape(weights.back().view(), inputs, outputs, "weights");
    require(inputs > 0 && outputs > 0, "a layer needs inputs and outputs");
    require(rows_touch(inputs, kernels().lanes) && rows_touch(outputs, kernels().lanes),
            "rows of ", inputs, " or ", outputs,
            " numbers do not lie side by side; expected fewer, or a few more");
    panels_.emplace_back(kernels(), nullptr, inputs, outputs, arrays.by_output[l]);
    weights_size_ += panels_.back().size();
    biases_size_ += panels_.back().padded_outputs();
    inputs = outputs;
  }
  parameters_ = Buffer(weights_size_ + biases_size_);
  gradients_ = Buffer(parameters_.size());
  real* next = parameters_.data();
  real* bias = next + weights_size_;
  for (std::size_t l = 0; l < depth; ++l) {
    panels_[l].data = next;
    pack(weights[l].view(), panels_[l]);
    std::copy_n(biases[l].view().data, panels_[l].padded_outputs(), bias);
    add_layer(panels_[l],
              find_named(kernels().activations, arrays.activations[l], "activation"),
              rows);
    layers_.back().bias = bias;
    layers_.back().d_bias = gradients_.data() + (bias - parameters_.data());
    next += panels_[l].size();
    bias += panels_[l].padded_outputs();
  }
}

void NarrowNetwork::add_layer(const Panels& weights, const Activation& activation,
                              std::size_t rows) {
  const std::size_t lanes = kernels().lanes;
  const auto new_rows = [&] {
    rows_.emplace_back(rows, weights.outputs, lanes);
    return rows_.back().view().data;
  };
  real* const output = new_rows();
  layers_.push_back(
      {.inputs = weights.inputs,
       .outputs = weights.outputs,
       .input_stride = round_up(weights.inputs, lanes),
       .output_stride = weights.padded_outputs(),
       .by_output = weights.by_output,
       .activation = &activation,
       .weights = weights.data,
       .bias = nullptr,
       .d_weights = gradients_.data() + (weights.data - parameters_.data()),
       .d_bias = nullptr,
       .kept = activation.keeps_input ? new_rows() : output,
       .output = output,
       .delta = new_rows()});
}

Update NarrowNetwork::update(bool of_weights, std::size_t slots, real l2,
                             real weight_decay, const real* settings) {
  if (state_.size() == 0) state_ = Buffer(slots * parameters_.size());
  const std::size_t first = of_weights ? 0 : weights_size_;
  return {.size = of_weights ? weights_size_ : biases_size_,
          .parameters = parameters_.data() + first,
          .gradients = gradients_.data() + first,
          .state = state_.data() + first,
          .slot_stride = parameters_.size(),
          .learning_rate = 0,
          .l2 = of_weights ? l2 : 0,
          .weight_decay = of_weights ? weight_decay : 0,
          .settings = settings,
          .step = 1};
}

py::tuple NarrowNetwork::weights() const {
  py::list arrays;
  for (const Panels& panels : panels_) {
    const PaddedMatrix matrix(panels.inputs, panels.outputs, kernels().lanes);
    unpack(panels, matrix.view());
    arrays.append(plain(matrix.view()));
  }
  return py::tuple(arrays);
}

py::tuple NarrowNetwork::biases() const {
  py::list arrays;
  for (const NarrowLayer& layer : layers_) {
    arrays.append(Reals(py::ssize_t(layer.outputs), layer.bias));
  }
  return py::tuple(arrays);
}

/// Names in a list that a null pointer ends.
std::size_t count_names(const char* const* names) {
  std::size_t count = 0;
  while (names[count]) ++count;
  return count;
}

py::tuple train_narrow(
    const Reals& x, const py::array& targets, const std::vector<Reals>& weights,
    const std::vector<Reals>& biases, const std::vector<std::string>& activations,
    const std::string& loss_name, const std::string& optimizer_name,
    const std::vector<double>& settings, const std::vector<double>& learning_rates,
    std::size_t batch_size, double l2, const std::vector<bool>& by_output,
    double weight_decay, const std::vector<double>& loss_settings,
    const py::object& row_weights) {
  const PaddedMatrix rows = padded(x);
  const std::size_t count = rows.view().rows;
  require(batch_size > 0 && count > 0, "there must be rows, in batches of at least 1");
  require(learning_rates.size() == (count + batch_size - 1) / batch_size,
          "expected a learning rate for each of ",
          (count + batch_size - 1) / batch_size, " steps, got ", learning_rates.size());
  NarrowNetwork network({weights, biases, activations, by_output}, rows.view().columns,
                        batch_size);
  const Loss& loss = find_named(kernels().losses, loss_name, "loss");
  const Optimizer& optimizer =
      find_named(kernels().optimizers, optimizer_name, "optimizer");
  require(settings.size() == count_names(optimizer.settings), optimizer.name, " has ",
          count_names(optimizer.settings), " settings, got ", settings.size());
  const std::vector<real> numbers(settings.begin(), settings.end());
  const std::size_t outputs = network.last().outputs;
  std::vector<std::int32_t> labels, predicted(batch_size);
  PaddedMatrix truth(count, outputs, kernels().lanes);
  if (targets.ndim() == 1 && loss.takes_labels()) {
    labels = labels_of(targets, count, outputs);
  } else {
    const Table table = table_of(targets, "targets", outputs);
    require_suits(loss, table);
    require(table.rows == count, "x has ", count, " rows but targets have ",
            table.rows);
    gather(kernels(), table, std::size_t{0}, {}, truth.view());
  }
  const Buffer of_loss =
      settings_of(loss, std::vector<real>(loss_settings.begin(), loss_settings.end()),
                  outputs, kernels().lanes);
  const std::vector<real> of_rows = weights_of(row_weights, count);
  std::vector<real> losses(batch_size);
  const std::size_t slots = count_names(optimizer.slots);
  NarrowSums sums{};
  kernels().train_narrow({.layers = network.layers().data(),
                          .depth = network.layers().size(),
                          .loss = &loss,
                          .optimizer = &optimizer,
                          .weights = network.update(true, slots, real(l2),
                                                    real(weight_decay), numbers.data()),
                          .biases = network.update(false, slots, 0, 0, numbers.data()),
                          .rows = count,
                          .batch = batch_size,
                          .x = rows.view().data,
                          .labels = labels.empty() ? nullptr : labels.data(),
                          .targets = truth.view().data,
                          .row_weights = of_rows.empty() ? nullptr : of_rows.data(),
                          .loss_settings = of_loss.data(),
                          .learning_rates = learning_rates.data(),
                          .learning_rate_stride = 1,
                          .losses = losses.data(),
                          .predicted = predicted.data()},
                         sums);
  return py::make_tuple(network.weights(), network.biases(), sums.loss, sums.correct,
                        sums.steps);
}

}  // namespace

}  // namespace on_arrays

void register_narrow(py::module_& module);

void register_narrow(py::module_& module) {
  using namespace py::literals;
  module.def("train_narrow", on_arrays::train_narrow, "x"_a.noconvert(), "targets"_a,
             "weights"_a.noconvert(), "biases"_a.noconvert(), "activations"_a, "loss"_a,
             "optimizer"_a, "settings"_a, "learning_rates"_a, "batch_size"_a, "l2"_a,
             "by_output"_a, "weight_decay"_a = 0.0,
             "loss_settings"_a = std::vector<double>{}, "row_weights"_a = py::none());
}

}  // namespace schuss::SCHUSS_PRECISION
