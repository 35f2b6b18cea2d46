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
std::size_t count_parts(const Network& network, const Table& x) {
  constexpr std::size_t kFewInputs = 256, kManyWeights = 1 << 20;
  const Panels& first = network.layers().front().weights;
  const std::vector<Stage>& stages = network.stages();
  const bool changed = !stages.empty() && stages.front().place == 0;
  if (x.is_sparse()) return 1;
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

Step::Step(Network& network, const Table& x, const Targets& targets,
           std::size_t batch_size, std::size_t threads, bool update)
    : network_(network),
      kernels_(network.kernels()),
      targets_(targets),
      update_(update),
      work_(
          kernels_,
          count_parts(network, x) > 1 || network.takes_sparse(x) ? 0 : network.inputs(),
          network.layers(), network.stages(), std::min(batch_size, kChunkRows),
          update ? Purpose::kTrain : Purpose::kDifferentiate),
      meets_(work_.meets()),
      table_(x),
      averages_(update && network.average_) {
  const std::size_t rows = work_.losses.size();
  const Panels& first = network.layers().front().weights;
  const std::size_t parts = count_parts(network, x);
  for (std::size_t p = 0; p < parts; ++p) {
    const Range inputs = part_of_inputs(first, p, parts);
    const std::size_t own = parts > 1 ? rows : 0;
    parts_.push_back({inputs, parts > 1 ? x.part(inputs) : x,
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
  for (std::size_t t = 0; t < threads && network.takes_sparse(x); ++t) {
    columns_.emplace_back(x, rows, network.inputs());
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
  if (is_sparse()) return;
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
                  .member = &member,
                  .failure = &failure_};
  gather_targets(network_, targets_, chunk.index(), 0, work_, rows);
  const bool entered = parts_.size() > 1 || is_sparse();
  if (parts_.size() > 1) join_parts(rows);
  if (is_sparse()) {
    sparse_forward(kernels_, network_.layers().front(), table_,
                   chunk.index() + rows.first, 0, network_.rescaling_.scale,
                   work_.kept[0].slice(rows.first, rows.last),
                   work_.outputs[1].view().slice(rows.first, rows.last));
  }
  forward(network_, work_, pass, entered ? 1 : 0);
  turn(network_, targets_, chunk.batch.size, work_, pass);
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
  finite_ = loss_ - loss_ == 0 && !failure_.failed();
}

}  // namespace schuss::SCHUSS_PRECISION
