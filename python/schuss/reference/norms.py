"""The meaning of norms, and of what holds numbers within limits."""

import numpy as np

from schuss.reference.elementary import Array

__all__ = ["clip", "max_norm", "sum_of_squares"]


def sum_of_squares(x: Array) -> float:
    """Return the sum of all x^2, in float64.

    Parameters
    ----------
    x : ndarray, shape (rows, columns) or (columns,)

    Returns
    -------
    float
    """
    return float(np.sum(np.square(x, dtype=np.float64)))


def clip(x: Array, scale: float, limit: float) -> Array:
    """Return scale x, each number of it at most `limit` and at least -limit.

    By the scale min(1, limit / |x|) a gradient is clipped by its norm, by the limit it
    is by value. NaN stays NaN. Source: R. Pascanu, T. Mikolov and Y. Bengio, 2013.

    Parameters
    ----------
    x : ndarray, shape (rows, columns)
    scale : float
    limit : float, at least 0
        It may be infinite.

    Returns
    -------
    ndarray, shape (rows, columns)
        A new array.
    """
    kind = x.dtype.type
    return np.asarray(np.clip(kind(scale) * x, -kind(limit), kind(limit)))


def max_norm(x: Array, limit: float) -> Array:
    """Return x with each column that is longer than `limit` made as long as that.

    The columns of a layer's weights are what comes into each unit. A column whose norm
    is no finite number becomes NaN. Sources: N. Srebro and A. Shraibman, 2005;
    N. Srivastava et al., 2014.

    Parameters
    ----------
    x : ndarray, shape (rows, columns)
    limit : float, above 0

    Returns
    -------
    ndarray, shape (rows, columns)
        A new array.
    """
    kind = x.dtype.type
    squares = np.sum(np.square(x, dtype=np.float64), axis=0)
    return np.asarray(shrinking(np.sqrt(squares), float(kind(limit))).astype(kind) * x)


def shrinking(norm: Array, limit: float) -> Array:
    """Return what brings norms down to a limit, min(1, limit / norm).

    Parameters
    ----------
    norm : ndarray of float64
    limit : float, above 0

    Returns
    -------
    ndarray of float64
        NaN where a norm is no finite number.
    """
    return np.where(np.isfinite(norm), limit / np.maximum(norm, limit), np.nan)
