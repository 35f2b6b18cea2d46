"""Tables of every kind that people have them in, read column by column."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.examples import as_array
from schuss.preprocessing import cells
from schuss.preprocessing.arrow import (
    column_of_arrow,
    columns_of_arrow,
    is_arrow,
    table_of_arrow,
)
from schuss.preprocessing.table import Column, Table
from schuss.sparse import is_sparse


def is_frame(X: object) -> bool:
    """Return whether something is a table whose columns have names.

    Parameters
    ----------
    X : object
    """
    if type(X) is np.ndarray:
        return X.dtype.names is not None
    if is_sparse(X):  # of which some are mappings, of places
        return False
    if isinstance(X, Table | Mapping) or _is_pandas(X):
        return True
    if not is_arrow(X):
        return False
    # What is an array, too, and has no columns is a column itself.
    names = hasattr(X, "columns") or hasattr(X, "column_names")
    return names or not hasattr(X, "__array__")


def read_table(X: Any, name: str) -> Table:
    """Return a table with its columns decoded.

    pandas' columns are read as the NumPy arrays they are kept in, others through Arrow.

    Parameters
    ----------
    X : table
        A frame of pandas or polars, a table, record batch or stream of Arrow, a mapping
        of names to columns, a structured array, or an array of two dimensions, whose
        columns have no names.
    name : str
        What the argument is called in the message.

    Returns
    -------
    Table

    Raises
    ------
    ImportError
        If it takes pyarrow to read it, and there is none.
    TypeError, ValueError
        If it is no table, or a column is none.
    """
    if isinstance(X, Table):
        return X
    if isinstance(X, Mapping):
        return Table([read_column(str(key), own) for key, own in X.items()], name)
    if _is_pandas(X):
        columns = [
            _of_pandas(str(own), X.iloc[:, place])
            for place, own in enumerate(_flat_names(X, name))
        ]
        named = any(isinstance(own, str) for own in X.columns)
        return Table(columns, name, named=named)
    if is_frame(X) and is_arrow(X):
        if find_spec("pyarrow") is None and hasattr(X, "get_columns"):  # of polars
            return Table([read_column(own, X[own]) for own in X.columns], name)
        return Table(columns_of_arrow(name, X), name)
    if isinstance(X, np.ndarray) and X.dtype.names:
        return Table([read_column(own, X[own]) for own in X.dtype.names], name)
    return _of_matrix(X, name)


def kept(X: Any, name: str) -> Any:
    """Return a table that may be read twice, which a stream of Arrow may not.

    Parameters
    ----------
    X : array_like or table
    name : str
        What the argument is called in the message.

    Returns
    -------
    array_like or table

    Raises
    ------
    ImportError
        If it takes pyarrow to read it, and there is none.
    """
    if hasattr(X, "__array__") or not is_arrow(X):
        return X
    return table_of_arrow(name, X)


def names_of(X: Any) -> list[str] | None:
    """Return the names of a frame's columns, if all of them are strings.

    Parameters
    ----------
    X : array_like or table
        Of `kept`.
    """
    if not is_frame(X):
        return None
    if isinstance(X, Table):
        return X.names if X.named else None
    if isinstance(X, np.ndarray):
        return list(X.dtype.names or ())
    names = list(X if isinstance(X, Mapping) else _labels(X))
    return names if all(isinstance(own, str) for own in names) else None


def as_matrix(X: Any, name: str) -> NDArray[Any]:
    """Return a frame of numbers as an array, without a copy if it is kept as one.

    Parameters
    ----------
    X : table
    name : str
        What the argument is called in the message.

    Returns
    -------
    ndarray, shape (rows, columns)

    Raises
    ------
    ImportError, TypeError, ValueError
        As for `read_table`, or if there are categories.
    """
    if _is_pandas(X):
        plain = all(getattr(own, "kind", "O") in "iufb" for own in X.dtypes)
    else:
        plain = hasattr(X, "get_columns")  # polars
    if plain:
        array = as_array(X, name)
        if array.dtype.kind in "iufb":
            return array
    return read_table(X, name).matrix()


def read_column(name: str, values: Any) -> Column:
    """Return a column by itself.

    Parameters
    ----------
    name : str
    values : array_like, or a column of pandas, polars or Arrow, shape (rows,)

    Returns
    -------
    Column

    Raises
    ------
    ImportError, TypeError, ValueError
        As for `read_table`.
    """
    if hasattr(values, "iloc"):
        return _of_pandas(name, values)
    array = hasattr(values, "__array__")
    if is_arrow(values) and not (array and find_spec("pyarrow") is None):
        return column_of_arrow(name, values)
    if isinstance(values, np.ndarray):
        return cells.column_of(name, values)
    # NumPy would make strings of the numbers beside strings.
    return cells.column_of(name, np.asarray(values, None if array else object))


def _labels(X: Any) -> Any:
    """Return what a frame calls its columns."""
    return X.column_names if hasattr(X, "column_names") else X.columns


def _is_pandas(X: object) -> bool:
    return hasattr(X, "iloc") and hasattr(X, "columns")


def _flat_names(X: Any, name: str) -> list[Any]:
    """Return what pandas calls its columns, known to be no tuples."""
    names = list(X.columns)
    for own in names:
        if isinstance(own, tuple):
            raise ValueError(
                f"{name} has the column {own!r} of several levels; give columns with a "
                "name each."
            )
    return names


def _of_pandas(name: str, series: Any) -> Column:
    """Return a column of pandas: it may be categories, or an array of pandas' own."""
    dtype = series.dtype
    kind, missing = getattr(dtype, "kind", "O"), np.asarray(series.isna(), bool)
    if hasattr(dtype, "categories") and hasattr(series, "cat"):
        return _of_categories(name, series.cat)
    if kind in "Mm" or hasattr(dtype, "freq"):
        raise cells.refusal(name, cells.DATES, dtype)
    if kind in "iuf":
        return cells.numbers(name, series.to_numpy(np.float64, na_value=np.nan))
    if kind == "b" and not missing.any():
        return cells.column_of(name, series.to_numpy(bool))
    return cells.column_of(name, series.to_numpy(object), missing)


def _of_categories(name: str, accessor: Any) -> Column:
    places = np.asarray(accessor.codes, np.intp)
    categories = accessor.categories
    if not len(categories) or not (places >= 0).any():
        return cells.gaps(name, len(places))
    levels = _of_pandas(name, categories.to_series())
    if levels.kind == "numbers":
        known = np.append(levels.values, np.nan)[places]
        return cells.numbers(name, known, declared=True)
    places = np.append(levels.values, -1)[places]
    return Column(name, levels.kind, places, levels.levels, levels.kind == "strings")


def _of_matrix(X: Any, name: str) -> Table:
    if isinstance(X, list | tuple):
        X = np.array(X, object)
    array = as_array(X, name)
    if array.ndim != 2:
        what = f"shape {array.shape}" if array.ndim else f"type {type(X).__name__}"
        raise ValueError(
            f"{name} has {what}; give a frame of pandas, polars or Arrow, a dict of "
            "columns, or an array of two dimensions."
        )
    columns = (cells.column_of(str(n), own) for n, own in enumerate(array.T))
    return Table(columns, name, named=False)
