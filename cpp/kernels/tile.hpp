// Matrix products: a register tile of C, swept over the rows of a panel, and what is
// done with the numbers of C when they are known.
#pragma once

#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// What a plain product does with C.
struct Store {
  void move(std::size_t i, Vec value) const { store(c + i, value); }
  real* c;
};

constexpr std::size_t kTileRows = SCHUSS_TILE_ROWS;
constexpr std::size_t kTileVectors = SCHUSS_TILE_VECTORS;

/// kRows x kPanels x kVectors vectors of C held in registers while the whole depth
/// passes by. The unroll counts must reach the trip counts: below, the accumulators
/// silently stay in memory (23 % of peak with gcc 12).
template <std::size_t kRows, std::size_t kPanels, std::size_t kVectors, class Rule>
void tile(const Gemm& gemm, const Rule& rule, const real* a, const real* b,
          const real* start, std::size_t c) {
  constexpr std::size_t kAcross = kPanels * kVectors;
  Vec sums[kRows][kAcross];
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kAcross; ++v) {
      sums[i][v] = start ? load(start + i * gemm.start_row + v * kLanes) : Vec{};
    }
  }
  for (std::size_t d = 0; d < gemm.depth; d += gemm.run, a += gemm.a_run) {
    const real* a_depth = a;
    for (std::size_t r = 0; r < gemm.run;
         ++r, a_depth += gemm.a_depth, b += gemm.b_depth) {
      Vec b_row[kAcross];
#pragma GCC unroll 8
      for (std::size_t v = 0; v < kAcross; ++v) {
        b_row[v] = load(b + v / kVectors * gemm.b_panel + v % kVectors * kLanes);
      }
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kRows; ++i) {
        const Vec broadcast = splat(a_depth[i * gemm.a_row]);
#pragma GCC unroll 8
        for (std::size_t v = 0; v < kAcross; ++v) sums[i][v] += broadcast * b_row[v];
      }
    }
  }
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kAcross; ++v) {
      rule.move(c + i * gemm.c_row + v * kLanes, sums[i][v]);
    }
  }
}

template <class Rule>
using Tile = void (*)(const Gemm&, const Rule&, const real*, const real*, const real*,
                      std::size_t);

/// tiles.of[rows - 1] has that many rows.
template <class Rule>
struct Tiles {
  Tile<Rule> of[kTileRows];
};

template <std::size_t kVectors, std::size_t kRows = kTileRows, class Rule>
constexpr void fill(Tiles<Rule>& tiles) {
  tiles.of[kRows - 1] = tile<kRows, 1, kVectors, Rule>;
  if constexpr (kRows > 1) fill<kVectors, kRows - 1>(tiles);
}

template <std::size_t kVectors, class Rule>
constexpr Tiles<Rule> kTiles = [] {
  Tiles<Rule> tiles{};
  fill<kVectors>(tiles);
  return tiles;
}();

template <class Rule, std::size_t kVectors = kTileVectors>
const Tiles<Rule>& tiles_of(std::size_t vectors) {
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return tiles_of<Rule, kVectors - 1>(vectors);
  }
  return kTiles<kVectors, Rule>;
}

/// Rows are dealt out evenly (16 as 8 + 8, not 12 + 4): a short tile has too few
/// accumulators to hide the latency of the multiply-add.
template <class Rule>
void sweep_rows(const Gemm& gemm, const Rule& rule, const Tiles<Rule>& tiles,
                std::size_t panel) {
  const std::size_t count = (gemm.rows + kTileRows - 1) / kTileRows;
  const std::size_t height = gemm.rows / count;
  const std::size_t taller = gemm.rows % count;
  const std::size_t column = panel * gemm.width;
  const real* b = gemm.b + panel * gemm.b_panel;
  for (std::size_t t = 0, row = 0; t < count; ++t) {
    const std::size_t rows = height + (t < taller);
    const real* start =
        gemm.start ? gemm.start + row * gemm.start_row + column : nullptr;
    tiles.of[rows - 1](gemm, rule, gemm.a + row * gemm.a_row, b, start,
                       row * gemm.c_row + column);
    row += rows;
  }
}

template <class Rule>
void multiply(const Gemm& gemm, const Rule& rule, std::size_t first_panel = 0) {
  if (gemm.rows == 0) return;
  const Tiles<Rule>& tiles = tiles_of<Rule>(gemm.width / kLanes);
  for (std::size_t panel = first_panel; panel < gemm.panels; ++panel) {
    sweep_rows(gemm, rule, tiles, panel);
  }
}

}  // namespace

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
