"""The meaning of losses that look at each output by itself."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.reference.elementary import Array
from schuss.reference.monotone import sigmoid
from schuss.reference.weighting import weighted

__all__ = [
    "binary_cross_entropy",
    "huber",
    "mean_absolute_error",
    "mean_squared_error",
    "pinball",
    "poisson",
]


def _mean_over_outputs(
    targets: NDArray[Any], values: Array, slopes: Array, weights: Array | None
) -> tuple[float, Array]:
    """Return the batch's loss from that of every output; NaN targets are missing."""
    known = ~np.isnan(targets)
    share = values.dtype.type(1 / values.shape[1])
    losses = np.sum(np.where(known, values, 0), axis=1) * share
    return weighted(losses, np.where(known, slopes, 0) * share, weights)


def mean_squared_error(
    output: Array, targets: NDArray[Any], *, weights: Array | None = None
) -> tuple[float, Array]:
    """Return the mean squared error over rows and columns, and its gradient.

    l = 1/K sum_k (y_k - t_k)^2 per row; dl/dy_k = 2/K (y_k - t_k). The gradient is
    that of the mean over the batch.

    Parameters
    ----------
    output : ndarray, shape (batch, outputs)
    targets : ndarray, shape (batch, outputs)
        Those that are NaN are missing: they add nothing.
    weights : ndarray, shape (batch,), optional
        By which the rows' losses are multiplied; all of them 1 by default.

    Returns
    -------
    loss : float
        0 for an empty batch.
    gradient : ndarray, shape (batch, outputs)
        d(loss) / d(output).
    """
    error = output - targets.astype(output.dtype)
    return _mean_over_outputs(targets, error * error, 2 * error, weights)


def mean_absolute_error(
    output: Array, targets: NDArray[Any], *, weights: Array | None = None
) -> tuple[float, Array]:
    """Return the mean absolute error over rows and columns, and its gradient.

    l = 1/K sum_k |y_k - t_k| per row; dl/dy_k = 1/K sign(y_k - t_k), 0 where they are
    equal. Source: R. J. Boscovich, 1757.

    Parameters
    ----------
    output, targets, weights
        As for `mean_squared_error`.

    Returns
    -------
    loss, gradient
        As for `mean_squared_error`.
    """
    error = output - targets.astype(output.dtype)
    return _mean_over_outputs(targets, np.abs(error), np.sign(error), weights)


def huber(
    output: Array, targets: NDArray[Any], delta: float, *, weights: Array | None = None
) -> tuple[float, Array]:
    """Return Huber's loss, a square near the target and its tangents beyond.

    With e_k = y_k - t_k, l is 1/K times the sum of e_k^2 / 2 where |e_k| <= delta, and
    of delta (|e_k| - delta / 2) elsewhere; dl/dy_k = 1/K times e_k, held between -delta
    and delta. Source: P. J. Huber, "Robust Estimation of a Location Parameter", 1964.

    Parameters
    ----------
    output, targets, weights
        As for `mean_squared_error`.
    delta : float, above 0

    Returns
    -------
    loss, gradient
        As for `mean_squared_error`.
    """
    error, limit = output - targets.astype(output.dtype), output.dtype.type(delta)
    size = np.abs(error)
    values = np.where(size <= limit, error * error / 2, limit * (size - limit / 2))
    return _mean_over_outputs(targets, values, np.clip(error, -limit, limit), weights)


def pinball(
    output: Array,
    targets: NDArray[Any],
    *quantiles: float,
    weights: Array | None = None,
) -> tuple[float, Array]:
    """Return the loss that conditional quantiles minimize, one for each output.

    l = 1/K sum_k max(q_k (t_k - y_k), (q_k - 1) (t_k - y_k)); dl/dy_k = 1/K times -q_k
    where y_k is below t_k, 1 - q_k where it is above, and 0 where they are equal.
    Source: R. Koenker and G. Bassett, "Regression Quantiles", 1978.

    Parameters
    ----------
    output, targets, weights
        As for `mean_squared_error`.
    *quantiles : float, between 0 and 1
        q_k, one for each output.

    Returns
    -------
    loss, gradient
        As for `mean_squared_error`.
    """
    q = np.array(quantiles, output.dtype)
    below = targets.astype(output.dtype) - output
    slopes = np.where(below > 0, -q, np.where(below < 0, 1 - q, 0 * below))
    values = np.maximum(q * below, (q - 1) * below)
    return _mean_over_outputs(targets, values, slopes, weights)


def binary_cross_entropy(
    output: Array,
    targets: NDArray[Any],
    *positive_weights: float,
    weights: Array | None = None,
) -> tuple[float, Array]:
    """Return the cross-entropy of independent events, and its gradient.

    With p_k = 1 / (1 + exp(-y_k)), l = -1/K sum_k w_k t_k ln p_k + (1 - t_k) ln(1 -
    p_k); dl/dy_k = 1/K ((1 - t_k) p_k - w_k t_k (1 - p_k)), which is 1/K (p_k - t_k)
    where w_k = 1. Source: D. R. Cox, "The Regression Analysis of Binary Sequences",
    1958.

    Parameters
    ----------
    output, targets, weights
        As for `mean_squared_error`; y are logits, and t probabilities.
    *positive_weights : float, at least 0
        w_k, one for each output, or none: all of them 1.

    Returns
    -------
    loss, gradient
        As for `mean_squared_error`.
    """
    t = targets.astype(output.dtype)
    more = (np.array(positive_weights or 1, output.dtype) - 1) * t
    # (1 - t) y or -w t y, and no difference of large numbers.
    wrong = np.where(output > 0, (1 - t) * output, -(t + more) * output)
    values = wrong + (1 + more) * np.log1p(np.exp(-np.abs(output)))
    p = sigmoid(output)
    return _mean_over_outputs(targets, values, (p - t) - more * (1 - p), weights)


def poisson(
    output: Array, targets: NDArray[Any], *, weights: Array | None = None
) -> tuple[float, Array]:
    """Return -ln of the probability of counts, but for constants, and its gradient.

    Of a count t_k with mean exp(y_k) it is exp(y_k) - t_k y_k + ln t_k!, of which the
    last term is left out: l = 1/K sum_k exp(y_k) - t_k y_k, below 0 for large counts;
    dl/dy_k = 1/K (exp(y_k) - t_k). Source: J. A. Nelder and R. W. M. Wedderburn,
    "Generalized Linear Models", 1972.

    Parameters
    ----------
    output, targets, weights
        As for `mean_squared_error`; y are logarithms of means.

    Returns
    -------
    loss, gradient
        As for `mean_squared_error`.
    """
    t, mean = targets.astype(output.dtype), np.exp(output)
    return _mean_over_outputs(targets, mean - t * output, mean - t, weights)
