// Matrix product: a register tile of C, swept over the rows of one panel.
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

constexpr std::size_t kTileRows = SCHUSS_TILE_ROWS;
constexpr std::size_t kTileVectors = SCHUSS_TILE_VECTORS;

/// kRows x kPanels x kVectors vectors of C held in registers while the whole depth
/// passes by. The unroll counts must reach the trip counts: below, the accumulators
/// silently stay in memory (23 % of peak with gcc 12).
template <std::size_t kRows, std::size_t kPanels, std::size_t kVectors>
void tile(const Gemm& gemm, const real* a, const real* b, const real* start, real* c) {
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
      store(c + i * gemm.c_row + v * kLanes, sums[i][v]);
    }
  }
}

using Tile = void (*)(const Gemm&, const real*, const real*, const real*, real*);

/// tiles.of[rows - 1] has that many rows.
struct Tiles {
  Tile of[kTileRows];
};

template <std::size_t kVectors, std::size_t kRows = kTileRows>
constexpr void fill(Tiles& tiles) {
  tiles.of[kRows - 1] = tile<kRows, 1, kVectors>;
  if constexpr (kRows > 1) fill<kVectors, kRows - 1>(tiles);
}

template <std::size_t kVectors>
const Tiles& tiles_of(std::size_t vectors) {
  static constexpr Tiles kTiles = [] {
    Tiles tiles{};
    fill<kVectors>(tiles);
    return tiles;
  }();
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return tiles_of<kVectors - 1>(vectors);
  }
  return kTiles;
}

/// Rows are dealt out evenly (16 as 8 + 8, not 12 + 4): a short tile has too few
/// accumulators to hide the latency of the multiply-add.
void sweep_rows(const Gemm& gemm, const Tiles& tiles, std::size_t panel) {
  const std::size_t count = (gemm.rows + kTileRows - 1) / kTileRows;
  const std::size_t height = gemm.rows / count;
  const std::size_t taller = gemm.rows % count;
  const std::size_t column = panel * gemm.width;
  const real* b = gemm.b + panel * gemm.b_panel;
  for (std::size_t t = 0, row = 0; t < count; ++t) {
    const std::size_t rows = height + (t < taller);
    const real* start =
        gemm.start ? gemm.start + row * gemm.start_row + column : nullptr;
    tiles.of[rows - 1](gemm, gemm.a + row * gemm.a_row, b, start,
                       gemm.c + row * gemm.c_row + column);
    row += rows;
  }
}

/// One row alone has work for kTileVectors accumulators per panel, too few to hide the
/// latency: some panels pass by together.
constexpr std::size_t kPanelsOfOneRow = 8 / kTileVectors;

void gemm(const Gemm& gemm) {
  if (gemm.rows == 0) return;
  std::size_t panel = 0;
  if (gemm.rows == 1 && gemm.width == kTileVectors * kLanes) {
    for (; panel + kPanelsOfOneRow <= gemm.panels; panel += kPanelsOfOneRow) {
      const std::size_t column = panel * gemm.width;
      tile<1, kPanelsOfOneRow, kTileVectors>(
          gemm, gemm.a, gemm.b + panel * gemm.b_panel,
          gemm.start ? gemm.start + column : nullptr, gemm.c + column);
    }
  }
  const Tiles& tiles = tiles_of<kTileVectors>(gemm.width / kLanes);
  for (; panel < gemm.panels; ++panel) sweep_rows(gemm, tiles, panel);
}

}  // namespace

void add_gemm(Kernels& kernels) {
  kernels.lanes = kLanes;
  kernels.tile_columns = kTileVectors * kLanes;
  // A panel slice of 16 KiB, half of the smallest L1 cache in use, leaves room for A.
  kernels.depth_block = 24576 / (kTileVectors * SCHUSS_VECTOR_BYTES);
  kernels.gemm = gemm;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
