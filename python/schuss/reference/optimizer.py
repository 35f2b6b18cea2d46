"""The meaning of the optimizers' updates."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from schuss.reference.elementary import Array

__all__ = [
    "OPTIMIZERS",
    "adam",
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
    step: int = 1,
) -> tuple[Array, Array]:
    """Return parameters and velocity after one step of gradient descent.

    g = gradient + 2 l2 w, the gradient of loss + l2 |w|^2; v <- momentum v + g;
    w <- w - learning_rate v, or, with Nesterov's look-ahead,
    w <- w - learning_rate (g + momentum v). Without momentum v stays as it is. Sources:
    B. T. Polyak, 1964; Y. Nesterov, 1983, in the form of I. Sutskever et al., 2013.

    Parameters
    ----------
    parameters, gradients, velocity : ndarray, all of one shape and dtype
    learning_rate : float, above 0
    momentum : float, in [0, 1)
    nesterov : float
        0 for no, 1 for yes.
    l2 : float, at least 0
    step : int, at least 1
        Makes no difference here.

    Returns
    -------
    parameters, velocity : ndarray
        New arrays.
    """
    kind = parameters.dtype.type
    direction = gradients + kind(2 * l2) * parameters
    if momentum:
        g, velocity = direction, kind(momentum) * velocity + direction
        direction = g + kind(momentum) * velocity if nesterov else velocity
    return parameters - kind(learning_rate) * direction, velocity


def adam(
    parameters: Array,
    gradients: Array,
    mean: Array,
    square: Array,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    l2: float = 0.0,
    step: int = 1,
) -> tuple[Array, Array, Array]:
    """Return parameters, mean and square after one step of Adam.

    g = gradient + 2 l2 w; m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2;
    w <- w - learning_rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon) at
    step t. Source: D. P. Kingma and J. Ba, 2015.

    Parameters
    ----------
    parameters, gradients, mean, square : ndarray, all of one shape and dtype
        Mean and square are the running means m of the gradient and v of its square.
    learning_rate : float, above 0
    beta1, beta2 : float, in [0, 1)
    epsilon : float, above 0
    l2 : float, at least 0
    step : int, at least 1
        Counts the steps since mean and square were zero, this one included.

    Returns
    -------
    parameters, mean, square : ndarray
        New arrays.
    """
    kind = parameters.dtype.type
    beta1, beta2 = float(kind(beta1)), float(kind(beta2))
    g = gradients + kind(2 * l2) * parameters
    mean = kind(beta1) * mean + kind(1 - beta1) * g
    square = kind(beta2) * square + kind(1 - beta2) * (g * g)
    rate = kind(learning_rate / (1 - beta1**step))
    root = np.sqrt(square * kind(1 / (1 - beta2**step)))
    return parameters - rate * mean / (root + kind(epsilon)), mean, square


class Optimizer(NamedTuple):
    """An update, and the number of arrays of state it keeps per parameter."""

    update: Callable[..., tuple[Array, ...]]
    slots: int


OPTIMIZERS = {"sgd": Optimizer(sgd, slots=1), "adam": Optimizer(adam, slots=2)}
