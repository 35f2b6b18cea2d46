// A run of training steps: one team, opened once, that goes through epochs.
#include "network/training.hpp"

#include <algorithm>

#include "core/require.hpp"
#include "core/shuffle.hpp"

namespace schuss::SCHUSS_PRECISION {

Training::Training(Network& network, TrainingPlan plan)
    : network_(network),
      plan_(std::move(plan)),
      order_(plan_.x.rows),
      before_(network.parameter_block_.size()),
      threads_(threads_for(network.multiply_adds(plan_.batch_size))),
      step_(network, plan_.x, plan_.targets, plan_.batch_size, threads_, true) {
  for (std::size_t i = 0; i < order_.size(); ++i) {
    order_[i] = static_cast<std::int64_t>(i);
  }
}

TrainingResult Training::run(std::size_t steps, const double* learning_rates,
                             std::ptrdiff_t stride) {
  require<std::logic_error>(network_.optimizer_ != nullptr,
                            "training began before an optimizer was started");
  result_ = {};
  const std::size_t epochs = steps / plan_.steps_per_epoch() + 1;
  result_.losses.reserve(epochs);
  result_.correct.reserve(epochs);
  if (stopped_ || steps == 0) return result_;
  run_team(threads_,
           [&](const Member& member) { work(member, learning_rates, stride, steps); });
  taken_ += result_.steps;
  if (!stopped_ && !network_.is_finite()) stop("a weight stopped being finite");
  if (stopped_) {
    std::copy_n(before_.data(), before_.size(), network_.parameter_block_.data());
  }
  return std::move(result_);
}

void Training::work(const Member& member, const double* learning_rates,
                    std::ptrdiff_t stride, std::size_t steps) {
  const std::size_t per_epoch = plan_.steps_per_epoch();
  std::size_t position = taken_ % per_epoch;
  const std::size_t taken = taken_;
  for (std::size_t s = 0; s < steps; ++s) {
    if (position == 0) {
      member.wait();  // the epoch before has ended for all
      if (member.rank == 0 && !stopped_) begin_epoch();
      member.wait();  // the order and the copy stand
      if (stopped_) return;
    }
    const std::size_t first = position * plan_.batch_size;
    const Batch batch{
        order_.data() + first, std::min(plan_.batch_size, plan_.x.rows - first),
        learning_rates[static_cast<std::ptrdiff_t>(s) * stride], taken + s + 1};
    const bool finite = step_.run(member, batch);
    if (member.rank == 0 && !stopped_) account(batch);
    if (!finite) return;
    position = position + 1 == per_epoch ? 0 : position + 1;
  }
}

/// Whatever was not noticed by its loss shows in the weights, which must not become
/// those that an epoch goes back to.
void Training::begin_epoch() {
  if (!network_.is_finite()) return stop("a weight stopped being finite");
  std::copy_n(network_.parameter_block_.data(), before_.size(), before_.data());
  if (plan_.key) {
    const std::size_t epoch = (taken_ + result_.steps) / plan_.steps_per_epoch();
    shuffle(order_.size(), *plan_.key, plan_.first_epoch + epoch, order_.data());
  }
  loss_ = 0;
  correct_ = rows_ = 0;
}

void Training::account(const Batch& batch) {
  loss_ += step_.loss();
  correct_ += step_.correct();
  rows_ += batch.size;
  ++result_.steps;
  result_.loss = loss_ / static_cast<double>(rows_);
  if (!(step_.loss() - step_.loss() == 0)) return stop("the loss stopped being finite");
  if (rows_ < plan_.x.rows) return;
  result_.losses.push_back(result_.loss);
  result_.correct.push_back(static_cast<std::int64_t>(correct_));
}

void Training::stop(const char* problem) {
  result_.problem = problem;
  stopped_ = true;
}

}  // namespace schuss::SCHUSS_PRECISION
