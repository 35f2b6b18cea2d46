// What the members of a team do in a training step, and where they must meet.
#include "network/step.hpp"

#include <algorithm>

#include "network/passes.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

/// A longer batch passes through the network in equal chunks of at most so many rows,
/// and their gradients add up: memory does not grow with the batch. The cut depends on
/// the batch alone, so that results do not depend on the number of threads.
constexpr std::size_t kChunkRows = 512;

/// Parts pay where moving half of the first layer's weights between two cores costs
/// more than moving the sums, and never for few inputs. Stages want whole rows.
std::size_t count_parts(const Network& network) {
  constexpr std::size_t kFewInputs = 256, kManyWeights = 1 << 20;
  const Panels& first = network.layers().front().weights;
  const std::vector<Stage>& stages = network.stages();
  const bool changed = !stages.empty() && stages.front().place == 0;
  return first.inputs >= kFewInputs && first.size() <= kManyWeights && !changed ? 2 : 1;
}

/// Part `index` of `count` of the first layer's inputs. By output, the weights of some
/// inputs are columns, and parts begin with whole vectors and lines, so that they share
/// next to none.
Range part_of_inputs(const Panels& first, std::size_t index, std::size_t count) {
  const Range even = share(first.inputs, index, count);
  if (!first.by_output) return even;
  constexpr std::size_t kLine = Buffer::kAlignment / sizeof(real);
  return {round_up(even.first, kLine),
          index + 1 == count ? first.inputs : round_up(even.last, kLine)};
}

}  // namespace

struct Step::Chunk {
  const Batch& batch;
  Range rows;  // of the batch
  bool first, last;

  const std::int64_t* index() const { return batch.index + rows.first; }
};

/// Which parts of the first layer are a member's, and its place among those who share
/// them. `alone` in a team: nobody else ever touches them.
struct Step::Share {
  Range parts;
  std::size_t rank, size;
  bool alone;

  Range part(std::size_t total) const { return share(total, rank, size); }
};

Step::Step(Network& network, const Table& x, const Targets& targets,
           std::size_t batch_size, std::size_t threads, bool update)
    : network_(network),
      kernels_(network.kernels()),
      targets_(targets),
      update_(update),
      work_(kernels_, count_parts(network) > 1 ? 0 : network.inputs(), network.layers(),
            network.stages(), std::min(batch_size, kChunkRows),
            update ? Purpose::kTrain : Purpose::kDifferentiate),
      meets_(work_.meets()),
      averages_(update && network.average_) {
  const std::size_t rows = work_.losses.size();
  const Panels& first = network.layers().front().weights;
  const std::size_t parts = count_parts(network);
  for (std::size_t p = 0; p < parts; ++p) {
    const Range inputs = part_of_inputs(first, p, parts);
    const std::size_t own = parts > 1 ? rows : 0;
    parts_.push_back({inputs, x.part(inputs),
                      PaddedMatrix(own, inputs.size(), kernels_.lanes),
                      PaddedMatrix(own, first.outputs, kernels_.lanes)});
  }
  std::size_t scratch = 0;
  for (const DenseLayer& layer : network.layers()) {
    const Panels& weights = layer.weights;
    const bool is_first = &layer == &network.layers().front() && !work_.d_input(0).data;
    scratch = std::max({scratch, piece_size(kernels_),
                        is_first ? 0 : scratch_size(kernels_, weights, rows)});
  }
  std::size_t copy = 0;
  for (std::size_t l = 0; l < network.layers().size(); ++l) {
    const Panels& weights = network.layers()[l].weights;
    const bool wanted = wants_copies(weights, input(l));
    delta_panels_.emplace_back(wanted ? rows * weights.padded_outputs() : 0);
    if (wanted) copy = inputs_copy_size(kernels_, rows);
  }
  for (std::size_t t = 0; t < threads; ++t) {
    scratch_.emplace_back(scratch);
    inputs_copies_.emplace_back(copy);
  }
  if (update && Sweep::wanted(network)) sweep_.emplace(network);
}

/// What a layer reads, or a part of the first.
const Matrix& Step::input(std::size_t layer, std::size_t part) const {
  return layer == 0 && parts_.size() > 1 ? parts_[part].x.view() : work_.input(layer);
}

Step::Share Step::share_of(const Member& member) const {
  const std::size_t count = parts_.size();
  if (count == 1 || member.size % count) {
    return {{0, count}, member.rank, member.size, false};
  }
  const std::size_t group = member.size / count;
  const std::size_t part = member.rank / group;
  return {{part, part + 1}, member.rank % group, group, group == 1};
}

