"""What a user gives for X and y, as arrays that both engines take."""

import math
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.engines import check_table
from schuss.labels import numbered
from schuss.losses import Loss
from schuss.sparse import as_sparse, is_sparse

# Rows of a distribution may miss 1 by what rounding to float16 does to a thousand
# classes, not by a forgotten normalisation.
_SUM_TOLERANCE = 1e-2


class Examples(NamedTuple):
    """A set of examples, as both engines take it.

    Attributes
    ----------
    name : str
        What a validation set's values in the history begin with.
    X, targets : ndarray
    weights : ndarray of float64, shape (rows,), or None
        None if all of them are 1.
    """

    name: str
    X: NDArray[Any]
    targets: NDArray[Any]
    weights: NDArray[np.float64] | None = None


def as_array(values: ArrayLike, name: str) -> NDArray[Any]:
    """Return `values` as an array, without a copy if it is one.

    Parameters
    ----------
    values : array_like
    name : str
        What the argument is called in the message.

    Returns
    -------
    ndarray

    Raises
    ------
    TypeError
        If it is one of SciPy's sparse arrays, which NumPy takes for a single object.
    ValueError
        If rows differ in length, or values are masked.
    """
    if is_sparse(values):
        raise TypeError(
            f"{name} is sparse, and is to be an ordinary array here; give "
            f"{name}.toarray()."
        )
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ValueError(f"{name} has masked values; fill or remove them first.")
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ValueError(
            f"{name} is no rectangular array ({error}); give rows of one length."
        ) from error


def as_examples(X: ArrayLike, name: str, columns: int, dtype: str) -> NDArray[Any]:
    """Return X as an array that is known to be a table of finite numbers.

    Parameters
    ----------
    X : array_like or SciPy's sparse array, shape (rows, columns)
    name : str
        What the argument is called in the message.
    columns : int
        How many it must have; 0 for any number.
    dtype : str
        The precision in which its numbers must be finite.

    Returns
    -------
    ndarray, shape (rows, columns), of the dtype it had, or SparseTable

    Raises
    ------
    TypeError, ValueError
        If it is not one.
    """
    if is_sparse(X):  # a SparseTable does all that is asked of an array of examples
        return cast("NDArray[Any]", as_sparse(X, name, columns, dtype))
    array = as_array(X, name)
    check_table(array, name, columns, dtype)
    return array


def as_targets(
    y: ArrayLike,
    name: str,
    rows: int,
    outputs: int,
    loss: Loss,
    dtype: str,
    classes: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Return y as int32 labels, or as a table with a row of numbers per example.

    Parameters
    ----------
    y : array_like, shape (rows,) or (rows, outputs)
    name : str
        What the argument is called in the message.
    rows : int
        Of X.
    outputs : int
        Of the model.
    loss : Loss
    dtype : str
        The precision in which numbers must be finite.
    classes : ndarray or None
        Labels of the outputs, if they are other than 0, 1, ...

    Returns
    -------
    ndarray of int32, shape (rows,), or of any dtype, shape (rows, outputs)

    Raises
    ------
    TypeError
        If labels are of another kind than the classes, or where numbers should be.
    ValueError
        If shapes do not fit, or a label or a distribution is none.
    """
    array = as_array(y, name)
    if array.ndim == 0 or len(array) != rows:
        raise ValueError(
            f"X has {rows} rows but {name} has shape {array.shape}; give one target "
            "per row."
        )
    if loss.takes == "labels" and array.ndim != 1:
        raise ValueError(
            f"{name} has shape {array.shape}, and the loss {loss.name!r} takes class "
            "labels; give one per row."
        )
    if loss.takes != "numbers" and array.ndim == 1:
        return numbered(array, name, outputs, classes)
    _check_no_text(array, name, loss)
    table = array[:, None] if array.ndim == 1 else array
    columns = loss.columns(outputs)
    if table.ndim != 2 or table.shape[1] != columns:
        labels = loss.takes != "numbers" and table.shape[1:] == (1,)
        hint = " (use y.ravel() for labels)" if labels else ""
        raise ValueError(
            f"{name} has shape {array.shape} but the model has {outputs} outputs; "
            f"give shape ({rows}, {columns}){hint}."
        )
    if loss.masks and table.dtype.kind == "f":
        check_table(np.where(np.isnan(table), 0, table), name, columns, dtype)
    else:
        check_table(table, name, columns, dtype)
    if loss.takes == "classes":
        _check_distributions(table, name)
    _check_range(table, name, loss)
    return np.broadcast_to(table, (rows, outputs))


def _check_range(array: NDArray[Any], name: str, loss: Loss) -> None:
    if loss.lowest == -math.inf:
        return
    wrong = (array < loss.lowest) | (array > loss.highest)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        limits = f"at least {loss.lowest}"
        if loss.highest < math.inf:
            limits = f"{loss.lowest} to {loss.highest}"
        raise ValueError(
            f"{name}[{row}, {column}] is {array[row, column]}, and the loss "
            f"{loss.name!r} takes numbers of {limits}; give such numbers."
        )


def _check_no_text(array: NDArray[Any], name: str, loss: Loss) -> None:
    text = array.dtype.kind in "UT"
    if text or any(isinstance(each, str) for each in array.flat[:1]):
        raise TypeError(
            f"{name} has strings, and the loss {loss.name!r} takes numbers here; give "
            "numbers, or for labels of classes another loss, as the default is, with "
            "one label per row."
        )


def _check_distributions(array: NDArray[Any], name: str) -> None:
    sums: NDArray[np.float64] = np.sum(array, axis=1, dtype=np.float64)
    wrong = (np.abs(sums - 1) > _SUM_TOLERANCE) | (array < 0).any(axis=1)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"row {row} of {name} is no distribution (its sum is {sums[row]:.6g}); "
            "give labels, or rows of numbers from 0 to 1 that sum to 1."
        )
