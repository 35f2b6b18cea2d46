"""What draws parameters towards zero beside the gradient of the loss."""

from typing import Any

import numpy as np

from schuss.reference.elementary import Array


def kept(parameters: Array, learning_rate: float, weight_decay: float) -> Array:
    """Return what decoupled weight decay leaves: w - learning_rate weight_decay w.

    Parameters
    ----------
    parameters : ndarray
    learning_rate, weight_decay : float, at least 0

    Returns
    -------
    ndarray
        A new array.
    """
    kind = parameters.dtype.type
    return np.asarray(
        parameters - kind(learning_rate) * kind(weight_decay) * parameters
    )


def shrunk(parameters: Array, l1: float, reach: Array | np.floating[Any]) -> Array:
    """Return sign(w) max(|w| - l1 reach, 0), the proximal map of l1 reach |w|_1.

    What is no larger than the threshold becomes exactly zero. Source: D. L. Donoho,
    "De-noising by soft-thresholding", 1995.

    Parameters
    ----------
    parameters : ndarray
    l1 : float, at least 0
        The same parameters are returned for 0.
    reach : ndarray or number of the same dtype, at least 0
        How far a gradient of 1 moves each parameter, or all.

    Returns
    -------
    ndarray
    """
    if not l1:
        return parameters
    threshold = parameters.dtype.type(l1) * reach
    size = np.maximum(np.abs(parameters) - threshold, 0)
    return np.asarray(np.sign(parameters) * size)


def weighed(divisor: Array, l1: float) -> Array:
    """Return what an optimizer divides by, as the penalty counts it: l1 / 4 at least.

    So no threshold exceeds 4 learning rates, and weights whose gradients have been zero
    for long, of units or inputs that rest, are not gone at once. Zeros stay zeros
    nevertheless: divided by less, a gradient below l1 moves a parameter by no more than
    (1 - beta1) / sqrt(1 - beta2) or 1 / sqrt(1 - rho) learning rates, 3.2 by default.

    Parameters
    ----------
    divisor : ndarray
    l1 : float, at least 0

    Returns
    -------
    ndarray
        A new array.
    """
    return np.asarray(np.maximum(divisor, divisor.dtype.type(l1) / 4))
