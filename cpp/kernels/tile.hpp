// Matrix products: a register tile of C, swept over the rows of a panel, and what is
// done with the numbers of C when they are known.
#pragma once

#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// What a plain product does with C.
struct Store {
  void move(std::size_t i, Vec value) const { store(c + i, value); }
  void fetch(std::size_t i) const { __builtin_prefetch(c + i, 1); }
  real* c;
};

constexpr std::size_t kTileRows = SCHUSS_TILE_ROWS;
constexpr std::size_t kTileVectors = SCHUSS_TILE_VECTORS;

/// How the rows of A that a tile takes lie: each by itself; side by side as the columns
/// of a row-major matrix, which spares the inner loop all multiples of a stride; or
/// side by side and nothing between them, as `interleave` leaves them.
enum class Rows { kApart, kTogether, kInterleaved };

/// Whether tiles ask for what comes next while they compute, and what that is: `step`
/// numbers further with every row of B, so that the tiles of a panel together ask for
/// all of the next.
enum class Ask { kNothing, kAhead };
struct Next {
  const real* b = nullptr;
  std::size_t step = 0;
};

/// sums += the product of kRows rows of A and kAcross vectors of B's rows. The unroll
/// counts must reach the trip counts: below, the accumulators silently stay in memory
/// (23 % of peak with gcc 12).
template <Rows kLie, Ask kAsk, std::size_t kRows, std::size_t kPanels,
          std::size_t kVectors>
inline void accumulate(const Gemm& gemm, const real* a, const real* b, Next next,
                       Vec (&sums)[kRows][kPanels * kVectors]) {
  constexpr std::size_t kAcross = kPanels * kVectors;
  const std::size_t run = kLie == Rows::kApart ? gemm.run : gemm.depth;
  const std::size_t a_depth = kLie == Rows::kApart         ? 1
                              : kLie == Rows::kInterleaved ? kRows
                                                           : gemm.a_depth;
  for (std::size_t d = 0; d < gemm.depth; d += run, a += gemm.a_run) {
    const real* a_column = a;
    for (std::size_t r = 0; r < run; ++r, b += gemm.b_depth) {
      if constexpr (kAsk == Ask::kAhead) {
        __builtin_prefetch(next.b, 0, 2);
        next.b += next.step;
      }
      Vec b_row[kAcross];
#pragma GCC unroll 8
      for (std::size_t v = 0; v < kAcross; ++v) {
        b_row[v] = load(b + v / kVectors * gemm.b_panel + v % kVectors * kLanes);
      }
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kRows; ++i) {
        const Vec broadcast =
            splat(a_column[kLie == Rows::kApart ? i * gemm.a_row : i]);
#pragma GCC unroll 8
        for (std::size_t v = 0; v < kAcross; ++v) sums[i][v] += broadcast * b_row[v];
      }
      a_column += a_depth;
    }
  }
}

/// kRows x kPanels x kVectors vectors of C held in registers while the whole depth
/// passes by; then the same with the next rows, `count` times in all.
template <Rows kLie, Ask kAsk, std::size_t kRows, std::size_t kPanels,
          std::size_t kVectors, class Rule>
void tile(const Gemm& gemm, const Rule& rule, const real* a, const real* b,
          const real* start, std::size_t c, Next next, std::size_t count) {
  constexpr std::size_t kAcross = kPanels * kVectors;
  for (; count > 0; --count) {
    Vec sums[kRows][kAcross];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
      for (std::size_t v = 0; v < kAcross; ++v) {
        sums[i][v] = start ? load(start + i * gemm.start_row + v * kLanes) : Vec{};
      }
    }
    if constexpr (kAsk == Ask::kAhead) {
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
        for (std::size_t v = 0; v < kAcross; ++v) {
          rule.fetch(c + (kRows + i) * gemm.c_row + v * kLanes);
        }
      }
    }
    accumulate<kLie, kAsk, kRows, kPanels, kVectors>(gemm, a, b, next, sums);
    next.b += gemm.depth * next.step;
    const Rule now = rule;
    const std::size_t c_row = gemm.c_row;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
      for (std::size_t v = 0; v < kAcross; ++v) {
        now.move(c + i * c_row + v * kLanes, sums[i][v]);
      }
    }
    a += kRows * (kLie == Rows::kTogether ? 1 : gemm.a_row);
    if (start) start += kRows * gemm.start_row;
    c += kRows * gemm.c_row;
  }
}

