// The only owner of memory: a network's parameters, gradients and optimizer state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/buffer.hpp"
#include "core/claim.hpp"
#include "core/matrix.hpp"
#include "core/tempo.hpp"
#include "kernels/kernels.hpp"
#include "network/average.hpp"
#include "ops/dense.hpp"
#include "ops/stage.hpp"
#include "ops/table.hpp"

namespace schuss::SCHUSS_PRECISION {

/// What a network is made of, as the user says it.
struct LayerDescription {
  std::size_t outputs;
  std::string activation;
};
/// A loss that is no kernel. Any thread of a team calls it with rows of its own, and it
/// may throw; otherwise as Loss::evaluate, `settings` apart.
using CustomLoss = std::function<void(const LossBatch&)>;
struct NetworkDescription {
  std::size_t inputs;
  std::vector<LayerDescription> layers;
  std::string loss;
  Rescaling rescaling;
  std::vector<StageDescription> stages;
  std::vector<real> loss_settings;  // those left out at the end are 0
  CustomLoss custom_loss{};         // then `loss` is "custom" or "custom_of_labels"
};

/// The truth beside a table: a class index per row, or else a row of numbers per row.
/// Labels are copied where they are checked, so that they stay what was checked; so are
/// the weights of the rows, of which there are none if all of them are 1.
struct Targets {
  std::vector<std::int32_t> labels;
  Table values;
  std::vector<real> weights;

  bool labelled() const { return !labels.empty(); }
};

/// The settings of a loss, as its kernel takes them: its number for those left out at
/// the end, and zeros up to whole vectors. Throws std::invalid_argument if there are
/// too many, or not one for each of the outputs where that is wanted.
Buffer settings_of(const Loss& loss, const std::vector<real>& settings,
                   std::size_t outputs, std::size_t lanes);

/// What pulls at some parameters beside the loss: strengths of the penalties l1 |w|_1
/// and l2 |w|^2, and decoupled decay.
struct Pull {
  real l1 = 0, l2 = 0, weight_decay = 0;
};

/// How the parameters of a run of steps are updated.
struct OptimizerDescription {
  static constexpr double kUnlimited = std::numeric_limits<double>::infinity();

  std::string name;
  std::vector<real> settings;
  Pull weights, biases;
  double max_norm = kUnlimited;    // of each unit's incoming weights
  double clip_norm = kUnlimited;   // of all gradients together
  double clip_value = kUnlimited;  // of each number of them
  std::vector<double> factors;     // of the learning rate, per layer; empty: all 1

  double factor(std::size_t layer) const {
    return factors.empty() ? 1 : factors[layer];
  }
  /// A frozen layer is moved by nothing.
  bool freezes(std::size_t layer) const { return factor(layer) == 0; }
  bool clips() const { return clip_norm < kUnlimited || clip_value < kUnlimited; }
};

struct Evaluation {
  double loss = 0;
  std::size_t correct = 0;
};

/// What is wanted of a prediction, and where it goes: the outputs of the last layer,
/// what they say that targets are on average (see Loss), or the class with the largest.
enum class Wanted { kOutputs, kMeans, kClasses };
struct Predictions {
  Wanted wanted;
  Matrix numbers;         // rows x outputs
  std::int64_t* classes;  // or one per row
};

struct Workspace;

/// What a layer learns or keeps, as views into a block: of a dense layer its weights
/// and its bias, of others vectors alone.
struct Parameters {
  struct Vector {
    const char* name;
    real* data;
    std::size_t size;
  };
  Panels weights;  // no data: none
  std::vector<Vector> vectors;
};

class Network {
 public:
  /// Throws std::invalid_argument for unknown names, layers without outputs, and what
  /// make_stages refuses.
  Network(const Kernels& kernels, const NetworkDescription& description);

