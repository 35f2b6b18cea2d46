// A run of training steps: one team, opened once, that goes through epochs.
#include "network/training.hpp"

#include <algorithm>

#include "core/require.hpp"
#include "core/shuffle.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Some steps, one after the other, and their learning rates.
struct Training::Span {
  std::size_t steps;
  const double* learning_rates;
  std::ptrdiff_t stride;

  Span slice(Range part) const {
    return {part.size(),
            learning_rates + static_cast<std::ptrdiff_t>(part.first) * stride, stride};
  }
};

Training::Training(Network& network, TrainingPlan plan)
    : network_(network),
      plan_(std::move(plan)),
      order_(plan_.x.rows),
      before_(network.parameter_block_.size()) {
  for (std::size_t i = 0; i < order_.size(); ++i) {
    order_[i] = static_cast<std::int64_t>(i);
  }
  prepare();
}

/// Chooses who takes the steps that the network's optimizer asks for.
void Training::prepare() {
  step_.reset();
  narrow_.reset();
  if (!plan_.x.is_sparse() && Narrow::suits(network_, plan_.batch_size)) {
    team_ = 1;
    narrow_.emplace(network_, plan_.x, plan_.targets, plan_.batch_size);
  } else {
    team_ = largest_team(network_.multiply_adds(plan_.batch_size));
    step_.emplace(network_, plan_.x, plan_.targets, plan_.batch_size, team_, true);
  }
  average_before_ = Buffer(network_.average_ ? before_.size() : 0);
  starts_ = network_.starts_;
}

TrainingResult Training::run(std::size_t steps, const double* learning_rates,
                             std::ptrdiff_t stride) {
  require<std::logic_error>(network_.optimizer_ != nullptr,
                            "training began before an optimizer was started");
  if (starts_ != network_.starts_) prepare();
  result_ = {};
  const std::size_t epochs = steps / plan_.steps_per_epoch() + 1;
  result_.losses.reserve(epochs);
  result_.correct.reserve(epochs);
  if (step_ && step_->gradient_norm()) result_.gradient_norms.reserve(steps);
  if (stopped_ || steps == 0) return result_;
  const Span span{steps, learning_rates, stride};
  const std::size_t per_epoch = plan_.steps_per_epoch();
  for (Range part{0, 0}; part.last < steps && !stopped_;) {
    const std::size_t to_end = per_epoch - taken_ % per_epoch;
    const std::size_t left = steps - part.last;
    const std::size_t next = plan_.validation.empty() ? left : std::min(left, to_end);
    part = {part.last, part.last + next};
    go(span.slice(part));
    validate();
  }
  if (!stopped_ && !network_.is_finite()) stop("a weight stopped being finite");
  if (step_ && !result_.failure) result_.failure = step_->failure().exception();
  if (stopped_ && begun_) go_back();
  return std::move(result_);
}

void Training::go(const Span& span) {
  if (requested_threads()) return take(team_, span);
  tempo_.run(team_, span.steps, [&](std::size_t threads, Range part) {
    return seconds_of([&] { take(threads, span.slice(part)); });
  });
}

void Training::take(std::size_t threads, const Span& span) {
  if (stopped_) return;
  const std::size_t before = result_.steps;
  run_team(threads, [&](const Member& member) {
    narrow_ ? work_narrow(taken_, span) : work(member, taken_, span);
  });
  taken_ += result_.steps - before;
  network_.steps_ += result_.steps - before;
  if (auto& average = network_.average_) {
    average->set_steps(average->steps() + (result_.steps - before));
  }
}

