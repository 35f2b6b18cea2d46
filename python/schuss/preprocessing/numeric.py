"""How a column of numbers is scaled, and what stands where one is missing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.preprocessing.table import Column

SCALINGS = ("robust", "standard")


@dataclass(frozen=True)
class Numeric:
    """A column of numbers that has been looked at.

    Parameters
    ----------
    name : str
    center, scale : float
        A number x becomes (x - center) / scale.
    median : float
        What stands where a number is missing.
    gaps : bool
        Whether one was missing, so that a column of the output says where one is.
    """

    name: str
    center: float
    scale: float
    median: float
    gaps: bool

    kind = "numbers"

    @property
    def outputs(self) -> list[str]:
        """The names of its columns in the output."""
        return [self.name, f"{self.name} is missing"][: 1 + self.gaps]

    @classmethod
    def fitted(cls, column: Column, scaling: str | None) -> "Numeric":
        """Look at the numbers of a column.

        Parameters
        ----------
        column : Column
        scaling : str or None
            One of `SCALINGS`; None leaves numbers as they are.

        Returns
        -------
        Numeric

        Raises
        ------
        ValueError
            If numbers are too large to be scaled.
        """
        missing = column.missing
        known = column.values[~missing]
        with np.errstate(all="ignore"):
            low, median, high = np.percentile(known, [25, 50, 75])
            center, scale = 0.0, 1.0
            if scaling == "standard":
                center, scale = known.mean(), known.std()
            elif scaling == "robust":
                # Where half of the numbers are the same, half the range stands in.
                center = median
                scale = high - low or (known.max() - known.min()) / 2
        if not np.isfinite([center, scale, median]).all():
            raise ValueError(
                f"column {column.name!r} has numbers up to {np.abs(known).max():.3g}, "
                "too large to be scaled; give it in a larger unit."
            )
        numbers = float(center), float(scale) or 1.0, float(median)
        return cls(column.name, *numbers, bool(missing.any()))

    def encode(
        self, column: Column, out: NDArray[Any], smooth_clip: float | None
    ) -> None:
        """Write the columns of the output.

        Parameters
        ----------
        column : Column
            Of numbers, or of gaps.
        out : ndarray, shape (rows, outputs)
        smooth_clip : float c, or None
            A scaled number z becomes z / sqrt(1 + (z / c)^2).

        Raises
        ------
        ValueError
            If a number is too far from those it was fitted on.
        """
        missing = column.missing
        values = np.where(missing, self.median, column.values)
        with np.errstate(over="ignore"):
            scaled = (values - self.center) / self.scale
            if smooth_clip is not None:
                largest = np.finfo(np.float64).max
                scaled = scaled.clip(-largest, largest)
                scaled = scaled / np.hypot(1, scaled / smooth_clip)
            out[:, 0] = scaled
        finite = np.isfinite(out[:, 0])
        if not finite.all():
            row = int(finite.argmin())
            raise ValueError(
                f"column {self.name!r} is {column.values[row]} in row {row}, too far "
                f"from what the fit saw for {out.dtype}; leave such rows out, or give "
                "the preprocessor a smooth_clip."
            )
        if self.gaps:
            out[:, 1] = missing
