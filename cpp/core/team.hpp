// The only OpenMP in the house: a team of threads opened once per call, and its
// barrier.
#pragma once

#include <cstddef>

#include "core/barrier.hpp"
#include "core/floating_point.hpp"
#include "core/range.hpp"

#ifdef _OPENMP
#include <omp.h>
#endif

namespace schuss {

/// One thread of a team, as the code that runs in it sees it.
struct Member {
  std::size_t rank;
  std::size_t size;
  Barrier* meeting;

  /// This thread's part of [0, total).
  Range part(std::size_t total) const { return share(total, rank, size); }
  void wait() const { meeting->wait(size); }
};

/// True in the process that loaded this library; false in its forked children, where an
/// OpenMP runtime that had threads, ours or another library's, would wait for them.
bool may_start_threads();

/// Runs `body(Member)` on `threads` threads and returns when all have finished. `body`
/// must not throw; subnormal numbers are zero in it. Gets by with fewer threads where
/// OMP_THREAD_LIMIT says so.
template <class Body>
void run_team([[maybe_unused]] std::size_t threads, const Body& body) {
  Barrier meeting;
  const auto as_member = [&body](const Member& member) {
    const FlushSubnormals flush;
    body(member);
  };
#ifdef _OPENMP
  if (threads > 1 && may_start_threads()) {
#pragma omp parallel num_threads(static_cast<int>(threads))
    as_member(Member{static_cast<std::size_t>(omp_get_thread_num()),
                     static_cast<std::size_t>(omp_get_num_threads()), &meeting});
    return;
  }
#endif
  as_member(Member{0, 1, &meeting});
}

/// What set_threads asked for; 0 while the choice is left to each call.
std::size_t requested_threads();
constexpr std::size_t kMostThreads = 256;
void set_requested_threads(std::size_t count);

/// The most threads a team has when nobody asks for a number: what OpenMP found in
/// OMP_NUM_THREADS and the affinity mask, or 1 without OpenMP.
std::size_t available_threads();

/// Threads for a piece of work, in multiply-adds. Below a measured size one thread
/// as_member is faster than two that must meet; results do not depend on the choice.
std::size_t threads_for(std::size_t multiply_adds);

/// The team to try for work of so many multiply-adds in each of many steps: see Tempo.
std::size_t largest_team(std::size_t multiply_adds);

/// The threading runtime the build found, for people to read.
const char* threading_backend();

}  // namespace schuss
