// y = x + f(x), and its gradient d_x = d_y + f'(x) d_y.
#include "ops/residual.hpp"

#include <algorithm>

#include "ops/activation.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

void add_rows(const Kernels& kernels, const Matrix& a, const Matrix& b, const Matrix& y,
              Range rows) {
  const Matrix mine = y.slice(rows.first, rows.last);
  kernels.add(span(mine, kernels.lanes), a.row(rows.first), b.row(rows.first),
              mine.data);
}

}  // namespace

void branch_backward(const Kernels& kernels, const StageWork& work, const Pass& pass) {
  add_rows(kernels, work.d_y, work.partner, work.d_x, pass.rows);
}

void join_forward(const Kernels& kernels, const StageWork& work, const Pass& pass) {
  add_rows(kernels, work.x, work.partner, work.y, pass.rows);
}

void join_backward(const Kernels& kernels, const StageWork& work, const Pass& pass) {
  const Matrix from = work.d_y.slice(pass.rows.first, pass.rows.last);
  std::copy_n(from.data, span(from, kernels.lanes), work.d_x.row(pass.rows.first));
}

}  // namespace schuss::SCHUSS_PRECISION
