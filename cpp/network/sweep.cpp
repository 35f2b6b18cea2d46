// Norms of gradients, clipping, updates and limits of weights, block by block.
#include "network/sweep.hpp"

#include <algorithm>
#include <cmath>

namespace schuss::SCHUSS_PRECISION {

namespace {

/// Numbers in a block: few enough that gradients, parameters and state stay in the L2
/// cache from one pass over them to the next.
constexpr std::size_t kBlock = 16 * 1024;

/// What brings a norm down to a limit; NaN if it is no finite number.
real shrinking(double norm, double limit) {
  return norm <= limit ? 1 : static_cast<real>(limit / norm + (norm - norm));
}

}  // namespace

bool Sweep::wanted(const Network& network) {
  const OptimizerDescription& how = network.how_;
  return how.clips() || how.max_norm < how.kUnlimited;
}

Sweep::Sweep(Network& network) : network_(network), kernels_(network.kernels()) {
  for (std::size_t l = 0; l < network.layers().size(); ++l) {
    if (!network.how_.freezes(l)) add_blocks(l);
  }
  for (const Stage& stage : network.stages()) {
    for (std::size_t v = 0; v < stage.kind->learned; ++v) {
      const std::size_t padded = round_up(stage.width, kernels_.lanes);
      blocks_.push_back(
          {std::nullopt, false, {stage.gradient(v), 1, stage.width, padded}});
    }
  }
  squares_.resize(blocks_.size());
}

void Sweep::add_blocks(std::size_t layer) {
  const DenseLayer& gradients = network_.gradients()[layer];
  const Panels& weights = gradients.weights;
  const auto cut = [&](const Matrix& whole) {
    const std::size_t rows = std::max<std::size_t>(1, kBlock / whole.stride);
    for (std::size_t r = 0; r < whole.rows; r += rows) {
      blocks_.push_back({layer, true, whole.slice(r, std::min(r + rows, whole.rows))});
    }
  };
  for (std::size_t p = 0; p < weights.count(); ++p) {
    if (weights.by_output) {
      cut({weights.data, weights.outputs, weights.inputs, weights.output_stride()});
    } else {
      const std::size_t left = weights.outputs - p * weights.width;
      cut({weights.begin(p, 0), weights.inputs, std::min(left, weights.width),
           weights.width_of(p)});
    }
  }
  blocks_.push_back(
      {layer, false, {gradients.bias, 1, weights.outputs, weights.padded_outputs()}});
}

void Sweep::run(const Member& member, double learning_rate, std::size_t number) {
  const Range mine = member.part(blocks_.size());
  const OptimizerDescription& how = network_.how_;
  real factor = 1;
  if (how.clip_norm < how.kUnlimited) {
    measure(mine);
    member.wait();  // all sums stand
    const double norm = sum_up();
    if (member.rank == 0) norm_ = norm;
    factor = shrinking(norm, how.clip_norm);
  }
  for (std::size_t b = mine.first; b < mine.last; ++b) {
    move(blocks_[b], factor, learning_rate, number);
  }
  if (how.max_norm == how.kUnlimited) return;
  member.wait();  // all weights stand
  for (std::size_t l = 0; l < network_.layers().size(); ++l) {
    if (how.freezes(l)) continue;
    const Panels& weights = network_.layers()[l].weights;
    const Range units =
        member.part(weights.by_output ? weights.outputs : weights.count());
    for (std::size_t u = units.first; u < units.last; ++u) limit(weights, u);
  }
}

void Sweep::measure(Range blocks) {
  for (std::size_t b = blocks.first; b < blocks.last; ++b) {
    const Matrix& part = blocks_[b].gradients;
    squares_[b] =
        kernels_.sum_of_squares(part.rows, part.columns, part.data, part.stride);
  }
}

/// Every member adds up all sums, in one order.
double Sweep::sum_up() const {
  double sum = 0;
  for (const double square : squares_) sum += square;
  return std::sqrt(sum);
}

std::optional<double> Sweep::gradient_norm() const {
  if (network_.how_.clip_norm == OptimizerDescription::kUnlimited) return std::nullopt;
  return norm_;
}

void Sweep::move(const Block& block, real scale, double learning_rate,
                 std::size_t number) {
  const Matrix& part = block.gradients;
  const auto limit = static_cast<real>(network_.how_.clip_value);
  Update update = block.layer
                      ? network_.update_of(part.data, *block.layer, block.of_weights,
                                           learning_rate, number)
                      : network_.update_of(part.data, learning_rate, number);
  update.size = part.rows * part.stride;
  if (network_.how_.clips()) kernels_.clip(update.size, scale, limit, part.data);
  network_.optimizer_->update(update);
}

/// Of the weights of one panel's units, or by output of one unit.
void Sweep::limit(const Panels& weights, std::size_t index) const {
  const double limit = network_.how_.max_norm;
  if (!weights.by_output) {
    const std::size_t width = weights.width_of(index);
    return kernels_.max_norm(weights.inputs, width, static_cast<real>(limit),
                             weights.begin(index, 0), width);
  }
  real* const unit = weights.data + index * weights.output_stride();
  const double square =
      kernels_.sum_of_squares(1, weights.inputs, unit, weights.output_stride());
  const real factor = shrinking(std::sqrt(square), limit);
  const auto unlimited = static_cast<real>(OptimizerDescription::kUnlimited);
  if (factor != 1) kernels_.clip(weights.output_stride(), factor, unlimited, unit);
}

}  // namespace schuss::SCHUSS_PRECISION