bool Step::run(const Member& member, const Batch& batch) {
  const Share share = share_of(member);
  const std::size_t chunks = (batch.size + kChunkRows - 1) / kChunkRows;
  for (std::size_t c = 0; c < chunks; ++c) {
    const Chunk chunk{batch, schuss::share(batch.size, c, chunks), c == 0,
                      c + 1 == chunks};
    enter(share, chunk);
    if (parts_.size() > 1) {
      member.wait();  // all sums stand
      if (!finite_) return false;
    }
    pass(member, chunk);
    member.wait();  // all deltas stand
    if (member.rank == 0) record(chunk);
    collect(member, share, chunk);
    // A member that is alone with its part enters the next chunk without waiting: until
    // the sums stand, it touches nothing that others still use.
    if (share.alone && !((sweep_ || averages_) && chunk.last)) continue;
    member.wait();
    if (!finite_) return false;
  }
  if (sweep_) {
    sweep_->run(member, batch.learning_rate, batch.number);
    member.wait();
  }
  // Nothing moves again before all members have met in the next step.
  if (averages_) {
    network_.add_to_average(member.part(network_.average_->lines()), batch.number);
  }
  return true;
}

/// The rows come in, and with several parts go through the first layer's product.
void Step::enter(const Share& share, const Chunk& chunk) {
  const Range rows = share.part(chunk.rows.size());
  for (std::size_t p = share.parts.first; p < share.parts.last; ++p) {
    const InputPart& part = parts_[p];
    const Matrix& entry = parts_.size() > 1 ? part.x.view() : work_.x();
    const Matrix x = entry.slice(rows.first, rows.last);
    gather(kernels_, part.table, chunk.index() + rows.first, network_.rescaling_, x,
           chunk.rows.size() - rows.last + (chunk.last ? chunk.batch.ahead : 0));
    if (parts_.size() == 1) continue;
    const DenseLayer& layer = network_.layers().front();
    dense_product(kernels_, layer.weights, part.inputs, {0, layer.weights.count()}, x,
                  p ? nullptr : layer.bias,
                  part.sums.view().slice(rows.first, rows.last));
  }
}

/// Down, turn, up: a member's own rows never need another member's.
void Step::pass(const Member& member, const Chunk& chunk) {
  const Range rows = member.part(chunk.rows.size());
  if (rows.empty() && !meets_) return;
  const Pass pass{.rows = rows,
                  .all = chunk.rows.size(),
                  .first_row = chunk.rows.first,
                  .step = chunk.batch.number,
                  .purpose = update_ ? Purpose::kTrain : Purpose::kDifferentiate,
                  .member = &member};
  gather_targets(network_, targets_, chunk.index(), 0, work_, rows);
  if (parts_.size() > 1) join_parts(rows);
  forward(network_, work_, pass, parts_.size() > 1 ? 1 : 0);
  turn(network_, targets_, chunk.batch.size, work_, rows);
  backward(network_, work_, pass, scratch_[member.rank].data());
  for (std::size_t l = 0; l < delta_panels_.size(); ++l) {
    if (delta_panels_[l].size() == 0) continue;
    copy_to_panels(network_.layers()[l].weights, deltas_of(l, chunk.rows.size()), rows);
  }
}

void Step::join_parts(Range rows) {
  const Matrix kept = work_.kept[0].slice(rows.first, rows.last);
  const Matrix first = parts_[0].sums.view().slice(rows.first, rows.last);
  const Matrix second = parts_[1].sums.view().slice(rows.first, rows.last);
  kernels_.add(span(kept, kernels_.lanes), first.data, second.data, kept.data);
  activation_forward(kernels_, *network_.layers().front().activation, kept,
                     work_.outputs[1].view().slice(rows.first, rows.last));
}

/// The batch's loss and hits, added up in order of the rows by one member.
void Step::record(const Chunk& chunk) {
  const Range rows{0, chunk.rows.size()};
  if (chunk.first) {
    loss_ = 0;
    correct_ = 0;
  }
  loss_ += sum_losses(work_, rows);
  if (targets_.labelled()) correct_ += count_correct(work_, rows);
  finite_ = loss_ - loss_ == 0;
}

/// Whether gradients end in updates: on the last chunk, unless a sweep follows.
bool Step::moves_at_once(const Chunk& chunk) const {
  return update_ && chunk.last && !sweep_;
}

