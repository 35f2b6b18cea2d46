// The part of the table that is for what stands between dense layers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/real.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Random words by their place: that of a row (counted on from `first_row`) and column
/// is a word of Threefry4x32-20 (Salmon et al. 2011), drawn by `key` from column, row
/// and `step`. See random.hpp.
struct Draws {
  std::uint64_t key, step;
  std::size_t first_row;
};

/// All matrices of a kernel have one stride.
struct StageKernels {
  /// y(i, j) <- scale x(i, j), or 0 times it where the word of (i, j) is below
  /// `threshold`. y may be x. Padding of x is zero, and then of y. Rounded once; the
  /// step back is the same, of the gradient. Source: Srivastava et al. 2014.
  void (*dropout)(std::size_t rows, std::size_t columns, const Draws& draws,
                  std::uint32_t threshold, real scale, const real* x, real* y,
                  std::size_t stride);

  /// y(i, j) <- x(i, j) + deviation n, where n is normal with variance 1, drawn from
  /// the words of (i, j) and of the column 16 before or after it: Box and Muller 1958,
  /// 10 units in the last place. y may be x. Padding of x is zero, and then of y.
  void (*gaussian_noise)(std::size_t rows, std::size_t columns, const Draws& draws,
                         real deviation, const real* x, real* y, std::size_t stride);

  /// mean[j] <- sum_i x(i, j) / rows and variance[j] <- sum_i (x(i, j) - mean[j])^2 /
  /// rows, in order of i; columns is whole vectors.
  void (*column_moments)(std::size_t rows, std::size_t columns, const real* x,
                         std::size_t stride, real* mean, real* variance);

  /// y[j] <- y[j] + sum_i a(i, j) b(i, j), in order of i; columns is whole vectors.
  void (*column_product_sum)(std::size_t rows, std::size_t columns, const real* a,
                             const real* b, std::size_t stride, real* y);

  /// normalized(i, j) <- (x(i, j) - mean) inverse, where mean is that of row i and
  /// inverse[i] = 1 / sqrt(variance + epsilon); y <- gain[j] normalized + shift[j].
  /// `normalized` and `inverse` may be null. Padding of x, gain and shift is zero, and
  /// then of y. Source: Ba, Kiros and Hinton 2016.
  void (*layer_norm)(std::size_t rows, std::size_t columns, real epsilon,
                     const real* gain, const real* shift, const real* x,
                     real* normalized, real* inverse, real* y, std::size_t stride);

  /// d_x <- inverse (g - mean of g - normalized times mean of g normalized), where
  /// g = gain d_y and means are those of a row; padding of gain is zero, and of d_x.
  void (*layer_norm_backward)(std::size_t rows, std::size_t columns, const real* gain,
                              const real* normalized, const real* inverse,
                              const real* d_y, real* d_x, std::size_t stride);

  /// normalized(i, j) <- (x(i, j) - mean[j]) inverse[j]; y <- gain[j] normalized +
  /// shift[j]; columns is whole vectors, `normalized` may be null. Source: Ioffe and
  /// Szegedy 2015.
  void (*batch_norm)(std::size_t rows, std::size_t columns, const real* mean,
                     const real* inverse, const real* gain, const real* shift,
                     const real* x, real* normalized, real* y, std::size_t stride);

  /// d_x <- gain inverse (d_y - share (d_shift + normalized d_gain)) of each column,
  /// where share is 1 / rows of the batch, and d_gain and d_shift are its sums of
  /// d_y normalized and of d_y; columns is whole vectors.
  void (*batch_norm_backward)(std::size_t rows, std::size_t columns, real share,
                              const real* gain, const real* inverse, const real* d_gain,
                              const real* d_shift, const real* normalized,
                              const real* d_y, real* d_x, std::size_t stride);

  /// y(i, j) <- x, or slopes[j] x where x is below 0, and below(i, j) <- min(x, 0),
  /// unless it is null; columns is whole vectors. Rounded once. Source: He et al. 2015.
  void (*prelu)(std::size_t rows, std::size_t columns, const real* slopes,
                const real* x, real* below, real* y, std::size_t stride);

  /// d_x <- d_y, or slopes[j] d_y where x is not above 0; likewise.
  void (*prelu_backward)(std::size_t rows, std::size_t columns, const real* slopes,
                         const real* x, const real* d_y, real* d_x, std::size_t stride);
};

}  // namespace schuss::SCHUSS_PRECISION
