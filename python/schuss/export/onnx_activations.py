"""Activations as nodes of ONNX, of operators that there are in both precisions.

There are operators for most of them, but ONNX Runtime has those in float32 alone.
"""

from schuss.export.onnx_graph import Graph
from schuss.reference.gated import CUBIC, LINEAR
from schuss.reference.monotone import SELU_ALPHA, SELU_SCALE


class Activations:
    """Adds activations to a graph.

    Parameters
    ----------
    graph : Graph
    """

    def __init__(self, graph: Graph) -> None:
        self._graph, self._add = graph, graph.add

    def add(self, name: str, x: str) -> str:
        """Add one by its name; return the name of its values."""
        return str(getattr(self, f"_{name}")(x))

    def _relu(self, x: str) -> str:
        return self._add("Relu", x)

    def _tanh(self, x: str) -> str:
        return self._add("Tanh", x)

    def _sigmoid(self, x: str) -> str:
        return self._add("Sigmoid", x)

    def _step(self, x: str) -> str:
        return self._add("Where", self._add("Less", x, 0.0), 0.0, 1.0)

    def _hard_sigmoid(self, x: str) -> str:
        shifted = self._add("Add", x, 3.0)
        return self._add("Div", self._add("Clip", shifted, 0.0, 6.0), 6.0)

    def _leaky_relu(self, x: str) -> str:
        return self._add("Max", x, self._add("Mul", x, 0.01))

    def _elu(self, x: str, scale: float = 1.0) -> str:
        power = self._add("Exp", self._add("Min", x, 0.0))
        below = self._add("Sub", power, 1.0)
        if scale != 1:
            below = self._add("Mul", below, scale)
        return self._add("Where", self._add("Less", 0.0, x), x, below)

    def _selu(self, x: str) -> str:
        return self._add("Mul", self._elu(x, SELU_ALPHA), SELU_SCALE)

    def _softplus(self, x: str) -> str:
        power = self._add("Exp", self._add("Neg", self._add("Abs", x)))
        logarithm = self._add("Log", self._add("Add", power, 1.0))
        return self._add("Add", self._add("Relu", x), logarithm)

    def _gelu(self, x: str) -> str:
        erf = self._graph.add_single("Erf", self._add("Mul", x, 0.5**0.5))
        return self._gated(x, self._add("Mul", self._add("Add", erf, 1.0), 0.5))

    def _gelu_tanh(self, x: str) -> str:
        square = self._add("Mul", x, x)
        slope = self._add("Add", self._add("Mul", square, CUBIC), LINEAR)
        return self._gated(x, self._add("Sigmoid", self._add("Mul", x, slope)))

    def _silu(self, x: str) -> str:
        return self._gated(x, self._add("Sigmoid", x))

    def _mish(self, x: str) -> str:
        return self._gated(x, self._add("Tanh", self._softplus(x)))

    def _gated(self, x: str, gate: str) -> str:
        return self._add("Mul", x, gate)
