"""The matrix product at every hard size, on every instruction set."""

import itertools

import numpy as np
import pytest
from bounds import exact, product

from schuss import reference
from schuss._core import kernels

# Around one, around the tiles (6 and 12 rows; 4 to 32 columns), and primes.
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


# A panel is 4 to 32 columns wide; blocks are 192, 384 or 768 deep.
BLOCKS = [191, 192, 193, 383, 384, 385, 767, 768, 769]


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("depth", [1, 17, *BLOCKS])
def test_one_row_takes_several_panels_at_once(isa, dtype, rng, rows, depth):
    a = rng.normal(size=(rows, depth)).astype(dtype)
    b = rng.normal(size=(depth, 300)).astype(dtype)
    truth, bound = exact(a) @ exact(b), product(a, b, 0, dtype)
    widths = range(1, 301) if depth < 100 else (1, 4, 31, 32, 33, 64, 129, 256, 300)
    for columns in widths:
        error = np.abs(kernels.gemm(a, b[:, :columns]) - truth[:, :columns])
        assert np.all(error <= bound[:, :columns]), columns


def test_a_row_does_not_depend_on_those_beside_it(isa, dtype, rng):
    """One row alone goes through another tile than in company, in the same order."""
    a = rng.normal(size=(37, 400)).astype(dtype)
    b = rng.normal(size=(400, 133)).astype(dtype)
    truth = kernels.gemm(a, b)
    for rows in range(1, 37):
        np.testing.assert_array_equal(kernels.gemm(a[:rows], b), truth[:rows])


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
    with pytest.raises(ValueError, match=r"a has shape \(2, 3\); expected \(2, 4\)"):
        kernels.gemm(np.ones((2, 3), dtype), np.ones((4, 5), dtype))


def test_mixed_precisions_are_refused():
    with pytest.raises(TypeError, match="gemm: expected arrays that are all float32"):
        kernels.gemm(np.ones((2, 3), "f4"), np.ones((3, 5), "f8"))


@pytest.mark.parametrize("rows", ROWS)
def test_interleave(isa, dtype, rng, rows):
    for depth in (1, 2, 17, 48):
        a = rng.normal(size=(rows, depth)).astype(dtype)
        truth = reference.interleave(a, 12 if isa == "avx512" else 6)
        np.testing.assert_array_equal(kernels.interleave(a), truth)
