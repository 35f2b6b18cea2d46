// What is computed: one function pointer per kernel, each with its contract.
//
// Every kernel runs on one thread, allocates nothing and checks nothing. It is compiled
// once per instruction set and precision from the same source. Words used below:
//   lanes    numbers in one vector; rows of matrices are padded to whole vectors, and
//            whatever stands in the padding of an input is ignored unless a contract
//            says otherwise
//   panel    the weights of `width` neighbouring outputs, stored [inputs][width]
//   eps      2^-23 in float32, 2^-52 in float64
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/real.hpp"
#include "kernels/arguments.hpp"
#include "kernels/stages.hpp"

namespace schuss::SCHUSS_PRECISION {

template <class Entry>
struct List {
  const Entry* first;
  std::size_t size;
  const Entry* begin() const { return first; }
  const Entry* end() const { return first + size; }
};

struct Kernels : StageKernels {
  const char* isa;
  // Policy that must agree with the code it stands beside.
  std::size_t lanes;         // numbers in a vector
  std::size_t tile_columns;  // widest panel gemm takes
  std::size_t depth_block;   // depth for which a panel of B stays in the L1 cache

  void (*gemm)(const Gemm&);

  /// to <- A, cut evenly into as few groups of rows as gemm can read at a time (the
  /// larger groups first), one after the other and each transposed.
  /// rows x depth numbers, A(i, d) at a[i * a_row + d * a_depth]. Exact.
  void (*interleave)(std::size_t rows, std::size_t depth, const real* a,
                     std::size_t a_row, std::size_t a_depth, real* to);

  /// C = start + A B^T: column j of C belongs to panel j, whose B(d) stands at
  /// b[j * b_panel + d], and C(i, j) at c[i * c_row + j]; width is 1 and the a_depth of
  /// A is, too. `depth` is whole vectors: padding of A is finite, of B zero. For few
  /// panels; bound and start as for gemm, but sums run along the lanes first. A row of
  /// C does not depend on the rows beside it.
  void (*gemm_transposed)(const Gemm&);

  /// y(j, i) <- x(i, j); x is rows x columns, both with padded rows; padding of y is
  /// zero up to whole vectors. Exact.
  void (*transpose)(std::size_t rows, std::size_t columns, const real* x,
                    std::size_t x_stride, real* y, std::size_t y_stride);

  /// y[j] <- y[j] + sum_i x(i, j), in order of i; columns is whole vectors.
  /// |y - exact| <= rows eps (|y| + sum |x|).
  void (*column_sum)(std::size_t rows, std::size_t columns, const real* x,
                     std::size_t stride, real* y);

  /// y[i] <- a[i] + b[i]; `size` is whole vectors, y may be a or b. Rounded once.
  void (*add)(std::size_t size, const real* a, const real* b, real* y);

  /// y[i] <- scale y[i] + offset, `repeats` times, one after the other, in registers;
  /// `size` is whole vectors. As fast as this instruction set multiplies and adds: the
  /// peak that benchmarks compare with.
  void (*multiply_add)(std::size_t size, std::size_t repeats, real scale, real offset,
                       real* y);

  /// Units in the last place: identity, step, relu 0; hard_sigmoid, leaky_relu, elu 2;
  /// sigmoid, tanh, selu, softplus 3; silu, mish 5; gelu 9; gelu_tanh 3, and an error
  /// of 5 eps / 2 |v| in v of x / (1 + e^-v). Results below the smallest normal number
  /// may be 0, and gates: a result is then lost below |x| times that number. Of no
  /// finite x does NaN come.
  List<Activation> activations;

  /// y[i] <- e^x[i]: 2 units in the last place; overflow gives infinity, underflow 0.
  void (*exp)(std::size_t size, const real* x, real* y);

  /// y[i] <- ln x[i]: 2 units in the last place; ln 0 = -infinity, ln of less is NaN.
  void (*log)(std::size_t size, const real* x, real* y);