void Training::work(const Member& member, std::size_t taken, const Span& span) {
  const std::size_t per_epoch = plan_.steps_per_epoch();
  std::size_t position = taken % per_epoch;
  for (std::size_t s = 0; s < span.steps; ++s) {
    if (position == 0) {
      member.wait();  // the epoch before has ended for all
      if (member.rank == 0) begin_epoch((taken + s) / per_epoch);
      member.wait();  // the order and the copy stand
      if (stopped_) return;
    }
    const std::size_t first = position * plan_.batch_size;
    const std::size_t size = std::min(plan_.batch_size, plan_.x.rows - first);
    const Batch batch{order_.data() + first, size, plan_.x.rows - first - size,
                      span.learning_rates[static_cast<std::ptrdiff_t>(s) * span.stride],
                      network_.steps_ + s + 1};
    const bool finite = step_->run(member, batch);
    if (member.rank == 0 && !stopped_) {
      sums_.loss += step_->loss();
      sums_.correct += step_->correct();
      if (const auto norm = step_->gradient_norm()) {
        result_.gradient_norms.push_back(*norm);
      }
      account(size, 1, step_->finite());
    }
    if (!finite) return;
    position = position + 1 == per_epoch ? 0 : position + 1;
  }
}

/// The same by one thread alone, as many steps at a time as the epoch has.
void Training::work_narrow(std::size_t taken, const Span& span) {
  const std::size_t per_epoch = plan_.steps_per_epoch();
  std::size_t epoch = taken / per_epoch, position = taken % per_epoch;
  const bool same_rows = !plan_.key;  // from epoch to epoch
  for (std::size_t s = 0; s < span.steps;) {
    if (position == 0) begin_epoch(epoch);
    if (stopped_) return;
    const std::size_t count = std::min(per_epoch - position, span.steps - s);
    const std::size_t first = position * plan_.batch_size;
    const std::size_t last = std::min(first + count * plan_.batch_size, plan_.x.rows);
    sums_.steps = 0;
    const bool finite = narrow_->run(
        {order_.data() + first, last - first, plan_.x.rows - last,
         span.learning_rates + static_cast<std::ptrdiff_t>(s) * span.stride,
         span.stride, network_.steps_ + s + 1,
         same_rows && s >= per_epoch && count == per_epoch},
        sums_);
    account(std::min(sums_.steps * plan_.batch_size, last - first), sums_.steps,
            finite);
    s += count;
    position += count;
    if (position == per_epoch) ++epoch, position = 0;
  }
}

/// Whatever was not noticed by its loss shows in the weights, which must not become
/// those that an epoch goes back to.
void Training::begin_epoch(std::size_t epoch) {
  if (stopped_) return;
  if (!network_.is_finite()) return stop("a weight stopped being finite");
  std::copy_n(network_.parameter_block_.data(), before_.size(), before_.data());
  if (average_before_.size()) {
    std::copy_n(network_.average_->data(), before_.size(), average_before_.data());
  }
  begun_ = true;
  if (plan_.key) {
    shuffle(order_.size(), *plan_.key, plan_.first_epoch + epoch, order_.data());
  }
  sums_ = {};
  rows_ = steps_ = 0;
}

/// If an epoch has ended with the steps that were taken last. One whose validation
/// fails does not count.
void Training::validate() {
  if (stopped_ || taken_ % plan_.steps_per_epoch() != 0) return;
  try {
    for (const ValidationSet& set : plan_.validation) {
      result_.evaluations.push_back(network_.evaluate(set.x, set.targets));
    }
  } catch (...) {
    result_.failure = std::current_exception();
    result_.losses.pop_back();
    result_.correct.pop_back();
    result_.evaluations.resize(result_.losses.size() * plan_.validation.size());
    stopped_ = true;
  }
}

/// Takes note of what sums_ have come to with `steps` more steps of `rows` rows in all.
void Training::account(std::size_t rows, std::size_t steps, bool finite) {
  result_.steps += steps;
  rows_ += rows;
  steps_ += steps;
  result_.loss = sums_.loss / static_cast<double>(rows_);
  if (!finite) return stop("the loss stopped being finite");
  if (rows_ < plan_.x.rows) return;
  result_.losses.push_back(result_.loss);
  result_.correct.push_back(static_cast<std::int64_t>(sums_.correct));
}

void Training::go_back() {
  std::copy_n(before_.data(), before_.size(), network_.parameter_block_.data());
  if (!average_before_.size()) return;
  Average& average = *network_.average_;
  std::copy_n(average_before_.data(), before_.size(), average.data());
  average.set_steps(average.steps() - std::min(average.steps(), steps_));
}

void Training::stop(const char* problem) {
  result_.problem = problem;
  stopped_ = true;
}

}  // namespace schuss::SCHUSS_PRECISION
