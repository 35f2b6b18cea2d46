"""The equations by which parameters move in the first step of an optimizer."""

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schuss import reference
from schuss.optimizers import Optimizer
from schuss.regularizers import Strengths

Array = NDArray[Any]
Told = tuple[str, str, Any]  # a name, its formula and its value


class MoveFormulas(NamedTuple):
    """How a parameter {w} moves along its gradient {g}, from rest.

    Attributes
    ----------
    lines : tuple of (str, str, callable of the state)
        Letter, formula and value of what a step is made of; v of W^h is v(W^h).
    step : str
        What is taken from {w}.
    reach : str
        How far a gradient that stays 1 moves {w}, for the penalty {alpha_1} |w|_1.
    """

    lines: tuple[tuple[str, str, Callable[[Sequence[Array]], Array]], ...]
    step: str
    reach: str = "{eta} / max({D}, {alpha_1} / 4)"


def _sgd(momentum: float, nesterov: float) -> MoveFormulas:
    if not momentum:
        return MoveFormulas((), "{eta} {g}", "{eta}")
    step = "{eta} ({g} + momentum {v})" if nesterov else "{eta} {v}"
    lines = (("v", "{g}", lambda state: state[0]),)
    return MoveFormulas(lines, step, "{eta} / (1 - momentum)")


def _adam(beta1: float, beta2: float, epsilon: float) -> MoveFormulas:
    lines: Any = (
        ("m", "(1 - beta1) {g}", lambda state: state[0]),
        ("v", "(1 - beta2) {g} * {g}", lambda state: state[1]),
        (
            "D",
            "sqrt({v} / (1 - beta2)) + epsilon",
            lambda state: np.sqrt(state[1] / (1 - beta2)) + epsilon,
        ),
    )
    return MoveFormulas(lines, "{eta} {m} / (1 - beta1) / {D}")


def _rmsprop(rho: float, momentum: float, epsilon: float) -> MoveFormulas:
    lines: Any = (
        ("v", "(1 - rho) {g} * {g}", lambda state: state[0]),
        ("D", "sqrt({v}) + epsilon", lambda state: np.sqrt(state[0]) + epsilon),
    )
    if not momentum:
        return MoveFormulas(lines, "{eta} {g} / {D}")
    lines = (*lines, ("u", "{g} / {D}", lambda state: state[1]))
    reach = "{eta} / (1 - momentum) / max({D}, {alpha_1} / 4)"
    return MoveFormulas(lines, "{eta} {u}", reach)


def _adagrad(initial_accumulator: float, epsilon: float) -> MoveFormulas:
    lines: Any = (
        ("s", "{g} * {g}", lambda state: state[0]),
        (
            "D",
            "sqrt(initial_accumulator + {s}) + epsilon",
            lambda state: np.sqrt(initial_accumulator + state[0]) + epsilon,
        ),
    )
    return MoveFormulas(lines, "{eta} {g} / {D}")


def _rprop(
    eta_minus: float, eta_plus: float, step_min: float, step_max: float
) -> MoveFormulas:
    size = ("size", "min(max({eta}, step_min), step_max)", lambda state: state[1])
    return MoveFormulas((size,), "{size} * sign({g})")


# Settings have the names of the arguments.
MOVES: dict[str, Callable[..., MoveFormulas]] = {
    "sgd": _sgd,
    "adam": _adam,
    "rmsprop": _rmsprop,
    "adagrad": _adagrad,
    "rprop": _rprop,
}


@dataclass(frozen=True)
class Parameter:
    """One array of a layer, before and after a step.

    Attributes
    ----------
    name : str
        As W^h or b^h.
    factor : float
        What its layer multiplies the learning rate by.
    before, slope, after : ndarray
        Of float64.
    state : sequence of ndarray
        What the optimizer has of it after the step.
    """

    name: str
    factor: float
    before: Array
    slope: Array
    state: Sequence[Array]
    after: Array

    @property
    def is_bias(self) -> bool:
        """Whether decay and limits of weights leave it alone."""
        return self.name.startswith("b")


