// Rows or columns brought to mean 0 and variance 1, and what a step back through that
// needs.
#include "kernels/lanes.hpp"
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

constexpr std::size_t kTogether = 4;  // vectors of columns whose sums are under way

/// Calls body(first, count of vectors) for groups of vectors of columns, `count` being
/// a constant in each call.
template <class Body>
void for_each_group(std::size_t columns, const Body& body) {
  std::size_t j = 0;
  for (; j + kTogether * kLanes <= columns; j += kTogether * kLanes) {
    body.template operator()<kTogether>(j);
  }
  for (; j < columns; j += kLanes) body.template operator()<1>(j);
}

void column_moments(std::size_t rows, std::size_t columns, const real* x,
                    std::size_t stride, real* mean, real* variance) {
  const real share = 1 / static_cast<real>(rows);
  for_each_group(columns, [&]<std::size_t kVectors>(std::size_t j) {
    Vec sums[kVectors]{}, squares[kVectors]{};
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t v = 0; v < kVectors; ++v)
        sums[v] += load(x + i * stride + j + v * kLanes);
    }
    for (std::size_t v = 0; v < kVectors; ++v) sums[v] *= share;
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t v = 0; v < kVectors; ++v) {
        const Vec away = load(x + i * stride + j + v * kLanes) - sums[v];
        squares[v] += away * away;
      }
    }
    for (std::size_t v = 0; v < kVectors; ++v) {
      store(mean + j + v * kLanes, sums[v]);
      store(variance + j + v * kLanes, squares[v] * share);
    }
  });
}

void column_product_sum(std::size_t rows, std::size_t columns, const real* a,
                        const real* b, std::size_t stride, real* y) {
  for_each_group(columns, [&]<std::size_t kVectors>(std::size_t j) {
    Vec sums[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) sums[v] = load(y + j + v * kLanes);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t v = 0; v < kVectors; ++v) {
        const std::size_t at = i * stride + j + v * kLanes;
        sums[v] += load(a + at) * load(b + at);
      }
    }
    for (std::size_t v = 0; v < kVectors; ++v) store(y + j + v * kLanes, sums[v]);
  });
}

real total(Vec sums) { return reduce_lanes<Sum>(sums, kLanes)[0]; }

void layer_norm(std::size_t rows, std::size_t columns, real epsilon, const real* gain,
                const real* shift, const real* x, real* normalized, real* inverse,
                real* y, std::size_t stride) {
  const real count = static_cast<real>(columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const real* const from = x + i * stride;
    Vec sums{}, squares{};
    for (std::size_t j = 0; j < columns; j += kLanes) sums += load(from + j);
    const real mean = total(sums) / count;
    for (std::size_t j = 0; j < columns; j += kLanes) {
      const Vec away = keep(load(from + j) - mean, columns - j, 0);
      squares += away * away;
    }
    const Vec deviation = sqrt(splat(total(squares) / count + epsilon));
    const real scale = 1 / deviation[0];
    if (inverse) inverse[i] = scale;
    for (std::size_t j = 0; j < columns; j += kLanes) {
      const Vec z = (load(from + j) - mean) * scale;
      if (normalized) store(normalized + i * stride + j, z);
      store(y + i * stride + j, load(gain + j) * z + load(shift + j));
    }
  }
}

void layer_norm_backward(std::size_t rows, std::size_t columns, const real* gain,
                         const real* normalized, const real* inverse, const real* d_y,
                         real* d_x, std::size_t stride) {
  const real count = static_cast<real>(columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const real *const z = normalized + i * stride, *const from = d_y + i * stride;
    Vec sums{}, products{};
    for (std::size_t j = 0; j < columns; j += kLanes) {
      const Vec g = load(gain + j) * load(from + j);
      sums += g;
      products += g * load(z + j);
    }
    const real mean = total(sums) / count, along = total(products) / count;
    for (std::size_t j = 0; j < columns; j += kLanes) {
      const Vec g = load(gain + j) * load(from + j);
      const Vec d = inverse[i] * (g - mean - along * load(z + j));
      store(d_x + i * stride + j, keep(d, columns - j, 0));
    }
  }
}

void batch_norm(std::size_t rows, std::size_t columns, const real* mean,
                const real* inverse, const real* gain, const real* shift, const real* x,
                real* normalized, real* y, std::size_t stride) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; j += kLanes) {
      const std::size_t at = i * stride + j;
      const Vec z = (load(x + at) - load(mean + j)) * load(inverse + j);
      if (normalized) store(normalized + at, z);
      store(y + at, load(gain + j) * z + load(shift + j));
    }
  }
}

void batch_norm_backward(std::size_t rows, std::size_t columns, real share,
                         const real* gain, const real* inverse, const real* d_gain,
                         const real* d_shift, const real* normalized, const real* d_y,
                         real* d_x, std::size_t stride) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; j += kLanes) {
      const std::size_t at = i * stride + j;
      const Vec mean = load(normalized + at) * load(d_gain + j) + load(d_shift + j);
      store(d_x + at,
            load(gain + j) * load(inverse + j) * (load(d_y + at) - share * mean));
    }
  }
}

}  // namespace

void add_normalizations(Kernels& kernels) {
  kernels.column_moments = column_moments;
  kernels.column_product_sum = column_product_sum;
  kernels.layer_norm = layer_norm;
  kernels.layer_norm_backward = layer_norm_backward;
  kernels.batch_norm = batch_norm;
  kernels.batch_norm_backward = batch_norm_backward;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
