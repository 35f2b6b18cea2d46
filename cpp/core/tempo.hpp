// Whether a team or one thread alone is faster, found by trying both while they work.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>

#include "core/range.hpp"

namespace schuss {

/// The time that some work takes, in seconds.
template <class Work>
double seconds_of(const Work& work) {
  const auto started = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - started;
  return elapsed.count();
}

/// For work that goes on and on in equal steps, with results that do not depend on the
/// number of threads. A team loses where steps are short, and wherever another process
/// keeps one of its cores busy, which may begin and end at any time: then it waits,
/// often for milliseconds, until the last of its threads gets to run.
class Tempo {
 public:
  /// Has `take(threads, steps)`, which returns its seconds, do the steps [0, count).
  /// Now and then some are left to whom of a team and one thread was slower, to learn
  /// whether it still is.
  template <class Take>
  void run(std::size_t team, std::size_t count, const Take& take) {
    const std::size_t fast = team_is_faster_ ? team : 1;
    const std::size_t slow = team_is_faster_ ? 1 : team;
    const std::size_t tried = team > 1 ? to_try(count) : 0;
    if (tried > 0) tried_.add(tried, take(slow, Range{0, tried}));
    if (tried < count) {
      const Sum others{count - tried, take(fast, Range{tried, count})};
      pace_ = others.pace();
      if (tried_.suffice()) others_.add(others.steps, others.seconds);
    }
    others_.suffice() ? judge() : wait(count);
  }

 private:
  struct Sum {
    std::size_t steps = 0;
    double seconds = 0;

    void add(std::size_t more, double longer) {
      steps += more;
      seconds += longer;
    }
    double pace() const { return seconds / static_cast<double>(steps); }
    bool suffice() const { return seconds >= kTrial; }
  };

  /// Of the next `count` steps.
  std::size_t to_try(std::size_t count) const {
    if (until_trial_ > 0 || tried_.suffice() || pace_ == 0) return 0;
    const double pace = tried_.steps > 0 ? tried_.pace() : pace_;
    const double wanted = (kTrial - tried_.seconds) / pace;
    return wanted < static_cast<double>(count) ? static_cast<std::size_t>(wanted) + 1
                                               : count;
  }

  /// Trials that only confirm what was known become rare, and the rarer the more time
  /// they lose.
  void judge() {
    const bool wrong = tried_.pace() < others_.pace();
    const double times = std::max(tried_.pace() / others_.pace(), 1.0);
    team_is_faster_ = team_is_faster_ != wrong;
    slower_ = std::max(tried_.pace(), others_.pace());
    pause_ = wrong ? 1 : std::min(2 * pause_, kLongestPause);
    until_trial_ = kShare * tried_.steps *
                   static_cast<std::size_t>(std::max(pause_, std::min(times, kMost)));
    tried_ = others_ = {};
  }

  /// One that has become far slower than the other was is not waited with.
  void wait(std::size_t count) {
    const bool due = pace_ > kFar * slower_ || count >= until_trial_;
    until_trial_ = due ? 0 : until_trial_ - count;
  }

  // Seconds: beside them a thread that must first be woken counts for little.
  static constexpr double kTrial = 2e-3;
  static constexpr double kFar = 1.5, kLongestPause = 16, kMost = 1e6;
  static constexpr std::size_t kShare = 32;  // of the time goes to trials, at most

  bool team_is_faster_ = true;
  // Seconds per step: of who is faster, last seen, and of who is slower, on trial.
  double pace_ = 0, slower_ = std::numeric_limits<double>::infinity();
  double pause_ = 1;             // between trials, in shares of them
  std::size_t until_trial_ = 0;  // steps
  Sum tried_, others_;           // of the trial there is: first one, then the other
};

}  // namespace schuss
