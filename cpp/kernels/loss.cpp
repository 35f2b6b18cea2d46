// Softmax and the losses: from outputs and targets to losses and the first gradient.
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

struct RowExponential {
  real max, sum;
};

real row_max(std::size_t columns, const real* x) {
  Vec best = splat(-kInfinity);
  for (std::size_t j = 0; j < columns; j += kLanes) {
    best = max(keep(load(x + j), columns - j, -kInfinity), best);
  }
  return max_of(best);
}

/// y <- e^(x - max), padding zero. Subtracting the maximum makes overflow impossible
/// and leaves at least one term of the sum equal to 1.
RowExponential exponentiate_row(std::size_t columns, const real* x, real* y) {
  const real largest = row_max(columns, x);
  Vec sums{};
  for (std::size_t j = 0; j < columns; j += kLanes) {
    const Vec e = keep(exp(load(x + j) - largest), columns - j, 0);
    store(y + j, e);
    sums += e;
  }
  return {largest, sum(sums)};
}

void softmax(std::size_t rows, std::size_t columns, const real* x, real* y,
             std::size_t stride) {
  for (std::size_t i = 0; i < rows; ++i, x += stride, y += stride) {
    const real factor = 1 / exponentiate_row(columns, x, y).sum;
    for (std::size_t j = 0; j < columns; j += kLanes)
      store(y + j, load(y + j) * factor);
  }
}

void log_softmax(std::size_t rows, std::size_t columns, const real* x, real* y,
                 std::size_t stride) {
  for (std::size_t i = 0; i < rows; ++i, x += stride, y += stride) {
    const real largest = row_max(columns, x);
    Vec sums{};
    for (std::size_t j = 0; j < columns; j += kLanes) {
      sums += keep(exp(load(x + j) - largest), columns - j, 0);
    }
    const real log_sum = log(splat(sum(sums)))[0];
    for (std::size_t j = 0; j < columns; j += kLanes) {
      store(y + j, keep((load(x + j) - largest) - log_sum, columns - j, 0));
    }
  }
}

/// The loss of a row is offset + weight ln(sum): the logarithms are taken together,
/// a vector of rows at a time.
struct RowLoss {
  real offset, weight, sum;
};

RowLoss cross_entropy_of_label(const LossBatch& batch, std::size_t i) {
  const real* x = batch.output + i * batch.stride;
  real* gradient = batch.gradient + i * batch.stride;
  const std::int32_t label = batch.labels[i];
  const real logit = x[label];
  const RowExponential row = exponentiate_row(batch.columns, x, gradient);
  const real factor = batch.scale / row.sum;
  for (std::size_t j = 0; j < batch.columns; j += kLanes) {
    store(gradient + j, load(gradient + j) * factor);
  }
  gradient[label] -= batch.scale;
  return {row.max - logit, 1, row.sum};
}

RowLoss cross_entropy_of_distribution(const LossBatch& batch, std::size_t i) {
  const real* x = batch.output + i * batch.stride;
  const real* target = batch.targets + i * batch.stride;
  real* gradient = batch.gradient + i * batch.stride;
  const RowExponential row = exponentiate_row(batch.columns, x, gradient);
  Vec offsets{}, weights{};
  for (std::size_t j = 0; j < batch.columns; j += kLanes) {
    const Vec t = keep(load(target + j), batch.columns - j, 0);
    offsets += t * keep(row.max - load(x + j), batch.columns - j, 0);
    weights += t;
  }
  const real weight = sum(weights);
  const real factor = weight / row.sum;
  for (std::size_t j = 0; j < batch.columns; j += kLanes) {
    const Vec t = keep(load(target + j), batch.columns - j, 0);
    store(gradient + j, (load(gradient + j) * factor - t) * batch.scale);
  }
  return {sum(offsets), weight, row.sum};
}

/// With T the sum of a row of targets (1 for a label), the gradient is T softmax - t.
void softmax_cross_entropy(const LossBatch& batch) {
  for (std::size_t first = 0; first < batch.rows; first += kLanes) {
    const std::size_t count = batch.rows - first < kLanes ? batch.rows - first : kLanes;
    Vec offsets{}, weights{}, sums = splat(1);
    for (std::size_t i = 0; i < count; ++i) {
      const RowLoss row = batch.labels
                              ? cross_entropy_of_label(batch, first + i)
                              : cross_entropy_of_distribution(batch, first + i);
      offsets[i] = row.offset;
      weights[i] = row.weight;
      sums[i] = row.sum;
    }
    const Vec losses = offsets + weights * log(sums);
    for (std::size_t i = 0; i < count; ++i) batch.losses[first + i] = losses[i];
  }
}

void mean_squared_error(const LossBatch& batch) {
  const real share = 1 / static_cast<real>(batch.columns);
  for (std::size_t i = 0; i < batch.rows; ++i) {
    const std::size_t row = i * batch.stride;
    Vec squares{};
    for (std::size_t j = 0; j < batch.columns; j += kLanes) {
      const Vec error = load(batch.output + row + j) - load(batch.targets + row + j);
      const Vec kept = keep(error, batch.columns - j, 0);
      squares += kept * kept;
      store(batch.gradient + row + j, kept * (2 * share * batch.scale));
    }
    batch.losses[i] = sum(squares) * share;
  }
}

constexpr Loss kLosses[] = {
    {"softmax_cross_entropy", true, softmax_cross_entropy},
    {"mean_squared_error", false, mean_squared_error},
};

void argmax(std::size_t rows, std::size_t columns, const real* x, std::size_t stride,
            std::int32_t* y) {
  for (std::size_t i = 0; i < rows; ++i, x += stride) {
    std::size_t best = 0;
    for (std::size_t j = 1; j < columns; ++j) best = x[j] > x[best] ? j : best;
    y[i] = static_cast<std::int32_t>(best);
  }
}

}  // namespace

void add_losses(Kernels& kernels) {
  kernels.softmax = softmax;
  kernels.log_softmax = log_softmax;
  kernels.losses = {kLosses, sizeof kLosses / sizeof *kLosses};
  kernels.argmax = argmax;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
