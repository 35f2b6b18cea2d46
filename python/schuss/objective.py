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
    """The mean loss over all rows + alpha |W|^2, as a function of one vector.

    The vector has every layer's weights, row by row, and its bias after them, or its
    vectors; W is the weights alone, and the gradient of their penalty 2 alpha W. Loss
    and gradient are the engine's, in its precision; sums over parameters are taken in
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
        return _joined(self._parts())

    @point.setter
    def point(self, vector: Vector) -> None:
        first = 0
        for layer, own in enumerate(self._parts()):
            arrays = []
            for array in own:
                part = vector[first : first + array.size].reshape(array.shape)
                arrays.append(part.astype(array.dtype))
                first += array.size
            self._network.set_parameters(layer, *arrays)

    def slope(self) -> Slope:
        """Return value and gradient where the network is: one pass down and up.

        Returns
        -------
        Slope
        """
        plan = self._plan
        with np.errstate(all="ignore"):  # who asks looks at what has become infinite
            loss = self._network.differentiate(plan.X, plan.targets, plan.weights)
            value, layers = loss, range(plan.layers)
            gradients = [self._network.gradients(layer) for layer in layers]
            if plan.l2:
                pulled = []
                for (first, *_), (slope, *rest) in zip(
                    self._parts(), gradients, strict=True
                ):
                    if first.ndim == 2:  # weights, and not another layer's vectors
                        exact = first.astype(np.float64)
                        value += plan.l2 * float(np.vdot(exact, exact))
                        slope = slope + 2 * plan.l2 * exact
                    pulled.append((slope, *rest))
                gradients = pulled
            return Slope(value, loss, _joined(gradients))

    def gradient_norm(self) -> float:
        """Return the Euclidean norm of the gradient where the network is."""
        return norm(self.slope().gradient)

    def _parts(self) -> list[Parameters]:
        return [self._network.parameters(layer) for layer in range(self._plan.layers)]


def norm(gradient: Vector) -> float:
    """Return the Euclidean norm of a gradient; infinite or NaN where that is.

    Parameters
    ----------
    gradient : ndarray of float64
    """
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(gradient))


def _joined(parts: list[tuple[NDArray[Any], ...]]) -> Vector:
    flat = [array.ravel() for array in chain.from_iterable(parts)]
    return np.concatenate(flat, dtype=np.float64)