class Move:
    """The step of all parameters, and the numbers that it is told with.

    Parameters
    ----------
    optimizer : Optimizer
        One that has a learning rate.
    strengths : Strengths
        Of the penalties.
    rate : float
        Of the first step.

    Attributes
    ----------
    numbers : dict of str to float
        What formulas call by name.
    """

    def __init__(self, optimizer: Optimizer, strengths: Strengths, rate: float) -> None:
        make = MOVES[optimizer.name]
        names = inspect.signature(make).parameters
        settings = dict(zip(names, optimizer.settings, strict=True))
        self._optimizer, self._strengths = optimizer, strengths
        self._formulas, self._scale = make(**settings), 1.0
        self.numbers: dict[str, float] = {
            "eta": rate,
            "alpha": strengths.l2,
            "alpha_1": strengths.l1,
            "alpha^b": strengths.bias_l2,
            "alpha_1^b": strengths.bias_l1,
            "weight_decay": optimizer.weight_decay,
            "clip_norm": optimizer.clip_norm or math.inf,
            "clip_value": optimizer.clip_value or math.inf,
            "max_norm": strengths.max_norm,
        } | settings

    def together(self, parameters: Sequence[Parameter]) -> Iterator[Told]:
        """Yield what looks at the gradients of all that moves."""
        if limit := self._optimizer.clip_norm:
            moving = [each for each in parameters if each.factor]
            norm = math.sqrt(sum(float(np.sum(each.slope**2)) for each in moving))
            apart = "" if len(moving) == len(parameters) else ", frozen layers apart"
            told = f"sqrt of the sum of all (dl/dW)^2 and (dl/db)^2{apart}"
            yield "norm", told, norm
            self._scale = limit / max(norm, limit)
            yield "scale", "min(1, clip_norm / norm)", self._scale

    def of(self, parameter: Parameter) -> Iterator[Told]:
        """Yield what becomes of one of them, the new one at last."""
        w = parameter.name
        if not parameter.factor:
            yield f"new {w}", w, parameter.after
            return
        letters = {letter: f"{letter}({w})" for letter, *_ in self._formulas.lines}
        letters |= {"w": w, "g": f"dl/d{w}", "eta": "eta"}
        letters |= {"alpha": "alpha", "alpha_1": "alpha_1"}
        if parameter.factor != 1:
            letters["eta"] = f"{parameter.factor:g} eta"
        strengths = self._strengths
        if parameter.is_bias and strengths.bias_l2 != strengths.l2:
            letters["alpha"] += "^b"
        if parameter.is_bias and strengths.bias_l1 != strengths.l1:
            letters["alpha_1"] += "^b"
        for name, formula, value in self._gradient(parameter):
            told, letters["g"] = formula.format(**letters), name
            if told != name:
                yield name, told, value
        for letter, formula, of_state in self._formulas.lines:
            told = formula.format(**letters)
            yield letters[letter], told, of_state(parameter.state)
        stages = list(self._stages(parameter, value))
        for number, (formula, value) in enumerate(stages):
            last = number + 1 == len(stages)
            told = formula.format(**letters)
            letters["x"] = f"{'new' if last else ('moved', 'shrunk')[number]} {w}"
            yield letters["x"], told, parameter.after if last else value

    def _penalties(self, parameter: Parameter) -> tuple[float, float]:
        l1, l2, bias_l1, bias_l2, _ = self._strengths
        return (bias_l1, bias_l2) if parameter.is_bias else (l1, l2)

    def _gradient(self, parameter: Parameter) -> Iterator[tuple[str, str, Array]]:
        """Yield what an optimizer takes for the gradient, and what that is made of."""
        formula, value = "{g}", parameter.slope
        l1, l2 = self._penalties(parameter)
        if self._optimizer.clip_norm:
            formula, value = "scale {g}", self._scale * value
        elif limit := self._optimizer.clip_value:
            formula = "max(-clip_value, min(clip_value, {g}))"
            value = np.clip(value, -limit, limit)
        if l2:
            formula += " + 2 {alpha} {w}"
            value = value + 2 * l2 * parameter.before
        w = parameter.name
        yield (f"dl/d{w}" if formula == "{g}" else f"g({w})"), formula, value
        if l1 and self._optimizer.name == "rprop":
            shrunk = "sign({g}) * max(|{g}| - {alpha_1}, 0)"
            pulled = "{g} + {alpha_1} sign({w}) if {w} != 0, else " + shrunk
            value = np.where(
                parameter.before == 0,
                np.sign(value) * np.maximum(np.abs(value) - l1, 0),
                value + l1 * np.sign(parameter.before),
            )
            yield f"p({w})", pulled, value

    def _stages(
        self, parameter: Parameter, gradient: Array
    ) -> Iterator[tuple[str, Array]]:
        """Yield formulas and values of the step, and of what is done after it."""
        before, weights = parameter.before, not parameter.is_bias
        decay = self._optimizer.weight_decay if weights else 0.0
        rate, (l1, _) = (
            parameter.factor * self.numbers["eta"],
            self._penalties(parameter),
        )
        rule = reference.OPTIMIZERS[self._optimizer.name]
        rest = [np.zeros_like(before)] * rule.slots

        def after(l1: float) -> Array:
            numbers = (rate, *self._optimizer.settings, 0.0, 1, decay, l1)
            return rule.update(before, gradient, *rest, *numbers)[0]

        decayed = " - {eta} weight_decay {w}" if decay else ""
        value = after(0.0)
        yield "{w}" + decayed + " - " + self._formulas.step, value
        if l1 and self._optimizer.name == "rprop":
            value = np.where(np.sign(value) * np.sign(before) < 0, 0, value)
            yield "{x} if sign({x}) * sign({w}) >= 0, else 0", value
        elif l1:
            value, threshold = after(l1), "{alpha_1} " + self._formulas.reach
            yield "sign({x}) * max(|{x}| - " + threshold + ", 0)", value
        if weights and self._strengths.max_norm < math.inf:
            limited = reference.max_norm(value, self._strengths.max_norm)
            yield "{x} * min(1, max_norm / column_norms({x}))", limited
