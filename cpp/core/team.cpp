// What a team needs to know of the process it lives in.
#include "core/team.hpp"

#include <atomic>

#include "core/require.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace schuss {

namespace {

#if defined(__unix__) || defined(__APPLE__)
long process_id() { return static_cast<long>(::getpid()); }
#else
long process_id() { return 0; }
#endif

const long kLoadedIn = process_id();

std::atomic<std::size_t> requested{0};

}  // namespace

bool may_start_threads() { return process_id() == kLoadedIn; }

std::size_t requested_threads() { return requested.load(); }

void set_requested_threads(std::size_t count) {
  require(count <= kMostThreads, "got ", count, " threads; expected 0 to ",
          kMostThreads);
  requested.store(count);
}

std::size_t available_threads() {
#ifdef _OPENMP
  return static_cast<std::size_t>(omp_get_max_threads());
#else
  return 1;
#endif
}

std::size_t threads_for(std::size_t multiply_adds) {
  if (const std::size_t asked = requested_threads()) return asked;
  // About 1.5 million floating-point operations per step broke even on two cores.
  constexpr std::size_t kWorthATeam = 750'000;
  return multiply_adds < kWorthATeam ? 1 : available_threads();
}

std::size_t largest_team(std::size_t multiply_adds) {
  if (const std::size_t asked = requested_threads()) return asked;
  // Below, the two meetings of a step cost more than a second thread could save.
  constexpr std::size_t kWorthTrying = 100'000;
  return multiply_adds < kWorthTrying ? 1 : available_threads();
}

#define SCHUSS_TEXT_OF(value) #value
#define SCHUSS_TEXT(macro) SCHUSS_TEXT_OF(macro)

const char* threading_backend() {
#ifdef _OPENMP
  return "OpenMP " SCHUSS_TEXT(_OPENMP);
#else
  return "none (built without OpenMP: one thread)";
#endif
}

}  // namespace schuss
