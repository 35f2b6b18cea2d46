// Network as Python sees it: arrays in, plain row-major arrays out, the GIL let go.
#include "network/network.hpp"

#include <pybind11/stl.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <variant>

#include "bindings/arrays.hpp"
#include "bindings/parameters.hpp"
#include "bindings/predictor.hpp"
#include "bindings/python_calls.hpp"
#include "bindings/sparse.hpp"
#include "core/require.hpp"
#include "dispatch/dispatch.hpp"
#include "dispatch/isa.hpp"
#include "network/training.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

using Layers = std::vector<std::pair<std::size_t, std::string>>;
/// A name, or the user's own activation: functions value and derivative.
using Kind = std::variant<std::string, std::pair<py::function, py::function>>;
/// Place, kind, settings and key of each.
using Stages =
    std::vector<std::tuple<std::size_t, Kind, std::vector<double>, std::uint64_t>>;

Network make_network(std::size_t inputs, const Layers& layers, const std::string& loss,
                     double scale, double offset, const Stages& stages,
                     const std::vector<double>& loss_settings,
                     const py::object& custom_loss) {
  NetworkDescription description{
      inputs, {},
      loss,   {real(scale), real(offset)},
      {},     std::vector<real>(loss_settings.begin(), loss_settings.end())};
  for (const auto& [place, kind, settings, key] : stages) {
    const auto* name = std::get_if<std::string>(&kind);
    description.stages.push_back({place, name ? *name : "", settings, key});
    if (name) continue;
    const auto& [value, derivative] = std::get<1>(kind);
    description.stages.back().custom = python_activation(value, derivative);
  }
  if (!custom_loss.is_none())
    description.custom_loss = python_loss(custom_loss, kernels());
  for (const auto& [outputs, activation] : layers) {
    description.layers.push_back({outputs, activation});
  }
  return Network(kernels(), description);
}

void start(Network& network, const std::string& name,
           const std::vector<double>& settings, double l2, double weight_decay,
           double l1, double bias_l1, double bias_l2, double max_norm, double clip_norm,
           double clip_value, const std::vector<double>& learning_rate_factors) {
  const Claim::Holder holder(network.claim());
  network.start({name, std::vector<real>(settings.begin(), settings.end()),
                 Pull{real(l1), real(l2), real(weight_decay)},
                 Pull{real(bias_l1), real(bias_l2), 0}, max_norm, clip_norm, clip_value,
                 learning_rate_factors});
}

void start_average(Network& network, double decay) {
  const Claim::Holder holder(network.claim());
  network.start_average(decay);
}

/// X, targets and weights of each set.
using Validation = std::vector<std::tuple<py::object, py::array, py::object>>;

TrainingPlan plan_of(const Network& network, const py::object& x,
                     const py::array& targets, std::size_t batch_size,
                     std::optional<std::uint64_t> key, std::size_t first_epoch,
                     const py::object& weights, const Validation& validation) {
  TrainingPlan plan{
      table_or_sparse(x, "X", network.inputs()), {}, batch_size, key, first_epoch};
  plan.targets = targets_of(targets, network, plan.x.rows, weights);
  require(batch_size > 0, "batch_size is 0; expected at least 1");
  require(plan.x.rows < std::size_t{1} << 32, "X has ", plan.x.rows,
          " rows; expected fewer than 2^32");
  plan.batch_size = std::min(batch_size, plan.x.rows);
  for (const auto& [held, truth, counts] : validation) {
    const Table table = table_or_sparse(held, "X", network.inputs());
    plan.validation.push_back({table, targets_of(truth, network, table.rows, counts)});
  }
  return plan;
}

/// A training, and the arrays it reads.
class HeldTraining {
 public:
  HeldTraining(Network& network, py::object x, py::array targets,
               std::size_t batch_size, std::optional<std::uint64_t> key,
               std::size_t first_epoch, const py::object& weights,
               Validation validation)
      : x_(std::move(x)),
        targets_(std::move(targets)),
        validation_(std::move(validation)),
        training_(network, plan_of(network, x_, targets_, batch_size, key, first_epoch,
                                   weights, validation_)) {}

  py::tuple run(const py::array_t<double, 0>& learning_rates) {
    require(learning_rates.ndim() == 1, "learning_rates must have one dimension");
    const Claim::Holder holder(training_.network().claim());
    TrainingResult result;
    {
      // One for all steps is a stride of 0, and stays one number.
      const bool constant = learning_rates.strides(0) == 0 && learning_rates.size() > 0;
      std::vector<double> rates(constant ? 1 : std::size_t(learning_rates.size()));
      for (std::size_t s = 0; s < rates.size(); ++s) {  // they need not be aligned
        std::memcpy(&rates[s], learning_rates.data(py::ssize_t(s)), sizeof(double));
      }
      const auto steps = std::size_t(learning_rates.size());
      const py::gil_scoped_release released;
      result = training_.run(steps, rates.data(), constant ? 0 : 1);
    }
    gradient_norms_ = py::array_t<double>(py::ssize_t(result.gradient_norms.size()),
                                          result.gradient_norms.data());
    py::array_t<double> losses(py::ssize_t(result.losses.size()), result.losses.data());
    py::array_t<std::int64_t> correct(py::ssize_t(result.correct.size()),
                                      result.correct.data());
    epochs_ = result.losses.size();
    evaluations_ = std::move(result.evaluations);
    py::object problem = exception_of(result.failure);
    if (problem.is_none() && result.problem) problem = py::str(result.problem);
    return py::make_tuple(losses, correct, result.loss, result.steps, problem);
  }

