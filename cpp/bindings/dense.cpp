// The dense layer on NumPy arrays, for tests and for teaching: copies in, copies out.
#include "ops/dense.hpp"

#include <algorithm>

#include "bindings/arrays.hpp"
#include "core/require.hpp"
#include "core/team.hpp"
#include "dispatch/dispatch.hpp"
#include "ops/gradient.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace on_arrays {

namespace {

/// One dense layer with parameters of its own.
class OneLayer {
 public:
  OneLayer(std::size_t inputs, std::size_t outputs, const std::string& activation)
      : OneLayer(Panels(kernels(), nullptr, inputs, outputs), activation) {}
  OneLayer(const Panels& weights, const std::string& activation)
      : block_(weights.size() + round_up(weights.outputs, kernels().lanes)) {
    layer_.weights = weights;
    layer_.weights.data = block_.data();
    layer_.bias = block_.data() + weights.size();
    layer_.activation = &find_named(kernels().activations, activation, "activation");
  }
  const DenseLayer& layer() const { return layer_; }

 private:
  Buffer block_;
  DenseLayer layer_;
};

OneLayer layer_of(const Reals& weights, const std::string& activation) {
  const PaddedMatrix w = padded(weights);
  require(weights.ndim() == 2 && w.view().rows > 0 && w.view().columns > 0,
          "weights must have 2 dimensions, none of them 0");
  OneLayer one(w.view().rows, w.view().columns, activation);
  pack(w.view(), one.layer().weights);
  return one;
}

Reals dense_forward(const Reals& x, const Reals& weights, const Reals& bias,
                    const std::string& activation, std::size_t repeats) {
  const OneLayer one = layer_of(weights, activation);
  const DenseLayer& layer = one.layer();
  require(x.ndim() == 2, "x must have 2 dimensions");
  const PaddedMatrix input = padded(x), offsets = padded(bias);
  require_shape(input.view(), input.view().rows, layer.weights.inputs, "x");
  require_shape(offsets.view(), 1, layer.weights.outputs, "bias");
  std::copy_n(offsets.view().data, layer.weights.outputs, layer.bias);
  const PaddedMatrix output(input.view().rows, layer.weights.outputs, kernels().lanes);
  const std::size_t work = input.view().rows * layer.weights.size();
  run_team(threads_for(work), [&](const Member& member) {
    const Range rows = member.part(input.view().rows);
    for (std::size_t r = 0; r < repeats; ++r) {
      const Matrix mine = output.view().slice(rows.first, rows.last);
      dense_forward(kernels(), layer, input.view().slice(rows.first, rows.last), mine,
                    mine);
    }
  });
  return plain(output.view());
}

/// The gradient of weights, part by part, and the copies it may want.
class WeightGradient {
 public:
  WeightGradient(const Matrix& x, const Matrix& delta, const Panels& d_weights,
                 std::size_t parts)
      : x_(x), deltas_{delta}, d_weights_(d_weights) {
    if (!wants_copies(d_weights, x)) return;
    panels_ = Buffer(x.rows * d_weights.padded_outputs());
    deltas_.panels = panels_.data();
    for (std::size_t p = 0; p < parts; ++p) {
      copies_.emplace_back(inputs_copy_size(kernels(), x.rows));
    }
  }

  void copy_deltas(Range rows) const {
    if (deltas_.panels) copy_to_panels(d_weights_, deltas_, rows);
  }

  void compute(std::size_t index, std::size_t count) const {
    real* const copy = copies_.empty() ? nullptr : copies_[index].data();
    for_each_piece(
        kernels(), d_weights_, x_, deltas_, copy, index, count,
        [&](std::size_t panel, Range inputs, const Inputs& x, const Matrix& delta) {
          dense_backward_weights(kernels(), d_weights_, x, delta, false,
                                 d_weights_.begin(panel, inputs.first));
        });
  }

