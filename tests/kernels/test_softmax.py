"""Softmax against float64 with derived bounds, and at its extremes."""

import bounds
import numpy as np
import pytest
from bounds import exact

from schuss import reference
from schuss._core import kernels

ROWS = [1, 2, 15, 16, 17, 37]
CLASSES = [1, 2, 3, 10, 15, 16, 17, 33, 1000]


def logits(rng, dtype, rows, classes, scale=3.0):
    return (rng.normal(size=(rows, classes)) * scale).astype(dtype)


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("rows", ROWS)
def test_softmax(isa, dtype, rng, rows, classes):
    x = logits(rng, dtype, rows, classes)
    truth = reference.softmax(exact(x))
    error = np.abs(kernels.softmax(x) - truth)
    assert np.all(error <= bounds.softmax(x, truth, dtype))


@pytest.mark.parametrize("classes", CLASSES)
def test_log_softmax(isa, dtype, rng, classes):
    x = logits(rng, dtype, 17, classes, scale=30.0)
    p, truth = reference.softmax(exact(x)), reference.log_softmax(exact(x))
    error = np.abs(kernels.log_softmax(x) - truth)
    assert np.all(error <= bounds.log_softmax(x, p, dtype))


@pytest.mark.parametrize("classes", [1, 2, 10, 16, 17, 33])
def test_a_row_does_not_depend_on_those_beside_it(isa, dtype, rng, classes):
    """Rows go through in groups of a vector's size: with fewer, the bits are the same,
    and what is not finite stays in its row."""
    x = logits(rng, dtype, 37, classes)
    for kernel in (kernels.softmax, kernels.log_softmax, kernels.argmax):
        truth = kernel(x)
        for rows in range(1, 37):
            np.testing.assert_array_equal(kernel(x[:rows]), truth[:rows])
            np.testing.assert_array_equal(kernel(x[rows:]), truth[rows:])
        for bad in (np.nan, np.inf, -np.inf):
            for row in range(18):
                y = x.copy()
                y[row] = bad
                found = np.delete(kernel(y), row, axis=0)
                np.testing.assert_array_equal(found, np.delete(truth, row, axis=0))


@pytest.mark.parametrize("classes", CLASSES)
def test_argmax(isa, dtype, rng, classes):
    x = rng.integers(0, 4, size=(37, classes)).astype(dtype)
    np.testing.assert_array_equal(kernels.argmax(x), reference.argmax(x))


def test_argmax_of_any_width_takes_the_first(isa, dtype):
    x = np.zeros((5, 1000), dtype)
    for classes in range(1, 1001):
        places = [0, classes // 3, classes // 2, classes - 1]
        view = x[:, :classes]
        view[:] = -1
        for row, place in enumerate(places):
            view[row, place:] = 2
        np.testing.assert_array_equal(kernels.argmax(view), [*places, 0])
