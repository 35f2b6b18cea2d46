"""What makes numbers for a network of a table of numbers, categories and gaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.checks import check_known, settle
from schuss.engines import DTYPES
from schuss.preprocessing.categories import Categorical
from schuss.preprocessing.fitted import Fitted, damaged
from schuss.preprocessing.frames import read_table
from schuss.preprocessing.numeric import SCALINGS, Numeric
from schuss.preprocessing.table import Column

SETTINGS = ("scaling", "smooth_clip", "max_categories", "categorical")
VERSION = 1


@dataclass(frozen=True)
class TabularPreprocessor:
    """Makes a matrix of a table: numbers scaled, categories one-hot, gaps filled.

    What it makes of a column it learns from the rows it is fitted on. A number x
    becomes z = (x - m) / s: with "robust", m is the median and s the distance between
    the quartiles or, where that is 0, half the range; with "standard", m is the mean
    and s the standard deviation; a column of one value has s = 1. Then
    z / sqrt(1 + (z / c)^2), with c for `smooth_clip`, is nearly z around 0, and between
    -c and c for any z. The median stands where a number is missing. Source:
    D. Holzmueller, L. Grinsztajn and I. Steinwart, "Better by Default: Strong Pre-Tuned
    MLPs and Boosted Trees on Tabular Data", 2024, section 3.

    Each category of strings, of truth values, or of what its frame calls categories,
    becomes a column of 0 and 1; of two categories there is one column, of -1 and 1. A
    first `schuss.Dense` layer has a vector of weights for each category, which is what
    elsewhere is called an embedding. Where there are more than `max_categories`, the
    most frequent ones have columns of their own and all others share the last one. A
    category that the fit has not seen uses that one; if there is none, all are 0.

    Columns in which a cell was missing in the fit get another one, of 0 and 1, that
    says where; categories are all 0 there. If cells are missing later only, a number is
    the median, and a category is as one not seen. All rows count alike, whatever their
    weights.

    Parameters
    ----------
    scaling : "robust", "standard" or None
        None leaves numbers as they are.
    smooth_clip : float c, above 0, or None
        None for no limit.
    max_categories : int, at least 2
        Columns that become of one of categories.
    categorical : sequence of str
        Columns of numbers that are categories, as postcodes are.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import schuss
    >>> cars = {"doors": [2, 4, 5, 4], "fuel": ["gas", "diesel", "gas", None]}
    >>> preprocessor = schuss.TabularPreprocessor(smooth_clip=None).fit(cars)
    >>> preprocessor.feature_names_out
    ['doors', 'fuel=gas', 'fuel is missing']
    >>> preprocessor.transform(cars)
    array([[-2.6666667,  1.       ,  0.       ],
           [ 0.       , -1.       ,  0.       ],
           [ 1.3333334,  1.       ,  0.       ],
           [ 0.       ,  0.       ,  1.       ]], dtype=float32)
    """

    scaling: str | None = "robust"
    smooth_clip: float | None = 3.0
    max_categories: int = 100
    categorical: Iterable[str] = ()
    _fitted: Fitted | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.scaling is not None:
            check_known("scaling", self.scaling, SCALINGS)
        if self.smooth_clip is not None:
            settle(self, "smooth_clip", 0, strict=True)
        settle(self, "max_categories", 2, whole=True)
        given = self.categorical
        names = () if isinstance(given, str) else tuple(given)
        if isinstance(given, str) or not all(isinstance(each, str) for each in names):
            raise TypeError(f"categorical is {given!r}; give a list of column names.")
        object.__setattr__(self, "categorical", names)

    @property
    def is_fitted(self) -> bool:
        """Whether it has looked at a table."""
        return self._fitted is not None

    @property
    def feature_names(self) -> list[str]:
        """The columns of the table it was fitted on; numbers where they have no names.

        Raises
        ------
        RuntimeError
            If it is not fitted.
        """
        return self._known().names

    @property
    def numeric_names(self) -> list[str]:
        """Those of the `input_names` that are numbers.

        Raises
        ------
        RuntimeError
            If it is not fitted.
        """
        columns = self._known().columns
        return [each.name for each in columns if isinstance(each, Numeric)]

    @property
    def feature_names_out(self) -> list[str]:
        """The columns of what `transform` returns.

        Raises
        ------
        RuntimeError
            If it is not fitted.
        """
        return self._known().outputs

    def unfitted(self) -> Self:
        """Return one of the same settings that has not looked at any table."""
        return replace(self)

    def fit(self, X: Any) -> Self:
        """Look at a table; forget the one before.

        Parameters
        ----------
        X : table
            A frame of pandas or polars, a table or record batch of Arrow or what
            exports one by the Arrow PyCapsule protocol, a dict of columns, a structured
            array, or an array of two dimensions. pandas' frames need nothing else,
            others ``schuss[tables]``, which is pyarrow. Missing are None, NaN, and what
            the frame calls so.

        Returns
        -------
        TabularPreprocessor
            Itself.

        Raises
        ------
        ImportError
            If it takes pyarrow to read the table, and there is none.
        TypeError, ValueError
            If X is no table, or a column is of dates, nested, or empty; it then is as
            it was.
        """
        table = read_table(X, "X")
        for name in self.categorical:
            if name not in table.names:
                raise ValueError(
                    f"categorical has column {name!r}, and {table.name} has "
                    f"{', '.join(map(repr, table.names))}; give some of these."
                )
        columns = tuple(self._looked_at(column) for column in table.columns)
        object.__setattr__(self, "_fitted", Fitted(columns, table.named))
        return self

    def transform(self, X: Any, dtype: str = "float32") -> NDArray[Any]:
        """Return a table as numbers.

        Each row is looked at by itself: a table larger than memory may come in parts,
        for instance batches of Arrow, and go into a `numpy.memmap`, of which
        `schuss.Model.fit` keeps no copy.

        Parameters
        ----------
        X : table
            As for `fit`. Columns that have names may come in any order; those without
            come in that of the fit.
        dtype : "float32" or "float64"

        Returns
        -------
        ndarray of that dtype, shape (rows, features), C-contiguous

        Raises
        ------
        RuntimeError
            If it is not fitted.
        ImportError
            As for `fit`.
        TypeError, ValueError
            If columns or their kinds are others than in the fit.
        """
        check_known("dtype", dtype, DTYPES)
        fitted, table = self._known(), read_table(X, "X")
        columns = fitted.matched(table)
        matrix = np.empty((len(table), len(fitted.outputs)), dtype)
        first = 0
        for known, column in zip(fitted.columns, columns, strict=True):
            last = first + len(known.outputs)
            known.encode(column, matrix[:, first:last], self.smooth_clip)
            first = last
        return matrix

    def state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Return all there is to it, for a file.

        Returns
        -------
        description : dict
            As JSON can have it.
        arrays : dict of str to ndarray of float64
            Without any, if it is not fitted.
        """
        settings: dict[str, Any] = {"version": VERSION}
        settings |= {key: getattr(self, key) for key in SETTINGS}
        settings["categorical"] = list(self.categorical)
        if self._fitted is None:
            return settings, {}
        description, arrays = self._fitted.state()
        return settings | description, arrays

    @classmethod
    def from_state(
        cls, description: Mapping[str, Any], arrays: Mapping[str, ArrayLike]
    ) -> Self:
        """Return a preprocessor of which `state` told.

        Parameters
        ----------
        description : mapping
        arrays : mapping of str to array_like

        Returns
        -------
        TabularPreprocessor

        Raises
        ------
        ValueError
            If they are damaged, or of a later version.
        """
        known = {"version", "named", "columns", *SETTINGS}
        if not isinstance(description, Mapping) or not known >= set(description):
            raise damaged(f"it is described by {description!r}")
        if description.get("version") != VERSION:
            told = description.get("version")
            raise damaged(f"its version is {told!r}, and known is {VERSION}")
        try:
            made = cls(**{key: description[key] for key in SETTINGS})
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(str(error)) from error
        if "columns" in description:
            object.__setattr__(made, "_fitted", Fitted.from_state(description, arrays))
        return made

    def _looked_at(self, column: Column) -> Numeric | Categorical:
        if column.kind == "gaps":
            raise ValueError(
                f"column {column.name!r} has nothing but missing cells; leave it out."
            )
        named = column.declared or column.name in self.categorical
        if column.kind == "numbers" and not named:
            return Numeric.fitted(column, self.scaling)
        return Categorical.fitted(column, self.max_categories)

    def _known(self) -> Fitted:
        if self._fitted is None:
            raise RuntimeError(
                "the preprocessor has looked at no table yet; fit it, or its model."
            )
        return self._fitted
