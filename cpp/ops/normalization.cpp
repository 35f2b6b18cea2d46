// Normalization by rows, which are a thread's own, and by columns, which are shared.
#include "ops/normalization.hpp"

#include <algorithm>
#include <cmath>

namespace schuss::SCHUSS_PRECISION {

namespace {

enum { kGain, kShift, kMean, kVariance };

/// Row `first` of what a training keeps; null in a prediction.
real* kept_row(const StageWork& work, std::size_t first) {
  return work.kept.view().data ? work.kept.view().row(first) : nullptr;
}

}  // namespace

void layer_norm_forward(const Kernels& kernels, const StageWork& work,
                        const Pass& pass) {
  const Stage& stage = *work.stage;
  const std::size_t first = pass.rows.first;
  kernels.layer_norm(pass.rows.size(), stage.width,
                     static_cast<real>(stage.settings[0]), stage.vector(kGain),
                     stage.vector(kShift), work.x.row(first), kept_row(work, first),
                     work.numbers.view().data + first, work.y.row(first),
                     work.x.stride);
}

void layer_norm_backward(const Kernels& kernels, const StageWork& work,
                         const Pass& pass) {
  const std::size_t first = pass.rows.first;
  kernels.layer_norm_backward(pass.rows.size(), work.stage->width,
                              work.stage->vector(kGain), kept_row(work, first),
                              work.numbers.view().data + first, work.d_y.row(first),
                              work.d_x.row(first), work.x.stride);
}

void layer_norm_collect(const Kernels& kernels, const StageWork& work, std::size_t rows,
                        Range columns, bool accumulate) {
  const std::size_t first = columns.first, stride = work.d_y.stride;
  real* const of_gain = work.stage->gradient(kGain) + first;
  real* const of_shift = work.stage->gradient(kShift) + first;
  if (!accumulate) {
    std::fill_n(of_gain, columns.size(), real{0});
    std::fill_n(of_shift, columns.size(), real{0});
  }
  kernels.column_product_sum(rows, columns.size(), kept_row(work, 0) + first,
                             work.d_y.data + first, stride, of_gain);
  kernels.column_sum(rows, columns.size(), work.d_y.data + first, stride, of_shift);
}

namespace {

/// Of each column; the last two are sums over the workspace's rows.
struct Columns {
  real *mean, *inverse, *d_gain, *d_shift;

  explicit Columns(const StageWork& work)
      : mean(work.numbers.view().row(0)),
        inverse(work.numbers.view().row(1)),
        d_gain(work.numbers.view().row(2)),
        d_shift(work.numbers.view().row(3)) {}
};

/// A member's own columns, in whole vectors.
Range columns_of(const Kernels& kernels, const Stage& stage, const Member& member) {
  const std::size_t lanes = kernels.lanes;
  const Range vectors = member.part(round_up(stage.width, lanes) / lanes);
  return {vectors.first * lanes, vectors.last * lanes};
}

/// 1 / sqrt(variance + epsilon), in place.
void invert(const Stage& stage, Range columns, real* variance) {
  const real epsilon = static_cast<real>(stage.settings[1]);
  for (std::size_t j = columns.first; j < columns.last; ++j) {
    variance[j] = 1 / std::sqrt(variance[j] + epsilon);
  }
}

/// Running statistics take a part of those of a batch, of whose variance n / (n - 1) is
/// expected of the rows at large. One row tells none, and changes nothing.
void learn_statistics(const Stage& stage, Range columns, std::size_t rows,
                      const Columns& found) {
  if (rows == 1) return;
  const real momentum = static_cast<real>(stage.settings[0]);
  const real correction = static_cast<real>(double(rows) / double(rows - 1));
  const auto mix = [&](real before, real now) {
    return momentum * before + (1 - momentum) * now;
  };
  for (std::size_t j = columns.first; j < std::min(columns.last, stage.width); ++j) {
    real &mean = stage.vector(kMean)[j], &variance = stage.vector(kVariance)[j];
    mean = mix(mean, found.mean[j]);
    variance = mix(variance, correction * found.inverse[j]);
  }
}

/// The rows' own statistics, every member for some columns.
void measure(const Kernels& kernels, const StageWork& work, const Pass& pass,
             const Columns& found) {
  const Stage& stage = *work.stage;
  const Range columns = columns_of(kernels, stage, *pass.member);
  pass.member->wait();  // all of x stands
  if (!columns.empty()) {
    const std::size_t first = columns.first;
    kernels.column_moments(pass.all, columns.size(), work.x.data + first, work.x.stride,
                           found.mean + first, found.inverse + first);
    if (pass.purpose == Purpose::kTrain) {
      learn_statistics(stage, columns, pass.all, found);
    }
    invert(stage, columns, found.inverse);
  }
  pass.member->wait();  // all statistics stand
}

}  // namespace

void batch_norm_forward(const Kernels& kernels, const StageWork& work,
                        const Pass& pass) {
  const Stage& stage = *work.stage;
  const Columns found(work);
  const std::size_t columns = round_up(stage.width, kernels.lanes);
  if (pass.purpose == Purpose::kPredict) {
    std::copy_n(stage.vector(kMean), columns, found.mean);
    std::copy_n(stage.vector(kVariance), columns, found.inverse);
    invert(stage, {0, columns}, found.inverse);
  } else {
    measure(kernels, work, pass, found);
  }
  const std::size_t first = pass.rows.first;
  kernels.batch_norm(pass.rows.size(), columns, found.mean, found.inverse,
                     stage.vector(kGain), stage.vector(kShift), work.x.row(first),
                     kept_row(work, first), work.y.row(first), work.x.stride);
}

void batch_norm_backward(const Kernels& kernels, const StageWork& work,
                         const Pass& pass) {
  const Stage& stage = *work.stage;
  const Columns found(work);
  const Range columns = columns_of(kernels, stage, *pass.member);
  pass.member->wait();  // all of d_y stands
  if (!columns.empty()) {
    const std::size_t first = columns.first, stride = work.d_y.stride;
    real* const of_gain = found.d_gain + first;
    real* const of_shift = found.d_shift + first;
    std::fill_n(of_gain, columns.size(), real{0});
    std::fill_n(of_shift, columns.size(), real{0});
    kernels.column_product_sum(pass.all, columns.size(), kept_row(work, 0) + first,
                               work.d_y.data + first, stride, of_gain);
    kernels.column_sum(pass.all, columns.size(), work.d_y.data + first, stride,
                       of_shift);
  }
  pass.member->wait();  // all sums stand
  const std::size_t first = pass.rows.first;
  kernels.batch_norm_backward(pass.rows.size(), round_up(stage.width, kernels.lanes),
                              1 / static_cast<real>(pass.all), stage.vector(kGain),
                              found.inverse, found.d_gain, found.d_shift,
                              kept_row(work, first), work.d_y.row(first),
                              work.d_x.row(first), work.x.stride);
}

void batch_norm_collect(const Kernels& kernels, const StageWork& work, std::size_t,
                        Range columns, bool accumulate) {
  const Columns found(work);
  const auto collect = [&](const real* sums, real* gradient) {
    sums += columns.first;
    gradient += columns.first;
    if (!accumulate) std::fill_n(gradient, columns.size(), real{0});
    kernels.add(columns.size(), gradient, sums, gradient);
  };
  collect(found.d_gain, work.stage->gradient(kGain));
  collect(found.d_shift, work.stage->gradient(kShift));
}

}  // namespace schuss::SCHUSS_PRECISION
