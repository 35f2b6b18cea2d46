// A network's use without training: tables stream through it block by block.
#include <algorithm>

#include "core/team.hpp"
#include "network/network.hpp"
#include "network/passes.hpp"
#include "network/workspace.hpp"
#include "ops/sparse.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

/// How a table is cut into blocks that pass through the whole network, so that memory
/// does not grow with the table and a block's activations stay in cache. It depends on
/// the network alone, and so does what is added up block by block.
struct Blocks {
  std::size_t rows, block;

  Blocks(const Network& network, std::size_t rows)
      : rows(rows),
        block(network.multiply_adds(1) <= kFits ? 96 : even_block(rows, 240)) {}

  std::size_t count() const { return (rows + block - 1) / block; }
  std::size_t most() const { return std::min(block, rows); }
  Range operator[](std::size_t index) const {
    return {index * block, std::min((index + 1) * block, rows)};
  }

  // Weights beyond the L2 cache pass by once per block, so it had better be larger: a
  // twentieth less time with 2048 x 2048 weights, nothing with those that fit.
  static constexpr std::size_t kFits = 2 * 1024 * 1024 / sizeof(real);
};

/// Integers are finite, and sparse tables were looked at when they were made, so only
/// tables of other numbers are looked at.
bool all_finite(const Kernels& kernels, const Table& table, const Matrix& gathered) {
  if (table.is_sparse() || table.source.element < Element::kFloat16) return true;
  const std::size_t size = span(gathered, kernels.lanes);
  return kernels.first_nonfinite(size, gathered.data) == size;
}

/// Puts what is wanted of a block of outputs where it belongs.
void deliver(const Network& network, const Matrix& outputs, Workspace& work,
             std::size_t first, const Predictions& predictions) {
  const Kernels& kernels = network.kernels();
  if (predictions.wanted == Wanted::kClasses) {
    kernels.argmax(outputs.rows, outputs.columns, outputs.data, outputs.stride,
                   work.predicted.data());
    std::copy_n(work.predicted.data(), outputs.rows, predictions.classes + first);
    return;
  }
  const RowMap mean = network.loss().mean;
  if (predictions.wanted == Wanted::kMeans && mean) {
    mean(outputs.rows, outputs.columns, outputs.data, outputs.data, outputs.stride);
  }
  for (std::size_t i = 0; i < outputs.rows; ++i) {
    std::copy_n(outputs.row(i), outputs.columns, predictions.numbers.row(first + i));
  }
}

}  // namespace

bool Network::takes_sparse(const Table& x) const {
  const bool changed = !stages_.empty() && stages_.front().place == 0;
  return x.is_sparse() && !changed && rescaling_.offset == 0 &&
         is_thin(x, layers_.front().weights);
}

/// Calls `body(work, index, pass)` for each block of rows after it went through the
/// network, on a team of which every thread has a workspace of its own. What fails is
/// left in `failure`.
template <class Body>
void Network::stream(const Table& x, Failure& failure, const Body& body) const {
  const Blocks blocks(*this, x.rows);
  const bool sparse = takes_sparse(x);
  const auto enter = [&](Workspace& work, Range block) {
    if (!sparse) {
      gather(kernels_, x, block.first, rescaling_, work.x().slice(0, block.size()));
      return;
    }
    sparse_forward(kernels_, layers_.front(), x, nullptr, block.first, rescaling_.scale,
                   work.kept[0].slice(0, block.size()),
                   work.outputs[1].view().slice(0, block.size()));
  };
  const auto go = [&](std::size_t threads, Range part) {
    std::vector<Workspace> works;
    for (std::size_t t = 0; t < threads; ++t) {
      works.emplace_back(kernels_, sparse ? 0 : inputs_, layers_, stages_,
                         blocks.most(), Purpose::kPredict);
    }
    run_team(threads, [&](const Member& member) {
      const Range mine = member.part(part.size());
      for (std::size_t b = part.first + mine.first; b < part.first + mine.last; ++b) {
        Workspace& work = works[member.rank];
        const Range block = blocks[b];
        enter(work, block);
        const Pass pass{
            .rows = {0, block.size()}, .first_row = block.first, .failure = &failure};
        forward(*this, work, pass, sparse ? 1 : 0);
        body(work, b, pass);
      }
    });
  };
  const Range all{0, blocks.count()};
  const std::size_t team = std::min(threads_for(multiply_adds(x.rows)), blocks.count());
  if (team > 1 && !requested_threads()) {
    if (const Claim::Attempt mine(stream_claim_); mine) {
      return stream_tempo_.run(team, all.size(), [&](std::size_t threads, Range part) {
        return seconds_of([&] { go(threads, part); });
      });
    }
  }
  go(team, all);
}

Evaluation Network::evaluate(const Table& x, const Targets& targets) const {
  std::vector<Evaluation> parts(Blocks(*this, x.rows).count());
  Failure failure;
  stream(x, failure, [&](Workspace& work, std::size_t index, const Pass& pass) {
    gather_targets(*this, targets, nullptr, pass.first_row, work, pass.rows);
    turn(*this, targets, 1, work, pass);
    parts[index] = {sum_losses(work, pass.rows),
                    targets.labelled() ? count_correct(work, pass.rows) : 0};
  });
  failure.rethrow();
  Evaluation total;
  for (const Evaluation& part : parts) {
    total.loss += part.loss;
    total.correct += part.correct;
  }
  total.loss /= static_cast<double>(x.rows);
  return total;
}

bool Network::predict(const Table& x, const Predictions& predictions) const {
  if (x.rows == 1 && !row_->has_stages()) {
    const Claim::Attempt mine(row_claim_);
    if (mine) return predict_row(x, predictions);
  }
  std::vector<char> finite(Blocks(*this, x.rows).count());
  Failure failure;
  stream(x, failure, [&](Workspace& work, std::size_t index, const Pass& pass) {
    const std::size_t rows = pass.rows.size();
    finite[index] = all_finite(kernels_, x, work.x().slice(0, rows));
    deliver(*this, work.logits().slice(0, rows), work, pass.first_row, predictions);
  });
  if (std::find(finite.begin(), finite.end(), 0) != finite.end()) return false;
  failure.rethrow();
  return true;
}

/// A row that is large enough for a team is split by outputs, layer by layer.
bool Network::predict_row(const Table& x, const Predictions& predictions) const {
  // Below, the weights stay in one core's L2 cache, and two could not read them faster.
  constexpr std::size_t kWorthATeam = 1'000'000;
  const std::size_t work = multiply_adds(1);
  bool finite = false;
  const auto pass = [&](const Member& member) {
    if (member.rank == 0) {
      gather(kernels_, x, std::size_t{0}, rescaling_, row_->x());
      finite = all_finite(kernels_, x, row_->x());
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      member.wait();  // the row before stands
      dense_forward(kernels_, layers_[l], member.part(layers_[l].weights.count()),
                    row_->outputs[l].view(), row_->outputs[l + 1].view());
    }
    member.wait();
    if (member.rank == 0) deliver(*this, row_->logits(), *row_, 0, predictions);
  };
  const std::size_t team = work < kWorthATeam ? 1 : threads_for(work);
  if (team == 1 || requested_threads()) {
    run_team(team, pass);
  } else {
    row_tempo_.run(team, 1, [&](std::size_t threads, Range) {
      return seconds_of([&] { run_team(threads, pass); });
    });
  }
  return finite;
}

}  // namespace schuss::SCHUSS_PRECISION
