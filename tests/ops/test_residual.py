"""A block of which nothing comes is no block at all, and both ways have a gradient."""

import numpy as np
import pytest

from schuss import _core

LOSS = "mean_squared_error"
AROUND = [(1, "branch", [], 0), (2, "join", [], 0)]


@pytest.mark.parametrize("width", [1, 17, 64, 256, 300])
def test_a_block_of_zeros_is_the_identity(isa, dtype, rng, width):
    """At 256 columns, rows are a line of the cache further apart than they are long."""
    layers = [(width, "tanh"), (width, "identity"), (3, "identity")]
    network = getattr(_core, dtype).Network(5, layers, LOSS, stages=AROUND)
    plain = getattr(_core, dtype).Network(5, [layers[0], layers[2]], LOSS)
    first, last = (rng.normal(size=shape) for shape in ((5, width), (width, 3)))
    for each, at in ((network, 2), (plain, 1)):
        each.set_parameters(0, first, np.ones(width))
        each.set_parameters(at, last, np.ones(3))
    X, t = rng.normal(size=(9, 5)), rng.normal(size=(9, 3))
    np.testing.assert_array_equal(network.predict(X), plain.predict(X))
    assert network.differentiate(X, t) == plain.differentiate(X, t)
    for found, truth in zip(network.gradients(0), plain.gradients(0), strict=True):
        np.testing.assert_array_equal(found, truth)
    assert network.gradients(1)[0].any()  # and the block itself is told to move
