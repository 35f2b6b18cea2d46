"""The meaning of normalization: mean 0 and variance 1, of rows or of columns."""

from collections.abc import Iterator

import numpy as np

from schuss.reference.elementary import Array

__all__ = [
    "batch_norm",
    "batch_norm_backward",
    "column_moments",
    "column_product_sum",
    "layer_norm",
    "layer_norm_backward",
]


def column_moments(x: Array) -> tuple[Array, Array]:
    """Return the mean of every column and its variance, sum (x - mean)^2 / rows.

    Parameters
    ----------
    x : ndarray, shape (rows, columns), at least one row

    Returns
    -------
    mean, variance : ndarray, shape (columns,)
    """
    mean = np.mean(x, axis=0)
    return mean, np.mean(np.square(x - mean), axis=0)


def column_product_sum(a: Array, b: Array) -> Array:
    """Return sum_i a_ij b_ij of every column j.

    Parameters
    ----------
    a, b : ndarray, shape (rows, columns)

    Returns
    -------
    ndarray, shape (columns,)
    """
    return np.asarray(np.sum(a * b, axis=0))


def layer_norm(
    x: Array, gain: Array, shift: Array, epsilon: float
) -> tuple[Array, Array, Array]:
    """Return y = gain z + shift, where every row of z has mean 0 and variance 1.

    z = (x - mean) / sqrt(variance + epsilon), with mean and variance of the row.
    Source: J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", 2016.

    Parameters
    ----------
    x : ndarray, shape (rows, columns)
    gain, shift : ndarray, shape (columns,)
    epsilon : float, above 0

    Returns
    -------
    y, z : ndarray, shape (rows, columns)
    inverse : ndarray, shape (rows,)
        1 / sqrt(variance + epsilon).
    """
    mean = np.mean(x, axis=1, keepdims=True)
    variance = np.mean(np.square(x - mean), axis=1)
    inverse = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    z = (x - mean) * inverse[:, None]
    return gain * z + shift, z, inverse


def layer_norm_backward(
    gain: Array, normalized: Array, inverse: Array, d_y: Array
) -> Array:
    """Return dL/dx of `layer_norm`.

    With g = gain dL/dy, mean and variance give it two terms beside the direct one:
    inverse (g - mean(g) - z mean(g z)), means being those of a row. dL/dgain is the
    `column_product_sum` of z and dL/dy, dL/dshift the column sum of dL/dy.

    Parameters
    ----------
    gain : ndarray, shape (columns,)
    normalized : ndarray, shape (rows, columns)
        z.
    inverse : ndarray, shape (rows,)
    d_y : ndarray, shape (rows, columns)

    Returns
    -------
    ndarray, shape (rows, columns)
    """
    g = gain * d_y
    mean = np.mean(g, axis=1, keepdims=True)
    along = np.mean(g * normalized, axis=1, keepdims=True)
    return np.asarray(inverse[:, None] * (g - mean - along * normalized))


def batch_norm(
    x: Array, mean: Array, inverse: Array, gain: Array, shift: Array
) -> tuple[Array, Array]:
    """Return y = gain z + shift with z = (x - mean) inverse, column by column.

    With mean and variance of a column over the batch, inverse = 1 / sqrt(variance +
    epsilon); in a prediction, with those of many batches. Source: S. Ioffe and
    C. Szegedy, "Batch normalization", 2015.

    Parameters
    ----------
    x : ndarray, shape (rows, columns)
    mean, inverse, gain, shift : ndarray, shape (columns,)

    Returns
    -------
    y, z : ndarray, shape (rows, columns)
    """
    z = (x - mean) * inverse
    return gain * z + shift, z


def batch_norm_backward(
    gain: Array,
    inverse: Array,
    normalized: Array,
    d_y: Array,
    d_gain: Array,
    d_shift: Array,
) -> Array:
    """Return dL/dx of `batch_norm`, where mean and inverse are those of x itself.

    gain inverse (dL/dy - (dL/dshift + z dL/dgain) / rows): as `layer_norm_backward`,
    the other way around.

    Parameters
    ----------
    gain, inverse : ndarray, shape (columns,)
    normalized : ndarray, shape (rows, columns)
        z.
    d_y : ndarray, shape (rows, columns)
    d_gain, d_shift : ndarray, shape (columns,)
        The column sums of z dL/dy and of dL/dy.

    Returns
    -------
    ndarray, shape (rows, columns)
    """
    mean = (d_shift + normalized * d_gain) / len(d_y)
    return np.asarray(gain * inverse * (d_y - mean))


def parts(rows: int, most: int = 512) -> Iterator[slice]:
    """Yield the equal parts of at most `most` rows that a batch is normalized in.

    Parameters
    ----------
    rows : int
    most : int

    Yields
    ------
    slice
    """
    count = -(-rows // most)
    for part in range(count):
        yield slice(rows * part // count, rows * (part + 1) // count)
