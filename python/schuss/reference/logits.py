"""The meaning of softmax, of its logarithm, and of the class of the largest output."""

import numpy as np
from numpy.typing import NDArray

from schuss.reference.elementary import Array

__all__ = ["argmax", "log_softmax", "softmax"]


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
