// Losses of labels that look at two outputs: that of the class, and its worst rival's.
#include "kernels/losses.hpp"
#include "kernels/rows.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// The first largest of a row's outputs, after all but its own class's were raised; the
/// output is NaN if one of them is.
struct Rival {
  real output;
  Integer column;
};

template <int kMargin>
Rival rival_in(const real* row, std::size_t columns, std::int32_t label) {
  const auto raised = [&](std::size_t j) {
    const Vec margin = columns_from(j) == label ? Vec{} : splat(kMargin);
    return keep(load(row + j) + margin, columns - j, -kInfinity);
  };
  Vec best = splat(-kInfinity), spoiled{};
  for (std::size_t j = 0; j < columns; j += kLanes) {
    const Vec here = raised(j);
    best = max(here, best);
    spoiled = here == here ? spoiled : here;
  }
  const Vec largest = reduce_lanes<Largest>(best, kLanes);
  const Integer none = static_cast<Integer>(columns);
  VecInteger first = splat_integer(none);
  for (std::size_t j = 0; j < columns; j += kLanes) {
    const VecInteger here =
        raised(j) == largest ? columns_from(j) : splat_integer(none);
    first = Smallest::of(first, here);
  }
  const Integer column = reduce_lanes<Smallest>(first, kLanes)[0];
  return {(largest + reduce_lanes<Sum>(spoiled, kLanes))[0],
          column < none ? column : label};
}

/// max_c (x_c + margin [c is not the label]) - x_label. Its slope is 1 at the first
/// such c and -1 at the label, or 0 if they are one.
template <int kMargin>
void lost_to_the_rival(const LossBatch& batch) {
  for (std::size_t i = 0; i < batch.rows; ++i) {
    const std::int32_t label = batch.labels[i];
    const real* row = batch.output + i * batch.stride;
    real* gradient = batch.gradient + i * batch.stride;
    const Rival rival = rival_in<kMargin>(row, batch.columns, label);
    batch.losses[i] = rival.output - row[label];
    for (std::size_t j = 0; j < batch.columns; j += kLanes) store(gradient + j, Vec{});
    gradient[rival.column] += batch.scale;
    gradient[label] -= batch.scale;
  }
  if (batch.predicted) {
    for_each_group(batch.rows, batch.columns, batch.stride, batch.output,
                   [&](std::size_t first, const Rows& x) {
                     first_maxima(x, row_maxima(x), batch.predicted + first);
                   });
  }
  if (batch.weights) weigh(batch);
}

}  // namespace

void perceptron(const LossBatch& batch) { lost_to_the_rival<0>(batch); }
void hinge(const LossBatch& batch) { lost_to_the_rival<1>(batch); }

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
