"""Transpose, column sums and the search for numbers that are not finite."""

import numpy as np
import pytest
from bounds import exact, gamma

from schuss import reference
from schuss._core import kernels

SHAPES = [(0, 3), (1, 1), (1, 33), (33, 1), (15, 17), (16, 16), (65, 47)]


@pytest.mark.parametrize("shape", SHAPES)
def test_transpose(isa, dtype, rng, shape):
    x = rng.normal(size=shape).astype(dtype)
    np.testing.assert_array_equal(kernels.transpose(x), reference.transpose(x))


@pytest.mark.parametrize("shape", SHAPES)
def test_column_sum(isa, dtype, rng, shape):
    x = rng.normal(size=shape).astype(dtype)
    error = np.abs(kernels.column_sum(x) - exact(x).sum(axis=0))
    assert np.all(error <= gamma(shape[0] + 1, dtype) * np.abs(exact(x)).sum(axis=0))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("size", [1, 15, 16, 17, 100])
def test_first_nonfinite(isa, dtype, rng, size, bad):
    x = rng.normal(size=size).astype(dtype)
    assert kernels.first_nonfinite(x) == size
    for position in range(size):
        y = x.copy()
        y[position:] = bad
        assert kernels.first_nonfinite(y) == position == reference.first_nonfinite(y)


def test_largest_numbers_are_finite(isa, dtype):
    x = np.full(40, np.finfo(dtype).max, dtype)
    assert kernels.first_nonfinite(x) == 40
