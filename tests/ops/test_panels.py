"""Weights survive the way into panels and back, at every width."""

import numpy as np
import pytest

from schuss import _core

CROSS_ENTROPY = "softmax_cross_entropy"


@pytest.mark.parametrize("width", [1, 3, 15, 16, 17, 31, 32, 33, 100])
def test_parameters_come_back_as_they_were_set(isa, dtype, rng, width):
    network = getattr(_core, dtype).Network(5, [(width, "relu")], CROSS_ENTROPY)
    weights = rng.normal(size=(5, width)).astype(dtype)
    bias = rng.normal(size=width).astype(dtype)
    network.set_parameters(0, weights, bias)
    found = network.parameters(0)
    np.testing.assert_array_equal(found[0], weights)
    np.testing.assert_array_equal(found[1], bias)
