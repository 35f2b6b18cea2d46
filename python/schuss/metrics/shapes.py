"""The truth beside predictions, row by row."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def alike(y: ArrayLike, predicted: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return both as arrays that are known to have one shape, and not to be empty.

    Parameters
    ----------
    y, predicted : array_like

    Returns
    -------
    pair of ndarray

    Raises
    ------
    ValueError
        If they are not alike.
    """
    truth, given = np.asarray(y), np.asarray(predicted)
    if truth.shape != given.shape or truth.size == 0:
        raise ValueError(
            f"y has shape {truth.shape} and the predictions {given.shape}; give both "
            "the same shape, with at least one row."
        )
    return truth, given
