// What rows pass through between two dense layers: one stage after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/buffer.hpp"
#include "core/matrix.hpp"
#include "core/range.hpp"
#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION {

/// A stage as the user says it: it stands before dense layer `place`, or after the
/// last. `key` determines what it draws, if it does.
struct StageDescription {
  std::size_t place;
  std::string kind;
  std::vector<double> settings;
  std::uint64_t key;
};

/// What a network's rows pass for: to be predicted, to tell the gradient of what would
/// be predicted, or to move the weights.
enum class Purpose { kPredict, kDifferentiate, kTrain };

/// A pass of some rows of a workspace, and where in the training they are.
struct Pass {
  Range rows;
  std::size_t first_row = 0;  // of the workspace, in the batch
  std::size_t step = 0;
};

struct StageWork;

/// What a stage does with `pass.rows` of its matrices: y from x, and d_x from d_y.
using StagePass = void (*)(const Kernels&, const StageWork&, const Pass&);

struct StageKind {
  const char* name;
  std::size_t settings;  // how many numbers it is given
  bool draws;            // noise, so it acts in training alone
  StagePass forward;     // null: y is x
  StagePass backward;    // null: d_x is d_y
};

struct Stage {
  const StageKind* kind;
  std::size_t place, width;
  std::vector<double> settings;
  std::uint64_t key;

  bool acts(Purpose purpose) const {
    return purpose == Purpose::kTrain || !kind->draws;
  }
};

/// A stage and its matrices in one workspace, rows x width each.
struct StageWork {
  const Stage* stage;
  Matrix x, y, d_x, d_y;
  PaddedMatrix own_y, own_d_y;  // unless they are x and d_x
};

/// Makes stages of their descriptions; widths[p] is that of place p. Throws
/// std::invalid_argument for unknown kinds, wrong numbers of settings and places that
/// do not exist or go back.
std::vector<Stage> make_stages(const std::vector<StageDescription>& descriptions,
                               const std::vector<std::size_t>& widths);

/// The stages of a place, one after the other, with room for `rows` rows.
class StageChain {
 public:
  /// Those that act for this purpose, from x; back to d_x, if it has data.
  StageChain(const Kernels& kernels, const std::vector<Stage>& stages,
             std::size_t place, Purpose purpose, const Matrix& x, const Matrix& d_x);

  bool empty() const { return works_.empty(); }
  /// What comes out, and its gradient: x and d_x themselves, if nothing acts.
  const Matrix& y() const { return y_; }
  const Matrix& d_y() const { return d_y_; }

  void forward(const Kernels& kernels, const Pass& pass) const;
  void backward(const Kernels& kernels, const Pass& pass) const;

 private:
  std::vector<StageWork> works_;
  Matrix y_, d_y_;
};

}  // namespace schuss::SCHUSS_PRECISION
