// The list of stages, and how they follow each other.
#include "ops/stage.hpp"

#include "core/require.hpp"
#include "ops/noise.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

constexpr StageKind kStages[] = {
    {"dropout", 1, true, dropout_forward, dropout_backward},
    {"gaussian_noise", 1, true, gaussian_noise_forward, nullptr},
};

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
  return stages;
}

StageChain::StageChain(const Kernels& kernels, const std::vector<Stage>& stages,
                       std::size_t place, Purpose purpose, const Matrix& x,
                       const Matrix& d_x)
    : y_(x), d_y_(d_x) {
  for (const Stage& stage : stages) {
    if (stage.place != place || !stage.acts(purpose)) continue;
    StageWork work{&stage, y_, y_, d_y_, d_y_, {}, {}};
    if (stage.kind->forward) {
      work.own_y = PaddedMatrix(x.rows, x.columns, kernels.lanes);
      work.y = work.own_y.view();
    }
    if (stage.kind->backward && d_x.data) {
      work.own_d_y = PaddedMatrix(x.rows, x.columns, kernels.lanes);
      work.d_y = work.own_d_y.view();
    }
    y_ = work.y;
    d_y_ = work.d_y;
    works_.push_back(std::move(work));
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
