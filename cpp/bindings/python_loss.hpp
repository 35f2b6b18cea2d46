// A loss that is a Python callable, as a network calls it.
#pragma once

#include <memory>

#include "bindings/arrays.hpp"

namespace schuss::SCHUSS_PRECISION {

/// Calls function(outputs, targets) -> (values, gradient) with the GIL taken; `lanes`
/// are those of the network's kernels. What it raises makes all losses NaN, which ends
/// a training, and waits to be taken.
class PythonLoss {
 public:
  PythonLoss(py::function function, const Kernels& kernels);

  void operator()(const LossBatch& batch) const;

  /// Of a network: what its loss raised, or None; at most once. With the GIL.
  static py::object take_exception(const Network& network);
  /// Raises it, if there is something.
  static void raise_exception(const Network& network);

 private:
  struct State;

  void evaluate(const LossBatch& batch) const;

  std::shared_ptr<State> state_;
};

}  // namespace schuss::SCHUSS_PRECISION
