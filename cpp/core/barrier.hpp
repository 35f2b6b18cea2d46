// Where the threads of a team meet: a counter and a phase, with a bounded spin.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>

namespace schuss {

class Barrier {
 public:
  /// Returns when `size` threads have called it in this phase.
  void wait(std::size_t size) {
    if (size == 1) return;
    const unsigned phase = phase_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size) {
      arrived_.store(0, std::memory_order_relaxed);
      phase_.store(phase + 1, std::memory_order_release);
      return;
    }
    for (int spins = 0; phase_.load(std::memory_order_acquire) == phase; ++spins) {
      spins < kSpins ? pause() : std::this_thread::yield();
    }
  }

 private:
  // Some tens of microseconds: longer than partners are apart in a step, shorter than a
  // scheduler's time slice, so that a team larger than its cores still gets on.
  static constexpr int kSpins = 1000;

  static void pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  alignas(64) std::atomic<std::size_t> arrived_{0};
  alignas(64) std::atomic<unsigned> phase_{0};
};

}  // namespace schuss
