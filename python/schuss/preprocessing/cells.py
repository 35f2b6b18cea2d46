"""The cells of one column, from a NumPy array or from Python's objects."""

from collections.abc import Sequence
from decimal import Decimal
from numbers import Complex, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.preprocessing.table import Column

NOTHING: NDArray[Any] = np.zeros(0)
# What cannot be a column, and what its owner can do about it.
DATES = (
    "dates or times",
    "give numbers that tell what matters of them, as the year, the hour of the day or "
    "the days since some day, or leave it out",
)
NESTED = (
    "lists or structures",
    "give a column for each of their parts, or leave it out",
)
BYTES = ("bytes", "give strings or numbers, or leave it out")
COMPLEX = ("complex numbers", "give two columns of real ones, or leave it out")
REFUSED = {"M": DATES, "m": DATES, "V": NESTED, "S": BYTES, "c": COMPLEX}
DATE_TYPES = {"date", "datetime", "time", "timedelta", "Timestamp", "Timedelta"}
DATE_TYPES |= {"datetime64", "timedelta64", "Period", "Interval", "NaTType"}


def refusal(name: str, reason: tuple[str, str], told: object) -> TypeError:
    """Return the error for a column that cannot be one.

    Parameters
    ----------
    name : str
        Of the column.
    reason : tuple of str
        What its cells are, and what to do.
    told : object
        Their type, as its owner calls it.
    """
    what, way = reason
    return TypeError(f"column {name!r} has {what} ({told}); {way}.")


def column_of(
    name: str, cells: NDArray[Any], missing: NDArray[np.bool] | None = None
) -> Column:
    """Return a column of an array.

    Parameters
    ----------
    name : str
    cells : ndarray, shape (rows,)
        Of numbers, truth values or strings, or of Python's objects.
    missing : ndarray of bool, shape (rows,), optional
        Which cells are, beside None and NaN.

    Returns
    -------
    Column

    Raises
    ------
    TypeError
        If cells are dates, nested, complex, bytes, or of several kinds.
    ValueError
        If there is more than one dimension.
    """
    if cells.ndim != 1:
        raise ValueError(
            f"column {name!r} has shape {cells.shape}; give a cell for each row."
        )
    if isinstance(cells, np.ma.MaskedArray):
        missing, cells = np.ma.getmaskarray(cells), cells.data
    kind = cells.dtype.kind
    if kind in REFUSED:
        raise refusal(name, REFUSED[kind], cells.dtype)
    if kind in "iuf":
        values = cells.astype(np.float64, copy=missing is not None)
        if missing is not None:
            values[missing] = np.nan
        return numbers(name, values)
    if kind == "b":
        places = cells.astype(np.intp)
        if missing is not None:
            places[missing] = -1
        return truth_values(name, places)
    return _of_objects(name, cells.astype(object), missing)


def numbers(name: str, values: NDArray[np.float64], declared: bool = False) -> Column:
    """Return a column of numbers, NaN where one is missing.

    Raises
    ------
    ValueError
        If one is infinite.
    """
    infinite = np.isinf(values)
    if infinite.any():
        row = int(infinite.argmax())
        raise ValueError(
            f"column {name!r} is infinite in row {row}; give finite numbers, or NaN "
            "where there is none."
        )
    return Column(name, "numbers", values, NOTHING, declared)


def truth_values(name: str, places: NDArray[np.intp]) -> Column:
    """Return a column of 0, 1 and, where one is missing, -1."""
    return Column(name, "truth values", places, np.array([False, True]))


def gaps(name: str, rows: int) -> Column:
    """Return a column of which all cells are missing."""
    return Column(name, "gaps", np.full(rows, -1), NOTHING)


def strings(
    name: str,
    places: NDArray[np.intp],
    levels: Sequence[str | None],
    declared: bool = False,
) -> Column:
    """Return a column of strings, of places among levels that may come twice.

    A level that is None is missing, as is what is at the place -1.
    """
    order = sorted({level for level in levels if level is not None})
    index: dict[str | None, int] = {level: n for n, level in enumerate(order)}
    moved = np.array([*(index.get(level, -1) for level in levels), -1])
    return Column(name, "strings", moved[places], np.array(order, object), declared)


def _of_objects(
    name: str, cells: NDArray[Any], missing: NDArray[np.bool] | None
) -> Column:
    """Return a column of Python's objects."""
    if missing is None:
        missing = np.zeros(len(cells), bool)
    missing = missing | np.array([_is_gap(cell) for cell in cells], bool)
    known = cells[~missing].tolist()
    if not known:
        return gaps(name, len(cells))
    kinds = {type(cell) for cell in known}
    if all(issubclass(kind, str) for kind in kinds):
        levels = sorted(map(str, set(known)))
        index = {level: place for place, level in enumerate(levels)}
        places = np.full(len(cells), -1)
        places[~missing] = [index[cell] for cell in known]
        return strings(name, places, levels)
    truths = [issubclass(kind, bool | np.bool) for kind in kinds]
    if all(truths):
        places = np.full(len(cells), -1)
        places[~missing] = known
        return truth_values(name, places)
    if not any(truths) and all(issubclass(kind, Real | Decimal) for kind in kinds):
        values = np.full(len(cells), np.nan)
        values[~missing] = [float(cell) for cell in known]
        return numbers(name, values)
    raise _refused_objects(name, kinds)


def _refused_objects(name: str, kinds: set[type]) -> TypeError:
    names = sorted(kind.__name__ for kind in kinds)
    told = ", ".join(names)
    if DATE_TYPES & set(names):
        return refusal(name, DATES, told)
    if any(hasattr(kind, "__iter__") and kind not in (str, bytes) for kind in kinds):
        return refusal(name, NESTED, told)
    if bytes in kinds:
        return refusal(name, BYTES, told)
    if any(issubclass(kind, Complex) and not issubclass(kind, Real) for kind in kinds):
        return refusal(name, COMPLEX, told)
    return TypeError(
        f"column {name!r} has cells of type {told}; give numbers, strings or truth "
        "values, one kind of them in a column."
    )


def _is_gap(cell: object) -> bool:
    if cell is None:
        return True
    return isinstance(cell, float | np.floating) and cell != cell
