// What the kernels between dense layers are given.
#pragma once

#include <cstddef>
#include <cstdint>

namespace schuss {

/// Random words by their place: that of a row (counted on from `first_row`) and column
/// is a word of Threefry4x32-20 (Salmon et al. 2011), drawn by `key` from column, row
/// and `step`. See random.hpp.
struct Draws {
  std::uint64_t key, step;
  std::size_t first_row;
};

}  // namespace schuss
