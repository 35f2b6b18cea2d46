// Training steps of a network so narrow that one call of a kernel takes many of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/buffer.hpp"
#include "network/network.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Steps one after the other, as they lie in the order of an epoch: each takes the next
/// rows of it, the last as many as are left.
struct Run {
  const std::int64_t* index;  // rows of the table
  std::size_t rows;
  std::size_t ahead;  // entries of the index after them, which come next
  const double* learning_rates;
  std::ptrdiff_t stride;
  std::size_t number;  // of the first step, counted from 1
  bool again;          // the rows are those of the run before
};

class Narrow {
 public:
  /// Whether steps of so many rows are faster this way than by Step.
  static bool suits(const Network& network, std::size_t batch_size);

  /// Allocates all that steps of up to `batch_size` rows need.
  Narrow(Network& network, const Table& x, const Targets& targets,
         std::size_t batch_size);

  /// sums <- sums + what the steps came to. False, and no more steps, once the loss is
  /// not finite.
  bool run(const Run& run, NarrowSums& sums);

 private:
  void gather_rows(const Run& run, std::size_t first, std::size_t rows);
  NarrowSteps steps_of(const Run& run, std::size_t taken, std::size_t first,
                       std::size_t rows);
  Update update_of(bool of_weights, std::size_t number) const;

  Network& network_;
  const Table table_;
  const Targets& truth_;
  std::size_t batch_size_, portion_;  // steps that are gathered at a time
  PaddedMatrix x_, targets_;
  std::vector<std::int32_t> labels_, predicted_;
  std::vector<real> losses_, weights_;
  std::vector<PaddedMatrix> sums_, outputs_, deltas_;
  std::vector<NarrowLayer> layers_;
};

}  // namespace schuss::SCHUSS_PRECISION