  /// y[i] <- Phi(x[i]) = (1 + erf(x[i] / sqrt 2)) / 2: 8 units in the last place, both
  /// tails included; results below the smallest normal number may be 0.
  void (*normal_cdf)(std::size_t size, const real* x, real* y);

  /// y(i, k) <- e^x(i, k) / sum_c e^x(i, c), after the row's maximum was subtracted;
  /// padding of y is zero. y may be x. Source: Bridle 1990.
  RowMap softmax;

  /// y(i, k) <- x(i, k) - ln sum_c e^x(i, c), stable like softmax. y may be x.
  RowMap log_softmax;

  /// softmax_cross_entropy(label_smoothing): -sum_c t_c ln softmax(y)_c. Means over a
  /// row's outputs, of which those with a t of NaN are 0: see numeric_losses.cpp. Of
  /// labels k: perceptron max_c y_c - y_k, hinge max_c (y_c + [c != k]) - y_k.
  List<Loss> losses;

  /// y[i] <- the first column at which row i has its maximum.
  void (*argmax)(std::size_t rows, std::size_t columns, const real* x,
                 std::size_t stride, std::int32_t* y);

  /// sgd, adam, rmsprop, adagrad, rprop: see optimizer.cpp.
  List<Optimizer> optimizers;

  /// y(i, j) <- scale * source(index[i], j) + offset, converted to this precision
  /// first. A null index means rows 0, 1, 2... After `rows` the index goes on for
  /// `ahead` rows that are fetched into the cache for the next call. Exact for scale 1
  /// and offset 0, but for the rounding of the conversion.
  void (*gather)(const Source& source, const std::int64_t* index, std::size_t rows,
                 std::size_t ahead, real scale, real offset, real* y,
                 std::size_t y_stride);

  /// y <- start + scale x B for a sparse row x, where only the rows of B are read that
  /// x has a number for; `columns` is whole vectors. No start: zeros. Summed in order
  /// of x, so |y - exact| <= gamma_{count + 2} (|start| + scale |x| |B|).
  void (*sparse_product)(const SparseRow& x, real scale, std::size_t columns,
                         const real* b, std::size_t b_stride, const real* start,
                         real* y);

  /// The sum of all x(i, j)^2, in float64, where squares of float32 neither round nor
  /// overflow: |y - exact| <= (rows ceil(columns / lanes) + lanes + 1) 2^-52 y.
  double (*sum_of_squares)(std::size_t rows, std::size_t columns, const real* x,
                           std::size_t stride);

  /// x[i] <- scale x[i], but at most `limit` and at least -limit; `size` is whole
  /// vectors. NaN stays NaN. Rounded once.
  void (*clip)(std::size_t size, real scale, real limit, real* x);

  /// x(i, j) <- x(i, j) min(1, limit / |x(:, j)|): no column is longer than `limit`,
  /// but for roundings. Norms as by sum_of_squares, column by column; columns is whole
  /// vectors. Where a norm is no finite number, its column becomes NaN. Source: Srebro
  /// and Shraibman 2005.
  void (*max_norm)(std::size_t rows, std::size_t columns, real limit, real* x,
                   std::size_t stride);

  /// average[i] <- average[i] + rate (x[i] - average[i]); `size` is whole vectors.
  /// |y - exact| <= 3 eps / 2 (|average| + |rate| (|x| + |average|)), and an average of
  /// what stands still does, too.
  void (*moving_average)(std::size_t size, real rate, const real* x, real* average);

  /// sums <- sums + what the steps came to. Ends after the first step whose loss is not
  /// finite, which leaves parameters that mean nothing; false then. Every sum has the
  /// terms of the products of gemm, in some order that depends on the shapes alone.
  bool (*train_narrow)(const NarrowSteps&, NarrowSums&);

  /// The position of the first infinity or NaN of x, or `size` if there is none.
  std::size_t (*first_nonfinite)(std::size_t size, const real* x);
};

}  // namespace schuss::SCHUSS_PRECISION
