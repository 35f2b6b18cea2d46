// Whether a team or one thread alone is faster, found by trying both while they work.
#pragma once

#include <cstddef>

namespace schuss {

/// For work that goes on and on in equal steps, with results that do not depend on the
/// number of threads. A team loses where steps are short, and wherever another process
/// keeps one of its cores busy, which may begin and end at any time.
class Tempo {
 public:
  explicit Tempo(std::size_t team) : team_(team), team_is_faster_(team > 1) {}

  std::size_t faster() const { return team_is_faster_ ? team_ : 1; }
  std::size_t slower() const { return team_is_faster_ ? 1 : team_; }

  /// Of the next `steps` steps, how many to take with the slower one, to learn whether
  /// it still is: a share of them, and more and more seldom.
  std::size_t trial(std::size_t steps) {
    constexpr std::size_t kShare = 32;
    if (team_ == 1 || steps < kShare || --until_trial_ > 0) return 0;
    return steps / kShare;
  }

  /// The seconds per step that came of a trial, and of the others.
  void learn(double slower, double faster) {
    constexpr std::size_t kLongestPause = 64;  // calls
    const bool wrong = slower < faster;
    team_is_faster_ = team_is_faster_ != wrong;
    pause_ = wrong ? 1 : pause_ < kLongestPause ? 2 * pause_ : pause_;
    until_trial_ = pause_;
  }

 private:
  std::size_t team_;
  bool team_is_faster_;
  std::size_t pause_ = 1, until_trial_ = 1;
};

}  // namespace schuss
