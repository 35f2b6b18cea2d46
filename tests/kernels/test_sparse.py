"""A sparse vector times a matrix, against float64 and at hard sizes."""

import numpy as np
import pytest
from bounds import exact, gamma

from schuss import reference
from schuss._core import kernels


@pytest.mark.parametrize("columns", [1, 7, 16, 33, 64, 100, 257])
@pytest.mark.parametrize("count", [0, 1, 5, 40])
def test_sparse_product(isa, dtype, rng, columns, count):
    """A sum of `count` products of two roundings each, behind the start."""
    index = np.sort(rng.choice(50, count, replace=False))
    values = rng.normal(size=count).astype(dtype)
    b = rng.normal(size=(50, columns)).astype(dtype)
    start = rng.normal(size=columns).astype(dtype)
    scale = 0.3
    kind = np.dtype(dtype).type
    for begin in (None, start):
        first = np.zeros(columns) if begin is None else exact(begin)
        x = exact(kind(scale)) * exact(values)
        truth = first + x @ exact(b[index])
        size = np.abs(first) + np.abs(x) @ np.abs(exact(b[index]))
        for engine in (kernels, reference):
            found = engine.sparse_product(index, values, scale, b, begin)
            assert found.shape == (1, columns) and found.dtype == b.dtype
            assert np.all(np.abs(found - truth) <= gamma(count + 2, dtype) * size)


def test_sparse_product_by_hand(isa, dtype):
    b = np.arange(12, dtype=dtype).reshape(4, 3)
    values = np.array([10, -1], dtype)
    for engine in (kernels, reference):
        found = engine.sparse_product(np.array([1, 3]), values, 2.0, b)
        np.testing.assert_array_equal(found, [[42, 60, 78]])
