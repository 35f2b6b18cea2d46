// y = x above 0 and slope x below, down, up, and for the slope.
#include "ops/prelu.hpp"

#include <algorithm>

namespace schuss::SCHUSS_PRECISION {

void prelu_forward(const Kernels& kernels, const StageWork& work, const Pass& pass) {
  const std::size_t first = pass.rows.first;
  const Matrix& kept = work.kept.view();
  kernels.prelu(pass.rows.size(), round_up(work.stage->width, kernels.lanes),
                work.stage->vector(0), work.x.row(first),
                kept.data ? kept.row(first) : nullptr, work.y.row(first),
                work.x.stride);
}

void prelu_backward(const Kernels& kernels, const StageWork& work, const Pass& pass) {
  const std::size_t first = pass.rows.first;
  kernels.prelu_backward(pass.rows.size(), round_up(work.stage->width, kernels.lanes),
                         work.stage->vector(0), work.x.row(first), work.d_y.row(first),
                         work.d_x.row(first), work.x.stride);
}

void prelu_collect(const Kernels& kernels, const StageWork& work, std::size_t rows,
                   Range columns, bool accumulate) {
  const std::size_t first = columns.first;
  real* const gradient = work.stage->gradient(0) + first;
  if (!accumulate) std::fill_n(gradient, columns.size(), real{0});
  kernels.column_product_sum(rows, columns.size(), work.kept.view().data + first,
                             work.d_y.data + first, work.x.stride, gradient);
}

}  // namespace schuss::SCHUSS_PRECISION
