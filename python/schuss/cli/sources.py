"""Files with examples, each read as what a model takes."""

from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schuss.cli.csv_table import CsvTable, read_csv
from schuss.datasets.idx import read_idx

TABLES = (".csv", ".tsv", ".parquet")
INPUTS = "X"  # the array of an NPZ file


class Data(NamedTuple):
    """What a file has.

    Attributes
    ----------
    X : dict of str to ndarray, or ndarray of two dimensions
    y : ndarray or None
    """

    X: Any
    y: NDArray[Any] | None

    @property
    def is_table(self) -> bool:
        """Whether columns have names."""
        return isinstance(self.X, dict)


def read_examples(
    path: Path, target: str | None, categorical: Collection[str] = ()
) -> Data:
    """Read examples, and what is to be learned of them if a target is named.

    Parameters
    ----------
    path : Path
    target : str or None
        A column; of an NPZ file an array, and for IDX the file of labels.
    categorical : collection of str
        Columns that are read as texts.

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        If there is no such target, or the file is not what its name says.
    ImportError
        If the file is Parquet, and there is no pyarrow.
    OSError
        If it cannot be read.
    """
    if path.suffix in (".csv", ".tsv"):
        return _of_csv(read_csv(path), target, categorical)
    if path.suffix == ".parquet":
        return _of_parquet(path, target)
    if path.suffix == ".npz":
        return _of_npz(path, target)
    labels = None if target is None else read_idx(target)
    return Data(_flat(read_idx(path)), labels)


def read_inputs(path: Path, names: list[str] | None, numeric: set[str]) -> Any:
    """Read what a model predicts from: the columns that it knows, if it knows any.

    Parameters
    ----------
    path : Path
    names : list of str or None
        The model's columns.
    numeric : set of str
        Those of them that are numbers.

    Returns
    -------
    dict of str to ndarray, or ndarray of two dimensions

    Raises
    ------
    ValueError
        If a column is missing, or has a cell that is no number where it must be one.
    ImportError, OSError
        As for `read_examples`.
    """
    if path.suffix in (".csv", ".tsv"):
        table = read_csv(path)
        found = list(table.cells)
        known = names or found
        _check_columns(path, known, found)
        return {
            name: table.numbers(name) if name in numeric else table.texts(name)
            for name in known
        }
    X = read_examples(path, None).X
    if names and isinstance(X, dict):
        _check_columns(path, names, list(X))
        return {name: X[name] for name in names}
    return X


def _of_csv(table: CsvTable, target: str | None, categorical: Collection[str]) -> Data:
    names = list(table.cells)
    _check_columns(table.path, [*categorical, *([target] if target else [])], names)
    if target and (line := table.first_gap(target)) is not None:
        raise ValueError(
            f"{table.path}, line {line}: the target {target!r} is missing; fill it in, "
            "or remove the line."
        )
    columns = {
        name: table.texts(name) if name in categorical else table.column(name)
        for name in names
    }
    return _divided(table.path, columns, target)


def _of_parquet(path: Path, target: str | None) -> Data:
    try:
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        raise ImportError(
            'Parquet files are read by pyarrow; pip install "schuss[tables]".'
        ) from error
    try:
        table = parquet.read_table(path)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise ValueError(f"{path} is no Parquet file: {error}") from error
    columns = {name: table.column(name) for name in table.column_names}
    _check_columns(path, [target] if target else [], list(columns))
    if target and (gaps := columns[target].null_count):
        raise ValueError(
            f"{path}: the target {target!r} is missing in {gaps} rows; fill it in, or "
            "remove them."
        )
    if target:
        columns[target] = columns[target].to_numpy()
    return _divided(path, columns, target)


def _of_npz(path: Path, target: str | None) -> Data:
    try:
        arrays = np.load(path, allow_pickle=False)
        found = {name: arrays[name] for name in arrays.files}
    except (AttributeError, EOFError, ValueError) as error:
        raise ValueError(f"{path} is no NPZ file of numbers: {error}") from error
    wanted = [INPUTS, *([target] if target else [])]
    for name in wanted:
        if name not in found:
            has = ", ".join(map(repr, found))
            raise ValueError(f"{path} has no array {name!r}, but {has}; add it.")
    return Data(_flat(found[INPUTS]), found[target] if target else None)


def _divided(path: Path, columns: dict[str, Any], target: str | None) -> Data:
    y = columns.pop(target) if target else None
    if not columns:
        raise ValueError(
            f"{path} has no column but {target!r}; give others to learn from."
        )
    return Data(columns, y)


def _flat(array: NDArray[Any]) -> NDArray[Any]:
    return array.reshape(len(array), -1) if array.ndim > 2 else array


def _check_columns(path: Path, wanted: list[str], found: list[str]) -> None:
    for name in wanted:
        if name not in found:
            has = ", ".join(map(repr, found))
            raise ValueError(f"{path} has no column {name!r}, but {has}.")
