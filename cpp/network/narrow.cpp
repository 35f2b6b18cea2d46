// What the kernel for narrow networks is given: rows, gathered some steps at a time.
#include "network/narrow.hpp"

#include <algorithm>

namespace schuss::SCHUSS_PRECISION {

namespace {

/// Steps for which rows are gathered at a time: few enough that their rows stay in the
/// L1 cache, and that nothing is lost if the loss stops being finite.
std::size_t steps_at_a_time(std::size_t row_size, std::size_t batch_size) {
  constexpr std::size_t kMost = 64, kNumbers = 16 * 1024 / sizeof(real);
  return std::clamp<std::size_t>(kNumbers / (row_size * batch_size), 1, kMost);
}

}  // namespace

bool Narrow::suits(const Network& network, std::size_t batch_size) {
  // Where Step was as fast, between 4,000 and 20,000: from one row (8-64-64-4) to 128
  // (2-16-2), with vectors of 8 and of 16 numbers. Far below, the kernel takes 2/5 of
  // the time; far above, where Step's tiles are full, half more.
  constexpr std::size_t kMostMultiplyAdds = 6000;
  const std::size_t lanes = network.kernels().lanes;
  bool narrow = network.stages().empty() && rows_touch(network.inputs(), lanes);
  for (const DenseLayer& layer : network.layers()) {
    narrow = narrow && rows_touch(layer.weights.outputs, lanes);
  }
  narrow = narrow && !network.custom_loss();  // there is no kernel to call
  return narrow && network.multiply_adds(batch_size) <= kMostMultiplyAdds &&
         network.treats_alike();
}

Narrow::Narrow(Network& network, const Table& x, const Targets& targets,
               std::size_t batch_size)
    : network_(network), table_(x), truth_(targets), batch_size_(batch_size) {
  const std::size_t lanes = network.kernels().lanes;
  const std::size_t row_size =
      round_up(std::max(network.inputs(), network.outputs()), lanes);
  portion_ = steps_at_a_time(row_size, batch_size);
  const std::size_t rows = portion_ * batch_size;
  x_ = PaddedMatrix(rows, network.inputs(), lanes);
  targets_ = PaddedMatrix(targets.labelled() ? 0 : rows, network.outputs(), lanes);
  labels_.resize(targets.labelled() ? rows : 0);
  weights_.resize(targets.weights.empty() ? 0 : rows);
  predicted_.resize(batch_size);
  losses_.resize(batch_size);
  for (std::size_t l = 0; l < network.layers().size(); ++l) {
    const DenseLayer& layer = network.layers()[l];
    const DenseLayer& gradients = network.gradients()[l];
    const bool apart = layer.activation->keeps_input;
    sums_.emplace_back(apart ? batch_size : 0, layer.weights.outputs, lanes);
    outputs_.emplace_back(batch_size, layer.weights.outputs, lanes);
    deltas_.emplace_back(batch_size, layer.weights.outputs, lanes);
    layers_.push_back({.inputs = layer.weights.inputs,
                       .outputs = layer.weights.outputs,
                       .input_stride = round_up(layer.weights.inputs, lanes),
                       .output_stride = layer.weights.padded_outputs(),
                       .by_output = layer.weights.by_output,
                       .activation = layer.activation,
                       .weights = layer.weights.data,
                       .bias = layer.bias,
                       .d_weights = gradients.weights.data,
                       .d_bias = gradients.bias,
                       .kept = (apart ? sums_ : outputs_).back().view().data,
                       .output = outputs_.back().view().data,
                       .delta = deltas_.back().view().data});
  }
}

/// Rows [first, first + rows) of the run, and their truth.
void Narrow::gather_rows(const Run& run, std::size_t first, std::size_t rows) {
  const Kernels& kernels = network_.kernels();
  const std::int64_t* index = run.index + first;
  gather(kernels, table_, index, network_.rescaling_, x_.view().slice(0, rows),
         run.rows - first - rows + run.ahead);
  for (std::size_t i = 0; i < rows && !weights_.empty(); ++i) {
    weights_[i] = truth_.weights[std::size_t(index[i])];
  }
  if (truth_.labelled()) {
    for (std::size_t i = 0; i < rows; ++i)
      labels_[i] = truth_.labels[std::size_t(index[i])];
  } else {
    gather(kernels, truth_.values, index, {}, targets_.view().slice(0, rows));
  }
}

/// One step of all weights, or of all biases.
Update Narrow::update_of(bool of_weights, std::size_t number) const {
  const Buffer& block = network_.parameter_block_;
  const std::size_t weights = std::size_t(layers_.front().bias - block.data());
  const std::size_t offset = of_weights ? 0 : weights;
  const Pull& pull = of_weights ? network_.how_.weights : network_.how_.biases;
  return {.size = of_weights ? weights : block.size() - weights,
          .parameters = network_.parameter_block_.data() + offset,
          .gradients = network_.gradient_block_.data() + offset,
          .state = network_.state_block_.data() + offset,
          .slot_stride = block.size(),
          .learning_rate = 0,
          .l2 = pull.l2,
          .weight_decay = pull.weight_decay,
          .settings = network_.how_.settings.data(),
          .step = number,
          .l1 = pull.l1};
}

/// The next `rows` rows of a run of which some steps have been taken; `first` is where
/// they are among those that were gathered.
NarrowSteps Narrow::steps_of(const Run& run, std::size_t taken, std::size_t first,
                             std::size_t rows) {
  const std::size_t number = run.number + taken;
  return {.layers = layers_.data(),
          .depth = layers_.size(),
          .loss = &network_.loss(),
          .optimizer = network_.optimizer_,
          .weights = update_of(true, number),
          .biases = update_of(false, number),
          .rows = rows,
          .batch = batch_size_,
          .x = x_.view().data + first * x_.view().stride,
          .labels = truth_.labelled() ? labels_.data() + first : nullptr,
          .targets = truth_.labelled()
                         ? nullptr
                         : targets_.view().data + first * targets_.view().stride,
          .row_weights = weights_.empty() ? nullptr : weights_.data() + first,
          .loss_settings = network_.loss_settings(),
          .learning_rates = run.learning_rates + std::ptrdiff_t(taken) * run.stride,
          .learning_rate_stride = run.stride,
          .losses = losses_.data(),
          .predicted = predicted_.data()};
}

/// An average wants to see the parameters after every step.
bool Narrow::run(const Run& run, NarrowSums& sums) {
  const Kernels& kernels = network_.kernels();
  const std::optional<Average>& average = network_.average_;
  const std::size_t most = portion_ * batch_size_;
  for (std::size_t first = 0; first < run.rows; first += most) {
    const std::size_t rows = std::min(most, run.rows - first);
    if (!run.again || rows < run.rows) gather_rows(run, first, rows);
    const std::size_t at_once = average ? batch_size_ : rows;
    for (std::size_t r = 0; r < rows; r += at_once) {
      const std::size_t taken = (first + r) / batch_size_;
      const NarrowSteps steps = steps_of(run, taken, r, std::min(at_once, rows - r));
      if (!kernels.train_narrow(steps, sums)) return false;
      if (average) network_.add_to_average({0, average->lines()}, run.number + taken);
    }
  }
  return true;
}

}  // namespace schuss::SCHUSS_PRECISION
