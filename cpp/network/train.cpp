// A run of training steps: one team, opened once, and what each of its members does.
#include <algorithm>

#include "core/require.hpp"
#include "core/team.hpp"
#include "network/passes.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

/// A longer batch passes through the network in equal chunks of at most so many rows,
/// and their gradients add up: memory does not grow with the batch. The cut depends on
/// the batch alone, so that results do not depend on the number of threads.
constexpr std::size_t kChunkRows = 512;

struct Chunk {
  Range rows;  // of the batch
  bool first, last;
};

Chunk chunk_of(std::size_t batch, std::size_t index) {
  const std::size_t count = (batch + kChunkRows - 1) / kChunkRows;
  return {share(batch, index, count), index == 0, index + 1 == count};
}

}  // namespace

/// One run of steps. Everything it needs is allocated before the team starts.
class Trainer {
 public:
  Trainer(Network& network, const TrainingRun& run, bool update)
      : network_(network),
        kernels_(network.kernels()),
        run_(run),
        update_(update),
        threads_(threads_for(
            network.multiply_adds(std::min(run.batch_size, run.order.size())))),
        work_(kernels_, network.inputs(), network.layers(),
              std::min({run.batch_size, run.order.size(), kChunkRows}), true) {
    std::size_t scratch = 0;
    for (const DenseLayer& layer : network.layers()) {
      const Panels& weights = layer.weights;
      scratch =
          std::max(scratch, scratch_size(kernels_, weights.inputs, weights.outputs));
    }
    for (std::size_t t = 0; t < threads_; ++t) scratch_.emplace_back(scratch);
    result_.losses.reserve(run.steps());
  }

  TrainingResult run() {
    run_team(threads_, [this](const Member& member) {
      for (std::size_t s = 0; s < run_.steps() && !stopped_; ++s) step(member, s);
    });
    return std::move(result_);
  }

 private:
  void step(const Member& member, std::size_t s) {
    const Range batch{s * run_.batch_size,
                      std::min((s + 1) * run_.batch_size, run_.order.size())};
    const std::size_t chunks = (batch.size() + kChunkRows - 1) / kChunkRows;
    for (std::size_t c = 0; c < chunks; ++c) {
      const Chunk chunk = chunk_of(batch.size(), c);
      pass(member, batch, chunk);
      member.wait();  // all deltas stand
      if (member.rank == 0) record(batch, chunk);
      collect(member, chunk, s);
      member.wait();  // all weights stand, and the deltas may be overwritten
    }
  }

  /// Gather, down, turn, up: a member's own rows never need another member's.
  void pass(const Member& member, Range batch, const Chunk& chunk) {
    const Range rows = member.part(chunk.rows.size());
    if (rows.empty()) return;
    const std::int64_t* index = run_.order.data() + batch.first + chunk.rows.first;
    gather(kernels_, run_.x, index + rows.first, network_.rescaling_,
           work_.x().slice(rows.first, rows.last));
    gather_targets(network_, run_.targets, index, 0, work_, rows);
    forward(network_, work_, rows);
    turn(network_, labelled(), batch.size(), work_, rows);
    backward(network_, work_, rows, scratch_[member.rank].data());
  }

  /// The batch's loss and hits, added up in order of the rows by one member.
  void record(Range batch, const Chunk& chunk) {
    const Range rows{0, chunk.rows.size()};
    if (chunk.first) sum_ = 0;
    sum_ += sum_losses(work_, rows);
    if (labelled()) result_.correct += count_correct(work_, rows);
    if (!chunk.last) return;
    const double loss = sum_ / static_cast<double>(batch.size());
    result_.losses.push_back(loss);
    stopped_ = !(loss - loss == 0);
  }

  /// Weight gradients, and on the last chunk the update: a member's own part of each
  /// layer, updated while its gradient is still in cache.
  void collect(const Member& member, const Chunk& chunk, std::size_t s) {
    const std::size_t rows = chunk.rows.size();
    for (std::size_t l = 0; l < network_.layers().size(); ++l) {
      const Matrix x = work_.outputs[l].view().slice(0, rows);
      const Matrix delta = work_.deltas[l].view().slice(0, rows);
      collect_weights(member, l, x, delta, chunk, s);
      collect_bias(member, l, delta, chunk, s);
    }
  }

  void collect_weights(const Member& member, std::size_t l, const Matrix& x,
                       const Matrix& delta, const Chunk& chunk, std::size_t s) {
    const Panels& gradients = network_.gradients()[l].weights;
    const Range mine = member.part(gradients.count() * gradients.inputs);
    for (std::size_t at = mine.first; at < mine.last;) {
      const std::size_t panel = at / gradients.inputs;
      const std::size_t panel_start = panel * gradients.inputs;
      const Range inputs{at - panel_start,
                         std::min(mine.last - panel_start, gradients.inputs)};
      dense_backward_weights(kernels_, x, delta, gradients, {panel, inputs},
                             !chunk.first);
      if (chunk.last) {
        update(gradients.row(panel, inputs.first),
               inputs.size() * gradients.width_of(panel), network_.l2_, s);
      }
      at += inputs.size();
    }
  }

  void collect_bias(const Member& member, std::size_t l, const Matrix& delta,
                    const Chunk& chunk, std::size_t s) {
    const DenseLayer& gradients = network_.gradients()[l];
    const std::size_t lanes = kernels_.lanes;
    const Range vectors = member.part(gradients.weights.padded_outputs() / lanes);
    if (vectors.empty()) return;
    const Range columns{vectors.first * lanes, vectors.last * lanes};
    dense_backward_bias(kernels_, delta, columns, gradients.bias, !chunk.first);
    if (chunk.last) update(gradients.bias + columns.first, columns.size(), 0, s);
  }

  /// One optimizer step on `size` numbers of the gradient block and their parameters.
  void update(const real* gradients, std::size_t size, real l2, std::size_t s) {
    if (!update_) return;
    const std::ptrdiff_t offset = gradients - network_.gradient_block_.data();
    network_.optimizer_->update(
        {.size = size,
         .parameters = network_.parameter_block_.data() + offset,
         .gradients = gradients,
         .state = network_.state_block_.data() + offset,
         .slot_stride = network_.parameter_block_.size(),
         .learning_rate = static_cast<real>(run_.learning_rates[s]),
         .l2 = l2,
         .settings = network_.settings_.data()});
  }

  bool labelled() const { return run_.targets.labelled(); }

  Network& network_;
  const Kernels& kernels_;
  const TrainingRun& run_;
  const bool update_;
  const std::size_t threads_;
  Workspace work_;
  std::vector<Buffer> scratch_;
  TrainingResult result_;
  double sum_ = 0;
  bool stopped_ = false;  // written between two meetings, read after the second
};

TrainingResult Network::train(const TrainingRun& run) {
  require<std::logic_error>(optimizer_ != nullptr, "train was called before start");
  return Trainer(*this, run, true).run();
}

Evaluation Network::differentiate(const Table& x, const Targets& targets) {
  std::vector<std::int64_t> order(x.rows);
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = static_cast<std::int64_t>(i);
  const TrainingRun run{x, targets, std::move(order), x.rows, nullptr};
  const TrainingResult result = Trainer(*this, run, false).run();
  return {result.losses.at(0), result.correct};
}

}  // namespace schuss::SCHUSS_PRECISION
