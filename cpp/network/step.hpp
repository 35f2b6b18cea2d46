// One training step, as each member of a team takes it: down, turn, up, once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/team.hpp"
#include "network/network.hpp"
#include "network/sweep.hpp"
#include "network/workspace.hpp"
#include "ops/gradient.hpp"
#include "ops/sparse.hpp"

namespace schuss::SCHUSS_PRECISION {

/// The examples of one step, and how far the weights are to move.
struct Batch {
  const std::int64_t* index;  // rows of the table
  std::size_t size;
  std::size_t ahead;  // entries of the index after them, which come next
  double learning_rate;
  std::size_t number;  // of the step, counted from 1
};

/// A first layer with many inputs is computed in parts, each of them a sum over a range
/// of inputs. A thread that keeps to its part has those inputs and their weights in its
/// own cache all the time; only the sums, batch x outputs, cross over. How many parts
/// there are depends on the layer alone, so results do not depend on the threads. The
/// only part has its x in the workspace, and no sums.
struct InputPart {
  Range inputs;
  Table table;        // those columns of X
  PaddedMatrix x;     // of the gathered batch
  PaddedMatrix sums;  // x W
};

class Step {
 public:
  /// Allocates all that steps of up to `batch_size` rows on up to `threads` threads
  /// need. Without `update` they only leave the gradient.
  Step(Network& network, const Table& x, const Targets& targets, std::size_t batch_size,
       std::size_t threads, bool update);

  /// Called by every member of a team with the same batch. False, for all of them, once
  /// a loss was not finite or something failed; the step in which they learn of it may
  /// be the next one.
  bool run(const Member& member, const Batch& batch);

  /// What the user's losses and activations threw.
  const Failure& failure() const { return failure_; }
  /// Of the batch last run, for member 0: the sum of its rows' losses, how many were
  /// classified rightly before the update, and whether the run may go on.
  double loss() const { return loss_; }
  std::size_t correct() const { return correct_; }
  bool finite() const { return finite_; }
  /// The norm of its gradient, if that was measured for a sweep.
  std::optional<double> gradient_norm() const {
    return sweep_ ? sweep_->gradient_norm() : std::nullopt;
  }

 private:
  /// Some rows of a batch, and whether they are its first and last.
  struct Chunk {
    const Batch& batch;
    Range rows;
    bool first, last;

    const std::int64_t* index() const { return batch.index + rows.first; }
  };

  /// Which parts of the first layer are a member's, and its place among those who share
  /// them. `alone` in a team: nobody else ever touches them.
  struct Share {
    Range parts;
    std::size_t rank, size;
    bool alone;

    Range part(std::size_t total) const { return share(total, rank, size); }
  };

  Share share_of(const Member& member) const;
  void enter(const Share& share, const Chunk& chunk);
  void pass(const Member& member, const Chunk& chunk);
  void join_parts(Range rows);
  const Matrix& input(std::size_t layer, std::size_t part = 0) const;
  void record(const Chunk& chunk);
  void collect(const Member& member, const Share& share, const Chunk& chunk);
  void collect_weights(std::size_t rank, std::size_t layer, std::size_t first_input,
                       const Matrix& x, const Share& share, const Chunk& chunk);
  void collect_sparse(const Member& member, const Chunk& chunk);
  void collect_bias(std::size_t layer, Range vectors, const Chunk& chunk);
  void collect_stage(const StageWork& work, Range vectors, const Chunk& chunk);
  Deltas deltas_of(std::size_t layer, std::size_t rows) const;
  bool moves_at_once(const Chunk& chunk) const;
  bool is_sparse() const { return !columns_.empty(); }

  Network& network_;
  const Kernels& kernels_;
  const Targets& targets_;
  const bool update_;
  Workspace work_;
  const bool meets_;  // who has no rows must pass all the same
  const Table& table_;
  std::vector<InputPart> parts_;
  std::vector<SparseColumns> columns_;           // one per thread; none: rows are dense
  std::vector<Buffer> delta_panels_;             // one per layer; empty: not wanted
  std::vector<Buffer> scratch_, inputs_copies_;  // one per thread
  std::optional<Sweep> sweep_;                   // instead of updates at once
  const bool averages_;                          // the parameters after it
  double loss_ = 0;
  std::size_t correct_ = 0;
  bool finite_ = true;  // written and read with a meeting between
  Failure failure_;
};

}  // namespace schuss::SCHUSS_PRECISION
