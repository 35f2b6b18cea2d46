"""What an ONNX graph is put together with: nodes, constants and numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Graph:
    """Nodes and constants, in order.

    Parameters
    ----------
    onnx : module
    dtype : "float32" or "float64"

    Attributes
    ----------
    nodes, constants : list
    """

    def __init__(self, onnx: Any, dtype: str) -> None:
        self.onnx, self.dtype = onnx, np.dtype(dtype)
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._numbers: dict[float, str] = {}

    def add(self, kind: str, *given: str | float, name: str = "", **how: Any) -> str:
        """Add a node of ONNX's; return the name of what it computes.

        Parameters
        ----------
        kind : str
            The operator.
        *given : str or float
            Names, or numbers, which become constants.
        name : str
            Of what it computes; one is made up by default.
        **how
            The operator's attributes.
        """
        name = name or f"{kind.lower()}_{len(self.nodes)}"
        inputs = [x if isinstance(x, str) else self.number(x) for x in given]
        make = self.onnx.helper.make_node
        self.nodes.append(make(kind, inputs, [name], name=name, **how))
        return name

    def constant(self, name: str, array: NDArray[Any]) -> str:
        """Add an array; return its name."""
        name = f"{name}_{len(self.constants)}"
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def number(self, value: float) -> str:
        """Add a number, once; return its name."""
        if value not in self._numbers:
            array = np.array(value, self.dtype)
            self._numbers[value] = self.constant("number", array)
        return self._numbers[value]

    def add_single(self, kind: str, x: str) -> str:
        """Add a node of an operator that runtimes have in float32 alone."""
        if self.dtype == "float32":
            return self.add(kind, x)
        types = self.onnx.TensorProto
        single = self.add("Cast", x, to=int(types.FLOAT))
        return self.add("Cast", self.add(kind, single), to=int(types.DOUBLE))
