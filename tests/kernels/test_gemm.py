"""The matrix product at every hard size, on every instruction set."""

import itertools

import numpy as np
import pytest
from bounds import exact, product

from schuss._core import kernels

# Around one, around the tiles (6 and 12 rows; 4 to 32 columns), primes, and a depth
# beyond the depth block (128 or 256).
ROWS = [0, 1, 5, 6, 7, 11, 12, 13, 23, 37]
DEPTHS = [1, 2, 17, 127, 128, 129, 300]
COLUMNS = [1, 3, 4, 5, 8, 15, 16, 17, 31, 32, 33, 67]


@pytest.mark.parametrize("rows", ROWS)
def test_gemm(isa, dtype, rng, rows):
    for depth, columns in itertools.product(DEPTHS, COLUMNS):
        a = rng.normal(size=(rows, depth)).astype(dtype)
        b = rng.normal(size=(depth, columns)).astype(dtype)
        c = kernels.gemm(a, b)
        assert c.dtype == a.dtype and c.shape == (rows, columns)
        error = np.abs(c - exact(a) @ exact(b))
        assert np.all(error <= product(a, b, 0, dtype)), (depth, columns)


def test_gemm_takes_any_strides(isa, dtype, rng):
    a = rng.normal(size=(40, 26)).astype(dtype)[::-2, ::3]
    b = np.asfortranarray(rng.normal(size=(9, 7)).astype(dtype))
    np.testing.assert_array_equal(
        kernels.gemm(a, b), kernels.gemm(a.copy(), np.ascontiguousarray(b))
    )


def test_gemm_keeps_nan_and_infinity(isa, dtype):
    a = np.array([[np.nan, 1], [np.inf, 0], [1, 2]], dtype)
    b = np.ones((2, 1), dtype)
    np.testing.assert_array_equal(kernels.gemm(a, b), [[np.nan], [np.inf], [3]])


def test_gemm_refuses_shapes_that_do_not_meet(isa, dtype):
    with pytest.raises(ValueError, match=r"x has shape \(2, 3\); expected \(2, 4\)"):
        kernels.gemm(np.ones((2, 3), dtype), np.ones((4, 5), dtype))


def test_mixed_precisions_are_refused():
    with pytest.raises(TypeError, match="gemm: expected arrays that are all float32"):
        kernels.gemm(np.ones((2, 3), "f4"), np.ones((3, 5), "f8"))
