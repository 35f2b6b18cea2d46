// Subnormal numbers are rounded to zero while training or predicting: arithmetic with
// them takes a hundred times as long, and they are below every rounding error that
// matters here.
#pragma once

#include <cstdint>

namespace schuss {

/// Flushes this thread's subnormal numbers to zero for a scope, and then puts the
/// thread's floating-point state back as it was.
class FlushSubnormals {
 public:
  FlushSubnormals() : before_(state()) { set(before_ | kFlush); }
  FlushSubnormals(const FlushSubnormals&) = delete;
  ~FlushSubnormals() { set(before_); }

 private:
#if defined(__x86_64__)
  using State = std::uint32_t;
  static constexpr State kFlush = 0x8040;  // MXCSR: flush to zero, denormals are zero
  static State state() { return __builtin_ia32_stmxcsr(); }
  static void set(State value) { __builtin_ia32_ldmxcsr(value); }
#elif defined(__aarch64__)
  using State = std::uint64_t;
  static constexpr State kFlush = State{1} << 24;  // FPCR.FZ
  static State state() {
    State value;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void set(State value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
  using State = int;
  static constexpr State kFlush = 0;
  static State state() { return 0; }
  static void set(State) {}
#endif

  State before_;
};

}  // namespace schuss
