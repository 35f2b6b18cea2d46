// The list of the losses, and the weights that all of them take.
#include "kernels/losses.hpp"
#include "kernels/table.hpp"
#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

void weigh(const LossBatch& batch) {
  for (std::size_t i = 0; i < batch.rows; ++i) {
    const real weight = batch.weights[i];
    batch.losses[i] *= weight;
    real* gradient = batch.gradient + i * batch.stride;
    for (std::size_t j = 0; j < batch.columns; j += kLanes) {
      store(gradient + j, load(gradient + j) * weight);
    }
  }
}

namespace {

constexpr Loss kLosses[] = {
    {"softmax_cross_entropy", Takes::kClasses, 1, softmax_cross_entropy, softmax},
    {"mean_squared_error", Takes::kNumbers, 0, mean_squared_error, nullptr},
};

}  // namespace

void add_losses(Kernels& kernels) {
  kernels.losses = {kLosses, sizeof kLosses / sizeof *kLosses};
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
