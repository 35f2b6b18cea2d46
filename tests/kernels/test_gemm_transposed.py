"""The product by sums along the lanes, at every hard size, on every instruction set."""

import itertools

import numpy as np
import pytest
from bounds import exact, product

from schuss._core import kernels

# Around the rows that are taken together (1 to 16), the lanes (2 to 16), the columns
# that are (1 to 16), and blocks of the depth (768, 1536 or 3072).
ROWS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 37]
DEPTHS = [1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 33, 127, 300]
COLUMNS = [1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17]


@pytest.mark.parametrize("rows", ROWS)
def test_gemm_transposed(isa, dtype, rng, rows):
    for depth, columns in itertools.product(DEPTHS, COLUMNS):
        a = rng.normal(size=(rows, depth)).astype(dtype)
        b = rng.normal(size=(depth, columns)).astype(dtype)
        c = kernels.gemm_transposed(a, b)
        assert c.dtype == a.dtype and c.shape == (rows, columns)
        error = np.abs(c - exact(a) @ exact(b))
        assert np.all(error <= product(a, b, 0, dtype)), (depth, columns)


@pytest.mark.parametrize("depth", [767, 768, 769, 1536, 1537, 3071, 3072, 3073])
def test_blocks_of_the_depth_add_up(isa, dtype, rng, depth):
    a = rng.normal(size=(9, depth)).astype(dtype)
    b = rng.normal(size=(depth, 3)).astype(dtype)
    error = np.abs(kernels.gemm_transposed(a, b) - exact(a) @ exact(b))
    assert np.all(error <= product(a, b, 0, dtype))


def test_a_row_does_not_depend_on_those_beside_it(isa, dtype, rng):
    """However many rows are taken together, each is summed in the same order."""
    a = rng.normal(size=(37, 400)).astype(dtype)
    for columns in (1, 2, 10, 16):
        b = rng.normal(size=(400, columns)).astype(dtype)
        truth = kernels.gemm_transposed(a, b)
        for rows in range(1, 37):
            np.testing.assert_array_equal(
                kernels.gemm_transposed(a[:rows], b), truth[:rows]
            )


def test_gemm_transposed_keeps_nan_and_infinity(isa, dtype):
    a = np.array([[np.nan, 1], [np.inf, 0], [1, 2]], dtype)
    b = np.ones((2, 1), dtype)
    result = kernels.gemm_transposed(a, b)
    np.testing.assert_array_equal(result, [[np.nan], [np.inf], [3]])