  /// Of the steps of the last run, where norms are measured.
  const py::array_t<double>& gradient_norms() const { return gradient_norms_; }

  /// Of the epochs that ended in the last run.
  py::array_t<double> evaluations() const {
    py::array_t<double> values({epochs_, validation_.size(), std::size_t{2}});
    double* value = values.mutable_data();
    for (const Evaluation& each : evaluations_) {
      *value++ = each.loss;
      *value++ = static_cast<double>(each.correct);
    }
    return values;
  }

 private:
  py::object x_;
  py::array targets_;
  Validation validation_;
  Training training_;
  py::array_t<double> gradient_norms_;
  std::size_t epochs_ = 0;
  std::vector<Evaluation> evaluations_;
};

py::tuple evaluate(const Network& network, const py::object& x,
                   const py::array& targets, const py::object& weights) {
  const Table table = table_or_sparse(x, "X", network.inputs());
  const Targets truth = targets_of(targets, network, table.rows, weights);
  Evaluation evaluation;
  {
    const py::gil_scoped_release released;
    evaluation = network.evaluate(table, truth);
  }
  return py::make_tuple(evaluation.loss, evaluation.correct);
}

double differentiate(Network& network, const py::object& x, const py::array& targets,
                     const py::object& weights) {
  const Table table = table_or_sparse(x, "X", network.inputs());
  const Targets truth = targets_of(targets, network, table.rows, weights);
  const Claim::Holder holder(network.claim());
  const py::gil_scoped_release released;
  return network.differentiate(table, truth).loss;
}

/// wanted: 0 the outputs, 1 means, 2 classes.
py::array predict(const Network& network, const py::object& x, int wanted) {
  const Table table = table_or_sparse(x, "X", network.inputs());
  const std::size_t outputs = network.outputs();
  const bool classes = wanted == int(Wanted::kClasses);
  py::array result = classes ? new_array(py::dtype::of<std::int64_t>(), {table.rows})
                             : new_array(py::dtype::of<real>(), {table.rows, outputs});
  Predictions predictions{Wanted(wanted), {}, nullptr};
  if (classes) {
    predictions.classes = static_cast<std::int64_t*>(result.mutable_data());
  } else {
    predictions.numbers = {static_cast<real*>(result.mutable_data()), table.rows,
                           outputs, outputs};
  }
  if (!run_prediction(network, table, predictions)) require_finite(table, "X");
  return result;
}

void check_table(const py::array& array, const std::string& name, std::size_t columns) {
  const Table table = table_of(array, name, columns);
  const py::gil_scoped_release released;
  require_finite(table, name);
}

}  // namespace

void register_network(py::module_& module);
void register_sparse_table(py::module_& module);

void register_network(py::module_& module) {
  using namespace py::literals;
  register_sparse_table(module);
  py::class_<HeldTraining>(module, "Training")
      .def(
          py::init<Network&, py::object, py::array, std::size_t,
                   std::optional<std::uint64_t>, std::size_t, py::object, Validation>(),
          py::keep_alive<1, 2>(), "network"_a, "X"_a, "targets"_a, "batch_size"_a,
          "key"_a = py::none(), "first_epoch"_a = 0, "weights"_a = py::none(),
          "validation"_a = Validation{})
      .def("run", &HeldTraining::run, "learning_rates"_a.noconvert())
      .def("evaluations", &HeldTraining::evaluations)
      .def("gradient_norms", &HeldTraining::gradient_norms);
  module.def("check_table", check_table, "array"_a, "name"_a, "columns"_a = 0);
  py::class_<Network>(module, "Network")
      .def(py::init(&make_network), "inputs"_a, "layers"_a, "loss"_a, "scale"_a = 1.0,
           "offset"_a = 0.0, "stages"_a = Stages{},
           "loss_settings"_a = std::vector<double>{}, "custom_loss"_a = py::none())
      .def_property_readonly("isa", [](const Network& n) { return n.kernels().isa; })
      .def(
          "parameters",
          [](const Network& n, std::size_t l) { return arrays_of(n.parameters(), l); },
          "layer"_a)
      .def(
          "gradients",
          [](const Network& n, std::size_t l) {
            return arrays_of(n.parameter_gradients(), l);
          },
          "layer"_a)
      .def("set_parameters", set_arrays, "layer"_a)
      .def("start", start, "optimizer"_a, "settings"_a, "l2"_a = 0.0,
           "weight_decay"_a = 0.0, py::kw_only(), "l1"_a = 0.0, "bias_l1"_a = 0.0,
           "bias_l2"_a = 0.0, "max_norm"_a = OptimizerDescription::kUnlimited,
           "clip_norm"_a = OptimizerDescription::kUnlimited,
           "clip_value"_a = OptimizerDescription::kUnlimited,
           "learning_rate_factors"_a = std::vector<double>{})
      .def("state", state_of)
      .def("set_state", set_state, "steps"_a, "slots"_a)
      .def("steps_taken", &Network::steps)
      .def("start_average", start_average, "decay"_a)
      .def("average", average_of)
      .def("set_average", set_average, "steps"_a, "layers"_a)
      .def("training",
           [](const py::object& network, const py::args& given,
              const py::kwargs& named) {
             return py::type::of<HeldTraining>()(network, *given, **named);
           })
      .def("evaluate", evaluate, "X"_a, "targets"_a, "weights"_a = py::none())
      .def("differentiate", differentiate, "X"_a, "targets"_a, "weights"_a = py::none())
      .def("predict", predict, "X"_a, "wanted"_a = 0);
}

}  // namespace schuss::SCHUSS_PRECISION
