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
    {"mean_absolute_error", Takes::kNumbers, 0, mean_absolute_error, nullptr},
    {"huber", Takes::kNumbers, 1, huber, nullptr},
    {"pinball", Takes::kNumbers, Loss::kOnePerOutput, pinball, nullptr},
    {"binary_cross_entropy", Takes::kNumbers, Loss::kOnePerOutput, binary_cross_entropy,
     sigmoid_rows, 1},
    {"poisson", Takes::kNumbers, 0, poisson, exp_rows},
    {"perceptron", Takes::kLabels, 0, perceptron, nullptr},
    {"hinge", Takes::kLabels, 0, hinge, nullptr},
};

}  // namespace

void add_losses(Kernels& kernels) {
  kernels.losses = {kLosses, sizeof kLosses / sizeof *kLosses};
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
