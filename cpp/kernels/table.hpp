// The pieces from which table.cpp puts an instruction set's table together.
#pragma once

#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

void add_gemm(Kernels& kernels);
void add_gemm_transposed(Kernels& kernels);
void add_activations(Kernels& kernels);
void add_losses(Kernels& kernels);
void add_softmax(Kernels& kernels);
void add_optimizers(Kernels& kernels);
void add_prelu(Kernels& kernels);
void add_gather(Kernels& kernels);
void add_moving_average(Kernels& kernels);
void add_narrow(Kernels& kernels);
void add_noise(Kernels& kernels);
void add_norms(Kernels& kernels);
void add_normalizations(Kernels& kernels);
void add_rearrangements(Kernels& kernels);
void add_sparse(Kernels& kernels);

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
