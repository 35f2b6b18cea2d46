"""How near predicted numbers are."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.metrics.shapes import alike


def mean_squared_error(y: ArrayLike, predicted: ArrayLike) -> float:
    """Return mean((predicted - y)^2) over rows and outputs.

    Parameters
    ----------
    y, predicted : array_like, shape (rows,) or (rows, outputs)

    Returns
    -------
    float, at least 0

    Raises
    ------
    ValueError
        If shapes differ.
    """
    return float(np.mean(np.square(_distances(y, predicted))))


def mean_absolute_error(y: ArrayLike, predicted: ArrayLike) -> float:
    """Return mean(|predicted - y|) over rows and outputs.

    Parameters
    ----------
    y, predicted : array_like, shape (rows,) or (rows, outputs)

    Returns
    -------
    float, at least 0

    Raises
    ------
    ValueError
        If shapes differ.
    """
    return float(np.mean(np.abs(_distances(y, predicted))))


def r2(y: ArrayLike, predicted: ArrayLike) -> float:
    """Return the coefficient of determination, 1 - sum (y - p)^2 / sum (y - mean y)^2.

    With several outputs, the mean of theirs. Source: S. Wright, 1921.

    Parameters
    ----------
    y, predicted : array_like, shape (rows,) or (rows, outputs)

    Returns
    -------
    float, at most 1
        Of an output whose y is constant: 1 if all of it is predicted, and 0 if not.
        NaN for a single row.

    Raises
    ------
    ValueError
        If shapes differ.
    """
    truth = np.asarray(y, np.float64)
    if len(truth) < 2:
        return float("nan")
    left = np.sum(np.square(_distances(y, predicted)), axis=0)
    spread = np.sum(np.square(truth - truth.mean(axis=0)), axis=0)
    constant = spread == 0
    share = np.where(constant, left != 0, left / np.where(constant, 1, spread))
    return float(np.mean(1 - share))


def _distances(y: ArrayLike, predicted: ArrayLike) -> NDArray[np.float64]:
    truth, given = alike(y, predicted)
    return given.astype(np.float64) - truth.astype(np.float64)
