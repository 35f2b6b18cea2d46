"""Columns of Arrow, in whose form pandas' rivals hand their tables on.

Whoever follows the Arrow PyCapsule protocol is understood: pyarrow imports what
``__arrow_c_stream__`` or ``__arrow_c_array__`` export, without a copy.
"""

from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.preprocessing import cells
from schuss.preprocessing.table import Column


def is_arrow(values: object) -> bool:
    """Return whether something follows the protocol.

    Parameters
    ----------
    values : object
    """
    return hasattr(values, "__arrow_c_stream__") or hasattr(values, "__arrow_c_array__")


def pyarrow(name: str, values: object) -> Any:
    """Import it.

    Parameters
    ----------
    name : str
        What `values` are called in the message.
    values : object
        What it is imported for.

    Raises
    ------
    ImportError
        If there is none.
    """
    try:
        import_module("pyarrow.compute")
        return import_module("pyarrow")
    except ImportError as error:
        kind = type(values)
        raise ImportError(
            f"{name} is a {kind.__module__.split('.')[0]} {kind.__name__}, which is "
            'read through Arrow, and there is no pyarrow; pip install "schuss[tables]".'
        ) from error


def table_of_arrow(name: str, values: Any) -> Any:
    """Return a table of pyarrow, which keeps what it is made of and copies nothing.

    Parameters
    ----------
    name : str
        What the table is called in messages.
    values : object with ``__arrow_c_stream__`` or ``__arrow_c_array__``

    Returns
    -------
    pyarrow.Table

    Raises
    ------
    ImportError
        If there is no pyarrow.
    TypeError
        If what they export is a column, and no table.
    """
    pa = pyarrow(name, values)
    try:
        return pa.table(values)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name} is a {type(values).__name__}, and no table ({error}); give one "
            "with a column for each input."
        ) from error


def columns_of_arrow(name: str, values: Any) -> list[Column]:
    """Return the columns of a table, a record batch, or a stream of them.

    Parameters
    ----------
    name : str
        What the table is called in messages.
    values : object with ``__arrow_c_stream__`` or ``__arrow_c_array__``

    Returns
    -------
    list of Column

    Raises
    ------
    ImportError
        If there is no pyarrow.
    TypeError, ValueError
        As for `column_of_arrow`.
    """
    table = table_of_arrow(name, values)
    pairs = zip(table.column_names, table.columns, strict=True)
    return [column_of_arrow(own, column) for own, column in pairs]


def column_of_arrow(name: str, values: Any) -> Column:
    """Return a column of an array of Arrow.

    Parameters
    ----------
    name : str
    values : object with ``__arrow_c_stream__`` or ``__arrow_c_array__``

    Returns
    -------
    Column

    Raises
    ------
    ImportError
        If there is no pyarrow.
    TypeError
        If cells are dates, nested or bytes.
    """
    pa = pyarrow(f"column {name!r}", values)
    values = _chunked(pa, values)
    kind, types = values.type, pa.types
    _check_type(types, name, kind)
    if types.is_null(kind):
        return cells.gaps(name, len(values))
    if types.is_boolean(kind):
        known = values.cast(pa.int8()).fill_null(-1)
        return cells.truth_values(name, known.to_numpy().astype(np.intp))
    if types.is_dictionary(kind):
        if _are_strings(types, kind.value_type):
            return _of_strings(name, values, declared=True)
        levels = column_of_arrow(name, values.cast(kind.value_type))
        return replace(levels, declared=levels.kind == "numbers")
    if _are_strings(types, kind):
        if types.is_string_view(kind):  # which Arrow cannot code by itself
            values = values.cast(pa.large_string())
        return _of_strings(name, values.dictionary_encode(), declared=False)
    # A copy, since what Arrow holds is not to be written to.
    values = np.array(values.cast(pa.float64(), safe=False).to_numpy(), np.float64)
    return cells.numbers(name, values)


def array_of_arrow(name: str, values: Any) -> NDArray[Any]:
    """Return what Arrow holds as an array of NumPy, categories as what they stand for.

    Parameters
    ----------
    name : str
        What it is called in messages.
    values : object with ``__arrow_c_stream__`` or ``__arrow_c_array__``

    Returns
    -------
    ndarray, shape (rows,), or (rows, columns) of a table that has several

    Raises
    ------
    ImportError
        If there is no pyarrow.
    """
    pa = pyarrow(name, values)
    if isinstance(values, pa.Table | pa.RecordBatch):
        arrays = [array_of_arrow(name, column) for column in values.columns]
        return arrays[0] if len(arrays) == 1 else np.stack(arrays, axis=1)
    column = _chunked(pa, values)
    if pa.types.is_dictionary(column.type):
        if not _are_strings(pa.types, column.type.value_type):
            return array_of_arrow(name, column.cast(column.type.value_type))
        places, levels = _coded(column)
        return np.array([*levels, None], object)[places]
    return np.asarray(column.to_numpy())


def _chunked(pa: Any, values: Any) -> Any:
    if isinstance(values, pa.ChunkedArray):
        return values
    streams = hasattr(values, "__arrow_c_stream__")
    return pa.chunked_array(values if streams else [pa.array(values)])


def _are_strings(types: Any, kind: Any) -> bool:
    each = (types.is_string, types.is_large_string, types.is_string_view)
    return any(question(kind) for question in each)


def _coded(values: Any) -> tuple[NDArray[np.intp], list[Any]]:
    """Return places among levels, which may come twice, and -1 where one is missing."""
    places, levels = [np.zeros(0, np.intp)], list[Any]()
    for chunk in values.chunks:
        indices = chunk.indices.cast("int64").fill_null(-1)
        own = indices.to_numpy(zero_copy_only=False)
        places.append(np.where(own < 0, -1, own + len(levels)))
        levels += chunk.dictionary.to_pylist()
    return np.concatenate(places), levels


def _of_strings(name: str, values: Any, declared: bool) -> Column:
    """Return a column of strings that are coded."""
    places, levels = _coded(values)
    known = np.array([level is not None for level in levels] + [False])
    if not known[places].any():
        return cells.gaps(name, len(places))
    return cells.strings(name, places, levels, declared)


def _check_type(types: Any, name: str, kind: Any) -> None:
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_temporal(kind):
        raise cells.refusal(name, cells.DATES, kind)
    if types.is_nested(kind):
        raise cells.refusal(name, cells.NESTED, kind)
    numeric = (types.is_integer, types.is_floating, types.is_decimal)
    others = (types.is_boolean, types.is_null)
    known = any(each(kind) for each in (*numeric, *others))
    if not known and not _are_strings(types, kind):
        raise cells.refusal(name, cells.BYTES, kind)
