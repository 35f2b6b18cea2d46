// A claim that one thread at a time may hold, and that the others are refused.
#pragma once

#include <atomic>

#include "core/require.hpp"

namespace schuss {

/// Moving what it belongs to leaves a claim that nobody holds.
class Claim {
 public:
  Claim() = default;
  Claim(Claim&&) noexcept {}

  /// Holds the claim for a scope; throws std::runtime_error if another holder is there.
  class Holder {
   public:
    explicit Holder(Claim& claim) : claim_(claim) {
      require<std::runtime_error>(
          !claim.held_.exchange(true),
          "this network is being trained by another thread; wait "
          "for it, or give each thread a model of its own");
    }
    Holder(const Holder&) = delete;
    ~Holder() { claim_.held_.store(false); }

   private:
    Claim& claim_;
  };

  /// Holds the claim for a scope if nobody else does, which it tells.
  class Attempt {
   public:
    explicit Attempt(Claim& claim)
        : claim_(claim), held_(!claim.held_.exchange(true)) {}
    Attempt(const Attempt&) = delete;
    ~Attempt() {
      if (held_) claim_.held_.store(false);
    }
    explicit operator bool() const { return held_; }

   private:
    Claim& claim_;
    bool held_;
  };

 private:
  std::atomic<bool> held_{false};
};

}  // namespace schuss
