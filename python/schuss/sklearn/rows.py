"""Tables of rows, dense or sparse, with what is known of each row."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

# Sparse rows are made dense in blocks of about so many bytes where they are read.
BLOCK = 2**25


class Rows(NamedTuple):
    """Rows to train on, or to look at.

    Attributes
    ----------
    X : ndarray, or sparse matrix in rows
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


def dense(X: Any) -> NDArray[Any]:
    """Return X as an array.

    Parameters
    ----------
    X : ndarray or sparse matrix
    """
    return np.asarray(X.toarray()) if issparse(X) else np.asarray(X)


def in_blocks(function: Callable[[Any], NDArray[Any]], X: Any) -> NDArray[Any]:
    """Return a function of the rows of X, of which no more is made dense than need be.

    Parameters
    ----------
    function : callable
        Of a table, row by row.
    X : ndarray or sparse matrix
    """
    if not issparse(X):
        return function(X)
    X = X.tocsr()
    rows = max(1, BLOCK // (8 * max(X.shape[1], 1)))
    starts = range(0, X.shape[0], rows)
    return np.concatenate([function(dense(X[s : s + rows])) for s in starts])
