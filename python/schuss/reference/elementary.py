"""The meaning of exp, log and the normal distribution's function."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["exp", "log", "normal_cdf"]

Array = NDArray[np.floating[Any]]


def exp(x: Array) -> Array:
    """Return e^x, infinity beyond the range of the dtype.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    with np.errstate(over="ignore", under="ignore"):
        return np.exp(x)


def log(x: Array) -> Array:
    """Return ln x: -infinity at 0, NaN below.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(x)


def normal_cdf(x: Array) -> Array:
    """Return Phi(x) = (1 + erf(x / sqrt 2)) / 2, the normal distribution's function.

    Up to |x| = 2 it is 1/2 + phi(x) (x + x^3 / 3 + x^5 / (3 5) + ...), with phi the
    density: G. Marsaglia, "Evaluating the normal distribution", 2004. Beyond, what is
    left is phi(x) / (x + 1 / (x + 2 / (x + 3 / ...))): P.-S. Laplace, 1805.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`, in [0, 1]
    """
    distance = np.abs(x)
    near, far = np.minimum(distance, 2), np.maximum(distance, 2)
    term, series = near, near
    for odd in range(3, 100, 2):
        term = term * near * near / odd
        series = series + term
    fraction = far
    for numerator in range(100, 0, -1):
        fraction = far + numerator / fraction
    beyond = np.where(
        distance < 2,
        0.5 - normal_density(near) * series,
        normal_density(far) / fraction,
    )
    return np.where(x < 0, beyond, 1 - beyond)


def normal_density(x: Array) -> Array:
    """Return phi(x) = e^(-x^2 / 2) / sqrt(2 pi), the slope of `normal_cdf`.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    one = x.dtype.type(1)
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.exp(-x * x / 2) / np.sqrt(8 * np.arctan(one)))
