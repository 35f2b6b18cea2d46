// Work under Tempo whose time is known, and no clock.
#include <cstddef>

#include "core/tempo.hpp"

/// Call c has counts[c] steps, each of which takes a thread `step` seconds; a team
/// waits late[c] seconds for the last of its threads. Adds up the time of each call and
/// the steps that a team did. Returns whether each step was done once, in order.
extern "C" bool simulate(std::size_t team, std::size_t calls, const std::size_t* counts,
                         double step, const double* late, double* time,
                         std::size_t* by_team) {
  schuss::Tempo tempo;
  bool in_order = true;
  for (std::size_t c = 0; c < calls; ++c) {
    std::size_t done = 0;
    tempo.run(team, counts[c], [&](std::size_t threads, schuss::Range steps) {
      in_order = in_order && steps.first == done && !steps.empty();
      done = steps.last;
      const std::size_t most = (steps.size() + threads - 1) / threads;
      const double taken =
          static_cast<double>(most) * step + (threads > 1 ? late[c] : 0);
      time[c] += taken;
      if (threads > 1) by_team[c] += steps.size();
      return taken;
    });
    in_order = in_order && done == counts[c];
  }
  return in_order;
}
