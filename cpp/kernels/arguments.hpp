// What kernels are given, and the lists of those that have a name: plain structs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/real.hpp"

namespace schuss::SCHUSS_PRECISION {

/// C = start + A B for neighbouring panels of B, `width` columns each.
/// A(i, d) stands at a[i * a_row + (d / run) * a_run + (d % run) * a_depth]: a
/// row-major matrix, its transpose, or a matrix that is itself stored in panels. `run`
/// divides `depth`. Or A is what `interleave` wrote, and a_row is depth. With j <
/// width, B(d, j) of panel p stands at b[p * b_panel + d * b_depth + j] and its C(i, j)
/// at c[i * c_row + p * width + j]; width is whole vectors and at most tile_columns.
/// `start` is C's first value, laid out like C (a null pointer: zeros; start_row 0: one
/// row for all), and may be C itself. |C - exact| <= (depth + 1) eps (|start| + sum_d
/// |A| |B|), one chain in order of d. `next` is what the product after this one reads
/// as B, if it must come from afar: then all that is needed later is asked for early.
/// Source: Goto and van de Geijn 2008, "Anatomy of high-performance matrix
/// multiplication".
struct Gemm {
  std::size_t rows, panels, width, depth;
  const real* a;
  std::size_t a_row, a_depth, run, a_run;
  const real* b;
  std::size_t b_depth, b_panel;
  const real* start;
  std::size_t start_row;
  real* c;
  std::size_t c_row;
  const real* next = nullptr;
  bool interleaved = false;
};

/// One batch as a loss sees it. `output` and `gradient` are rows x columns with one
/// stride. A target is a class index per row (`labels`) or a row of numbers (`targets`,
/// same stride); the other pointer is null. `scale` is 1 / examples of the whole batch.
/// `settings` are whole vectors, and at least one, filled up with zeros.
struct LossBatch {
  std::size_t rows, columns, stride;
  const real* output;
  const std::int32_t* labels;
  const real* targets;
  const real* weights;  // of the rows; null: all of them 1
  const real* settings;
  real scale;
  real* losses;
  real* gradient;
  std::int32_t* predicted;  // the first largest output of each row; null: not wanted
};

/// What one update of `size` parameters (whole vectors) is given. `state` holds the
/// optimizer's slots one after the other, `slot_stride` apart, zero before the first
/// step; `step` counts from 1. Three numbers hold parameters small: `l2` w^2 is a
/// penalty, whose gradient 2 l2 w joins the loss's; `l1` |w| is one, whose proximal map
/// follows the step, w <- sign(w) max(|w| - l1 r, 0), r being how far a gradient that
/// stays 1 moves w in a step; and `weight_decay` takes learning_rate weight_decay w
/// away beside the step.
struct Update {
  std::size_t size;
  real* parameters;
  const real* gradients;
  real* state;
  std::size_t slot_stride;
  real learning_rate;
  real l2;
  real weight_decay;
  const real* settings;
  std::size_t step;
  real l1 = 0;
};

enum class Element : std::uint8_t {
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kFloat16,
  kFloat32,
  kFloat64,
};

/// A table as the user holds it: any element type, any strides (in bytes, also
/// negative), either byte order.
struct Source {
  const unsigned char* data;
  std::ptrdiff_t row_stride, column_stride;
  std::size_t columns;
  Element element;
  bool swapped;
};

/// The numbers of a row that are not zero, and where they stand, by rising column.
struct SparseRow {
  std::size_t count;
  const std::int32_t* index;
  const real* values;
};

/// x -> f(x), and the step back through it: gradient <- gradient * f'(x), which is
/// computed from what was kept on the way: the output f(x), or x itself if
/// `keeps_input`. `size` is whole vectors; output may be x.
struct Activation {
  const char* name;
  void (*forward)(std::size_t size, const real* x, real* output);
  void (*backward)(std::size_t size, const real* kept, real* gradient);
  bool keeps_input;
};

/// What targets are: labels or distributions over classes, labels alone, or numbers.
enum class Takes : std::uint8_t { kClasses, kLabels, kNumbers };

/// y <- a function of x, by rows; both have one stride, and may be one.
using RowMap = void (*)(std::size_t rows, std::size_t columns, const real* x, real* y,
                        std::size_t stride);

/// losses[i] <- weight times loss of row i; gradient <- d(their mean) / d(output),
/// padding zero. It has so many settings at most, or one for each output, or then none,
/// if there is a number that all of them are when left out. `mean` makes of outputs
/// what they say that targets are on average; null: they say so themselves.
struct Loss {
  const char* name;
  Takes takes;
  std::size_t settings;
  void (*evaluate)(const LossBatch&);
  RowMap mean;
  real left_out = 0;

  bool takes_labels() const { return takes != Takes::kNumbers; }
  static constexpr std::size_t kOnePerOutput = ~std::size_t{0};
};

/// parameters <- one step down, state <- its new value. Names in order, each ended by a
/// null pointer.
struct Optimizer {
  const char* name;
  const char* slots[4];
  const char* settings[8];
  void (*update)(const Update&);
  /// The same with C of the product as gradients, which is not stored: `gradients`,
  /// `size` and `l1` are ignored, and parameters and state are laid out like C. The
  /// rows of A are the columns of a row-major matrix, a_row is 1 and run is depth; or
  /// interleaved.
  void (*gemm)(const Gemm&, const Update&);
  /// Whether parameters without a gradient stay as they are, and so does their state;
  /// null: never.
  bool (*rests)(const Update&) = nullptr;
};

/// One layer of a narrow network. Weights stand in panels of at most tile_columns, or
/// `by_output` as [outputs][inputs in whole vectors] with zeros in the padding, and
/// their gradients likewise. Rows of inputs, output and delta are whole vectors, which
/// the strides count.
struct NarrowLayer {
  std::size_t inputs, outputs, input_stride, output_stride;
  bool by_output;
  const Activation* activation;
  real* weights;
  real* bias;
  real* d_weights;
  real* d_bias;
  real* kept;    // for the rows of a batch: x W + b, if the activation keeps its input
  real* output;  // likewise; also `kept` otherwise
  real* delta;   // d(loss) / d(output), likewise
};

/// Steps one after the other, each on the next `batch` of `rows` rows; the last may be
/// shorter. x, labels or targets, weights, learning rates are theirs, in order; rows of
/// x and of targets are whole vectors, those of x with zeros in the padding. `weights`
/// and `biases` are the updates of all layers' parameters; the learning rate is put in,
/// and the number of the step goes on from the one given.
struct NarrowSteps {
  const NarrowLayer* layers;
  std::size_t depth;
  const Loss* loss;
  const Optimizer* optimizer;
  Update weights, biases;
  std::size_t rows, batch;
  const real* x;
  const std::int32_t* labels;
  const real* targets;
  const real* row_weights;  // null: all of them 1
  const real* loss_settings;
  const double* learning_rates;
  std::ptrdiff_t learning_rate_stride;
  real* losses;  // for the rows of a batch
  std::int32_t* predicted;
};

/// What some steps came to: the sum of the losses, step by step and within a step row
/// by row, added to what it was; likewise hits and steps.
struct NarrowSums {
  double loss;
  std::size_t correct, steps;
};

}  // namespace schuss::SCHUSS_PRECISION
