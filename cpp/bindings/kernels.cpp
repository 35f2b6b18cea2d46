// Every kernel on NumPy arrays, for tests and for teaching: copies in, copies out.
#include "kernels/kernels.hpp"

#include <cstring>

#include "bindings/arrays.hpp"
#include "core/require.hpp"
#include "dispatch/dispatch.hpp"
#include "dispatch/isa.hpp"

namespace schuss::SCHUSS_PRECISION {

using namespace py::literals;

namespace on_arrays {

namespace {

/// An array of any shape as one padded run of numbers, and back.
class Flat {
 public:
  using Contiguous = py::array_t<real, py::array::c_style | py::array::forcecast>;

  explicit Flat(const Reals& array)
      : array_(Contiguous(array)), buffer_(round_up(size(), kernels().lanes)) {
    if (size()) std::memcpy(buffer_.data(), array_.data(), size() * sizeof(real));
  }
  std::size_t size() const { return std::size_t(array_.size()); }
  std::size_t padded_size() const { return buffer_.size(); }
  real* data() { return buffer_.data(); }
  Reals result() const {
    Reals copy(
        std::vector<py::ssize_t>(array_.shape(), array_.shape() + array_.ndim()));
    if (size()) std::memcpy(copy.mutable_data(), buffer_.data(), size() * sizeof(real));
    return copy;
  }

