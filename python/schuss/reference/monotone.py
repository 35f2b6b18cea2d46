"""The meaning of the activations that never fall, and of their backward steps.

f(x) tells f'(x), so that their backward steps are given the output alone.
"""

import numpy as np

from schuss.reference.elementary import Array

__all__ = [
    "elu",
    "elu_backward",
    "hard_sigmoid",
    "hard_sigmoid_backward",
    "identity",
    "identity_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "relu",
    "relu_backward",
    "selu",
    "selu_backward",
    "sigmoid",
    "sigmoid_backward",
    "softplus",
    "softplus_backward",
    "step",
    "step_backward",
    "tanh",
    "tanh_backward",
]

# Layers of SELU lead to mean 0 and variance 1: G. Klambauer et al., 2017, equation 14.
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


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

    Nothing is learned through it. Parameters and result as for `identity_backward`.
    """
    return gradient * np.zeros_like(output)


def hard_sigmoid(x: Array) -> Array:
    """Return (x + 3) / 6, but at least 0 and at most 1.

    Source: A. Howard et al., "Searching for MobileNetV3", 2019. NaN stays NaN.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`, in [0, 1]
    """
    return np.clip(x + 3, 0, 6) / 6


def hard_sigmoid_backward(output: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for the hard sigmoid.

    f'(x) = 1/6 where 0 < f(x) < 1, else 0. Parameters and result as for
    `identity_backward`.
    """
    return gradient * ((output > 0) & (output < 1)).astype(output.dtype) / 6


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


def leaky_relu(x: Array) -> Array:
    """Return x where x >= 0, else 0.01 x.

    Source: A. L. Maas, A. Y. Hannun and A. Y. Ng, 2013. NaN stays NaN.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    return np.where(x < 0, 0.01 * x, x)


def leaky_relu_backward(output: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for leaky ReLU, where f'(x) = 1 if x > 0, else 0.01.

    Parameters and result as for `identity_backward`.
    """
    return np.where(output > 0, gradient, 0.01 * gradient)


def elu(x: Array) -> Array:
    """Return x where x > 0, else e^x - 1.

    Source: D.-A. Clevert, T. Unterthiner and S. Hochreiter, 2015, with alpha = 1.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`, above -1 or at it
    """
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def elu_backward(output: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for ELU, where f'(x) = 1 if x > 0, else f(x) + 1.

    Parameters and result as for `identity_backward`.
    """
    return np.asarray(gradient * (np.minimum(output, 0) + 1))


def selu(x: Array) -> Array:
    """Return scale x where x > 0, else scale alpha (e^x - 1).

    With scale = 1.0507... and alpha = 1.6732..., layers of it with normal weights of
    variance 1 / inputs keep mean 0 and variance 1: G. Klambauer et al.,
    "Self-normalizing neural networks", 2017.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`
    """
    below = SELU_ALPHA * np.expm1(np.minimum(x, 0))
    with np.errstate(over="ignore"):
        return SELU_SCALE * np.where(x > 0, x, below)


def selu_backward(output: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for SELU.

    f'(x) = scale if x > 0, else f(x) + scale alpha. Parameters and result as for
    `identity_backward`.
    """
    below = output + SELU_SCALE * SELU_ALPHA
    return gradient * np.where(output > 0, SELU_SCALE, below)


def softplus(x: Array) -> Array:
    """Return ln(1 + e^x), without overflow for any x.

    Source: C. Dugas et al., 2001.

    Parameters
    ----------
    x : ndarray of float32 or float64, any shape

    Returns
    -------
    ndarray, shape and dtype of `x`, at least 0
    """
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def softplus_backward(output: Array, gradient: Array) -> Array:
    """Return gradient * f'(x) for softplus, where f'(x) = 1 - e^-f(x), the sigmoid.

    Parameters and result as for `identity_backward`.
    """
    return np.asarray(gradient * -np.expm1(-output))
