"""The meaning of the activations that are x times a gate which x opens.

They fall before they rise, so that f(x) does not tell f'(x): their backward steps are
given x. No gate is between shut and open beyond 1000 from zero, and limits are theirs.
"""

import numpy as np

from schuss.reference.elementary import Array, normal_cdf, normal_density
from schuss.reference.monotone import sigmoid, softplus

__all__ = [
    "gelu",
    "gelu_backward",
    "gelu_tanh",
    "gelu_tanh_backward",
    "mish",
    "mish_backward",
    "silu",
    "silu_backward",
]

FAR = 1000
# Of the argument of GELU's approximation by tanh, 2 u = LINEAR x + CUBIC x^3.
LINEAR = 1.5957691216057308  # 2 sqrt(2 / pi)
CUBIC = LINEAR * 0.044715


def gelu(x: Array) -> Array:
    """Return x Phi(x), with Phi the standard normal distribution's function.

    Source: D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)", 2016.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    return _lower(x) * normal_cdf(x)


def gelu_backward(x: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for GELU, where f'(x) = Phi(x) + x phi(x).

    Parameters
    ----------
    x : ndarray, any shape
        What `gelu` was given.
    gradient : ndarray, shape of `x`
        d(loss) / d(output).

    Returns
    -------
    ndarray, shape of `x`
        d(loss) / dx.
    """
    x = _near(x)
    return gradient * (normal_cdf(x) + x * normal_density(x))


def gelu_tanh(x: Array) -> Array:
    """Return x (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3): nearly GELU.

    Source: D. Hendrycks and K. Gimpel, 2016. It is within 5e-4 of `gelu`; networks that
    were trained with it want it again. (1 + tanh u) / 2 is the sigmoid of 2 u.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    near = _near(x)
    return _lower(x) * sigmoid(near * (CUBIC * (near * near) + LINEAR))


def gelu_tanh_backward(x: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for `gelu_tanh`.

    With s the sigmoid and v = 2 u: f'(x) = s(v) + x s(v) s(-v) dv / dx. Parameters and
    result as for `gelu_backward`.
    """
    x = _near(x)
    v = x * (CUBIC * (x * x) + LINEAR)
    slope = 3 * CUBIC * (x * x) + LINEAR
    return gradient * (sigmoid(v) * (1 + x * slope * sigmoid(-v)))


def silu(x: Array) -> Array:
    """Return x / (1 + e^-x), x times its sigmoid; also called swish.

    Sources: S. Elfwing, E. Uchibe and K. Doya, 2017; P. Ramachandran, B. Zoph and Q. V.
    Le, 2017.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    return _lower(x) * sigmoid(x)


def silu_backward(x: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for SiLU: s(x) (1 + x s(-x)), with s the sigmoid.

    Parameters and result as for `gelu_backward`.
    """
    x = _near(x)
    return gradient * (sigmoid(x) * (1 + x * sigmoid(-x)))


def mish(x: Array) -> Array:
    """Return x tanh(ln(1 + e^x)). Source: D. Misra, 2019.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    return _lower(x) * np.tanh(softplus(x))


def mish_backward(x: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for mish.

    With s the sigmoid and t = tanh(ln(1 + e^x)): f'(x) = t + x (1 - t^2) s(x).
    Parameters and result as for `gelu_backward`.
    """
    x = _near(x)
    t = np.tanh(softplus(x))
    return np.asarray(gradient * (t + x * (1 - t * t) * sigmoid(x)))


def _lower(x: Array) -> Array:
    """Return x, or what a shut gate makes zero of as well, for -infinity times 0."""
    return np.maximum(x, -FAR)


def _near(x: Array) -> Array:
    return np.clip(x, -FAR, FAR)
