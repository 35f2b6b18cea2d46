"""Tables that are mostly zero, as SciPy holds them, for both engines."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from schuss.engines import make_sparse_table


class SparseTable:
    """Rows of which only the numbers are kept that are not zero.

    It stands where an array of examples may stand: networks take it, and rows of it are
    such a table again.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array
        With the columns of a row in rising order and none twice.
    dtype : "float32" or "float64"
    name : str
        What the argument is called in messages.

    Attributes
    ----------
    shape : tuple of int
    native : object
        What C++ reads: copies, which nobody can change.
    """

    def __init__(self, matrix: Any, dtype: str, name: str) -> None:
        self._matrix, self._dtype, self._name = matrix, dtype, name
        self.shape: tuple[int, int] = matrix.shape

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Any) -> "SparseTable":
        return SparseTable(self._matrix[rows], self._dtype, self._name)

    @cached_property
    def native(self) -> object:
        """What C++ reads.

        Raises
        ------
        ValueError
            If a number is not finite, or the matrix is no table.
        """
        matrix = self._matrix
        return make_sparse_table(
            matrix.indptr,
            matrix.indices,
            matrix.data,
            self.shape[1],
            self._name,
            self._dtype,
        )

    def astype(self, dtype: DTypeLike) -> NDArray[Any]:
        """Return an ordinary array, zeros and all.

        Parameters
        ----------
        dtype : dtype_like

        Returns
        -------
        ndarray, shape (rows, columns)
        """
        return np.asarray(self._matrix.toarray(), dtype=dtype)


def is_sparse(values: object) -> bool:
    """Return whether something is one of SciPy's sparse arrays or matrices.

    Parameters
    ----------
    values : object

    Returns
    -------
    bool
    """
    return hasattr(values, "tocsr") and hasattr(values, "nnz")


def as_sparse(values: Any, name: str, columns: int, dtype: str) -> SparseTable:
    """Return one of SciPy's sparse arrays as a table of finite numbers.

    Parameters
    ----------
    values : scipy.sparse array or matrix, shape (rows, columns)
        Of any format; CSR with sorted columns is the one that is not converted first.
    name : str
        What the argument is called in the message.
    columns : int
        How many it must have; 0 for any number.
    dtype : "float32" or "float64"

    Returns
    -------
    SparseTable

    Raises
    ------
    TypeError, ValueError
        If it is not one.
    """
    if values.dtype.kind not in "buif":
        raise TypeError(
            f"{name} is sparse with dtype {values.dtype}; give numbers: convert it "
            f'with {name}.astype("{dtype}").'
        )
    if columns and values.shape[1:] != (columns,):
        raise ValueError(
            f"{name} has shape {values.shape}; expected (rows, {columns})."
        )
    matrix = values.tocsr()
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    with np.errstate(over="ignore"):
        table = SparseTable(matrix.astype(dtype, copy=False), dtype, name)
    assert table.native  # made here, so that what is wrong is said here
    return table
