"""The meaning of the losses with their first gradient."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.reference.elementary import Array
from schuss.reference.logits import log_softmax, softmax
from schuss.reference.margin_losses import hinge, perceptron
from schuss.reference.monotone import sigmoid
from schuss.reference.numeric_losses import (
    binary_cross_entropy,
    huber,
    mean_absolute_error,
    mean_squared_error,
    pinball,
    poisson,
)
from schuss.reference.weighting import weighted

__all__ = ["LOSSES", "MEANS", "softmax_cross_entropy"]


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


def custom(
    function: Callable[[Array, NDArray[Any]], tuple[Array, Array]],
) -> Callable[..., tuple[float, Array]]:
    """Return the loss that a function of the user's computes.

    Parameters
    ----------
    function : callable of (outputs, targets)
        Returns the rows' losses, of shape (rows,), and their gradients, of the shape of
        the outputs.

    Returns
    -------
    callable of (output, targets), with weights, as all losses are
    """

    def loss(
        output: Array, targets: NDArray[Any], *, weights: Array | None = None
    ) -> tuple[float, Array]:
        own = targets if targets.ndim == 1 else targets.astype(output.dtype)
        return weighted(*function(output.copy(), own), weights)

    return loss


LOSSES: dict[str, Callable[..., tuple[float, Array]]] = {
    "softmax_cross_entropy": softmax_cross_entropy,
    "mean_squared_error": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "huber": huber,
    "pinball": pinball,
    "binary_cross_entropy": binary_cross_entropy,
    "poisson": poisson,
    "perceptron": perceptron,
    "hinge": hinge,
}

# What outputs say that targets are on average, where they do not say it themselves.
MEANS: dict[str, Callable[[Array], Array]] = {
    "softmax_cross_entropy": softmax,
    "binary_cross_entropy": sigmoid,
    "poisson": np.exp,
}
