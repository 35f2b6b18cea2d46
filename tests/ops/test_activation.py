"""Activations on rows: padding stays zero, so that nothing comes out of it."""

import numpy as np
import pytest

from schuss import _core, reference


@pytest.mark.parametrize("activation", reference.ACTIVATIONS)
def test_padding_moves_no_weights(isa, dtype, activation):
    """A layer by output above one whose outputs are no whole vectors: f(0) in their
    padding, or what an infinite input makes of a padded sum, would not stay zero in the
    weights, and those that are not finite are refused."""
    for outputs in (17, 19, 33, 47):
        layers = [(outputs, activation), (3, "identity")]
        network = getattr(_core, dtype).Network(5, layers, "softmax_cross_entropy")
        rng = np.random.default_rng(0)
        for layer, (a, b) in enumerate(((5, outputs), (outputs, 3))):
            network.set_parameters(layer, rng.normal(size=(a, b)), np.zeros(b))
        X = rng.normal(size=(700, 5)).astype(dtype)
        y = rng.integers(3, size=700).astype(np.int32)
        twin = reference.Network(5, layers, "softmax_cross_entropy", dtype="float64")
        for layer in (0, 1):
            twin.set_parameters(layer, *network.parameters(layer))
        for each in (network, twin):
            each.start("sgd", [0.0, 0.0])
            result = each.training(X, y, 350).run(np.full(4, 0.05))
            assert result[3:] == (4, None)
        tolerance = 1e-5 if dtype == "float32" else 1e-13
        for layer in (0, 1):
            pairs = zip(network.parameters(layer), twin.parameters(layer), strict=True)
            for a, b in pairs:
                np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)


@pytest.mark.parametrize("activation", reference.ACTIVATIONS)
def test_an_activation_of_its_own_is_that_of_the_layer(isa, dtype, threads, activation):
    """To the bit, in predictions and in gradients."""
    rng = np.random.default_rng(0)
    kind, loss = getattr(_core, dtype).Network, "mean_squared_error"
    inner = kind(5, [(19, activation), (3, "identity")], loss)
    stages = [(1, activation, [], 0)]
    apart = kind(5, [(19, "identity"), (3, "identity")], loss, stages=stages)
    for layer, (a, b) in enumerate(((5, 19), (19, 3))):
        arrays = rng.normal(size=(a, b)), rng.normal(size=b)
        for network in (inner, apart):
            network.set_parameters(layer, *arrays)
    X, y = rng.normal(size=(600, 5)), rng.normal(size=(600, 3))
    for count in (1, 3):
        threads(count)
        np.testing.assert_array_equal(inner.predict(X), apart.predict(X))
        assert inner.differentiate(X, y) == apart.differentiate(X, y)
        for layer in (0, 1):
            pairs = zip(inner.gradients(layer), apart.gradients(layer), strict=True)
            for a, b in pairs:
                np.testing.assert_array_equal(a, b)
