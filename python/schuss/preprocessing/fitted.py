"""What a preprocessor has learned, and its form as JSON and arrays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.preprocessing.categories import Categorical
from schuss.preprocessing.numeric import Numeric
from schuss.preprocessing.table import Column, Table, arranged

# The arrays, with a number for each numeric column in order.
ARRAYS = ("center", "scale", "median")
KINDS: dict[str, type] = {"strings": str, "truth values": bool, "numbers": float}


@dataclass(frozen=True)
class Fitted:
    """The columns of a table that has been looked at.

    Parameters
    ----------
    columns : tuple of Numeric or Categorical
    named : bool
        Whether they have names, by which they are found again; otherwise they come in
        order.
    """

    columns: tuple[Numeric | Categorical, ...]
    named: bool

    @property
    def names(self) -> list[str]:
        """Of the columns."""
        return [column.name for column in self.columns]

    @property
    def outputs(self) -> list[str]:
        """The names of the columns of the output."""
        return [name for column in self.columns for name in column.outputs]

    def matched(self, table: Table) -> list[Column]:
        """Return the columns of a table in the order of those that were looked at.

        Parameters
        ----------
        table : Table

        Returns
        -------
        list of Column

        Raises
        ------
        TypeError
            If a column has cells of another kind.
        ValueError
            If columns are missing, or there are others.
        """
        given = list(table.columns)
        if self.named and table.named:
            order = arranged(table.names, self.names, table.name)
            given = given if order is None else [given[place] for place in order]
        elif len(given) != len(self.columns):
            raise ValueError(
                f"{table.name} has {len(given)} columns; expected {len(self.columns)}."
            )
        for column, known in zip(given, self.columns, strict=True):
            if column.kind not in (known.kind, "gaps"):
                raise TypeError(
                    f"column {known.name!r} of {table.name} has {column.kind}, and in "
                    f"the fit it had {known.kind}; give these."
                )
        return given

    def state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Return what JSON can tell, and the arrays.

        Returns
        -------
        description : dict
        arrays : dict of str to ndarray of float64
        """
        columns = []
        for each in self.columns:
            about: dict[str, Any] = {"name": each.name, "gaps": each.gaps}
            if isinstance(each, Categorical):
                own = {"kind": each.kind, "categories": list(each.categories)}
                about |= own | {"others": each.others}
            columns.append(about)
        numeric = [each for each in self.columns if isinstance(each, Numeric)]
        arrays = {
            key: np.array([getattr(each, key) for each in numeric], np.float64)
            for key in ARRAYS
        }
        return {"named": self.named, "columns": columns}, arrays

    @classmethod
    def from_state(
        cls, description: Mapping[str, Any], arrays: Mapping[str, ArrayLike]
    ) -> Self:
        """Return what `state` described.

        Raises
        ------
        ValueError
            If it is not of that form.
        """
        about = _of_type(description, "columns", list)
        numeric = [each for each in about if "categories" not in _mapping(each)]
        numbers = iter(_rows_of(arrays, len(numeric)))
        columns: list[Numeric | Categorical] = []
        for each in about:
            name, gaps = _of_type(each, "name", str), _of_type(each, "gaps", bool)
            if "categories" in each:
                columns.append(_categorical(each, name, gaps))
            else:
                center, scale, median = next(numbers)
                columns.append(Numeric(name, center, scale, median, gaps))
        names = [column.name for column in columns]
        if not names or len(set(names)) < len(names):
            raise damaged(f"its columns are called {names}")
        return cls(tuple(columns), _of_type(description, "named", bool))


def damaged(how: str) -> ValueError:
    """Return the error for a state that is none.

    Parameters
    ----------
    how : str
    """
    return ValueError(
        f"the state of a TabularPreprocessor is damaged: {how}; save it anew."
    )


def _mapping(each: Any) -> Mapping[str, Any]:
    if not isinstance(each, Mapping):
        raise damaged(f"{each!r} describes no column")
    return each


def _of_type(description: Any, key: str, kind: type) -> Any:
    value = _mapping(description).get(key)
    if type(value) is not kind:
        raise damaged(f"{key} is {value!r}")
    return value


def _categorical(about: Any, name: str, gaps: bool) -> Categorical:
    kind, categories = _of_type(about, "kind", str), _of_type(about, "categories", list)
    own = KINDS.get(kind, type(None))
    told = [float(each) if type(each) is int else each for each in categories]
    if not told or any(type(each) is not own for each in told):
        raise damaged(f"categories of {name!r} are {categories!r}, of kind {kind!r}")
    return Categorical(name, kind, tuple(told), _of_type(about, "others", bool), gaps)


def _rows_of(arrays: Mapping[str, ArrayLike], count: int) -> Iterable[list[float]]:
    """Return center, scale and median of each numeric column, checked."""
    parts = []
    for key in ARRAYS:
        array = np.asarray(arrays.get(key, ()))
        if array.shape != (count,) or array.dtype != np.float64:
            raise damaged(f"{key} has shape {array.shape} and dtype {array.dtype}")
        if not np.isfinite(array).all() or (key == "scale" and (array <= 0).any()):
            raise damaged(f"{key} is {array}")
        parts.append(array)
    rows: list[list[float]] = np.stack(parts, axis=1).tolist()
    return rows
