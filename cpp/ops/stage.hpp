// What rows pass through between two dense layers: one stage after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/buffer.hpp"
#include "core/failure.hpp"
#include "core/matrix.hpp"
#include "core/range.hpp"
#include "core/team.hpp"
#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION {

/// An activation that is no kernel: y <- f(x), and d_y <- d_y * f'(x), for some rows,
/// padding left alone. It may throw.
struct CustomActivation {
  std::function<void(const Matrix& x, const Matrix& y)> forward;
  std::function<void(const Matrix& x, const Matrix& d_y)> backward;
};

/// A stage as the user says it: it stands before dense layer `place`, or after the
/// last. `key` determines what it draws, if it does.
struct StageDescription {
  std::size_t place;
  std::string kind;
  std::vector<double> settings;
  std::uint64_t key;
  CustomActivation custom{};  // then `kind` does not count
};

/// What rows pass a network for: to be predicted, to tell a gradient, or to move the
/// weights. Noise is for the last alone.
enum class Purpose { kPredict, kDifferentiate, kTrain };

/// A pass of some rows of a workspace, and where in the training they are.
struct Pass {
  Range rows;                 // a thread's own
  std::size_t all = 0;        // rows of the workspace that are in use
  std::size_t first_row = 0;  // of the workspace, in the batch
  std::size_t step = 0;
  Purpose purpose = Purpose::kPredict;
  const Member* member = nullptr;  // of the team, unless it is a prediction
  Failure* failure = nullptr;      // of the call, for what may throw
};

struct StageWork;

/// What a stage does with `pass.rows` of its matrices: y from x, and d_x from d_y.
using StagePass = void (*)(const Kernels&, const StageWork&, const Pass&);

/// The gradient of what a stage learns from the first `rows` of its matrices, for some
/// columns (whole vectors), added to what is there if `accumulate`.
using StageCollect = void (*)(const Kernels&, const StageWork&, std::size_t rows,
                              Range columns, bool accumulate);

/// A branch and where it joins come in pairs, like brackets.
enum class Bracket { kNone, kOpens, kCloses };

struct StageKind {
  const char* name;
  std::size_t settings = 0;        // how many numbers it is given
  const char* vectors[5] = {};     // names of what it keeps, a number per column each
  std::size_t learned = 0;         // of them, by gradients
  bool draws = false;              // noise, so it acts in training alone
  bool meets = false;              // in a training, the team meets in its passes
  StagePass forward = nullptr;     // none: y is x
  StagePass backward = nullptr;    // none: d_x is d_y
  bool in_place = false;           // back: d_x is d_y, changed
  StageCollect collect = nullptr;  // if it learns
  Bracket bracket = Bracket::kNone;

  std::size_t count() const;  // of vectors
};

struct Stage {
  const StageKind* kind;
  std::size_t place, width;
  std::vector<double> settings;
  std::uint64_t key;
  const Activation* activation = nullptr;  // if it is one
  CustomActivation custom{};               // likewise
  // Its vectors, `stride` apart, in the network's blocks of parameters and gradients.
  std::size_t stride = 0;
  real* parameters = nullptr;
  real* gradients = nullptr;

  real* vector(std::size_t index) const { return parameters + index * stride; }
  real* gradient(std::size_t index) const { return gradients + index * stride; }
  bool acts(Purpose purpose) const {
    return purpose == Purpose::kTrain || !kind->draws;
  }
};

/// A stage and its matrices in one workspace, rows x width each.
struct StageWork {
  const Stage* stage;
  Matrix x, y, d_x, d_y;
  Matrix partner{};  // of a branch, d_y of where it joins; of that, the branch's x
  PaddedMatrix own_y{}, own_d_y{};  // unless they are x and d_x
  PaddedMatrix kept{};     // of a stage that learns, what its gradient is made from
  PaddedMatrix numbers{};  // of such a stage: some for each row or column
};

/// Makes stages of their descriptions, of which the kind may be an activation's name;
/// widths[p] is that of place p. Throws std::invalid_argument for unknown kinds, wrong
/// numbers of settings, places that do not exist or go back, and branches that do not
/// join or join another width.
std::vector<Stage> make_stages(const Kernels& kernels,
                               const std::vector<StageDescription>& descriptions,
                               const std::vector<std::size_t>& widths);

/// The stages of a place, one after the other, with room for `rows` rows.
class StageChain {
 public:
  /// Those that act for this purpose, from x; back to d_x, if it has data. `branches`
  /// are those that have not joined yet.
  StageChain(const Kernels& kernels, const std::vector<Stage>& stages,
             std::size_t place, Purpose purpose, const Matrix& x, const Matrix& d_x,
             std::vector<Matrix>& branches);
  /// Tells branches where they join, from the last place to the first.
  void meet_joins(std::vector<Matrix>& joins);

  bool empty() const { return works_.empty(); }
  /// What comes out, and its gradient: x and d_x themselves, if nothing acts.
  const Matrix& y() const { return y_; }
  const Matrix& d_y() const { return d_y_; }

  const std::vector<StageWork>& works() const { return works_; }
  /// Whether the whole team must pass, also who has no rows.
  bool meets() const;

  void forward(const Kernels& kernels, const Pass& pass) const;
  void backward(const Kernels& kernels, const Pass& pass) const;

 private:
  std::vector<StageWork> works_;
  Matrix y_, d_y_;
};

}  // namespace schuss::SCHUSS_PRECISION
