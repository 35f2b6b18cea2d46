"""The meaning of the activations, their backward steps, and exp and log."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ACTIVATIONS",
    "exp",
    "identity",
    "identity_backward",
    "log",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "step",
    "step_backward",
    "tanh",
    "tanh_backward",
]

Array = NDArray[np.floating[Any]]


def identity(x: Array) -> Array:
    """Return x itself: f(x) = x.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    return x.copy()


def identity_backward(output: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for the identity, where f'(x) = 1.

    Parameters
    ----------
    output : ndarray, any shape
        f(x), as `identity` returned it.
    gradient : ndarray, shape of `output`
        d(loss) / d(output).

    Returns
    -------
    ndarray, shape of `output`
        d(loss) / dx.
    """
    return gradient * np.ones_like(output)


def step(x: Array) -> Array:
    """Return 1 where x >= 0, else 0: the formal neuron's activation.

    Source: W. S. McCulloch and W. Pitts, 1943. NaN stays NaN.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    return np.where(np.isnan(x), x, (x >= 0).astype(x.dtype))


def step_backward(output: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for the step, where f'(x) = 0 except at its jump.

    Parameters and result as for `identity_backward`.
    """
    return gradient * np.zeros_like(output)


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + e^-x), without overflow for any x.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`, in [0, 1]
    """
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def sigmoid_backward(output: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for the sigmoid, where f'(x) = f(x) (1 - f(x)).

    Parameters and result as for `identity_backward`.
    """
    return gradient * (output * (1 - output))


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent (e^x - e^-x) / (e^x + e^-x).

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`, in [-1, 1]
    """
    return np.tanh(x)


def tanh_backward(output: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for tanh, where f'(x) = 1 - f(x)^2.

    Parameters and result as for `identity_backward`.
    """
    return gradient * (1 - output * output)


def relu(x: Array) -> Array:
    """Return max(x, 0). Source: V. Nair and G. E. Hinton, 2010. NaN stays NaN.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    return np.where(x < 0, np.zeros_like(x), x)


def relu_backward(output: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for ReLU, where f'(x) = 1 if x > 0, else 0.

    Parameters and result as for `identity_backward`.
    """
    return gradient * (output > 0).astype(output.dtype)


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


ACTIVATIONS: dict[str, tuple[Callable[..., Array], Callable[..., Array]]] = {
    "identity": (identity, identity_backward),
    "step": (step, step_backward),
    "sigmoid": (sigmoid, sigmoid_backward),
    "tanh": (tanh, tanh_backward),
    "relu": (relu, relu_backward),
}
