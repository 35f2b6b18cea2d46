"""The meaning of the rectifier whose slope below 0 is learned."""

import numpy as np

from schuss.reference.elementary import Array

__all__ = ["prelu", "prelu_backward"]


def prelu(x: Array, slopes: Array) -> Array:
    """Return x where it is not below 0, and slope x elsewhere.

    Source: K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", 2015.

    Parameters
    ----------
    x : ndarray, shape (rows, columns)
    slopes : ndarray, shape (columns,)

    Returns
    -------
    ndarray, shape (rows, columns)
    """
    return np.where(x < 0, slopes * x, x)


def prelu_backward(x: Array, slopes: Array, d_y: Array) -> Array:
    """Return dL/dx: dL/dy where x is above 0, and slope dL/dy elsewhere.

    dL/dslope is the `column_product_sum` of min(x, 0) and dL/dy.

    Parameters
    ----------
    x : ndarray, shape (rows, columns)
    slopes : ndarray, shape (columns,)
    d_y : ndarray, shape (rows, columns)

    Returns
    -------
    ndarray, shape (rows, columns)
    """
    return np.where(x > 0, d_y, slopes * d_y)
