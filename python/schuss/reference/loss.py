"""The meaning of the losses with their first gradient."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.reference.elementary import Array
from schuss.reference.logits import log_softmax, softmax
from schuss.reference.numeric_losses import mean_squared_error
from schuss.reference.weighting import weighted

__all__ = ["LOSSES", "MEANS", "mean_squared_error", "softmax_cross_entropy"]


def softmax_cross_entropy(
    output: Array,
    targets: NDArray[Any],
    label_smoothing: float = 0.0,
    *,
    weights: Array | None = None,
) -> tuple[float, Array]:
    """Return the mean cross-entropy of softmax(output), and its gradient.

    l = -sum_c t_c ln p_c with p = softmax(s); dl/ds = p - t where t sums to 1, and
    p sum_c t_c - t in general. The gradient is that of the mean over the batch. With
    smoothing e, t is (1 - e) times the target + e / K times its sum, K being the number
    of classes. Source of the smoothing: C. Szegedy et al., 2016.

    Parameters
    ----------
    output : ndarray, shape (batch, classes)
        Logits s.
    targets : ndarray of integers, shape (batch,), or of numbers, (batch, classes)
        Class indices, or a distribution t per row.
    label_smoothing : float, in [0, 1)
        e.
    weights : ndarray, shape (batch,), optional
        By which the rows' losses are multiplied; all of them 1 by default.

    Returns
    -------
    loss : float
        In nats; 0 for an empty batch.
    gradient : ndarray, shape (batch, classes)
        d(loss) / d(output).
    """
    truth = _one_hot(targets, output)
    total = np.sum(truth, axis=1, keepdims=True)
    if label_smoothing:
        kind = output.dtype.type
        even = total / kind(output.shape[1])
        truth = truth + kind(label_smoothing) * (even - truth)
    losses = -np.sum(truth * log_softmax(output), axis=1)
    return weighted(losses, softmax(output) * total - truth, weights)


def _one_hot(targets: NDArray[Any], like: Array) -> Array:
    if targets.ndim == 2:
        return targets.astype(like.dtype)
    return np.asarray(np.eye(like.shape[1], dtype=like.dtype)[targets])


def _itself(output: Array) -> Array:
    return output


LOSSES: dict[str, Callable[..., tuple[float, Array]]] = {
    "softmax_cross_entropy": softmax_cross_entropy,
    "mean_squared_error": mean_squared_error,
}

# What outputs say that targets are on average.
MEANS: dict[str, Callable[[Array], Array]] = {
    "softmax_cross_entropy": softmax,
    "mean_squared_error": _itself,
}
