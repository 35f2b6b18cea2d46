// Steps of networks whose layers are so narrow that calls, loops and the wait for one
// result after the other would take longer than the arithmetic: many steps in one call,
// on one thread, everything in the L1 cache.
#include "kernels/narrow_products.hpp"
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// A layer's products, for the rows of one step.
struct Layer {
  const NarrowLayer& layer;
  std::size_t rows;
  Rows<const real> x;

  std::size_t size() const { return rows * layer.output_stride; }
  Rows<const real> delta() const { return {layer.delta, layer.output_stride}; }

  template <class Number>
  Panelled<Number> panels(real* data) const {
    constexpr std::size_t kWidth = SCHUSS_TILE_VECTORS * kLanes;
    return layer.by_output
               ? Panelled<Number>{data, layer.outputs, x.stride, x.stride}
               : Panelled<Number>{data, layer.inputs, layer.output_stride, kWidth};
  }

  /// By-output weights of the layer above are as long as whole vectors of this one's
  /// outputs: f(0) there, or an infinity times 0, would make their padding move.
  void clear_padding() const {
    const std::size_t valid = layer.outputs % kLanes;
    if (valid == 0) return;
    real* vector = layer.output + layer.outputs - valid;
    for (std::size_t r = 0; r < rows; ++r, vector += layer.output_stride) {
      if (vector[valid] != 0) store(vector, keep(load(vector), valid, 0));
    }
  }

  void forward() const {
    const Rows<real> sums{layer.kept, layer.output_stride};
    const auto weights = panels<const real>(layer.weights);
    layer.by_output ? dots(rows, x, weights, layer.bias, sums)
                    : weighted_sums(rows, x, weights, layer.bias, sums);
    layer.activation->forward(size(), layer.kept, layer.output);
    clear_padding();
  }

  void backward_activation() const {
    layer.activation->backward(size(), layer.kept, layer.delta);
  }

  void backward_input(real* d_x) const {
    const auto weights = panels<const real>(layer.weights);
    layer.by_output ? weighted_sums(rows, delta(), weights, nullptr, {d_x, x.stride})
                    : dots(rows, delta(), weights, nullptr, {d_x, x.stride});
  }

  void backward_weights() const {
    const auto d_weights = panels<real>(layer.d_weights);
    layer.by_output ? outer(rows, delta(), x, d_weights)
                    : outer(rows, x, delta(), d_weights);
    column_sums(rows, delta(), layer.d_bias);
  }
};

/// Weights and biases move in one sweep where nothing tells them apart.
struct Updates {
  explicit Updates(const NarrowSteps& steps)
      : optimizer(*steps.optimizer), all{steps.weights, steps.biases} {
    const bool alike = all[0].l1 == all[1].l1 && all[0].l2 == all[1].l2 &&
                       all[0].weight_decay == all[1].weight_decay;
    const bool neighbours = all[0].parameters + all[0].size == all[1].parameters;
    if (!alike || !neighbours) return;
    all[0].size += all[1].size;
    count = 1;
  }

  void move(double learning_rate) {
    for (std::size_t i = 0; i < count; ++i) {
      all[i].learning_rate = static_cast<real>(learning_rate);
      optimizer.update(all[i]);
      ++all[i].step;
    }
  }

  const Optimizer& optimizer;
  Update all[2];
  std::size_t count = 2;
};

/// The steps, as they walk down the rows.
struct Walk {
  explicit Walk(const NarrowSteps& steps) : steps(steps), x(steps.x), updates(steps) {
    const NarrowLayer& last = steps.layers[steps.depth - 1];
    batch = {.rows = 0,
             .columns = last.outputs,
             .stride = last.output_stride,
             .output = last.output,
             .labels = steps.labels,
             .targets = steps.labels ? nullptr : steps.targets,
             .weights = steps.row_weights,
             .settings = steps.loss_settings,
             .scale = 0,
             .losses = steps.losses,
             .gradient = last.delta,
             .predicted = steps.labels ? steps.predicted : nullptr};
  }

  void set_rows(std::size_t rows) {
    batch.rows = rows;
    batch.scale = 1 / static_cast<real>(rows);
  }

  Layer layer(std::size_t l) const {
    const NarrowLayer& it = steps.layers[l];
    return {it, batch.rows, {l ? steps.layers[l - 1].output : x, it.input_stride}};
  }

  void differentiate() const {
    for (std::size_t l = 0; l < steps.depth; ++l) layer(l).forward();
    steps.loss->evaluate(batch);
    for (std::size_t l = steps.depth; l-- > 0;) {
      const Layer it = layer(l);
      it.backward_activation();
      if (l > 0) it.backward_input(steps.layers[l - 1].delta);
      it.backward_weights();
    }
  }

  /// False if the loss is not finite.
  bool record(NarrowSums& sums) const {
    double loss = 0;
    for (std::size_t r = 0; r < batch.rows; ++r) loss += double(batch.losses[r]);
    if (batch.labels) {
      for (std::size_t r = 0; r < batch.rows; ++r) {
        sums.correct += batch.predicted[r] == batch.labels[r];
      }
    }
    sums.loss += loss;
    ++sums.steps;
    return loss - loss == 0;
  }

  void go_on() {
    x += batch.rows * steps.layers[0].input_stride;
    if (batch.weights) batch.weights += batch.rows;
    if (batch.labels) {
      batch.labels += batch.rows;
    } else {
      batch.targets += batch.rows * batch.stride;
    }
  }

  const NarrowSteps& steps;
  const real* x;
  LossBatch batch;
  Updates updates;
};

bool train_narrow(const NarrowSteps& steps, NarrowSums& sums) {
  Walk walk(steps);
  walk.set_rows(steps.batch);
  const double* learning_rate = steps.learning_rates;
  for (std::size_t left = steps.rows; left > 0; left -= walk.batch.rows) {
    if (left < steps.batch) walk.set_rows(left);
    walk.differentiate();
    walk.updates.move(*learning_rate);
    if (!walk.record(sums)) return false;
    walk.go_on();
    learning_rate += steps.learning_rate_stride;
  }
  return true;
}

}  // namespace

void add_narrow(Kernels& kernels) { kernels.train_narrow = train_narrow; }

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
