"""The meaning of the dense layer: the matrix product, forward and backward."""

import numpy as np
from numpy.typing import NDArray

from schuss.reference.activation import ACTIVATIONS
from schuss.reference.elementary import Array

__all__ = [
    "dense_backward",
    "dense_backward_input",
    "dense_backward_weights",
    "dense_forward",
    "gemm",
    "gemm_transposed",
    "sparse_product",
]


def gemm(a: Array, b: Array) -> Array:
    """Return the matrix product C = A B, C_ij = sum_k A_ik B_kj.

    Parameters
    ----------
    a : ndarray, shape (m, k)
    b : ndarray, shape (k, n)

    Returns
    -------
    ndarray, shape (m, n)
    """
    return a @ b


def gemm_transposed(a: Array, b: Array) -> Array:
    """Return A B as `gemm`; the native one has b transposed and sums along its lanes.

    Parameters
    ----------
    a : ndarray, shape (m, k)
    b : ndarray, shape (k, n)

    Returns
    -------
    ndarray, shape (m, n)
    """
    return a @ b


def dense_forward(
    x: Array, weights: Array, bias: Array, activation: str = "identity"
) -> Array:
    """Return the output of a dense layer, h = f(x W + b).

    One row of it is Rosenblatt's perceptron (1958): several formal neurons side by
    side.

    Parameters
    ----------
    x : ndarray, shape (batch, inputs)
    weights : ndarray, shape (inputs, outputs)
    bias : ndarray, shape (outputs,)
    activation : str
        The name of f.

    Returns
    -------
    ndarray, shape (batch, outputs)
    """
    return ACTIVATIONS[activation].forward(x @ weights + bias)


def dense_backward(
    x: Array,
    weights: Array,
    kept: Array,
    d_output: Array,
    activation: str = "identity",
) -> tuple[Array, Array, Array]:
    """Return the gradients of a dense layer, by the chain rule.

    With delta = d_output * f'(x W + b): dL/dW = x^T delta, dL/db = the column sums
    of delta, dL/dx = delta W^T. Sources: P. Werbos, 1974; D. E. Rumelhart, G. E.
    Hinton and R. J. Williams, 1986.

    Parameters
    ----------
    x : ndarray, shape (batch, inputs)
    weights : ndarray, shape (inputs, outputs)
    kept : ndarray, shape (batch, outputs)
        What `dense_forward` returned for `x`; for an activation that keeps its input
        x W + b, which it was given: see `Activation`.
    d_output : ndarray, shape (batch, outputs)
        dL/d(output).
    activation : str
        The name of f.

    Returns
    -------
    d_weights : ndarray, shape (inputs, outputs)
    d_bias : ndarray, shape (outputs,)
    d_x : ndarray, shape (batch, inputs)
    """
    delta = ACTIVATIONS[activation].backward(kept, d_output)
    return x.T @ delta, np.sum(delta, axis=0), delta @ weights.T


def dense_backward_weights(x: Array, delta: Array) -> Array:
    """Return the gradient of the weights alone, dL/dW = x^T delta.

    Parameters
    ----------
    x : ndarray, shape (batch, inputs)
    delta : ndarray, shape (batch, outputs)
        dL/d(x W + b).

    Returns
    -------
    ndarray, shape (inputs, outputs)
    """
    return np.asarray(x.T @ delta)


def dense_backward_input(weights: Array, delta: Array) -> Array:
    """Return the gradient of the layer's input alone, dL/dx = delta W^T.

    Parameters
    ----------
    weights : ndarray, shape (inputs, outputs)
    delta : ndarray, shape (batch, outputs)
        dL/d(x W + b).

    Returns
    -------
    ndarray, shape (batch, inputs)
    """
    return np.asarray(delta @ weights.T)


def sparse_product(
    index: NDArray[np.int64],
    values: Array,
    scale: float,
    b: Array,
    start: Array | None = None,
) -> Array:
    """Return start + scale x B for a row x that is zero but for a few numbers.

    Parameters
    ----------
    index : ndarray of int64, shape (count,)
        The columns of x that are not zero.
    values : ndarray, shape (count,)
        What stands there.
    scale : float
    b : ndarray, shape (k, n)
    start : ndarray, shape (n,), optional
        Zeros by default.

    Returns
    -------
    ndarray, shape (1, n)
    """
    product = (b.dtype.type(scale) * values)[None] @ b[index]
    return product if start is None else start + product
