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
/// alike or apart does so in one sweep; then the vectors of stages.
struct BlockSizes {
  std::size_t weights = 0, biases = 0, vectors = 0;

  std::size_t all() const { return weights + biases + vectors; }
};

BlockSizes block_sizes(const Kernels& kernels, const NetworkDescription& description,
                       const std::vector<Stage>& stages) {
  BlockSizes sizes;
  for (const Stage& stage : stages) {
    sizes.vectors += stage.kind->count() * whole_lines(kernels, stage.width);
  }
  std::size_t inputs = description.inputs;
  for (const LayerDescription& layer : description.layers) {
    const Panels weights(kernels, nullptr, inputs, layer.outputs);
    sizes.weights += whole_lines(kernels, weights.size());
    sizes.biases += whole_lines(kernels, layer.outputs);
    require<std::length_error>(sizes.all() < std::size_t{1} << 60,
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
  const bool left_out = settings.empty() && loss.left_out != 0;
  require(left_out || (one_each ? settings.size() == outputs
                                : settings.size() <= loss.settings),
          loss.name, " has ", one_each ? outputs : loss.settings, " settings, got ",
          settings.size());
  Buffer numbers(round_up(std::max(outputs, settings.size()), lanes));
  std::fill_n(numbers.data(), outputs, loss.left_out);
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
  std::vector<std::size_t> widths{inputs_};
  for (const LayerDescription& layer : description.layers) {
    widths.push_back(layer.outputs);
  }
  stages_ = make_stages(kernels, description.stages, widths);
  const BlockSizes sizes = block_sizes(kernels, description, stages_);
  parameter_block_ = Buffer(sizes.all());
  gradient_block_ = Buffer(parameter_block_.size());
  layers_ = cut(parameter_block_.data(), description);
  gradients_ = cut(gradient_block_.data(), description);
  std::size_t offset = sizes.weights + sizes.biases;
  for (Stage& stage : stages_) {
    stage.stride = whole_lines(kernels, stage.width);
    stage.parameters = parameter_block_.data() + offset;
    stage.gradients = gradient_block_.data() + offset;
    offset += stage.kind->count() * stage.stride;
  }
  row_ = std::make_shared<Workspace>(kernels_, inputs_, layers_, stages_, 1,
                                     Purpose::kPredict);
}

std::vector<DenseLayer> Network::cut(real* block,
                                     const NetworkDescription& description) const {
  std::vector<DenseLayer> layers;
  std::size_t inputs = description.inputs;
  real* bias = block + block_sizes(kernels_, description, {}).weights;
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

bool Network::predicts_by_calls() const {
  return std::any_of(stages_.begin(), stages_.end(),
                     [](const Stage& stage) { return bool(stage.custom.forward); });
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
  require(description.factors.empty() || description.factors.size() == layers_.size(),
          "got learning rate factors for ", description.factors.size(),
          " layers; the network has ", layers_.size());
  state_block_ = Buffer(slots * parameter_block_.size());
  how_ = description;
  optimizer_ = &optimizer;
  average_.reset();
  ++starts_;
  steps_ = 0;
}

void Network::start_average(double decay) {
  require(decay >= 0 && decay < 1, "the decay is ", decay, "; expected at least 0 and ",
          "below 1");
  average_.emplace(parameter_block_.size(), decay);
  ++starts_;
}

/// One optimizer step, the `number`-th, on the parameters that belong to `gradients`, a
/// place in the gradient block; `size` is left to say. Nothing else pulls at them.
Update Network::update_of(const real* gradients, double learning_rate,
                          std::size_t number) const {
  const std::ptrdiff_t offset = gradients - gradient_block_.data();
  return {.size = 0,
          .parameters = parameter_block_.data() + offset,
          .gradients = gradients,
          .state = state_block_.data() + offset,
          .slot_stride = parameter_block_.size(),
          .learning_rate = static_cast<real>(learning_rate),
          .l2 = 0,
          .weight_decay = 0,
          .settings = how_.settings.data(),
          .step = number,
          .l1 = 0};
}

/// The same for weights or bias of a dense layer.
Update Network::update_of(const real* gradients, std::size_t layer, bool of_weights,
                          double learning_rate, std::size_t number) const {
  const Pull& pull = of_weights ? how_.weights : how_.biases;
  Update update = update_of(gradients, learning_rate * how_.factor(layer), number);
  update.l1 = pull.l1;
  update.l2 = pull.l2;
  update.weight_decay = pull.weight_decay;
  return update;
}

bool Network::treats_alike() const {
  const auto is_one = [](double factor) { return factor == 1; };
  return std::all_of(how_.factors.begin(), how_.factors.end(), is_one) &&
         how_.max_norm == OptimizerDescription::kUnlimited && !how_.clips();
}

std::size_t Network::slots() const {
  return optimizer_ ? count_names(optimizer_->slots) : 0;
}

std::vector<Parameters> Network::seen_in(real* block) const {
  const auto there = [&](real* here) {
    return block + (here - parameter_block_.data());
  };
  std::vector<Parameters> all;
  auto stage = stages_.begin();
  for (std::size_t place = 0;; ++place) {
    for (; stage != stages_.end() && stage->place == place; ++stage) {
      if (stage->kind->count() == 0) continue;
      all.emplace_back();
      for (std::size_t v = 0; v < stage->kind->count(); ++v) {
        all.back().vectors.push_back(
            {stage->kind->vectors[v], there(stage->vector(v)), stage->width});
      }
    }
    if (place == layers_.size()) return all;
    Panels weights = layers_[place].weights;
    weights.data = there(weights.data);
    all.push_back({weights, {{"bias", there(layers_[place].bias), weights.outputs}}});
  }
}

std::vector<Parameters> Network::parameters() const {
  return seen_in(parameter_block_.data());
}

std::vector<Parameters> Network::parameter_gradients() const {
  return seen_in(gradient_block_.data());
}

std::vector<Parameters> Network::state(std::size_t slot) const {
  return seen_in(state_block_.data() + slot * parameter_block_.size());
}

std::vector<Parameters> Network::average() const {
  return average_ ? seen_in(average_->data()) : std::vector<Parameters>();
}

/// Takes in what the `number`-th step has left; the steps of a run are not yet counted.
void Network::add_to_average(Range lines, std::size_t number) const {
  average_->add(kernels_, lines, parameter_block_.data(),
                average_->steps() + (number - steps_));
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
  step.failure().rethrow();
  return {step.loss() / static_cast<double>(x.rows), step.correct()};
}

}  // namespace schuss::SCHUSS_PRECISION
