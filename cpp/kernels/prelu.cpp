// The rectifier whose slope below 0 is learned, one for each column.
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

void prelu(std::size_t rows, std::size_t columns, const real* slopes, const real* x,
           real* below, real* y, std::size_t stride) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; j += kLanes) {
      const std::size_t at = i * stride + j;
      const Vec from = load(x + at);
      if (below) store(below + at, from < 0 ? from : Vec{});
      store(y + at, from < 0 ? load(slopes + j) * from : from);
    }
  }
}

void prelu_backward(std::size_t rows, std::size_t columns, const real* slopes,
                    const real* x, const real* d_y, real* d_x, std::size_t stride) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; j += kLanes) {
      const std::size_t at = i * stride + j;
      const Vec d = load(d_y + at);
      store(d_x + at, load(x + at) > 0 ? d : load(slopes + j) * d);
    }
  }
}

}  // namespace

void add_prelu(Kernels& kernels) {
  kernels.prelu = prelu;
  kernels.prelu_backward = prelu_backward;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
