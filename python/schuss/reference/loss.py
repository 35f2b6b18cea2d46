"""The meaning of softmax and of the losses with their first gradient."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.reference.elementary import Array

__all__ = [
    "LOSSES",
    "argmax",
    "log_softmax",
    "mean_squared_error",
    "softmax",
    "softmax_cross_entropy",
]


def softmax(x: Array) -> Array:
    """Return p_k = exp(s_k) / sum_c exp(s_c) for every row s.

    The row's maximum is subtracted first, which changes nothing but overflow. Source:
    J. S. Bridle, 1990.

    Parameters
    ----------
    x : ndarray, shape (batch, classes)
        Logits, of any size.

    Returns
    -------
    ndarray, shape (batch, classes)
        Rows of probabilities.
    """
    powers = np.exp(x - np.max(x, axis=1, keepdims=True))
    return np.asarray(powers / np.sum(powers, axis=1, keepdims=True))


def log_softmax(x: Array) -> Array:
    """Return ln p_k = s_k - ln sum_c exp(s_c) for every row s, finite for any logits.

    Parameters
    ----------
    x : ndarray, shape (batch, classes)
        Logits, of any size.

    Returns
    -------
    ndarray, shape (batch, classes)
    """
    shifted = x - np.max(x, axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True)))


def _one_hot(targets: NDArray[Any], like: Array) -> Array:
    if targets.ndim == 2:
        return targets.astype(like.dtype)
    return np.asarray(np.eye(like.shape[1], dtype=like.dtype)[targets])


def softmax_cross_entropy(output: Array, targets: NDArray[Any]) -> tuple[float, Array]:
    """Return the mean cross-entropy of softmax(output), and its gradient.

    l = -sum_c t_c ln p_c with p = softmax(s); dl/ds = p - t where t sums to 1, and
    p sum_c t_c - t in general. The gradient is that of the mean over the batch.

    Parameters
    ----------
    output : ndarray, shape (batch, classes)
        Logits s.
    targets : ndarray of integers, shape (batch,), or of numbers, (batch, classes)
        Class indices, or a distribution t per row.

    Returns
    -------
    loss : float
        In nats; 0 for an empty batch.
    gradient : ndarray, shape (batch, classes)
        d(loss) / d(output).
    """
    if len(output) == 0:
        return 0.0, np.zeros_like(output)
    truth = _one_hot(targets, output)
    losses = -np.sum(truth * log_softmax(output), axis=1)
    total = np.sum(truth, axis=1, keepdims=True)
    gradient = (softmax(output) * total - truth) / output.dtype.type(len(output))
    return float(np.mean(losses, dtype=np.float64)), gradient


def mean_squared_error(output: Array, targets: NDArray[Any]) -> tuple[float, Array]:
    """Return the mean squared error over rows and columns, and its gradient.

    l = 1/K sum_k (y_k - t_k)^2 per row; dl/dy_k = 2/K (y_k - t_k). The gradient is
    that of the mean over the batch.

    Parameters
    ----------
    output : ndarray, shape (batch, outputs)
    targets : ndarray, shape (batch, outputs)

    Returns
    -------
    loss : float
        0 for an empty batch.
    gradient : ndarray, shape (batch, outputs)
        d(loss) / d(output).
    """
    if len(output) == 0:
        return 0.0, np.zeros_like(output)
    error = output - targets.astype(output.dtype)
    gradient = error * output.dtype.type(2 / error.size)
    return float(np.mean(error * error, dtype=np.float64)), gradient


def argmax(x: Array) -> NDArray[np.int64]:
    """Return the first column at which each row has its maximum.

    Parameters
    ----------
    x : ndarray, shape (batch, classes)

    Returns
    -------
    ndarray of int64, shape (batch,)
    """
    return np.asarray(np.argmax(x, axis=1), dtype=np.int64)


LOSSES: dict[str, Callable[[Array, NDArray[Any]], tuple[float, Array]]] = {
    "softmax_cross_entropy": softmax_cross_entropy,
    "mean_squared_error": mean_squared_error,
}
