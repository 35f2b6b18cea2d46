// Weights between the layout people use and the layout kernels use.
#include "ops/panels.hpp"

namespace schuss::SCHUSS_PRECISION {

void pack(const Matrix& weights, const Panels& panels) {
  for (std::size_t i = 0; i < panels.inputs; ++i) {
    for (std::size_t j = 0; j < panels.outputs; ++j)
      panels.at(i, j) = weights.row(i)[j];
  }
}

void unpack(const Panels& panels, const Matrix& weights) {
  for (std::size_t i = 0; i < panels.inputs; ++i) {
    for (std::size_t j = 0; j < panels.outputs; ++j)
      weights.row(i)[j] = panels.at(i, j);
  }
}

}  // namespace schuss::SCHUSS_PRECISION
