// The update of a step that must know all gradients before it moves anything.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/team.hpp"
#include "network/network.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Gradients are measured and clipped, parameters moved, shrunk and limited, block by
/// block. Blocks are cut by the layers alone, so that sums over them do not depend on
/// the threads.
class Sweep {
 public:
  /// Whether the network's optimizer asks for more than its rule does at once.
  static bool wanted(const Network& network);

  explicit Sweep(Network& network);

  /// Called by every member of a team when all gradients stand. All parameters stand
  /// when they meet again.
  void run(const Member& member, double learning_rate, std::size_t number);

  /// Of the gradients of the last step, before they were clipped; nothing where no norm
  /// is asked for.
  std::optional<double> gradient_norm() const;

 private:
  /// Some rows of the gradients as they stand in memory, whose padding means nothing.
  struct Block {
    std::size_t layer;
    bool of_weights;
    Matrix gradients;
  };

  void add_blocks(std::size_t layer);
  void measure(Range blocks);
  double sum_up() const;
  void move(const Block& block, real scale, double learning_rate, std::size_t number);
  void limit(const Panels& weights, std::size_t index) const;

  Network& network_;
  const Kernels& kernels_;
  std::vector<Block> blocks_;
  std::vector<double> squares_;  // one sum per block
  double norm_ = 0;
};

}  // namespace schuss::SCHUSS_PRECISION
