"""The meaning of the optimizers' updates."""

from collections.abc import Callable
from typing import NamedTuple

from schuss.reference.activation import Array

__all__ = [
    "OPTIMIZERS",
    "sgd",
]


def sgd(
    parameters: Array,
    gradients: Array,
    velocity: Array,
    learning_rate: float,
    momentum: float = 0.0,
    nesterov: float = 0.0,
    l2: float = 0.0,
) -> tuple[Array, Array]:
    """Return parameters and velocity after one step of gradient descent.

    g = gradient + 2 l2 w, the gradient of loss + l2 |w|^2; v <- momentum v + g;
    w <- w - learning_rate v, or, with Nesterov's look-ahead,
    w <- w - learning_rate (g + momentum v). Sources: B. T. Polyak, 1964; Y. Nesterov,
    1983, in the form of I. Sutskever et al., 2013.

    Parameters
    ----------
    parameters, gradients, velocity : ndarray, all of one shape and dtype
    learning_rate : float, above 0
    momentum : float, in [0, 1)
    nesterov : float
        0 for no, 1 for yes.
    l2 : float, at least 0

    Returns
    -------
    parameters, velocity : ndarray
        New arrays.
    """
    kind = parameters.dtype.type
    g = gradients + kind(2 * l2) * parameters
    velocity = kind(momentum) * velocity + g
    direction = g + kind(momentum) * velocity if nesterov else velocity
    return parameters - kind(learning_rate) * direction, velocity


class Optimizer(NamedTuple):
    """An update, and the number of arrays of state it keeps per parameter."""

    update: Callable[..., tuple[Array, ...]]
    slots: int


OPTIMIZERS = {"sgd": Optimizer(sgd, slots=1)}
