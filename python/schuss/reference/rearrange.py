"""The meaning of the kernels that move numbers or add them, and of the one to time."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from schuss.reference.elementary import Array

__all__ = [
    "add",
    "column_sum",
    "first_nonfinite",
    "gather",
    "interleave",
    "multiply_add",
    "transpose",
]


def gather(
    source: NDArray[Any],
    index: NDArray[np.int64],
    scale: float = 1.0,
    offset: float = 0.0,
    dtype: DTypeLike = "float32",
) -> Array:
    """Return scale * source[index] + offset, converted to `dtype` first.

    Parameters
    ----------
    source : ndarray of any numeric dtype, strides and byte order, shape (rows, columns)
    index : ndarray of int64, shape (batch,)
        Row numbers, in any order, repeated or not.
    scale, offset : float
    dtype : "float32" or "float64"

    Returns
    -------
    ndarray of `dtype`, shape (batch, columns)
    """
    kind: Any = np.dtype(dtype).type
    with np.errstate(over="ignore", invalid="ignore"):
        rows: Array = source[index].astype(kind) * kind(scale) + kind(offset)
    return rows


def transpose(x: Array) -> Array:
    """Return y with y_ji = x_ij.

    Parameters
    ----------
    x : ndarray, shape (rows, columns)

    Returns
    -------
    ndarray, shape (columns, rows)
    """
    return np.ascontiguousarray(x.T)


def interleave(a: Array, tile_rows: int = 12) -> Array:
    """Return the rows of A in as few even groups as can be, each group transposed.

    Parameters
    ----------
    a : ndarray, shape (rows, columns)
    tile_rows : int, at least 1
        Rows of the largest group; the larger groups come first. 12 with AVX-512.

    Returns
    -------
    ndarray, shape (rows * columns,)
    """
    groups = max(1, -(-len(a) // tile_rows))
    return np.concatenate([group.T.ravel() for group in np.array_split(a, groups)])


def column_sum(x: Array) -> Array:
    """Return the sum over the rows of every column.

    Parameters
    ----------
    x : ndarray, shape (rows, columns)

    Returns
    -------
    ndarray, shape (columns,)
    """
    return np.asarray(np.sum(x, axis=0))


def first_nonfinite(x: Array) -> int:
    """Return the position of the first infinity or NaN, or the size if all is finite.

    Parameters
    ----------
    x : ndarray, any shape
        Read in C order.

    Returns
    -------
    int
    """
    bad = np.flatnonzero(~np.isfinite(x))
    return int(bad[0]) if bad.size else x.size


def add(a: Array, b: Array) -> Array:
    """Return a + b.

    Parameters
    ----------
    a, b : ndarray, of one shape

    Returns
    -------
    ndarray of that shape
    """
    return np.asarray(a + b)


def multiply_add(x: Array, scale: float, offset: float, repeats: int) -> Array:
    """Return x after y <- scale y + offset, `repeats` times.

    What it computes is not the point: it is as fast as an instruction set multiplies
    and adds, which is what the time of other kernels is compared with.

    Parameters
    ----------
    x : ndarray of any shape
    scale, offset : float
    repeats : int, at least 0

    Returns
    -------
    ndarray of that shape
    """
    y = x.copy()
    for _ in range(repeats):
        y = y * x.dtype.type(scale) + x.dtype.type(offset)
    return y
