// Training over epochs: the order of the rows, the account of losses, and what happens
// when they stop being finite.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <vector>

#include "core/team.hpp"
#include "core/tempo.hpp"
#include "network/narrow.hpp"
#include "network/network.hpp"
#include "network/step.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Rows that are evaluated, and never trained on.
struct ValidationSet {
  Table x;
  Targets targets;
};

/// What is trained on, and how it is cut: epoch e takes the rows in the order
/// shuffle(rows, key, first_epoch + e), or as they stand without a key. Sets are
/// evaluated when an epoch has ended.
struct TrainingPlan {
  Table x;
  Targets targets;
  std::size_t batch_size;
  std::optional<std::uint64_t> key;
  std::size_t first_epoch = 0;
  std::vector<ValidationSet> validation{};

  std::size_t steps_per_epoch() const { return (x.rows + batch_size - 1) / batch_size; }
};

/// What some steps did. For every epoch that ended in them: the mean of its losses, how
/// many of its rows were classified rightly before their update, and what the sets came
/// to after it, one by one.
struct TrainingResult {
  std::vector<double> losses;
  std::vector<std::int64_t> correct;
  std::vector<Evaluation> evaluations;
  std::vector<double> gradient_norms;  // of every step, where they were measured
  double loss = 0;                     // mean so far over the epoch of the last step
  std::size_t steps = 0;               // that were taken
  const char* problem = nullptr;       // why they ended early, or what came out
  std::exception_ptr failure;          // then, what a call of the user's threw
};

/// If a loss or a weight stops being finite, the network gets back the parameters, and
/// their average, that it had at the start of that epoch, and no more steps are taken.
class Training {
 public:
  /// The network must outlive it and have been given an optimizer.
  Training(Network& network, TrainingPlan plan);

  /// Takes the next `steps` steps; learning_rates[s * stride] is that of step s.
  TrainingResult run(std::size_t steps, const double* learning_rates,
                     std::ptrdiff_t stride);

  Network& network() { return network_; }

 private:
  struct Span;

  void prepare();
  void go(const Span& span);
  void take(std::size_t threads, const Span& span);
  void work(const Member& member, std::size_t taken, const Span& span);
  void work_narrow(std::size_t taken, const Span& span);
  void begin_epoch(std::size_t epoch);
  void validate();
  void account(std::size_t rows, std::size_t steps, bool finite);
  void stop(const char* problem);
  void go_back();

  Network& network_;
  const TrainingPlan plan_;
  std::vector<std::int64_t> order_;
  // The parameters at the start of the epoch, and their average if there is one.
  Buffer before_, average_before_;
  std::size_t team_ = 1;
  Tempo tempo_;
  // One of them takes the steps.
  std::optional<Narrow> narrow_;
  std::optional<Step> step_;
  std::size_t starts_ = 0;  // of optimizers, the last of which they were made for
  std::size_t taken_ = 0;   // steps since the beginning
  NarrowSums sums_{};       // over the epoch so far
  std::size_t rows_ = 0;    // of it
  std::size_t steps_ = 0;   // likewise
  TrainingResult result_;
  bool begun_ = false;    // there is an epoch to go back to
  bool stopped_ = false;  // written between two meetings, read after the second
};

}  // namespace schuss::SCHUSS_PRECISION
