// The plain matrix product.
#include "kernels/table.hpp"
#include "kernels/tile.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// One row alone has work for kTileVectors accumulators per panel, too few to hide the
/// latency: some panels pass by together.
constexpr std::size_t kPanelsOfOneRow = 8 / kTileVectors;

void gemm(const Gemm& gemm) {
  const Store store{gemm.c};
  std::size_t panel = 0;
  if (gemm.rows == 1 && gemm.width == kTileVectors * kLanes) {
    for (; panel + kPanelsOfOneRow <= gemm.panels; panel += kPanelsOfOneRow) {
      const std::size_t column = panel * gemm.width;
      tile<Rows::kApart, Ask::kNothing, 1, kPanelsOfOneRow, kTileVectors>(
          gemm, store, gemm.a, gemm.b + panel * gemm.b_panel,
          gemm.start ? gemm.start + column : nullptr, column, Next{}, 1);
    }
  }
  gemm.a_row == 1 && gemm.run == gemm.depth
      ? multiply<Rows::kTogether>(gemm, store, panel)
      : multiply<Rows::kApart>(gemm, store, panel);
}

}  // namespace

void add_gemm(Kernels& kernels) {
  kernels.lanes = kLanes;
  kernels.tile_columns = kTileVectors * kLanes;
  // A slice of a panel takes half of an L1 cache of 48 KiB: against 128 or 256 rows,
  // 192 won up to 3 % with wide layers and lost nothing with others.
  kernels.depth_block = 24576 / (kTileVectors * SCHUSS_VECTOR_BYTES);
  kernels.gemm = gemm;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
