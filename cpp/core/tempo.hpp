// Whether a team or one thread alone is faster, found by trying both while they work.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <utility>

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
  /// Now and then the first of them are left to whom of a team and one thread was
  /// slower, to learn whether it still is.
  template <class Take>
  void run(std::size_t team, std::size_t count, const Take& take) {
    const std::size_t fast = team_is_faster_ ? team : 1;
    const std::size_t slow = team_is_faster_ ? 1 : team;
    const std::size_t tried = trial(team, count);
    const auto pace = [&](std::size_t threads, Range steps) {
      return take(threads, steps) / static_cast<double>(steps.size());
    };
    if (tried > 0) slower_ = pace(slow, {0, tried});
    if (tried < count) faster_ = pace(fast, {tried, count});
    tried > 0 ? judge(tried) : wait(count);
  }

 private:
  static constexpr std::size_t kShare = 32;

  /// Of the next `count` steps, how many to try: a share of them, but enough that a
  /// team can divide them, or all if they are too few for that.
  std::size_t trial(std::size_t team, std::size_t count) const {
    if (team == 1 || until_trial_ > 0) return 0;
    const std::size_t least = 4 * team;
    if (count >= 2 * least) return std::max(count / kShare, least);
    return faster_ < kUnknown ? count : 0;
  }

  /// Trials that only confirm what was known become rare, and the rarer the more time
  /// they lose.
  void judge(std::size_t tried) {
    constexpr double kLongestPause = 64, kMost = 1e6;
    if (slower_ < faster_) {
      team_is_faster_ = !team_is_faster_;
      std::swap(slower_, faster_);
      pause_ = 1;
      until_trial_ = kShare * tried;
    } else {
      pause_ = std::min(2 * pause_, kLongestPause);
      const double times = std::min(slower_ / std::max(faster_, 1e-12), kMost);
      until_trial_ = kShare * tried * static_cast<std::size_t>(std::max(pause_, times));
    }
  }

  /// One that has become far slower than the other was is not waited with.
  void wait(std::size_t count) {
    constexpr double kFar = 1.5;
    const bool due = faster_ > kFar * slower_ || count >= until_trial_;
    until_trial_ = due ? 0 : until_trial_ - count;
  }

  static constexpr double kUnknown = std::numeric_limits<double>::infinity();

  bool team_is_faster_ = true;
  double faster_ = kUnknown, slower_ = kUnknown;  // seconds per step, when last seen
  double pause_ = 1;                              // in shares of what was tried
  std::size_t until_trial_ = 0;                   // steps
};

}  // namespace schuss