 private:
  Contiguous array_;
  Buffer buffer_;
};

Reals transpose(const Reals& x) {
  const PaddedMatrix from = padded(x);
  const Matrix& view = from.view();
  const PaddedMatrix to(view.columns, view.rows, kernels().lanes);
  kernels().transpose(view.rows, view.columns, view.data, view.stride, to.view().data,
                      to.view().stride);
  return plain(to.view());
}

Reals interleave(const Reals& a) {
  const PaddedMatrix from = padded(a);
  const Matrix& view = from.view();
  Reals to(py::ssize_t(view.rows * view.columns));
  kernels().interleave(view.rows, view.columns, view.data, view.stride, 1,
                       to.mutable_data());
  return to;
}

Reals column_sum(const Reals& x) {
  const PaddedMatrix from = padded(x);
  const Matrix& view = from.view();
  const PaddedMatrix sums(1, view.columns, kernels().lanes);
  kernels().column_sum(view.rows, round_up(view.columns, kernels().lanes), view.data,
                       view.stride, sums.view().data);
  return Reals(py::ssize_t(view.columns), sums.view().data);
}

Reals map_rows(RowMap function, const Reals& x) {
  const PaddedMatrix from = padded(x);
  const Matrix& view = from.view();
  if (view.columns)
    function(view.rows, view.columns, view.data, view.data, view.stride);
  return plain(view);
}

py::array_t<std::int64_t> argmax(const Reals& x) {
  const PaddedMatrix from = padded(x);
  const Matrix& view = from.view();
  require(view.columns > 0, "argmax of rows without columns");
  std::vector<std::int32_t> best(view.rows);
  kernels().argmax(view.rows, view.columns, view.data, view.stride, best.data());
  py::array_t<std::int64_t> result(py::ssize_t(view.rows));
  std::copy(best.begin(), best.end(), result.mutable_data());
  return result;
}

std::size_t first_nonfinite(const Reals& x) {
  Flat flat(x);
  return kernels().first_nonfinite(flat.size(), flat.data());
}

Reals map(void (*function)(std::size_t, const real*, real*), const Reals& x) {
  Flat flat(x);
  function(flat.padded_size(), flat.data(), flat.data());
  return flat.result();
}

Reals add(const Reals& a, const Reals& b) {
  Flat first(a), second(b);
  require(first.size() == second.size(), "a and b differ in size: ", first.size(),
          " and ", second.size());
  kernels().add(first.padded_size(), first.data(), second.data(), first.data());
  return first.result();
}

Reals multiply_add(const Reals& x, double scale, double offset, std::size_t repeats) {
  Flat flat(x);
  {
    const py::gil_scoped_release released;
    kernels().multiply_add(flat.padded_size(), repeats, real(scale), real(offset),
                           flat.data());
  }
  return flat.result();
}

/// What an activation's way back is called that it needs.
const char* kept_by(const Activation& activation) {
  return activation.keeps_input ? "x" : "output";
}

Reals activation_backward(const Activation& activation, const Reals& kept,
                          const Reals& gradient) {
  Flat from(kept), delta(gradient);
  require(from.size() == delta.size(), kept_by(activation),
          " and gradient differ in size: ", from.size(), " and ", delta.size());
  activation.backward(delta.padded_size(), from.data(), delta.data());
  return delta.result();
}

Reals gather(const py::array& source, const py::array& index, double scale,
             double offset, const std::string& dtype) {
  if (dtype != (sizeof(real) == 4 ? "float32" : "float64"))
    throw py::reference_cast_error();
  const Table table = table_of(source, "source");
  const std::vector<std::int64_t> order = order_of(index, table.rows);
  const PaddedMatrix rows(std::size_t(index.size()), table.columns(), kernels().lanes);
  gather(kernels(), table, order.data(), {real(scale), real(offset)}, rows.view());
  return plain(rows.view());
}

/// Argument `name`, given by position or by name; `fallback` if by neither.
py::object argument(const py::args& given, const py::kwargs& named,
                    std::size_t position, const char* name,
                    const py::object& fallback) {
  if (position < given.size()) return given[position];
  return named.contains(name) ? py::object(named[name]) : fallback;
}

/// (parameters, gradients, *state, learning_rate, *settings, l2, step, weight_decay,
/// l1)
/// -> (parameters, *state); step is 1 where it is not given, and the others are 0.
py::tuple optimize(const Optimizer& optimizer, const Reals& parameters,
                   const Reals& gradients, const py::args& given,
                   const py::kwargs& named) {
  std::vector<const char*> slots, numbers{"learning_rate"};
  for (const char* const* name = optimizer.slots; *name; ++name) slots.push_back(*name);
  for (const char* const* name = optimizer.settings; *name; ++name)
    numbers.push_back(*name);
  numbers.insert(numbers.end(), {"l2", "step", "weight_decay", "l1"});
  require<TypeMismatch>(given.size() <= slots.size() + numbers.size() &&
                            given.size() + named.size() > slots.size(),
                        optimizer.name, " takes ", slots.size() + 3, " to ",
                        slots.size() + numbers.size() + 2, " arguments, got ",
                        given.size() + named.size() + 2);
  Flat w(parameters), g(gradients);
  Buffer state(slots.size() * w.padded_size());
  for (std::size_t s = 0; s < slots.size(); ++s) {
    Flat slot(argument(given, named, s, slots[s], py::none()).cast<Reals>());
    require(slot.size() == w.size() && g.size() == w.size(),
            "parameters, gradients and ", slots[s], " must have one size");
    std::copy_n(slot.data(), w.size(), state.data() + s * w.padded_size());
  }
  std::vector<real> values;
  for (std::size_t n = 0; n < numbers.size(); ++n) {
    const bool is_step = n + 3 == numbers.size();
    const py::object value =
        argument(given, named, slots.size() + n, numbers[n], py::int_(is_step ? 1 : 0));
    values.push_back(real(value.cast<double>()));
  }
  const real* const last = values.data() + values.size() - 4;
  require(last[1] >= 1, "step is ", last[1], "; expected at least 1");
  optimizer.update({w.padded_size(), w.data(), g.data(), state.data(), w.padded_size(),
                    values.front(), last[0], last[2], values.data() + 1,
                    std::size_t(last[1]), last[3]});
  py::list results;
  results.append(w.result());
  for (std::size_t s = 0; s < slots.size(); ++s) {
    std::copy_n(state.data() + s * w.padded_size(), w.size(), g.data());
    results.append(g.result());
  }
  return py::tuple(results);
}

}  // namespace

}  // namespace on_arrays

namespace {

/// Names come from the tables, so a new activation or optimizer needs no line here.
/// Each call looks its kernel up in the table of the instruction set then in use.
void register_lists(py::module_& module) {
  const Kernels& any = kernels_of(available_isas().front());
  for (const Activation& entry : any.activations) {
    const std::string name = entry.name;
    const auto find = [name]() -> const Activation& {
      return find_named(kernels().activations, name, "activation");
    };
    module.def(
        name.c_str(),
        [find](const Reals& x) { return on_arrays::map(find().forward, x); },
        "x"_a.noconvert());
    module.def((name + "_backward").c_str(),
               [find](const Reals& kept, const Reals& gradient) {
                 return on_arrays::activation_backward(find(), kept, gradient);
               },
               py::arg(on_arrays::kept_by(entry)).noconvert(),
               "gradient"_a.noconvert());
  }
  for (const Optimizer& entry : any.optimizers) {
    module.def(
        entry.name,
        [name = std::string(entry.name)](const Reals& w, const Reals& g,
                                         const py::args& given,
                                         const py::kwargs& named) {
          return on_arrays::optimize(
              find_named(kernels().optimizers, name, "optimizer"), w, g, given, named);
        },
        "parameters"_a.noconvert(), "gradients"_a.noconvert());
  }
}

}  // namespace

void register_dense(py::module_& module), register_losses(py::module_& module);
void register_narrow(py::module_& module), register_norms(py::module_& module);
void register_sparse_kernels(py::module_& module);
void register_stages(py::module_& module);
void register_kernels(py::module_& module);

void register_kernels(py::module_& module) {
  module.def("transpose", on_arrays::transpose, "x"_a.noconvert());
  module.def("interleave", on_arrays::interleave, "a"_a.noconvert());
  module.def("column_sum", on_arrays::column_sum, "x"_a.noconvert());
  module.def("first_nonfinite", on_arrays::first_nonfinite, "x"_a.noconvert());
  module.def("argmax", on_arrays::argmax, "x"_a.noconvert());
  module.def("add", on_arrays::add, "a"_a.noconvert(), "b"_a.noconvert());
  module.def("multiply_add", on_arrays::multiply_add, "x"_a.noconvert(), "scale"_a,
             "offset"_a, "repeats"_a);
  const auto map = [&](const char* name, auto Kernels::* function) {
    module.def(
        name, [=](const Reals& x) { return on_arrays::map(kernels().*function, x); },
        "x"_a.noconvert());
  };
  map("exp", &Kernels::exp);
  map("log", &Kernels::log);
  map("normal_cdf", &Kernels::normal_cdf);
  module.def(
      "softmax",
      [](const Reals& x) { return on_arrays::map_rows(kernels().softmax, x); },
      "x"_a.noconvert());
  module.def(
      "log_softmax",
      [](const Reals& x) { return on_arrays::map_rows(kernels().log_softmax, x); },
      "x"_a.noconvert());
  module.def("gather", on_arrays::gather, "source"_a, "index"_a, "scale"_a = 1.0,
             "offset"_a = 0.0, "dtype"_a = "float32");
  register_dense(module);
  register_losses(module);
  register_narrow(module);
  register_norms(module);
  register_sparse_kernels(module);
  register_stages(module);
  register_lists(module);
}

}  // namespace schuss::SCHUSS_PRECISION
