// Activations leave zeros where no numbers are.
#include "ops/activation.hpp"

#include <algorithm>

#include "core/range.hpp"

namespace schuss::SCHUSS_PRECISION {

std::size_t span(const Matrix& matrix, std::size_t lanes) {
  if (matrix.rows == 0) return 0;
  return (matrix.rows - 1) * matrix.stride + round_up(matrix.columns, lanes);
}

/// Products with weights by output read the padding of their inputs, which must be
/// zero: not every activation leaves it so, nor does an infinity times a weight of the
/// padding. Kept sums are not looked at: after an infinity no gradient is finite.
static void clear_padding(const Matrix& output, std::size_t lanes) {
  const std::size_t end = round_up(output.columns, lanes);
  if (output.columns == end) return;
  for (std::size_t i = 0; i < output.rows; ++i) {
    if (output.row(i)[output.columns] == 0) continue;
    std::fill(output.row(i) + output.columns, output.row(i) + end, real{0});
  }
}

void activation_forward(const Kernels& kernels, const Activation& activation,
                        const Matrix& kept, const Matrix& output) {
  activation.forward(span(output, kernels.lanes), kept.data, output.data);
  clear_padding(output, kernels.lanes);
}

void activation_backward(const Kernels& kernels, const Activation& activation,
                         const Matrix& kept, const Matrix& d_output) {
  activation.backward(span(kept, kernels.lanes), kept.data, d_output.data);
}

void activation_stage_forward(const Kernels& kernels, const StageWork& work,
                              const Pass& pass) {
  const Range rows = pass.rows;
  activation_forward(kernels, *work.stage->activation,
                     work.x.slice(rows.first, rows.last),
                     work.y.slice(rows.first, rows.last));
}

void activation_stage_backward(const Kernels& kernels, const StageWork& work,
                               const Pass& pass) {
  const Range rows = pass.rows;
  const Activation& activation = *work.stage->activation;
  const Matrix& kept = activation.keeps_input ? work.x : work.y;
  activation_backward(kernels, activation, kept.slice(rows.first, rows.last),
                      work.d_x.slice(rows.first, rows.last));
}

/// Calls body(rows) for the rows that one thread takes, all of which then stand.
template <class Body>
static void take_rows(const Pass& pass, const Body& body) {
  const auto call = [&](Range rows) { pass.failure->guard([&] { body(rows); }); };
  if (!pass.member) return call(pass.rows);
  pass.member->wait();  // what it reads stands
  if (pass.member->rank == 0) call({0, pass.all});
  pass.member->wait();
}

void custom_activation_forward(const Kernels&, const StageWork& work,
                               const Pass& pass) {
  take_rows(pass, [&](Range rows) {
    work.stage->custom.forward(work.x.slice(rows.first, rows.last),
                               work.y.slice(rows.first, rows.last));
  });
}

void custom_activation_backward(const Kernels&, const StageWork& work,
                                const Pass& pass) {
  take_rows(pass, [&](Range rows) {
    work.stage->custom.backward(work.x.slice(rows.first, rows.last),
                                work.d_x.slice(rows.first, rows.last));
  });
}

}  // namespace schuss::SCHUSS_PRECISION
