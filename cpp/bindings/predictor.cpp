// A network's predictions for serving: a built-in function of Python's, which is called
// without the search for an overload by which all other bindings are.
#include <algorithm>
#include <new>

#include "bindings/arrays.hpp"
#include "core/require.hpp"
#include "network/network.hpp"

namespace schuss::SCHUSS_PRECISION {

namespace {

const char* const kPredictor = "schuss.predictor";

/// Up to this many numbers a result waits on the stack until it is known to be good.
constexpr std::size_t kFew = 256;

py::array new_numbers(std::size_t rows, std::size_t columns) {
  const auto& numpy = py::detail::npy_api::get();
  const py::ssize_t shape[] = {py::ssize_t(rows), py::ssize_t(columns)};
  PyObject* made = numpy.PyArray_NewFromDescr_(
      numpy.PyArray_Type_, py::dtype::of<real>().release().ptr(), 2,
      reinterpret_cast<const Py_intptr_t*>(shape), nullptr, nullptr, 0, nullptr);
  if (!made) throw py::error_already_set();
  return py::reinterpret_steal<py::array>(made);
}

/// An array of the caller's that numbers can be copied to, or a sentence why not.
py::array place_of(PyObject* given, std::size_t rows, std::size_t columns) {
  constexpr int kPlain =
      int(py::array::c_style) | int(py::detail::npy_api::NPY_ARRAY_ALIGNED_);
  const char* const kind = sizeof(real) == 4 ? "float32" : "float64";
  require<TypeMismatch>(Reals::check_(given), "out is no array of ", kind,
                        "; expected one");
  const auto out = py::reinterpret_borrow<py::array>(given);
  const bool fits = out.ndim() == 2 && std::size_t(out.shape(0)) == rows &&
                    std::size_t(out.shape(1)) == columns;
  if (!fits) {  // the sentence takes longer than a row, and is for this case alone
    refuse("out has shape ", py::str(out.attr("shape")).cast<std::string>(),
           "; expected (", rows, ", ", columns, ")");
  }
  require((out.flags() & kPlain) == kPlain && out.writeable(),
          "out is read-only, or its numbers are not side by side; expected a "
          "C-contiguous array that can be written to");
  return out;
}

bool predict(const Network& network, const Table& x, real* numbers) {
  // Up to about 20 microseconds of work, letting the GIL go costs more than it brings.
  constexpr std::size_t kBrief = 1'000'000;
  const std::size_t outputs = network.outputs();
  const Predictions means{Wanted::kMeans, {numbers, x.rows, outputs, outputs}, nullptr};
  if (network.multiply_adds(x.rows) < kBrief) return network.predict(x, means);
  const py::gil_scoped_release released;
  return network.predict(x, means);
}

/// X, and perhaps where the means go, which is as it was if X is refused.
py::array serve(const Network& network, PyObject* const* given, py::ssize_t count) {
  require<TypeMismatch>(count >= 1 && count <= 2 && py::isinstance<py::array>(given[0]),
                        "expected X, an array, and perhaps out");
  const Table table =
      table_of(py::reinterpret_borrow<py::array>(given[0]), "X", network.inputs());
  const std::size_t size = table.rows * network.outputs();
  if (count == 1 || given[1] == Py_None) {
    py::array result = new_numbers(table.rows, network.outputs());
    if (!predict(network, table, static_cast<real*>(result.mutable_data())))
      require_finite(table, "X");
    return result;
  }
  py::array out = place_of(given[1], table.rows, network.outputs());
  real few[kFew];
  Buffer many(size <= kFew ? 0 : size);
  real* const numbers = size <= kFew ? few : many.data();
  if (!predict(network, table, numbers)) require_finite(table, "X");
  std::copy_n(numbers, size, static_cast<real*>(out.mutable_data()));
  return out;
}

PyObject* call(PyObject* self, PyObject* const* given, Py_ssize_t count) {
  try {
    const void* network = PyCapsule_GetPointer(self, kPredictor);
    return serve(*static_cast<const Network*>(network), given, count).release().ptr();
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const TypeMismatch& error) {
    PyErr_SetString(PyExc_TypeError, error.what());
  } catch (const std::invalid_argument& error) {
    PyErr_SetString(PyExc_ValueError, error.what());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
  return nullptr;
}

/// The network, for as long as anybody has the function.
void let_go(PyObject* capsule) {
  Py_XDECREF(static_cast<PyObject*>(PyCapsule_GetContext(capsule)));
}

py::object predictor_of(const py::object& network) {
  static PyMethodDef definition{
      "predict", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(call)),
      METH_FASTCALL, "Return means for X, in out if it is given."};
  require<TypeMismatch>(py::isinstance<Network>(network), "expected a Network");
  Network* const asked = network.cast<Network*>();
  const auto capsule =
      py::reinterpret_steal<py::object>(PyCapsule_New(asked, kPredictor, let_go));
  if (!capsule) throw py::error_already_set();
  PyCapsule_SetContext(capsule.ptr(), py::object(network).release().ptr());
  PyObject* function = PyCFunction_New(&definition, capsule.ptr());
  if (!function) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(function);
}

}  // namespace

void register_predictor(py::module_& module);

void register_predictor(py::module_& module) {
  module.def("predictor", predictor_of, py::arg("network"));
}

}  // namespace schuss::SCHUSS_PRECISION
