"""Transpose, sums, the search for what is not finite, and what is there to time."""

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


@pytest.mark.parametrize("rows", range(1, 35))
def test_transpose_around_whole_squares(isa, dtype, rng, rows):
    for columns in range(1, 35):
        x = rng.normal(size=(rows, columns)).astype(dtype)
        np.testing.assert_array_equal(kernels.transpose(x), x.T)


@pytest.mark.parametrize("shape", SHAPES)
def test_column_sum(isa, dtype, rng, shape):
    x = rng.normal(size=shape).astype(dtype)
    error = np.abs(kernels.column_sum(x) - exact(x).sum(axis=0))
    assert np.all(error <= gamma(shape[0] + 1, dtype) * np.abs(exact(x)).sum(axis=0))


def test_column_sum_of_any_width_in_order_of_the_rows(isa, dtype, rng):
    x = rng.normal(size=(7, 1000)).astype(dtype)
    truth = np.zeros(1000, dtype)
    for row in x:
        truth += row
    for columns in range(1, 1001):
        found = kernels.column_sum(x[:, :columns])
        np.testing.assert_array_equal(found, truth[:columns])


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


@pytest.mark.parametrize("size", [0, 1, 3, 15, 16, 17, 100])
def test_add(isa, dtype, rng, size):
    a, b = (rng.normal(size=size).astype(dtype) for _ in range(2))
    found = kernels.add(a, b)
    assert found.dtype == a.dtype
    np.testing.assert_array_equal(found, reference.add(a, b))  # both round once


def test_add_refuses_sizes_that_differ(isa, dtype):
    with pytest.raises(ValueError, match="a and b differ in size: 3 and 4"):
        kernels.add(np.ones(3, dtype), np.ones(4, dtype))


@pytest.mark.parametrize("repeats", [0, 1, 2, 30])
@pytest.mark.parametrize("size", [0, 1, 16, 17, 47, 48, 49, 191, 192, 193, 400])
def test_multiply_add(isa, dtype, rng, size, repeats):
    """Twelve vectors at a time; their sizes are 2 to 16 numbers."""
    x = rng.normal(size=size).astype(dtype)
    kind = np.dtype(dtype).type
    found = kernels.multiply_add(x, -0.9, 0.3, repeats)
    truth, magnitude = exact(x), np.abs(exact(x))
    scale, offset = exact(kind(-0.9)), exact(kind(0.3))
    for _ in range(repeats):
        truth = scale * truth + offset
        magnitude = np.abs(scale) * magnitude + np.abs(offset)
    assert found.dtype == x.dtype and found.shape == x.shape
    bound = gamma(2 * repeats, dtype) * magnitude
    assert np.all(np.abs(found - truth) <= bound)
    meant = reference.multiply_add(x, -0.9, 0.3, repeats)
    assert np.all(np.abs(meant - truth) <= bound)
