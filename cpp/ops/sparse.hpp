// A first layer of sparse rows: products with those weights that an entry calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ops/dense.hpp"
#include "ops/table.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Whether products of the entries alone take less time than those of whole rows. With
/// AVX-512 an epoch of 2000 x 64 weights took 0.8 of the time where one number in
/// twenty was not zero, 500 x 512 as much; 2000 x 16, by output, 0.9 with one in fifty.
bool is_thin(const Table& table, const Panels& weights);

/// kept <- scale x W + b and output <- f(kept), for rows index[i] of a sparse table, or
/// first + i without an index.
void sparse_forward(const Kernels& kernels, const DenseLayer& layer, const Table& table,
                    const std::int64_t* index, std::size_t first, real scale,
                    const Matrix& kept, const Matrix& output);

/// A thread's part of the inputs of a layer. By output its weights are columns, and it
/// begins with a whole line.
Range part_of_sparse_inputs(const Panels& weights, std::size_t rank, std::size_t size);

/// The columns of some rows of a sparse table that lie in a range: a row's number among
/// those, and its value. One thread's own.
class SparseColumns {
 public:
  /// For up to `rows` rows of the table at a time.
  SparseColumns(const Table& table, std::size_t rows, std::size_t inputs);

  /// Takes the entries of rows index[0] to index[rows - 1] in the columns of `inputs`.
  void take(const Table& table, const std::int64_t* index, std::size_t rows,
            Range inputs);

  /// Those that have any entries, in order of their first.
  const std::vector<std::int32_t>& touched() const { return touched_; }
  SparseRow operator[](std::size_t input) const {
    const std::size_t own = input - inputs_.first, first = starts_[own];
    return {counts_[own], rows_.data() + first, values_.data() + first};
  }

 private:
  Range inputs_;
  std::vector<std::size_t> starts_, counts_;  // per input; counts are 0 but for touched
  std::vector<std::int32_t> touched_, rows_;
  std::vector<real> values_;
};

/// d_W <- scale x^T d_output (added to what is there if `accumulate`) for the weights
/// of one panel and the inputs in `inputs`, given the columns of x; by output of all
/// panels, and then `inputs` must be those that the columns were taken of.
void sparse_backward_weights(const Kernels& kernels, const Panels& d_weights,
                             std::size_t panel, Range inputs,
                             const SparseColumns& columns, real scale,
                             const Matrix& d_output, bool accumulate);

}  // namespace schuss::SCHUSS_PRECISION
