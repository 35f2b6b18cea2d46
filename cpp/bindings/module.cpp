// The table of contents of schuss._core.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "core/require.hpp"
#include "core/shuffle.hpp"
#include "core/team.hpp"
#include "dispatch/isa.hpp"

namespace py = pybind11;

namespace schuss {

namespace float32 {
void register_kernels(py::module_& module);
void register_network(py::module_& module);
void register_predictor(py::module_& module);
}  // namespace float32

namespace float64 {
void register_kernels(py::module_& module);
void register_network(py::module_& module);
void register_predictor(py::module_& module);
}  // namespace float64

namespace {

py::array_t<std::int64_t> shuffled(std::size_t rows, std::uint64_t key,
                                   std::uint64_t epoch) {
  require(rows < std::size_t{1} << 32, "got ", rows, " rows; expected fewer than 2^32");
  py::array_t<std::int64_t> order(static_cast<py::ssize_t>(rows));
  shuffle(rows, key, epoch, order.mutable_data());
  return order;
}

/// The last overload of every kernel: reached when no precision fits the arguments.
void register_refusals(py::module_& kernels) {
  for (const auto& item : kernels.attr("__dict__").cast<py::dict>()) {
    const auto name = item.first.cast<std::string>();
    if (name.starts_with("_")) continue;
    kernels.def(name.c_str(), [name](const py::args&, const py::kwargs&) {
      throw py::type_error(name +
                           ": expected arrays that are all float32 or all float64, "
                           "in the order help(schuss.reference." +
                           name + ") gives");
    });
  }
}

void register_configuration(py::module_& module) {
  module.attr("__version__") = SCHUSS_VERSION;
  module.attr("compiler") = SCHUSS_COMPILER;
  module.attr("threading") = threading_backend();
  module.def("available_isas", available_isas);
  module.def("isa", isa);
  module.def("set_isa", set_isa, py::arg("name"));
  module.def("available_threads", available_threads);
  module.def("requested_threads", requested_threads);
  module.def("set_requested_threads", set_requested_threads, py::arg("count"));
}

}  // namespace

PYBIND11_MODULE(_core, module) {
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const TypeMismatch& error) {
      py::set_error(PyExc_TypeError, error.what());
    }
  });
  register_configuration(module);

  py::module_ kernels = module.def_submodule("kernels");
  float32::register_kernels(kernels);
  float64::register_kernels(kernels);
  kernels.def("shuffle", shuffled, py::arg("rows"), py::arg("key"), py::arg("epoch"));
  register_refusals(kernels);

  py::module_ single = module.def_submodule("float32");
  float32::register_network(single);
  float32::register_predictor(single);
  py::module_ twice = module.def_submodule("float64");
  float64::register_network(twice);
  float64::register_predictor(twice);
}

}  // namespace schuss
