"""Losses of numbers against float64 with derived bounds."""

import numpy as np
import pytest
from bounds import exact, gamma

from schuss import reference
from schuss._core import kernels

ROWS = [1, 2, 15, 16, 17, 37]
CLASSES = [1, 2, 3, 10, 15, 16, 17, 33, 1000]


def logits(rng, dtype, rows, classes, scale=3.0):
    return (rng.normal(size=(rows, classes)) * scale).astype(dtype)


@pytest.mark.parametrize("columns", CLASSES)
def test_mean_squared_error(isa, dtype, rng, columns):
    output = logits(rng, dtype, 17, columns)
    targets = logits(rng, dtype, 17, columns)
    loss, gradient = kernels.mean_squared_error(output, targets)
    truth = reference.mean_squared_error(exact(output), exact(targets))
    # A difference and a square per term, their sum, the share; all terms positive.
    assert abs(loss - float(truth[0])) <= gamma(columns + 6, dtype) * float(truth[0])
    assert np.all(np.abs(gradient - truth[1]) <= gamma(6, dtype) * np.abs(truth[1]))
