// A network's construction, its optimizer and its gradient.
#include "network/network.hpp"

#include <algorithm>

#include "core/require.hpp"
#include "core/team.hpp"
#include "network/step.hpp"
#include "network/workspace.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

/// Whole cache lines, so that layers share none.
std::size_t whole_lines(const Kernels& kernels, std::size_t size) {
  return round_up(round_up(size, kernels.lanes), Buffer::kAlignment / sizeof(real));
}

/// Of a network's parameters: all weights, then all biases, so that what treats them
/// alike or apart does so in one sweep.
struct BlockSizes {
  std::size_t weights = 0, biases = 0;
};

BlockSizes block_sizes(const Kernels& kernels, const NetworkDescription& description) {
  BlockSizes sizes;
  std::size_t inputs = description.inputs;
  for (const LayerDescription& layer : description.layers) {
    const Panels weights(kernels, nullptr, inputs, layer.outputs);
    sizes.weights += whole_lines(kernels, weights.size());
    sizes.biases += whole_lines(kernels, layer.outputs);
    require<std::length_error>(sizes.weights + sizes.biases < std::size_t{1} << 60,
                               "the network is too large");
    inputs = layer.outputs;
  }
  return sizes;
}

void require_sound(const NetworkDescription& description) {
  constexpr std::size_t kWidest = std::size_t{1} << 31;
  require(description.inputs > 0, "a network needs at least one input");
  require(description.inputs < kWidest, "a network has at most 2^31 - 1 inputs");
  require(!description.layers.empty(), "a network needs at least one layer");
  for (std::size_t l = 0; l < description.layers.size(); ++l) {
    require(description.layers[l].outputs > 0, "layer ", l, " has no outputs");
    require(description.layers[l].outputs < kWidest, "layer ", l,
            " has more than 2^31 - 1 outputs");
  }
}

constexpr Loss kCustomLosses[] = {
    {"custom", Takes::kNumbers, 0, nullptr, nullptr},
    {"custom_of_labels", Takes::kLabels, 0, nullptr, nullptr},
};

const Loss& loss_of(const Kernels& kernels, const NetworkDescription& description) {
  const List<Loss> custom{kCustomLosses, sizeof kCustomLosses / sizeof *kCustomLosses};
  return find_named(description.custom_loss ? custom : kernels.losses, description.loss,
                    "loss");
}

/// Names in a list that a null pointer ends.
template <std::size_t kSize>
std::size_t count_names(const char* const (&names)[kSize]) {
  return std::size_t(std::find(names, names + kSize, nullptr) - names);
}

}  // namespace

Buffer settings_of(const Loss& loss, const std::vector<real>& settings,
                   std::size_t outputs, std::size_t lanes) {
  const bool one_each = loss.settings == Loss::kOnePerOutput;
  require(one_each ? settings.size() == outputs : settings.size() <= loss.settings,
          loss.name, " has ", one_each ? outputs : loss.settings, " settings, got ",
          settings.size());
  Buffer numbers(round_up(std::max(outputs, settings.size()), lanes));
  std::copy(settings.begin(), settings.end(), numbers.data());
  return numbers;
}

Network::Network(const Kernels& kernels, const NetworkDescription& description)
    : kernels_(kernels),
      inputs_(description.inputs),
      rescaling_(description.rescaling),
      custom_loss_(description.custom_loss),
      loss_(&loss_of(kernels, description)) {
  require_sound(description);
  loss_settings_ = settings_of(*loss_, description.loss_settings,
                               description.layers.back().outputs, kernels.lanes);
  const BlockSizes sizes = block_sizes(kernels, description);
  parameter_block_ = Buffer(sizes.weights + sizes.biases);
  gradient_block_ = Buffer(parameter_block_.size());
  layers_ = cut(parameter_block_.data(), description);
  gradients_ = cut(gradient_block_.data(), description);
  row_ = std::make_shared<Workspace>(kernels_, inputs_, layers_, 1, false);
}

std::vector<DenseLayer> Network::cut(real* block,
                                     const NetworkDescription& description) const {
  std::vector<DenseLayer> layers;
  std::size_t inputs = description.inputs;
  real* bias = block + block_sizes(kernels_, description).weights;
  for (const LayerDescription& layer : description.layers) {
    const Panels weights(kernels_, block, inputs, layer.outputs);
    layers.push_back(
        {weights, bias,
         &find_named(kernels_.activations, layer.activation, "activation")});
    block += whole_lines(kernels_, weights.size());
    bias += whole_lines(kernels_, layer.outputs);
    inputs = layer.outputs;
  }
  return layers;
}

std::size_t Network::multiply_adds(std::size_t rows) const {
  std::size_t weights = 0;
  for (const DenseLayer& layer : layers_) weights += layer.weights.size();
  return weights * rows;
}

bool Network::is_finite() const {
  return kernels_.first_nonfinite(parameter_block_.size(), parameter_block_.data()) ==
         parameter_block_.size();
}

void Network::start(const OptimizerDescription& description) {
  const Optimizer& optimizer =
      find_named(kernels_.optimizers, description.name, "optimizer");
  const std::size_t slots = count_names(optimizer.slots);
  const std::size_t settings = count_names(optimizer.settings);
  require(description.settings.size() == settings, optimizer.name, " has ", settings,
          " settings, got ", description.settings.size());
  state_block_ = Buffer(slots * parameter_block_.size());
  settings_ = description.settings;
  l2_ = description.l2;
  weight_decay_ = description.weight_decay;
  optimizer_ = &optimizer;
  steps_ = 0;
}

std::size_t Network::slots() const {
  return optimizer_ ? count_names(optimizer_->slots) : 0;
}

std::vector<DenseLayer> Network::state(std::size_t slot) const {
  const real* const parameters = parameter_block_.data();
  real* const block = state_block_.data() + slot * parameter_block_.size();
  std::vector<DenseLayer> layers = layers_;
  for (DenseLayer& layer : layers) {
    layer.weights.data = block + (layer.weights.data - parameters);
    layer.bias = block + (layer.bias - parameters);
  }
  return layers;
}

Evaluation Network::differentiate(const Table& x, const Targets& targets) {
  std::vector<std::int64_t> order(x.rows);
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = static_cast<std::int64_t>(i);
  const std::size_t threads = threads_for(multiply_adds(x.rows));
  Step step(*this, x, targets, x.rows, threads, false);
  run_team(threads, [&](const Member& member) {
    step.run(member, {order.data(), x.rows, 0, 0, 1});
  });
  return {step.loss() / static_cast<double>(x.rows), step.correct()};
}

}  // namespace schuss::SCHUSS_PRECISION
