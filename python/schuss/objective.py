"""What a fit makes small: loss and penalty over all rows, and their gradient."""

from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schuss.engines import Network, Parameters
from schuss.plan import Plan

Vector = NDArray[np.float64]


class Slope(NamedTuple):
    """The objective at one point.

    Attributes
    ----------
    value : float
        The loss, and the penalty with it.
    loss : float
        The loss alone.
    gradient : ndarray of float64, shape (parameters,)
        Of the value.
    """

    value: float
    loss: float
    gradient: Vector


class Objective:
    """The mean loss over all rows + penalties, as a function of one vector.

    The vector has the weights, row by row, and the bias after them of every layer that
    is not frozen. The penalties are a |w|_1 + b |w|^2 of weights w, and others of
    biases; the gradient of the first is a sign(w) and at w = 0 what it can best be, so
    that the whole gradient is the smallest there is: zero at a minimum. Loss and
    gradient are the engine's, in its precision; sums over parameters are taken in
    float64.

    Parameters
    ----------
    network : Network
        Whose parameters are the point.
    plan : Plan
    """

    def __init__(self, network: Network, plan: Plan) -> None:
        self._network, self._plan = network, plan

    @property
    def point(self) -> Vector:
        """The network's parameters."""
        return _joined(self._pairs())

    @point.setter
    def point(self, vector: Vector) -> None:
        first = 0
        for layer, pair in zip(self._plan.moving, self._pairs(), strict=True):
            arrays = []
            for array in pair:
                part = vector[first : first + array.size].reshape(array.shape)
                arrays.append(part.astype(array.dtype))
                first += array.size
            self._network.set_parameters(layer, arrays[0], arrays[1])

    def slope(self) -> Slope:
        """Return value and gradient where the network is: one pass down and up.

        Returns
        -------
        Slope
        """
        plan, network, strengths = self._plan, self._network, self._plan.strengths
        with np.errstate(all="ignore"):  # who asks looks at what has become infinite
            value = loss = network.differentiate(plan.X, plan.targets, plan.weights)
            gradients = []
            for layer, (weights, bias) in zip(plan.moving, self._pairs(), strict=True):
                of_weights, of_bias = network.gradients(layer)
                a, slope = penalized(weights, of_weights, strengths.l1, strengths.l2)
                b, of_bias = penalized(
                    bias, of_bias, strengths.bias_l1, strengths.bias_l2
                )
                value += a + b
                gradients.append((slope, of_bias))
            return Slope(value, loss, _joined(gradients))

    def gradient_norm(self) -> float:
        """Return the Euclidean norm of the gradient where the network is."""
        return norm(self.slope().gradient)

    def _pairs(self) -> list[Parameters]:
        return [self._network.parameters(layer) for layer in self._plan.moving]


def penalized(
    parameters: NDArray[Any], gradient: NDArray[Any], l1: float, l2: float
) -> tuple[float, NDArray[Any]]:
    """Return the penalty l1 |w|_1 + l2 |w|^2, and the gradient with its own.

    Parameters
    ----------
    parameters, gradient : ndarray
    l1, l2 : float

    Returns
    -------
    penalty : float
    gradient : ndarray
        In float64 where there is a penalty.
    """
    if not (l1 or l2):
        return 0.0, gradient
    w = parameters.astype(np.float64)
    slope = gradient + 2 * l2 * w
    if l1:
        at_zero = slope - np.clip(slope, -l1, l1)
        slope = np.where(w == 0, at_zero, slope + l1 * np.sign(w))
    return l1 * float(np.sum(np.abs(w))) + l2 * float(np.vdot(w, w)), slope


def norm(gradient: Vector) -> float:
    """Return the Euclidean norm of a gradient; infinite or NaN where that is.

    Parameters
    ----------
    gradient : ndarray of float64
    """
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(gradient))


def _joined(pairs: list[tuple[NDArray[Any], NDArray[Any]]]) -> Vector:
    parts = [array.ravel() for array in chain.from_iterable(pairs)]
    return np.concatenate(parts, dtype=np.float64)
