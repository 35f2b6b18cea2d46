// Down, turn, up: the order in which a mini-batch visits the layers.
#include "network/passes.hpp"

namespace schuss::SCHUSS_PRECISION {

void forward(const Network& network, const Workspace& work, const Pass& pass,
             std::size_t first) {
  const Range rows = pass.rows;
  for (std::size_t l = first; l < network.layers().size(); ++l) {
    work.places[l].forward(network.kernels(), pass);
    if (rows.empty()) continue;
    dense_forward(network.kernels(), network.layers()[l],
                  work.input(l).slice(rows.first, rows.last),
                  work.kept[l].slice(rows.first, rows.last),
                  work.outputs[l + 1].view().slice(rows.first, rows.last));
  }
  work.places.back().forward(network.kernels(), pass);
}

void gather_targets(const Network& network, const Targets& targets,
                    const std::int64_t* index, std::size_t first, Workspace& work,
                    Range rows) {
  const auto position = [&](std::size_t i) {
    return index ? std::size_t(index[i]) : first + i;
  };
  if (!targets.weights.empty()) {
    for (std::size_t i = rows.first; i < rows.last; ++i) {
      work.weights[i] = targets.weights[position(i)];
    }
  }
  if (targets.labelled()) {
    for (std::size_t i = rows.first; i < rows.last; ++i) {
      work.labels[i] = targets.labels[position(i)];
    }
    return;
  }
  const Matrix& into = work.targets.view();
  if (index) {
    gather(network.kernels(), targets.values, index + rows.first, {},
           into.slice(rows.first, rows.last));
  } else {
    gather(network.kernels(), targets.values, first + rows.first, {},
           into.slice(rows.first, rows.last));
  }
}

void turn(const Network& network, const Targets& targets, std::size_t batch,
          Workspace& work, const Pass& pass) {
  const Range rows = pass.rows;
  if (rows.empty()) return;
  const bool labelled = targets.labelled();
  const Matrix& logits = work.logits();
  const Matrix& delta = work.d_logits();
  const LossBatch loss{
      .rows = rows.size(),
      .columns = logits.columns,
      .stride = logits.stride,
      .output = logits.row(rows.first),
      .labels = labelled ? work.labels.data() + rows.first : nullptr,
      .targets = labelled ? nullptr : work.targets.view().row(rows.first),
      .weights = targets.weights.empty() ? nullptr : work.weights.data() + rows.first,
      .settings = network.loss_settings(),
      .scale = 1 / static_cast<real>(batch),
      .losses = work.losses.data() + rows.first,
      .gradient = delta.row(rows.first),
      .predicted = labelled ? work.predicted.data() + rows.first : nullptr};
  if (network.custom_loss()) {
    pass.failure->guard([&] { network.custom_loss()(loss); });
  } else {
    network.loss().evaluate(loss);
  }
}

void backward(const Network& network, const Workspace& work, const Pass& pass,
              real* scratch) {
  const Range rows = pass.rows;
  for (std::size_t l = network.layers().size(); l-- > 0;) {
    const DenseLayer& layer = network.layers()[l];
    const Matrix delta = work.deltas[l].view().slice(rows.first, rows.last);
    work.places[l + 1].backward(network.kernels(), pass);
    if (rows.empty()) continue;
    activation_backward(network.kernels(), *layer.activation,
                        work.kept[l].slice(rows.first, rows.last), delta);
    if (!work.d_input(l).data) break;
    dense_backward_input(network.kernels(), layer.weights, delta,
                         work.d_input(l).slice(rows.first, rows.last), scratch);
  }
  if (work.d_input(0).data) work.places[0].backward(network.kernels(), pass);
}

std::size_t count_correct(const Workspace& work, Range rows) {
  std::size_t correct = 0;
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    correct += work.predicted[i] == work.labels[i];
  }
  return correct;
}

double sum_losses(const Workspace& work, Range rows) {
  double sum = 0;
  for (std::size_t i = rows.first; i < rows.last; ++i) sum += double(work.losses[i]);
  return sum;
}

}  // namespace schuss::SCHUSS_PRECISION
