"""The gradient of weights, in both layouts, with and without copies."""

import numpy as np
import pytest
from bounds import exact, product

from schuss._core import kernels

SHAPES = [
    (1, 1, 1),
    (7, 5, 3),
    (13, 33, 31),
    (131, 67, 10),
    (300, 20, 70),
    # Depth, pieces and panels around the blocks, which are 192, 384 or 768 long.
    (1, 193, 300),
    (191, 192, 33),
    (193, 385, 17),
    (385, 17, 3),
    (769, 4, 193),
    # By output: whole tiles of inputs and a rest, few inputs, many.
    (9, 769, 3),
    (15, 768, 16),
    (33, 5, 4),
    # One output, whose deltas are a column, and inputs for several tiles at once.
    (9, 769, 1),
    (40, 130, 1),
    # Wide enough for copies of deltas and inputs, and just not: too few rows, outputs
    # or inputs.
    (65, 533, 131),
    (200, 641, 128),
    (200, 1300, 300),
    (63, 641, 128),
    (65, 641, 127),
    (65, 500, 131),
]


@pytest.mark.parametrize("repeats", [1, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_dense_backward_weights(isa, dtype, rng, shape, repeats):
    batch, inputs, outputs = shape
    x = rng.normal(size=(batch, inputs)).astype(dtype)
    delta = rng.normal(size=(batch, outputs)).astype(dtype)
    found = kernels.dense_backward_weights(x, delta, repeats)
    zeros = np.zeros((inputs, outputs))
    error = np.abs(found - exact(x).T @ exact(delta))
    assert np.all(error <= product(x.T, delta, zeros, dtype))
