"""The meaning of weights: from the losses of rows to that of a batch."""

import numpy as np

from schuss.reference.elementary import Array

__all__: list[str] = []


def weighted(
    losses: Array, slopes: Array, weights: Array | None
) -> tuple[float, Array]:
    """Return 1/B sum_i w_i l_i of B rows, and its gradient by the outputs.

    Parameters
    ----------
    losses : ndarray, shape (batch,)
        l.
    slopes : ndarray, shape (batch, outputs)
        Of each row's loss by its outputs.
    weights : ndarray, shape (batch,), or None
        w; None: all of them 1.

    Returns
    -------
    loss : float
        0 for an empty batch.
    gradient : ndarray, shape (batch, outputs)
    """
    if len(losses) == 0:
        return 0.0, slopes
    if weights is not None:
        own = weights.astype(losses.dtype)
        losses, slopes = losses * own, slopes * own[:, None]
    mean = float(np.mean(losses, dtype=np.float64))
    return mean, np.asarray(slopes / slopes.dtype.type(len(losses)))
