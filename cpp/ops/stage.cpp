// The list of stages, and how they follow each other.
#include "ops/stage.hpp"

#include <algorithm>

#include "core/require.hpp"
#include "ops/activation.hpp"
#include "ops/noise.hpp"
#include "ops/normalization.hpp"
#include "ops/prelu.hpp"
#include "ops/residual.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

constexpr StageKind kStages[] = {
    {.name = "dropout",
     .settings = 1,
     .draws = true,
     .forward = dropout_forward,
     .backward = dropout_backward,
     .in_place = true},
    {.name = "gaussian_noise",
     .settings = 1,
     .draws = true,
     .forward = gaussian_noise_forward},
    {.name = "branch",
     .backward = branch_backward,
     .in_place = true,
     .bracket = Bracket::kOpens},
    {.name = "join",
     .forward = join_forward,
     .backward = join_backward,
     .bracket = Bracket::kCloses},
    {.name = "layer_norm",
     .settings = 1,
     .vectors = {"gain", "shift"},
     .learned = 2,
     .forward = layer_norm_forward,
     .backward = layer_norm_backward,
     .collect = layer_norm_collect},
    {.name = "batch_norm",
     .settings = 2,
     .vectors = {"gain", "shift", "mean", "variance"},
     .learned = 2,
     .meets = true,
     .forward = batch_norm_forward,
     .backward = batch_norm_backward,
     .collect = batch_norm_collect},
    {.name = "prelu",
     .vectors = {"slope"},
     .learned = 1,
     .forward = prelu_forward,
     .backward = prelu_backward,
     .collect = prelu_collect},
};

constexpr StageKind kActivation{.name = "activation",
                                .forward = activation_stage_forward,
                                .backward = activation_stage_backward,
                                .in_place = true};

constexpr StageKind kCustomActivation{.name = "custom_activation",
                                      .meets = true,
                                      .forward = custom_activation_forward,
                                      .backward = custom_activation_backward,
                                      .in_place = true};

const StageKind& kind_of(const StageDescription& given, const Activation* activation) {
  if (given.custom.forward) return kCustomActivation;
  return activation ? kActivation : find_named(kStages, given.kind, "stage");
}

const Activation* find_activation(const Kernels& kernels, const std::string& name) {
  for (const Activation& activation : kernels.activations) {
    if (name == activation.name) return &activation;
  }
  return nullptr;
}

void require_pairs(const std::vector<Stage>& stages) {
  std::vector<std::size_t> open;
  for (const Stage& stage : stages) {
    if (stage.kind->bracket == Bracket::kOpens) open.push_back(stage.width);
    if (stage.kind->bracket != Bracket::kCloses) continue;
    require(!open.empty(), "a branch joins that was never opened");
    require(open.back() == stage.width, "a branch of ", open.back(),
            " columns joins where there are ", stage.width);
    open.pop_back();
  }
  require(open.empty(), "a branch does not join");
}

}  // namespace

std::size_t StageKind::count() const {
  return std::size_t(std::find(vectors, std::end(vectors), nullptr) - vectors);
}

std::vector<Stage> make_stages(const Kernels& kernels,
                               const std::vector<StageDescription>& descriptions,
                               const std::vector<std::size_t>& widths) {
  std::vector<Stage> stages;
  for (const StageDescription& given : descriptions) {
    const Activation* activation = find_activation(kernels, given.kind);
    const StageKind& kind = kind_of(given, activation);
    require(given.settings.size() == kind.settings, kind.name, " has ", kind.settings,
            " settings, got ", given.settings.size());
    require(given.place < widths.size(), kind.name, " is at place ", given.place,
            "; the last is ", widths.size() - 1);
    require(stages.empty() || given.place >= stages.back().place,
            "stages must come in order of their places");
    stages.push_back({.kind = &kind,
                      .place = given.place,
                      .width = widths[given.place],
                      .settings = given.settings,
                      .key = given.key,
                      .activation = activation,
                      .custom = given.custom});
  }
  require_pairs(stages);
  return stages;
}

StageChain::StageChain(const Kernels& kernels, const std::vector<Stage>& stages,
                       std::size_t place, Purpose purpose, const Matrix& x,
                       const Matrix& d_x, std::vector<Matrix>& branches)
    : y_(x), d_y_(d_x) {
  for (const Stage& stage : stages) {
    if (stage.place != place || !stage.acts(purpose)) continue;
    StageWork work{.stage = &stage, .x = y_, .y = y_, .d_x = d_y_, .d_y = d_y_};
    if (stage.kind->forward) {
      work.own_y = PaddedMatrix(x.rows, x.columns, kernels.lanes);
      work.y = work.own_y.view();
    }
    if (stage.kind->backward && !stage.kind->in_place && d_x.data) {
      work.own_d_y = PaddedMatrix(x.rows, x.columns, kernels.lanes);
      work.d_y = work.own_d_y.view();
    }
    if (stage.kind->learned) {
      const bool training = purpose != Purpose::kPredict;
      work.kept = PaddedMatrix(training ? x.rows : 0, x.columns, kernels.lanes);
      work.numbers = PaddedMatrix(4, std::max(x.rows, x.columns), kernels.lanes);
    }
    if (stage.kind->bracket == Bracket::kOpens) branches.push_back(work.x);
    if (stage.kind->bracket == Bracket::kCloses) {
      work.partner = branches.back();
      branches.pop_back();
    }
    y_ = work.y;
    d_y_ = work.d_y;
    works_.push_back(std::move(work));
  }
}

void StageChain::meet_joins(std::vector<Matrix>& joins) {
  for (std::size_t s = works_.size(); s-- > 0;) {
    StageWork& work = works_[s];
    if (work.stage->kind->bracket == Bracket::kCloses) joins.push_back(work.d_y);
    if (work.stage->kind->bracket != Bracket::kOpens) continue;
    work.partner = joins.back();
    joins.pop_back();
  }
}

bool StageChain::meets() const {
  return std::any_of(works_.begin(), works_.end(),
                     [](const StageWork& work) { return work.stage->kind->meets; });
}

void StageChain::forward(const Kernels& kernels, const Pass& pass) const {
  for (const StageWork& work : works_) {
    if (work.stage->kind->forward) work.stage->kind->forward(kernels, work, pass);
  }
}

void StageChain::backward(const Kernels& kernels, const Pass& pass) const {
  for (std::size_t s = works_.size(); s-- > 0;) {
    const StageWork& work = works_[s];
    if (work.stage->kind->backward) work.stage->kind->backward(kernels, work, pass);
  }
}

}  // namespace schuss::SCHUSS_PRECISION
