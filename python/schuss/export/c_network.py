"""The calls of C functions that make a network, and the arrays they read."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.export.c_functions import NEEDS
from schuss.export.operations import (
    Add,
    Affine,
    Apply,
    Exported,
    Keep,
    Normalize,
    Operation,
    Product,
    Rescale,
    Slopes,
)

_IN_A_LINE = {"float": 5, "double": 3, "signed char": 15}


class CNetwork:
    """From the inputs x to the outputs y of the last layer, in calls of functions.

    Parameters
    ----------
    exported : Exported

    Attributes
    ----------
    arrays : list of str
        Definitions of constants.
    calls : list of str
        Statements.
    buffers : dict of str to int
        The arrays in which numbers stand between calls, and their sizes.
    functions : set of str
        Those that are called.
    """

    def __init__(self, exported: Exported) -> None:
        self.real, self.suffix = c_type(exported.dtype)
        self.arrays: list[str] = []
        self.calls: list[str] = []
        self.buffers: dict[str, int] = {}
        self.functions: set[str] = set()
        self._x, self._width = "x", exported.inputs
        self._products = len(exported.widths) - 1
        self._dense = 0
        kept: list[str] = []
        for operation in exported.operations:
            if isinstance(operation, Keep):
                kept.append(self._buffer(f"kept_{len(kept)}"))
                self._call("copy", self._x, kept[-1])
            elif isinstance(operation, Add):
                self._call("add", kept.pop(), self._writable())
            else:
                self._operation(operation)

    def need(self, function: str) -> str:
        """Return a function's name, after noting that it is called."""
        self.functions |= {function, *NEEDS.get(function, [])}
        return function

    def apply(self, function: str, x: str) -> None:
        """Call a function of one number for all of them."""
        of_math = function in ("tanh", "exp")
        called = function + self.suffix if of_math else self.need(function)
        self._call("apply", called, x)

    def _call(self, function: str, *given: str, sizes: str = "") -> None:
        sizes = sizes or str(self._width)
        self.calls.append(f"{self.need(function)}({', '.join([sizes, *given])});")

    def _operation(self, operation: Operation) -> None:
        if isinstance(operation, Product):
            self._product(operation)
        elif isinstance(operation, Rescale):
            scale, offset = (
                self._number(each) for each in (operation.scale, operation.offset)
            )
            x, self._x = self._x, self._buffer("a")
            self._call("rescale", x, scale, offset, self._x)
        elif isinstance(operation, Apply):
            self.apply(operation.name, self._writable())
        elif isinstance(operation, Slopes):
            slopes = self._array("slopes", operation.slopes)
            self._call("prelu", slopes, self._writable())
        elif isinstance(operation, Affine):
            scale = self._array("scales", operation.scale)
            shift = self._array("shifts", operation.shift)
            self._call("affine", scale, shift, self._writable())
        elif isinstance(operation, Normalize):
            gain = self._array("gains", operation.gain)
            shift = self._array("shifts", operation.shift)
            epsilon = self._number(operation.epsilon)
            self._call("layer_norm", gain, shift, epsilon, self._writable())

    def _product(self, product: Product) -> None:
        inputs, outputs = product.weights.shape
        own = f"dense_{self._dense}"
        self._dense += 1
        weights = self._array(f"{own}_weights", product.weights)
        given = [weights]
        if product.scales is not None:
            given.append(self._array(f"{own}_scales", product.scales))
        given.append(self._array(f"{own}_bias", product.bias))
        x, self._width = self._x, outputs
        last = self._dense == self._products
        self._x = "y" if last else self._buffer("b" if x == "a" else "a")
        function = "dense" if product.scales is None else "dense_int8"
        self._call(function, x, *given, self._x, sizes=f"{inputs}, {outputs}")

    def _writable(self) -> str:
        """Return where the numbers now stand, which are not the caller's own."""
        if self._x == "x":
            self._x = self._buffer("a")
            self._call("copy", "x", self._x)
        return self._x

    def _buffer(self, name: str) -> str:
        self.buffers[name] = max(self.buffers.get(name, 0), self._width)
        return name

    def _array(self, name: str, array: NDArray[Any]) -> str:
        if not name.startswith("dense"):
            name = f"{name}_{len(self.arrays)}"
        self.arrays.append(c_array(name, array))
        return name

    def _number(self, value: float) -> str:
        dtype = np.float32 if self.suffix else np.float64
        return f"{dtype(value)!s}{self.suffix}"


def c_type(dtype: str) -> tuple[str, str]:
    """Return C's name of a floating type, and what ends its numbers and functions."""
    return ("float", "f") if dtype == "float32" else ("double", "")


def c_array(name: str, array: NDArray[Any]) -> str:
    """Return the definition of a constant array, in lines that begin with its rows.

    Decimal digits are as many as bring every bit back.

    Parameters
    ----------
    name : str
    array : ndarray of float32, float64 or int8
    """
    whole = array.dtype == np.int8
    kind, suffix = ("signed char", "") if whole else c_type(str(array.dtype))
    size = " * ".join(map(str, array.shape))
    lines = "\n".join(_lines(array, suffix, _IN_A_LINE[kind]))
    return f"static const {kind} {name}[{size}] = {{\n{lines}\n}};\n"


def _lines(array: NDArray[Any], suffix: str, in_a_line: int) -> Iterator[str]:
    for row in np.atleast_2d(array):
        numbers = [f"{number!s}{suffix}," for number in row]
        for first in range(0, len(numbers), in_a_line):
            yield "  " + " ".join(numbers[first : first + in_a_line])
