// The plain matrix product.
#include "kernels/table.hpp"
#include "kernels/tile.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// One row alone has work for kTileVectors accumulators per panel, too few to hide the
/// latency: some panels pass by together, if it stands number by number.
constexpr std::size_t kPanelsOfOneRow = 8 / kTileVectors;

void gemm(const Gemm& gemm) {
  const Store store{gemm.c};
  std::size_t panel = 0;
  const bool contiguous = gemm.a_depth == 1 || gemm.interleaved;
  if (gemm.rows == 1 && contiguous && gemm.width == kTileVectors * kLanes) {
    for (; panel + kPanelsOfOneRow <= gemm.panels; panel += kPanelsOfOneRow) {
      const std::size_t column = panel * gemm.width;
      tile<Rows::kApart, Ask::kNothing, 1, kPanelsOfOneRow, kTileVectors>(
          gemm, store, gemm.a, gemm.b + panel * gemm.b_panel,
          gemm.start ? gemm.start + column : nullptr, column, Next{}, 1);
    }
  }
  if (gemm.interleaved) return multiply<Rows::kInterleaved>(gemm, store, panel);
  gemm.a_row == 1 && gemm.run == gemm.depth
      ? multiply<Rows::kTogether>(gemm, store, panel)
      : multiply<Rows::kApart>(gemm, store, panel);
}

void interleave(std::size_t rows, std::size_t depth, const real* a, std::size_t a_row,
                std::size_t a_depth, real* to) {
  if (rows == 0) return;
  const Deal deal(rows);
  for (std::size_t tile = 0, row = 0; tile < deal.count; ++tile) {
    const std::size_t height = deal.height + (tile < deal.taller);
    for (std::size_t d = 0; d < depth; ++d) {
      const real* from = a + row * a_row + d * a_depth;
      for (std::size_t i = 0; i < height; ++i) *to++ = from[i * a_row];
    }
    row += height;
  }
}

}  // namespace

void add_gemm(Kernels& kernels) {
  kernels.lanes = kLanes;
  kernels.tile_columns = kTileVectors * kLanes;
  // A slice of a panel takes half of an L1 cache of 48 KiB: against 128 or 256 rows,
  // 192 won up to 3 % with wide layers and lost nothing with others.
  kernels.depth_block = 24576 / (kTileVectors * SCHUSS_VECTOR_BYTES);
  kernels.gemm = gemm;
  kernels.interleave = interleave;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
