// What goes wrong in a team, whose bodies must not throw, on its way to who asked.
#pragma once

#include <atomic>
#include <exception>

namespace schuss {

/// The first exception that the members of a team ran into. It is read, and thrown
/// again, when they have met.
class Failure {
 public:
  /// Calls body, unless something failed before.
  template <class Body>
  void guard(const Body& body) noexcept {
    if (failed()) return;
    try {
      body();
    } catch (...) {
      if (!failed_.exchange(true)) first_ = std::current_exception();
    }
  }

  bool failed() const { return failed_; }
  /// Null if nothing did.
  const std::exception_ptr& exception() const { return first_; }
  void rethrow() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  std::atomic<bool> failed_{false};
  std::exception_ptr first_;
};

}  // namespace schuss