/// Weight gradients, and on the last chunk the update: a member's own part of each
/// layer, piece by piece. Nobody needs those of frozen layers.
void Step::collect(const Member& member, const Share& share, const Chunk& chunk) {
  const std::size_t rows = chunk.rows.size();
  const Share all{{}, member.rank, member.size, false};
  for (std::size_t l = 0; l < network_.layers().size(); ++l) {
    if (update_ && network_.how_.freezes(l)) continue;
    const Panels& weights = network_.layers()[l].weights;
    const std::size_t vectors = weights.padded_outputs() / kernels_.lanes;
    if (l > 0) {
      collect_weights(member.rank, l, 0, input(l).slice(0, rows), all, chunk);
      collect_bias(l, member.part(vectors), chunk);
      continue;
    }
    for (std::size_t p = share.parts.first; p < share.parts.last; ++p) {
      collect_weights(member.rank, 0, parts_[p].inputs.first,
                      input(0, p).slice(0, rows), share, chunk);
      // The first part's sums start from the bias, so it is theirs who have that part.
      if (p == 0) collect_bias(0, share.part(vectors), chunk);
    }
  }
  for (const StageChain& place : work_.places) {
    for (const StageWork& work : place.works()) {
      const std::size_t width = round_up(work.stage->width, kernels_.lanes);
      if (work.stage->kind->collect) {
        collect_stage(work, member.part(width / kernels_.lanes), chunk);
      }
    }
  }
}

/// On the last chunk the weights move as soon as their gradient is known, and nobody
/// ever sees it.
void Step::collect_weights(std::size_t rank, std::size_t layer, std::size_t first_input,
                           const Matrix& x, const Share& share, const Chunk& chunk) {
  const Panels& weights = network_.gradients()[layer].weights;
  const auto collect_piece = [&](std::size_t panel, Range inputs, const Inputs& piece,
                                 const Matrix& delta) {
    real* const gradient = weights.begin(panel, first_input + inputs.first);
    if (moves_at_once(chunk)) {
      const Update update = network_.update_of(
          gradient, layer, true, chunk.batch.learning_rate, chunk.batch.number);
      const bool aside = chunk.first && !weights.by_output;
      dense_update_weights(kernels_, *network_.optimizer_, weights, piece, delta,
                           !chunk.first, aside ? scratch_[rank].data() : gradient,
                           update);
    } else {
      dense_backward_weights(kernels_, weights, piece, delta, !chunk.first, gradient);
    }
  };
  for_each_piece(kernels_, weights, x, deltas_of(layer, x.rows),
                 inputs_copies_[rank].data(), share.rank, share.size, collect_piece);
}

/// Of a chunk of so many rows.
Deltas Step::deltas_of(std::size_t layer, std::size_t rows) const {
  return {work_.deltas[layer].view().slice(0, rows), delta_panels_[layer].data()};
}

void Step::collect_bias(std::size_t layer, Range vectors, const Chunk& chunk) {
  if (vectors.empty()) return;
  const DenseLayer& gradients = network_.gradients()[layer];
  const Matrix delta = work_.deltas[layer].view().slice(0, chunk.rows.size());
  const Range columns{vectors.first * kernels_.lanes, vectors.last * kernels_.lanes};
  dense_backward_bias(kernels_, delta, columns, gradients.bias, !chunk.first);
  if (!moves_at_once(chunk)) return;
  Update update = network_.update_of(gradients.bias + columns.first, layer, false,
                                     chunk.batch.learning_rate, chunk.batch.number);
  update.size = columns.size();
  network_.optimizer_->update(update);
}

/// What a stage has learned of its own; a norm of the gradients counts it in.
void Step::collect_stage(const StageWork& work, Range vectors, const Chunk& chunk) {
  if (vectors.empty()) return;
  const Stage& stage = *work.stage;
  const Range columns{vectors.first * kernels_.lanes, vectors.last * kernels_.lanes};
  stage.kind->collect(kernels_, work, chunk.rows.size(), columns, !chunk.first);
  if (!moves_at_once(chunk)) return;
  for (std::size_t v = 0; v < stage.kind->learned; ++v) {
    Update update = network_.update_of(stage.gradient(v) + columns.first,
                                       chunk.batch.learning_rate, chunk.batch.number);
    update.size = columns.size();
    network_.optimizer_->update(update);
  }
}

}  // namespace schuss::SCHUSS_PRECISION
