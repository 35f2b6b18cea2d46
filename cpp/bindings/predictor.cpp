// A network's predictions for serving: a built-in function of Python's, which is called
// without the search for an overload by which all other bindings are.
#include "bindings/predictor.hpp"

#include <algorithm>
#include <new>

#include "bindings/sparse.hpp"
#include "core/require.hpp"

namespace schuss::SCHUSS_PRECISION {

py::array new_array(py::dtype dtype, std::initializer_list<std::size_t> shape) {
  const auto& numpy = py::detail::npy_api::get();
  py::ssize_t sizes[2];
  std::copy(shape.begin(), shape.end(), sizes);
  PyObject* made = numpy.PyArray_NewFromDescr_(
      numpy.PyArray_Type_, dtype.release().ptr(), int(shape.size()),
      reinterpret_cast<const Py_intptr_t*>(sizes), nullptr, nullptr, 0, nullptr);
  if (!made) throw py::error_already_set();
  return py::reinterpret_steal<py::array>(made);
}

bool run_prediction(const Network& network, const Table& x,
                    const Predictions& predictions) {
  // Up to about 20 microseconds of work, letting the GIL go costs more than it brings.
  constexpr std::size_t kBrief = 1'000'000;
  if (network.multiply_adds(x.rows) < kBrief && !network.predicts_by_calls()) {
    return network.predict(x, predictions);
  }
  const py::gil_scoped_release released;
  return network.predict(x, predictions);
}

namespace {

const char* const kPredictor = "schuss.predictor";

/// Up to this many numbers a result waits on the stack until it is known to be good.
constexpr std::size_t kFew = 256;

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

/// X, and perhaps where the means go, which is as it was if X is refused.
py::array serve(const Network& network, PyObject* const* given, py::ssize_t count) {
  require<TypeMismatch>(
      (count == 1 || count == 2) &&
          (py::isinstance<py::array>(given[0]) || py::hasattr(given[0], "native")),
      "expected X, an array, and perhaps out");
  const auto x = py::reinterpret_borrow<py::object>(given[0]);
  const Table table = table_or_sparse(x, "X", network.inputs());
  const std::size_t outputs = network.outputs(), size = table.rows * outputs;
  const auto predict_to = [&](real* numbers) {
    const Matrix result{numbers, table.rows, outputs, outputs};
    if (!run_prediction(network, table, {Wanted::kMeans, result, nullptr}))
      require_finite(table, "X");
  };
  if (count == 1 || given[1] == Py_None) {
    py::array made = new_array(py::dtype::of<real>(), {table.rows, outputs});
    predict_to(static_cast<real*>(made.mutable_data()));
    return made;
  }
  py::array out = place_of(given[1], table.rows, outputs);
  real few[kFew];
  Buffer many(size <= kFew ? 0 : size);
  real* const numbers = size <= kFew ? few : many.data();
  predict_to(numbers);
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
