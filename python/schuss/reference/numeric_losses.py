"""The meaning of losses that look at each output by itself."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.reference.elementary import Array
from schuss.reference.weighting import weighted

__all__ = ["mean_squared_error"]


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