 private:
  Matrix x_;
  Deltas deltas_;
  Panels d_weights_;
  Buffer panels_;
  std::vector<Buffer> copies_;
};

/// A member's rows of the first delta and of d_x, then its part of d_weights and
/// d_bias.
void backward_part(const Member& member, const DenseLayer& layer, const Matrix& x,
                   const Matrix& kept, const Matrix& delta, const Matrix& d_x,
                   const DenseLayer& gradients, const WeightGradient& gradient,
                   real* scratch) {
  const Range rows = member.part(x.rows);
  const Matrix mine = delta.slice(rows.first, rows.last);
  activation_backward(kernels(), *layer.activation, kept.slice(rows.first, rows.last),
                      mine);
  dense_backward_input(kernels(), layer.weights, mine, d_x.slice(rows.first, rows.last),
                       scratch);
  gradient.copy_deltas(rows);
  member.wait();
  gradient.compute(member.rank, member.size);
  if (member.rank == 0) {
    dense_backward_bias(kernels(), delta, {0, layer.weights.padded_outputs()},
                        gradients.bias, false);
  }
}

py::tuple dense_backward(const Reals& x, const Reals& weights, const Reals& kept,
                         const Reals& d_output, const std::string& activation) {
  const OneLayer one = layer_of(weights, activation);
  const Panels& panels = one.layer().weights;
  const OneLayer gradients(panels.inputs, panels.outputs, activation);
  const PaddedMatrix input = padded(x), way = padded(kept), delta = padded(d_output);
  const std::size_t rows = input.view().rows;
  require_shape(input.view(), rows, panels.inputs, "x");
  require_shape(way.view(), rows, panels.outputs, "kept");
  require_shape(delta.view(), rows, panels.outputs, "d_output");
  const PaddedMatrix d_x(rows, panels.inputs, kernels().lanes);
  const std::size_t threads = threads_for(rows * panels.size());
  const std::size_t scratch = scratch_size(kernels(), panels, rows);
  const Buffer scratches(threads * scratch);
  const WeightGradient gradient(input.view(), delta.view(), gradients.layer().weights,
                                threads);
  run_team(threads, [&](const Member& member) {
    backward_part(member, one.layer(), input.view(), way.view(), delta.view(),
                  d_x.view(), gradients.layer(), gradient,
                  scratches.data() + member.rank * scratch);
  });
  const DenseLayer& g = gradients.layer();
  PaddedMatrix d_weights(panels.inputs, panels.outputs, kernels().lanes);
  unpack(g.weights, d_weights.view());
  return py::make_tuple(plain(d_weights.view()),
                        Reals(py::ssize_t(panels.outputs), g.bias), plain(d_x.view()));
}

Reals dense_backward_weights(const Reals& x, const Reals& delta, std::size_t repeats) {
  const PaddedMatrix input = padded(x), slope = padded(delta);
  const Matrix &from = input.view(), &to = slope.view();
  require_shape(to, from.rows, to.columns, "delta");
  const OneLayer gradients(from.columns, to.columns, "identity");
  const Panels& panels = gradients.layer().weights;
  const WeightGradient gradient(from, to, panels, 1);
  for (std::size_t r = 0; r < repeats; ++r) {
    gradient.copy_deltas({0, from.rows});
    gradient.compute(0, 1);
  }
  const PaddedMatrix result(from.columns, to.columns, kernels().lanes);
  unpack(panels, result.view());
  return plain(result.view());
}

Reals dense_backward_input(const Reals& weights, const Reals& delta,
                           std::size_t repeats) {
  const OneLayer one = layer_of(weights, "identity");
  const Panels& panels = one.layer().weights;
  const PaddedMatrix slope = padded(delta);
  require_shape(slope.view(), slope.view().rows, panels.outputs, "delta");
  const PaddedMatrix result(slope.view().rows, panels.inputs, kernels().lanes);
  const Buffer scratch(scratch_size(kernels(), panels, slope.view().rows));
  for (std::size_t r = 0; r < repeats; ++r) {
    dense_backward_input(kernels(), panels, slope.view(), result.view(),
                         scratch.data());
  }
  return plain(result.view());
}

/// a b, with b in either layout of a layer's weights.
Reals product_of(const Reals& a, const Reals& b, bool by_output, std::size_t repeats) {
  require(a.ndim() == 2 && b.ndim() == 2, "a and b must have 2 dimensions");
  const PaddedMatrix x = padded(a), w = padded(b);
  const std::size_t depth = w.view().rows, columns = w.view().columns;
  require(depth > 0 && columns > 0, "b must have at least one row and one column");
  require_shape(x.view(), x.view().rows, depth, "a");
  const OneLayer one({kernels(), nullptr, depth, columns, by_output}, "identity");
  const Panels& weights = one.layer().weights;
  pack(w.view(), weights);
  const PaddedMatrix c(x.view().rows, columns, kernels().lanes);
  for (std::size_t r = 0; r < repeats; ++r) {
    dense_product(kernels(), weights, {0, depth}, {0, weights.count()}, x.view(),
                  nullptr, c.view());
  }
  return plain(c.view());
}

Reals gemm(const Reals& a, const Reals& b, std::size_t repeats) {
  return product_of(a, b, false, repeats);
}

Reals gemm_transposed(const Reals& a, const Reals& b, std::size_t repeats) {
  return product_of(a, b, true, repeats);
}

}  // namespace

}  // namespace on_arrays

void register_dense(py::module_& module);

void register_dense(py::module_& module) {
  using namespace py::literals;
  module.def("gemm", on_arrays::gemm, "a"_a.noconvert(), "b"_a.noconvert(),
             "repeats"_a = 1);
  module.def("gemm_transposed", on_arrays::gemm_transposed, "a"_a.noconvert(),
             "b"_a.noconvert(), "repeats"_a = 1);
  module.def("dense_backward_weights", on_arrays::dense_backward_weights,
             "x"_a.noconvert(), "delta"_a.noconvert(), "repeats"_a = 1);
  module.def("dense_backward_input", on_arrays::dense_backward_input,
             "weights"_a.noconvert(), "delta"_a.noconvert(), "repeats"_a = 1);
  module.def("dense_forward", on_arrays::dense_forward, "x"_a.noconvert(),
             "weights"_a.noconvert(), "bias"_a.noconvert(), "activation"_a = "identity",
             "repeats"_a = 1);
  module.def("dense_backward", on_arrays::dense_backward, "x"_a.noconvert(),
             "weights"_a.noconvert(), "kept"_a.noconvert(), "d_output"_a.noconvert(),
             "activation"_a = "identity");
}

}  // namespace schuss::SCHUSS_PRECISION
