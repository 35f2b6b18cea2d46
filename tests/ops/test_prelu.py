"""PReLU in a network: slopes of its own for each unit, that move."""

import numpy as np
import pytest

from schuss import _core

LOSS = "mean_squared_error"


@pytest.mark.parametrize("rows", [5, 600])
def test_the_gradient_of_a_slope(isa, dtype, threads, rng, rows):
    """Of y = x or slope x, on inputs that are whole numbers: sums without rounding."""
    network = getattr(_core, dtype).Network(
        2, [(1, "identity")], LOSS, stages=[(0, "prelu", [], 0)]
    )
    network.set_parameters(0, np.array([0.5, 2.0]))
    network.set_parameters(1, np.ones((2, 1)), np.zeros(1))
    X = rng.integers(-3, 4, size=(rows, 2)).astype(dtype)
    y = X.sum(axis=1, keepdims=True)
    below = np.minimum(X, 0)
    delta = 2 * ((below * [0.5, 2.0] + np.maximum(X, 0)).sum(axis=1) - y[:, 0]) / rows
    for count in (1, 2, 3):
        threads(count)
        network.differentiate(X, y)
        (found,) = network.gradients(0)
        np.testing.assert_allclose(found, (below.T @ delta), rtol=1e-5)
    network.start("sgd", [0.0, 0.0], 0.5, 0.5)
    network.training(X, y, rows).run(np.full(1, 0.125))
    moved = np.array([0.5, 2.0]) - 0.125 * below.T @ delta  # not held small
    np.testing.assert_allclose(network.parameters(0)[0], moved, rtol=1e-5)
