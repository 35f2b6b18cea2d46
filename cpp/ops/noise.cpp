// Noise on rows, by stage, step, and place in the batch.
#include "ops/noise.hpp"

#include <algorithm>
#include <cmath>

namespace schuss::SCHUSS_PRECISION {

namespace {

Draws draws_of(const StageWork& work, const Pass& pass) {
  return {work.stage->key, pass.step, pass.first_row + pass.rows.first};
}

/// The way back draws the same words, which costs less than to keep them.
void dropped(const Kernels& kernels, const StageWork& work, const Pass& pass,
             const Matrix& from, const Matrix& to) {
  const double rate = work.stage->settings[0];
  kernels.dropout(pass.rows.size(), from.columns, draws_of(work, pass),
                  dropout_threshold(rate), static_cast<real>(1 / (1 - rate)),
                  from.row(pass.rows.first), to.row(pass.rows.first), from.stride);
}

}  // namespace

std::uint32_t dropout_threshold(double rate) {
  return static_cast<std::uint32_t>(
      std::min(std::nearbyint(std::ldexp(rate, 32)), 4294967295.0));
}

void dropout_forward(const Kernels& kernels, const StageWork& work, const Pass& pass) {
  dropped(kernels, work, pass, work.x, work.y);
}

void dropout_backward(const Kernels& kernels, const StageWork& work, const Pass& pass) {
  dropped(kernels, work, pass, work.d_y, work.d_x);
}

void gaussian_noise_forward(const Kernels& kernels, const StageWork& work,
                            const Pass& pass) {
  kernels.gaussian_noise(pass.rows.size(), work.x.columns, draws_of(work, pass),
                         static_cast<real>(work.stage->settings[0]),
                         work.x.row(pass.rows.first), work.y.row(pass.rows.first),
                         work.x.stride);
}

}  // namespace schuss::SCHUSS_PRECISION
