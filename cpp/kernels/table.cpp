// One instruction set's table, in one precision.
#include "kernels/table.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

#define SCHUSS_TEXT_OF(value) #value
#define SCHUSS_TEXT(macro) SCHUSS_TEXT_OF(macro)

Kernels make_kernels() {
  Kernels kernels{};
  kernels.isa = SCHUSS_TEXT(SCHUSS_ISA);
  add_gemm(kernels);
  add_gemm_transposed(kernels);
  add_activations(kernels);
  add_losses(kernels);
  add_softmax(kernels);
  add_optimizers(kernels);
  add_prelu(kernels);
  add_gather(kernels);
  add_moving_average(kernels);
  add_narrow(kernels);
  add_noise(kernels);
  add_norms(kernels);
  add_normalizations(kernels);
  add_rearrangements(kernels);
  add_sparse(kernels);
  return kernels;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
