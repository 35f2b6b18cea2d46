// Work across the lanes of several vectors at once: a transpose, and one reduction per
// vector. Both go by halves of a vector, quarters, and so on.
#pragma once

#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

template <std::size_t... kLane>
struct Sequence {};
template <std::size_t kCount, std::size_t... kLane>
struct SequenceTo : SequenceTo<kCount - 1, kCount - 1, kLane...> {};
template <std::size_t... kLane>
struct SequenceTo<0, kLane...> {
  using type = Sequence<kLane...>;
};
using AllLanes = SequenceTo<kLanes>::type;

// Of two vectors seen as blocks of kDistance lanes: the even blocks of both, in turn,
// and the odd blocks of both.
template <std::size_t kDistance, class Vector, std::size_t... kLane>
Vector even_blocks(Vector a, Vector b, Sequence<kLane...>) {
  return __builtin_shufflevector(
      a, b, (kLane & kDistance ? kLanes + kLane - kDistance : kLane)...);
}
template <std::size_t kDistance, class Vector, std::size_t... kLane>
Vector odd_blocks(Vector a, Vector b, Sequence<kLane...>) {
  return __builtin_shufflevector(
      a, b, (kLane & kDistance ? kLanes + kLane : kLane + kDistance)...);
}

// Hardware shuffles fast within blocks of 16 bytes, and whole blocks: of each block of
// a and b, the lower halves in turn, or the upper ones; and of all blocks, the even
// ones of a and then of b, or the odd ones.
constexpr std::size_t kBlock = 16 / sizeof(real);

template <std::size_t... kLane>
Vec lower_halves(Vec a, Vec b, Sequence<kLane...>) {
  return __builtin_shufflevector(
      a, b, (kLane / kBlock * kBlock + kLane % kBlock / 2 + kLane % 2 * kLanes)...);
}
template <std::size_t... kLane>
Vec upper_halves(Vec a, Vec b, Sequence<kLane...>) {
  return __builtin_shufflevector(a, b,
                                 (kLane / kBlock * kBlock + kBlock / 2 +
                                  kLane % kBlock / 2 + kLane % 2 * kLanes)...);
}
template <std::size_t kOdd, std::size_t... kLane>
Vec every_other_block(Vec a, Vec b, Sequence<kLane...>) {
  return __builtin_shufflevector(
      a, b, ((2 * (kLane / kBlock) + kOdd) * kBlock + kLane % kBlock)...);
}

/// rows[i][j] <-> rows[j][i], for kLanes vectors: first within the blocks of groups of
/// kBlock rows, then blocks as wholes. Half the time of going by vector halves.
inline void transpose_square(Vec (&rows)[kLanes]) {
  constexpr std::size_t kGroups = kLanes / kBlock;
  Vec next[kLanes];
#pragma GCC unroll 2
  for (std::size_t size = 1; size < kBlock; size *= 2) {
#pragma GCC unroll 16
    for (std::size_t g = 0; g < kLanes; g += kBlock) {
#pragma GCC unroll 2
      for (std::size_t i = 0; i < kBlock / 2; ++i) {
        const Vec a = rows[g + i], b = rows[g + i + kBlock / 2];
        next[g + 2 * i] = lower_halves(a, b, AllLanes{});
        next[g + 2 * i + 1] = upper_halves(a, b, AllLanes{});
      }
    }
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kLanes; ++i) rows[i] = next[i];
  }
#pragma GCC unroll 2
  for (std::size_t size = 1; size < kGroups; size *= 2) {
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kLanes / 2; ++i) {
      const std::size_t group = i / kBlock, column = i % kBlock;
      const Vec a = rows[2 * group * kBlock + column];
      const Vec b = rows[(2 * group + 1) * kBlock + column];
      next[i] = every_other_block<0>(a, b, AllLanes{});
      next[i + kLanes / 2] = every_other_block<1>(a, b, AllLanes{});
    }
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kLanes; ++i) rows[i] = next[i];
  }
}

/// One level of reduce_rows: the first min(count, kDistance) rows, each with the row
/// kDistance after it, if there is one.
template <class Combine, std::size_t kDistance, class Vector>
inline void fold_rows(Vector (&rows)[kLanes], std::size_t count) {
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kDistance && i < count; ++i) {
    const Vector a = rows[i], b = rows[i + kDistance < count ? i + kDistance : i];
    rows[i] = Combine::of(even_blocks<kDistance>(a, b, AllLanes{}),
                          odd_blocks<kDistance>(a, b, AllLanes{}));
  }
}

/// Lane i of the result is `combine` over all lanes of rows[i], i < count; the lanes
/// after them hold whatever. The order within a row does not depend on `count`.
/// Overwrites `rows`.
template <class Combine, std::size_t kDistance = kLanes / 2, class Vector>
inline Vector reduce_rows(Vector (&rows)[kLanes], std::size_t count) {
  // Known counts keep whole groups in registers.
  count == 2 * kDistance ? fold_rows<Combine, kDistance>(rows, 2 * kDistance)
                         : fold_rows<Combine, kDistance>(rows, count);
  if constexpr (kDistance == 1) {
    return rows[0];
  } else {
    return reduce_rows<Combine, kDistance / 2>(rows,
                                               count < kDistance ? count : kDistance);
  }
}

template <std::size_t kDistance, class Vector, std::size_t... kLane>
Vector partners(Vector x, Sequence<kLane...>) {
  return __builtin_shufflevector(x, x, (kLane ^ kDistance)...);
}

/// `combine` over the first `count` lanes of x, if those after them change nothing, in
/// all of these lanes; what the others hold means nothing. In the order of reduce_rows.
template <class Combine, std::size_t kDistance = kLanes / 2, class Vector>
inline Vector reduce_lanes(Vector x, std::size_t count) {
  if (count > kDistance) x = Combine::of(x, partners<kDistance>(x, AllLanes{}));
  if constexpr (kDistance == 1) {
    return x;
  } else {
    return reduce_lanes<Combine, kDistance / 2>(x, count);
  }
}

/// Lane i of the result is `combine` over all lanes of rows[i % kCount]: less waiting
/// than reduce_rows for few rows, as the first shuffles stay within 16 bytes.
template <class Combine, std::size_t kCount, std::size_t kDistance = 1, class Vector>
inline Vector reduce_few(const Vector (&rows)[kCount]) {
  static_assert(kCount * kDistance <= kLanes);
  if constexpr (kCount > 1) {
    Vector half[kCount / 2];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kCount / 2; ++i) {
      const Vector a = rows[2 * i], b = rows[2 * i + 1];
      half[i] = Combine::of(even_blocks<kDistance>(a, b, AllLanes{}),
                            odd_blocks<kDistance>(a, b, AllLanes{}));
    }
    return reduce_few<Combine, kCount / 2, 2 * kDistance>(half);
  } else if constexpr (kDistance < kLanes) {
    const Vector folded[1] = {
        Combine::of(rows[0], partners<kDistance>(rows[0], AllLanes{}))};
    return reduce_few<Combine, 1, 2 * kDistance>(folded);
  } else {
    return rows[0];
  }
}

struct Sum {
  static Vec of(Vec a, Vec b) { return a + b; }
};
struct Largest {
  static Vec of(Vec a, Vec b) { return max(a, b); }
};
struct Smallest {
  static VecInteger of(VecInteger a, VecInteger b) { return a < b ? a : b; }
};

}  // namespace

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
