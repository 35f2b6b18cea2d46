// The list of stages, and how they follow each other.
#include "ops/stage.hpp"

#include "core/require.hpp"
#include "ops/noise.hpp"
#include "ops/residual.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

constexpr StageKind kStages[] = {
    {"dropout", 1, true, dropout_forward, dropout_backward},
    {"gaussian_noise", 1, true, gaussian_noise_forward, nullptr},
    {"branch", 0, false, nullptr, branch_backward, Bracket::kOpens},
    {"join", 0, false, join_forward, join_backward, Bracket::kCloses},
};

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

std::vector<Stage> make_stages(const std::vector<StageDescription>& descriptions,
                               const std::vector<std::size_t>& widths) {
  std::vector<Stage> stages;
  for (const StageDescription& given : descriptions) {
    const StageKind& kind = find_named(kStages, given.kind, "stage");
    require(given.settings.size() == kind.settings, kind.name, " has ", kind.settings,
            " settings, got ", given.settings.size());
    require(given.place < widths.size(), kind.name, " is at place ", given.place,
            "; the last is ", widths.size() - 1);
    require(stages.empty() || given.place >= stages.back().place,
            "stages must come in order of their places");
    stages.push_back(
        {&kind, given.place, widths[given.place], given.settings, given.key});
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
    StageWork work{&stage, y_, y_, d_y_, d_y_, {}, {}, {}};
    if (stage.kind->forward) {
      work.own_y = PaddedMatrix(x.rows, x.columns, kernels.lanes);
      work.y = work.own_y.view();
    }
    if (stage.kind->backward && d_x.data) {
      work.own_d_y = PaddedMatrix(x.rows, x.columns, kernels.lanes);
      work.d_y = work.own_d_y.view();
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
