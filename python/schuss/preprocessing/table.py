"""A table whose columns are decoded, wherever it came from."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
    kind : "numbers", "strings", "truth values" or "gaps"
        What its cells are; "gaps" if all of them are missing.
    values : ndarray, shape (rows,)
        Of numbers these, in float64, NaN where one is missing; otherwise in intp the
        places of the cells in `levels`, and -1 where one is missing.
    levels : ndarray of str or bool
        Different ones, sorted; of numbers none.
    declared : bool
        Whether its owner calls the values categories.
    """

    name: str
    kind: str
    values: NDArray[Any]
    levels: NDArray[Any]
    declared: bool = False

    @property
    def missing(self) -> NDArray[np.bool]:
        """Which cells are."""
        return np.isnan(self.values) if self.kind == "numbers" else self.values < 0

    def coded(self) -> tuple[NDArray[np.intp], list[Any]]:
        """Return cells as places in a list of levels, -1 where one is missing.

        Returns
        -------
        places : ndarray of intp, shape (rows,)
        levels : list of str, bool or float
            Different ones, sorted.
        """
        if self.kind != "numbers":
            return self.values, self.levels.tolist()
        known = ~self.missing
        levels, places = np.unique(self.values[known], return_inverse=True)
        coded = np.full(len(self.values), -1)
        coded[known] = places
        return coded, levels.tolist()


class Table:
    """Columns of one length, each with a name of its own.

    Parameters
    ----------
    columns : iterable of Column
    name : str
        What the table is called in messages.
    named : bool
        Whether the names are the owner's, and not numbers of columns.

    Raises
    ------
    ValueError
        If there are no columns or no rows, lengths differ, or a name comes twice.
    """

    def __init__(
        self, columns: Iterable[Column], name: str, *, named: bool = True
    ) -> None:
        self.columns, self.name, self.named = tuple(columns), name, named
        self.names = [column.name for column in self.columns]
        lengths = [len(column.values) for column in self.columns]
        if not lengths or not lengths[0]:
            rows = f"{len(lengths)} columns and no rows" if lengths else "no columns"
            raise ValueError(f"{name} is empty: it has {rows}; give at least one.")
        for own, length in zip(self.names, lengths, strict=True):
            if length != lengths[0]:
                raise ValueError(
                    f"{name} has {lengths[0]} rows in column {self.names[0]!r} and "
                    f"{length} in column {own!r}; give columns of one length."
                )
        for place, own in enumerate(self.names):
            if own in self.names[:place]:
                raise ValueError(
                    f"{name} has two columns {own!r}; give each a name of its own."
                )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.columns[0].values)

    def __getitem__(self, rows: Any) -> "Table":
        """Return a table of some rows, as of an array."""
        columns = (replace(each, values=each.values[rows]) for each in self.columns)
        return Table(columns, self.name, named=self.named)

    def matrix(self) -> NDArray[np.float64]:
        """Return the cells as numbers, truth values as 0 and 1.

        Returns
        -------
        ndarray of float64, shape (rows, columns)
            NaN where a cell is missing.

        Raises
        ------
        TypeError
            If there are categories.
        """
        texts = [
            repr(each.name)
            for each in self.columns
            if each.kind == "strings" or each.declared
        ]
        if texts:
            few = ", ".join(texts[:5]) + (", ..." if len(texts) > 5 else "")
            raise TypeError(
                f"{self.name} has categories in {plural('column', texts)} {few}; give "
                "the model preprocessing=True, which makes numbers of them, or columns "
                "of numbers."
            )
        return np.stack(
            [np.where(each.missing, np.nan, each.values) for each in self.columns],
            axis=1,
            dtype=np.float64,
        )


def arranged(given: list[str], known: list[str], name: str) -> list[int] | None:
    """Return where the known columns are among the given ones.

    Parameters
    ----------
    given, known : list of str
    name : str
        What the table is called in the message.

    Returns
    -------
    list of int, or None
        None if they are in order.

    Raises
    ------
    ValueError
        If there are others, or some are missing.
    """
    if given == known:
        return None
    lacking = [each for each in known if each not in given]
    extra = [each for each in given if each not in known]
    if lacking or extra:
        parts = []
        for verb, names in (("lacks", lacking), ("has the unknown", extra)):
            if names:
                few = ", ".join(map(repr, names[:5])) + ", ..." * (len(names) > 5)
                parts.append(f"{verb} {plural('column', names)} {few}")
        raise ValueError(
            f"{name} {' and '.join(parts)}; give the {len(known)} columns of the "
            "fit, in any order."
        )
    return [given.index(each) for each in known]


def plural(noun: str, things: list[Any]) -> str:
    """Return a noun for so many things."""
    return noun + "s" * (len(things) > 1)
