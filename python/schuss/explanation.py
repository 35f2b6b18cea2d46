"""One step of training as text: its equations, and the numbers of both engines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schuss.engines import ENGINES


class Equation(NamedTuple):
    """A quantity of a step, how it is computed, and what it is.

    Attributes
    ----------
    part : "given", "forward", "backward" or "update"
    name : str
        On the left of the equals sign.
    formula : str
        On the right; empty for what is given.
    value : ndarray
        As the model's engine has it; a row in one dimension, a number in none.
    reference : ndarray
        As the NumPy reference has it.
    """

    part: str
    name: str
    formula: str
    value: NDArray[Any]
    reference: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Explanation:
    """The equations of one step, in the order in which they are computed.

    Its ``str`` is the text; ``explanation[name]`` is the equation of a name, as in
    ``explanation["delta^y"].value``.

    Notation: x input, W weights, b bias, u and v sums of hidden and output layers, h
    hidden output, s logits or scores, y_hat what is predicted, y* the truth, c* the
    true class, K the number of outputs, l the loss, delta error signals; eta the
    learning rate, alpha the strength of the penalty of squares, alpha_1 that of sizes;
    g a gradient that more than the loss pulls at, p one that a penalty of sizes does,
    D what an optimizer divides by, and other letters its state, which starts at zero;
    numbers of losses and optimizers have the names of their settings, but for tau, the
    delta of Huber's loss, and q, quantiles. ^y marks the output layer, ^h a lone hidden
    one, ^1, ^2, ... several; v(W^h) is the v of W^h. ^T is the transpose, * and / go
    element by element, and so do functions. Phi is the distribution function of the
    standard normal, erf the error function.

    Attributes
    ----------
    equations : tuple of Equation
    engine : "native" or "reference"
    dtype : "float32" or "float64"
    rule : str
        The optimizer, and the regularizer with it if there is one.
    """

    equations: tuple[Equation, ...]
    engine: str
    dtype: str
    rule: str

    def __getitem__(self, name: str) -> Equation:
        for equation in self.equations:
            if equation.name == name:
                return equation
        names = ", ".join(repr(equation.name) for equation in self.equations)
        raise KeyError(f"there is no equation of {name!r}; give one of {names}.")

    @property
    def difference(self) -> float:
        """The largest |value - reference| of all numbers."""
        gaps = []
        for _, _, _, value, expected in self.equations:
            other = value != expected  # infinity minus itself is not a number
            gaps.append(np.abs(value[other] - expected[other]).max(initial=0.0))
        return float(np.max(gaps))

    def __str__(self) -> str:
        compared = self.engine != "reference"
        told = ", the native engine beside the reference" if compared else ""
        lines = [f"One step of training on one example, in {self.dtype}{told}."]
        part = ""
        for equation in self.equations:
            if equation.part != part:
                part = equation.part
                rule = f" by {self.rule}" if part == "update" else ""
                lines += ["", part.capitalize() + rule]
            lines += _lines(equation, compared)
        if compared:
            lines += ["", f"The engines differ by {self.difference:.1g} at most."]
        return "\n".join(lines)

    __repr__ = __str__


def _lines(equation: Equation, compared: bool) -> Iterator[str]:
    head, value = f"  {equation.name} = ", _written(equation.value)
    if not equation.formula:
        yield from _hung(head, value)
        return
    yield f"{head}{equation.formula}"
    if not compared:
        yield from _hung("      ", value)
        return
    for name, numbers in zip(
        ENGINES, (value, _written(equation.reference)), strict=True
    ):
        yield from _hung(f"      {name:9}  ", numbers)


def _hung(head: str, text: str) -> Iterator[str]:
    """Yield the lines of a text, all of them as far in as the first."""
    for number, line in enumerate(text.split("\n")):
        yield (head if number == 0 else " " * len(head)) + line


def _written(array: NDArray[Any]) -> str:
    whole = bool(np.all((array == np.rint(array)) & (np.abs(array) < 1e4)))
    written: Callable[[Any], str] = _whole if whole else _decimal
    array = array + 0.0  # no -0
    if array.ndim == 0:
        return written(float(array)).strip()
    return np.array2string(
        array, max_line_width=1000, formatter={"float_kind": written}
    )


def _whole(value: float) -> str:
    return f"{value:2.0f}"


def _decimal(value: float) -> str:
    plain = value == 0 or 1e-4 <= abs(value) < 1e4
    return f"{value:7.4f}" if plain else f"{value:7.1e}"
