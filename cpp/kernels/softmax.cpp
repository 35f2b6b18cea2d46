// Softmax, its logarithm, and the class of the largest output.
#include "kernels/losses.hpp"
#include "kernels/rows.hpp"
#include "kernels/table.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

void softmax(std::size_t rows, std::size_t columns, const real* x, real* y,
             std::size_t stride) {
  for_each_group(rows, columns, stride, x, [&](std::size_t first, const Rows& group) {
    real* powers = y + first * stride;
    const Lanes factors(1 / exponentiate(group, row_maxima(group), powers));
    for (std::size_t i = 0; i < group.count; ++i, powers += stride) {
      for (std::size_t j = 0; j < columns; j += kLanes) {
        store(powers + j, load(powers + j) * factors[i]);
      }
    }
  });
}

namespace {

void log_softmax(std::size_t rows, std::size_t columns, const real* x, real* y,
                 std::size_t stride) {
  for_each_group(rows, columns, stride, x, [&](std::size_t first, const Rows& group) {
    const Vec maxima = row_maxima(group);
    const Lanes largest(maxima);
    Vec sums[kLanes] = {};
    for (std::size_t i = 0; i < group.count; ++i) {
      for (std::size_t j = 0; j < columns; j += kLanes) {
        sums[i] += keep(exp(load(group.row(i) + j) - largest[i]), columns - j, 0);
      }
    }
    const Lanes log_sums(log(reduce_rows<Sum>(sums, group.count)));
    for (std::size_t i = 0; i < group.count; ++i) {
      for (std::size_t j = 0; j < columns; j += kLanes) {
        const Vec shifted = (load(group.row(i) + j) - largest[i]) - log_sums[i];
        store(y + (first + i) * stride + j, keep(shifted, columns - j, 0));
      }
    }
  });
}

void argmax(std::size_t rows, std::size_t columns, const real* x, std::size_t stride,
            std::int32_t* y) {
  for_each_group(rows, columns, stride, x, [&](std::size_t first, const Rows& group) {
    first_maxima(group, row_maxima(group), y + first);
  });
}

}  // namespace

void add_softmax(Kernels& kernels) {
  kernels.softmax = softmax;
  kernels.log_softmax = log_softmax;
  kernels.argmax = argmax;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
