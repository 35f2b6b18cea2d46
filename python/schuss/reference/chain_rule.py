"""The factors of the fused softmax cross-entropy gradient, one by one, for teaching.

The chain rule multiplies them: dl/ds = dl/dp dp/ds, and what is left of the product
is p - t. No kernel exists for a single factor, as nobody would want to wait for it.
"""

import numpy as np

from schuss.reference.elementary import Array

__all__ = [
    "cross_entropy",
    "cross_entropy_backward",
    "softmax_backward",
]


def cross_entropy(probabilities: Array, truth: Array) -> Array:
    """Return l = -sum_c t_c ln p_c for every row.

    Parameters
    ----------
    probabilities : ndarray, shape (batch, classes)
        p, above 0 wherever t is.
    truth : ndarray, shape (batch, classes)
        t, one-hot or any other distribution.

    Returns
    -------
    ndarray, shape (batch,)
    """
    logs = np.log(np.where(truth > 0, probabilities, 1))
    return np.asarray(-np.sum(truth * logs, axis=1))


def cross_entropy_backward(probabilities: Array, truth: Array) -> Array:
    """Return dl/dp_c = -t_c / p_c, which is zero off the true class.

    Parameters
    ----------
    probabilities, truth : ndarray, shape (batch, classes)
        As for `cross_entropy`.

    Returns
    -------
    ndarray, shape (batch, classes)
    """
    return np.where(truth > 0, -truth / np.where(truth > 0, probabilities, 1), 0)


def softmax_backward(probabilities: Array, d_probabilities: Array) -> Array:
    """Return dl/ds from dl/dp, with dp_k/ds_j = p_k (delta_kj - p_j).

    Parameters
    ----------
    probabilities : ndarray, shape (batch, classes)
        p = softmax(s).
    d_probabilities : ndarray, shape (batch, classes)
        dl/dp.

    Returns
    -------
    ndarray, shape (batch, classes)
    """
    weighted = probabilities * d_probabilities
    total = np.sum(weighted, axis=1, keepdims=True)
    return np.asarray(weighted - probabilities * total)
