// A shuffle that draws every number by its position, so that NumPy can say it, too.
#include "core/shuffle.hpp"

namespace schuss {

namespace {

/// SplitMix64's output function: a bijection in which every bit depends on every other.
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15u;

}  // namespace

void shuffle(std::size_t rows, std::uint64_t key, std::uint64_t epoch,
             std::int64_t* order) {
  std::uint64_t state = mix(mix(key) + epoch);
  for (std::size_t i = 0; i < rows; ++i) {
    state += kGolden;
    // 32 random bits times i + 1, shifted: 0 to i, each within 2^-32 of equally often.
    const std::size_t j = ((mix(state) >> 32) * (i + 1)) >> 32;
    order[i] = order[j];
    order[j] = static_cast<std::int64_t>(i);
  }
}

}  // namespace schuss
