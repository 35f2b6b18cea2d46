"""Tables of rows, dense or sparse, with what is known of each row."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Rows(NamedTuple):
    """Rows to train on, or to look at.

    Attributes
    ----------
    X : ndarray, or one of SciPy's CSR arrays or matrices
    targets : ndarray
    weights : ndarray of float64, shape (rows,), or None
    """

    X: Any
    targets: NDArray[Any]
    weights: NDArray[np.float64] | None

    def part(self, rows: NDArray[np.intp]) -> "Rows":
        """Return some of them, in that order.

        Parameters
        ----------
        rows : ndarray of int
        """
        weights = None if self.weights is None else self.weights[rows]
        return Rows(self.X[rows], self.targets[rows], weights)

    @property
    def weight(self) -> float:
        """The sum of their weights."""
        return float(len(self.targets) if self.weights is None else self.weights.sum())
