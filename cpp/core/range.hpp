// Half-open ranges of indices and their even division among parts.
#pragma once

#include <cstddef>

namespace schuss {

struct Range {
  std::size_t first = 0;
  std::size_t last = 0;

  std::size_t size() const { return last - first; }
  bool empty() const { return first >= last; }
};

/// Part `index` of `count` nearly equal parts of [0, total).
inline Range share(std::size_t total, std::size_t index, std::size_t count) {
  return {total * index / count, total * (index + 1) / count};
}

/// The size of the blocks of at most `most` into which `total` is cut evenly.
inline std::size_t even_block(std::size_t total, std::size_t most) {
  const std::size_t count = (total + most - 1) / most;
  return count ? (total + count - 1) / count : most;
}

inline std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace schuss
