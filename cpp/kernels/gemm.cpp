// Matrix product: a register tile of C, swept over the rows of one panel.
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

constexpr std::size_t kTileRows = SCHUSS_TILE_ROWS;
constexpr std::size_t kTileVectors = SCHUSS_TILE_VECTORS;

/// kRows x kVectors vectors of C held in registers while the whole depth passes by.
/// The unroll counts must reach the trip counts: below, the accumulators silently stay
/// in memory (23 % of peak with gcc 12).
template <std::size_t kRows, std::size_t kVectors>
void tile(const Gemm& gemm, const real* a, const real* start, real* c) {
  Vec sums[kRows][kVectors];
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kVectors; ++v) {
      sums[i][v] = start ? load(start + i * gemm.start_row + v * kLanes) : Vec{};
    }
  }
  const real* b = gemm.b;
  for (std::size_t d = 0; d < gemm.depth; d += gemm.run, a += gemm.a_run) {
    const real* a_depth = a;
    for (std::size_t r = 0; r < gemm.run;
         ++r, a_depth += gemm.a_depth, b += gemm.b_depth) {
      Vec b_row[kVectors];
#pragma GCC unroll 4
      for (std::size_t v = 0; v < kVectors; ++v) b_row[v] = load(b + v * kLanes);
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kRows; ++i) {
        const Vec broadcast = splat(a_depth[i * gemm.a_row]);
#pragma GCC unroll 4
        for (std::size_t v = 0; v < kVectors; ++v) sums[i][v] += broadcast * b_row[v];
      }
    }
  }
#pragma GCC unroll 16
  for (std::size_t i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kVectors; ++v) {
      store(c + i * gemm.c_row + v * kLanes, sums[i][v]);
    }
  }
}

using Tile = void (*)(const Gemm&, const real*, const real*, real*);

template <std::size_t kRows, std::size_t kVectors>
Tile tile_of_width(std::size_t vectors) {
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return tile_of_width<kRows, kVectors - 1>(vectors);
  }
  return tile<kRows, kVectors>;
}

template <std::size_t kRows>
Tile tile_of(std::size_t rows, std::size_t vectors) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return tile_of<kRows - 1>(rows, vectors);
  }
  return tile_of_width<kRows, kTileVectors>(vectors);
}

/// Rows are dealt out evenly (16 as 8 + 8, not 12 + 4): a short tile has too few
/// accumulators to hide the latency of the multiply-add.
void gemm(const Gemm& gemm) {
  if (gemm.rows == 0) return;
  const std::size_t tiles = (gemm.rows + kTileRows - 1) / kTileRows;
  const std::size_t rows = gemm.rows / tiles;
  const std::size_t taller = gemm.rows % tiles;
  const std::size_t vectors = gemm.width / kLanes;
  std::size_t row = 0;
  const auto sweep = [&](std::size_t count, std::size_t height) {
    const Tile tile = tile_of<kTileRows>(height, vectors);
    for (std::size_t t = 0; t < count; ++t, row += height) {
      const real* start = gemm.start ? gemm.start + row * gemm.start_row : nullptr;
      tile(gemm, gemm.a + row * gemm.a_row, start, gemm.c + row * gemm.c_row);
    }
  };
  if (taller) sweep(taller, rows + 1);
  sweep(tiles - taller, rows);
}

}  // namespace

void add_gemm(Kernels& kernels) {
  kernels.lanes = kLanes;
  kernels.tile_columns = kTileVectors * kLanes;
  // A panel slice of 16 KiB, half of the smallest L1 cache in use, leaves room for A.
  kernels.depth_block = 16384 / (kTileVectors * SCHUSS_VECTOR_BYTES);
  kernels.gemm = gemm;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
