// Optimizer updates: one sweep over parameters, gradients and state; and matrix
// products that end in an update. The rules themselves are in update_rules.hpp.
#include "kernels/table.hpp"
#include "kernels/tile.hpp"
#include "kernels/update_rules.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// Apart, since within `sweep` it made steps of 2-8-2 without l1 a thirtieth longer.
template <class Rule>
[[gnu::noinline]] void shrink(const Update& update) {
  const Rule rule(update);
  for (std::size_t i = 0; i < update.size; i += kLanes) rule.shrink(i, update.l1);
}

template <class Rule>
void sweep(const Update& update) {
  const Rule rule(update);
  for (std::size_t i = 0; i < update.size; i += kLanes) {
    rule.move(i, load(update.gradients + i));
  }
  if (update.l1 != 0) shrink<Rule>(update);
}

template <class Rule>
void gemm_update(const Gemm& gemm, const Update& update) {
  gemm.interleaved ? multiply<Rows::kInterleaved>(gemm, Rule(update))
                   : multiply<Rows::kTogether>(gemm, Rule(update));
}

/// Without momentum the velocity is neither read nor written.
bool has_momentum(const Update& update) { return update.settings[0] != 0; }

void sgd(const Update& update) {
  has_momentum(update) ? sweep<MomentumSgd>(update) : sweep<PlainSgd>(update);
}

void gemm_sgd(const Gemm& gemm, const Update& update) {
  has_momentum(update) ? gemm_update<MomentumSgd>(gemm, update)
                       : gemm_update<PlainSgd>(gemm, update);
}

bool is_pulled(const Update& update) {
  return update.l1 != 0 || update.l2 != 0 || update.weight_decay != 0;
}

bool sgd_rests(const Update& update) {
  return !has_momentum(update) && !is_pulled(update);
}

bool adagrad_rests(const Update& update) { return !is_pulled(update); }

constexpr Optimizer kOptimizers[] = {
    {"sgd", {"velocity"}, {"momentum", "nesterov"}, sgd, gemm_sgd, sgd_rests},
    {"adam",
     {"mean", "square"},
     {"beta1", "beta2", "epsilon"},
     sweep<Adam>,
     gemm_update<Adam>},
    {"rmsprop",
     {"square", "velocity"},
     {"rho", "momentum", "epsilon"},
     sweep<RmsProp>,
     gemm_update<RmsProp>},
    {"adagrad",
     {"total"},
     {"initial_accumulator", "epsilon"},
     sweep<Adagrad>,
     gemm_update<Adagrad>,
     adagrad_rests},
    {"rprop",
     {"previous", "sizes"},
     {"eta_minus", "eta_plus", "step_min", "step_max"},
     sweep<Rprop>,
     gemm_update<Rprop>},
};

}  // namespace

void add_optimizers(Kernels& kernels) {
  kernels.optimizers = {kOptimizers, sizeof kOptimizers / sizeof *kOptimizers};
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