template <class Rule>
using Tile = void (*)(const Gemm&, const Rule&, const real*, const real*, const real*,
                      std::size_t, Next, std::size_t);

/// The shortest tile that asks for what comes next. An update has a row per input of a
/// layer, of which there are many where it pays to ask: its tiles are full, or one row
/// short. The shorter ones would be an eighth of the extension.
template <class Rule>
constexpr std::size_t kShortestToAsk = kTileRows - 1;
template <>
constexpr std::size_t kShortestToAsk<Store> = 1;

/// tiles.of[rows - 1] has that many rows.
template <class Rule>
struct Tiles {
  Tile<Rule> of[kTileRows];
};

template <Rows kLie, Ask kAsk, std::size_t kVectors, std::size_t kRows = kTileRows,
          class Rule>
constexpr void fill(Tiles<Rule>& tiles) {
  constexpr Ask kOwn = kRows >= kShortestToAsk<Rule> ? kAsk : Ask::kNothing;
  tiles.of[kRows - 1] = tile<kLie, kOwn, kRows, 1, kVectors, Rule>;
  if constexpr (kRows > 1) fill<kLie, kAsk, kVectors, kRows - 1>(tiles);
}

template <Rows kLie, Ask kAsk, std::size_t kVectors, class Rule>
constexpr Tiles<Rule> kTiles = [] {
  Tiles<Rule> tiles{};
  fill<kLie, kAsk, kVectors>(tiles);
  return tiles;
}();

/// Only panels of full width ask for what comes next.
template <Rows kLie, class Rule, std::size_t kVectors = kTileVectors>
const Tiles<Rule>& tiles_of(std::size_t vectors, bool ahead) {
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return tiles_of<kLie, Rule, kVectors - 1>(vectors, false);
  }
  if constexpr (kVectors == kTileVectors) {
    if (ahead) return kTiles<kLie, Ask::kAhead, kVectors, Rule>;
  }
  return kTiles<kLie, Ask::kNothing, kVectors, Rule>;
}

/// Rows are dealt out to tiles evenly (16 as 8 + 8, not 12 + 4): a short tile has too
/// few accumulators to hide the latency of the multiply-add.
struct Deal {
  explicit Deal(std::size_t rows)
      : count((rows + kTileRows - 1) / kTileRows),
        height(rows / count),
        taller(rows % count) {}

  std::size_t count, height;
  std::size_t taller;  // the first so many have one row more
};

template <class Rule>
void sweep_rows(const Gemm& gemm, const Rule& rule, const Tiles<Rule>& tiles,
                std::size_t panel) {
  const Deal deal(gemm.rows);
  const std::size_t column = panel * gemm.width;
  const real* b = gemm.b + panel * gemm.b_panel;
  Next next;
  if (gemm.next) {
    next.b = panel + 1 < gemm.panels ? b + gemm.b_panel : gemm.next;
    next.step = (gemm.width + deal.count - 1) / deal.count;
  }
  const auto sweep = [&](std::size_t row, std::size_t rows, std::size_t times) {
    if (times == 0) return;
    const real* start =
        gemm.start ? gemm.start + row * gemm.start_row + column : nullptr;
    tiles.of[rows - 1](gemm, rule, gemm.a + row * gemm.a_row, b, start,
                       row * gemm.c_row + column, next, times);
    next.b += times * gemm.depth * next.step;
  };
  sweep(0, deal.height + 1, deal.taller);
  sweep(deal.taller * (deal.height + 1), deal.height, deal.count - deal.taller);
}

template <Rows kLie, class Rule>
void multiply(const Gemm& gemm, const Rule& rule, std::size_t first_panel = 0) {
  if (gemm.rows == 0) return;
  const Tiles<Rule>& tiles = tiles_of<kLie, Rule>(gemm.width / kLanes, gemm.next);
  for (std::size_t panel = first_panel; panel < gemm.panels; ++panel) {
    sweep_rows(gemm, rule, tiles, panel);
  }
}

}  // namespace

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