  const Kernels& kernels() const { return kernels_; }
  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return layers_.back().weights.outputs; }
  const std::vector<DenseLayer>& layers() const { return layers_; }
  /// What stands between them.
  const std::vector<Stage>& stages() const { return stages_; }
  /// The same layers, seen in the gradient block.
  const std::vector<DenseLayer>& gradients() const { return gradients_; }
  const Loss& loss() const { return *loss_; }
  const CustomLoss& custom_loss() const { return custom_loss_; }
  /// Whether a prediction calls what is no kernel.
  bool predicts_by_calls() const;
  /// In whole vectors, as a kernel takes them.
  const real* loss_settings() const { return loss_settings_.data(); }

  /// What a thread holds while it changes the network; see Claim.
  Claim& claim() { return claim_; }

  /// Starts an optimizer: its state becomes zero. Throws std::invalid_argument for an
  /// unknown name or another number of settings than the optimizer has. There is no
  /// average then.
  void start(const OptimizerDescription& optimizer);

  /// Begins an average of all parameters with the next step.
  void start_average(double decay);

  /// Whether all weights, and all biases, move by one rule at one learning rate and
  /// need not know of each other.
  bool treats_alike() const;

  /// Arrays of state that the optimizer keeps per parameter; 0 before it was started.
  std::size_t slots() const;
  /// Of all layers that have any, in order: their parameters, the gradients of these,
  /// and one of the optimizer's arrays. What is not learned by gradients has none.
  std::vector<Parameters> parameters() const;
  std::vector<Parameters> parameter_gradients() const;
  std::vector<Parameters> state(std::size_t slot) const;
  /// If there is one: that of each of the parameters, and over how many steps.
  std::vector<Parameters> average() const;
  std::size_t average_steps() const { return average_ ? average_->steps() : 0; }
  void set_average_steps(std::size_t steps) { average_->set_steps(steps); }
  /// Steps since that state was zero.
  std::size_t steps() const { return steps_; }
  void set_steps(std::size_t steps) { steps_ = steps; }

  /// Mean over a table of weight times loss, its gradient left in gradients(); no
  /// update. It throws what a loss or an activation that is no kernel throws; so do the
  /// two below.
  Evaluation differentiate(const Table& x, const Targets& targets);

  Evaluation evaluate(const Table& x, const Targets& targets) const;

  /// False, and nothing that means anything, if a number of x is not finite.
  bool predict(const Table& x, const Predictions& predictions) const;

  std::size_t multiply_adds(std::size_t rows) const;

  /// Whether the first layer takes the entries of such a table as they are; otherwise
  /// its rows are spread out like any others.
  bool takes_sparse(const Table& x) const;

 private:
  friend class Narrow;
  friend class Step;
  friend class Sweep;
  friend class Training;

  std::vector<DenseLayer> cut(real* block, const NetworkDescription& description) const;
  std::vector<Parameters> seen_in(real* block) const;
  template <class Body>
  void stream(const Table& x, Failure& failure, const Body& body) const;
  bool predict_row(const Table& x, const Predictions& predictions) const;
  bool is_finite() const;
  void add_to_average(Range lines, std::size_t number) const;
  Update update_of(const real* gradients, std::size_t layer, bool of_weights,
                   double learning_rate, std::size_t number) const;
  Update update_of(const real* gradients, double learning_rate,
                   std::size_t number) const;

  Claim claim_;
  const Kernels& kernels_;
  std::size_t inputs_;
  Rescaling rescaling_;
  CustomLoss custom_loss_;
  const Loss* loss_;
  Buffer loss_settings_;
  Buffer parameter_block_, gradient_block_, state_block_;
  std::vector<DenseLayer> layers_, gradients_;
  std::vector<Stage> stages_;
  // For one row at a time, which then needs no allocation; whoever comes while it is
  // taken goes the way of many rows.
  mutable Claim row_claim_;
  std::shared_ptr<Workspace> row_;
  mutable Tempo row_tempo_;
  // For many; whoever comes while it is taken measures nothing.
  mutable Claim stream_claim_;
  mutable Tempo stream_tempo_;
  const Optimizer* optimizer_ = nullptr;
  OptimizerDescription how_;
  std::size_t starts_ = 0, steps_ = 0;
  std::optional<Average> average_;
};

}  // namespace schuss::SCHUSS_PRECISION
