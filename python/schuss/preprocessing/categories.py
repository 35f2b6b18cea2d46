"""How a column of categories becomes columns of numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.preprocessing.table import Column


@dataclass(frozen=True)
class Categorical:
    """A column of categories that has been looked at.

    Parameters
    ----------
    name : str
    kind : str
        Of the column's cells.
    categories : tuple of str, bool or float
        Those that are told apart, sorted.
    others : bool
        Whether rarer ones share a column, which those never seen then use, too.
    gaps : bool
        Whether a cell was missing, so that a column of the output says where one is.
    """

    name: str
    kind: str
    categories: tuple[Any, ...]
    others: bool
    gaps: bool

    @property
    def binary(self) -> bool:
        """Whether one column tells two categories apart."""
        return len(self.categories) == 2 and not self.others

    @property
    def outputs(self) -> list[str]:
        """The names of its columns in the output."""
        told = self.categories[1:] if self.binary else self.categories
        names = [f"{self.name}={_text(each)}" for each in told]
        names += [f"{self.name} is another"] * self.others
        return names + [f"{self.name} is missing"] * self.gaps

    @classmethod
    def fitted(cls, column: Column, most: int) -> "Categorical":
        """Look at the categories of a column.

        Parameters
        ----------
        column : Column
        most : int, at least 2
            Columns that there may be, one for gaps aside.

        Returns
        -------
        Categorical
        """
        places, levels = column.coded()
        known = places[places >= 0]
        counts = np.bincount(known, minlength=len(levels))
        kept = np.flatnonzero(counts)  # a declared category may occur in no row
        others = len(kept) > most
        if others:  # of equally frequent ones the first
            order = np.argsort(-counts, kind="stable")
            kept = np.sort(order[: most - 1])
        categories = tuple(levels[place] for place in kept)
        gaps = len(known) < len(places)
        return cls(column.name, column.kind, categories, others, gaps)

    def encode(
        self, column: Column, out: NDArray[Any], smooth_clip: float | None = None
    ) -> None:
        """Write the columns of the output.

        Parameters
        ----------
        column : Column
            Of the same kind, or of gaps.
        out : ndarray, shape (rows, outputs)
        smooth_clip : float or None
            Is for numbers.
        """
        places, levels = column.coded()
        index = {each: number for number, each in enumerate(self.categories)}
        unseen = len(index)
        # The last is where the places of missing cells, -1, point to.
        told = np.array([*(index.get(level, unseen) for level in levels), unseen + 1])
        codes = told[places]
        out[:] = 0
        if self.binary:
            out[:, 0] = np.array([-1, 1, 0, 0])[codes]
        else:
            rows = np.flatnonzero(codes < unseen + self.others)
            out[rows, codes[rows]] = 1
        if self.gaps:
            out[:, -1] = places < 0


def _text(category: object) -> str:
    """Return a category as its owner would write it."""
    whole = isinstance(category, float) and category.is_integer()
    return f"{category:.0f}" if whole else str(category)
