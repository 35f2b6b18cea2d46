"""A native network's construction, parameters, evaluation and prediction."""

import itertools

import numpy as np
import pytest
from problems import needed_settings

from schuss import _core, reference

CROSS_ENTROPY = "softmax_cross_entropy"


def pair(dtype, widths=(7, 12, 3), activation="tanh", loss=CROSS_ENTROPY, scale=1.0):
    """A native network and its reference twin with the same random parameters."""
    layers = [(width, activation) for width in widths[1:-1]] + [
        (widths[-1], "identity")
    ]
    settings = needed_settings(loss, widths[-1])
    native = getattr(_core, dtype).Network(
        widths[0], layers, loss, scale, 0.25, loss_settings=settings
    )
    twin = reference.Network(
        widths[0], layers, loss, scale, 0.25, dtype, loss_settings=settings
    )
    rng = np.random.default_rng(0)
    for layer, (a, b) in enumerate(itertools.pairwise(widths)):
        weights = (rng.normal(size=(a, b)) / np.sqrt(a)).astype(dtype)
        bias = rng.normal(size=b).astype(dtype)
        native.set_parameters(layer, weights, bias)
        twin.set_parameters(layer, weights, bias)
    return native, twin


@pytest.mark.parametrize("rows", [1, 2, 95, 96, 97, 300])
def test_predict_evaluate_and_differentiate(isa, dtype, rng, rows):
    native, twin = pair(dtype, scale=1 / 255)
    X = rng.integers(0, 256, size=(rows, 7), dtype=np.uint8)
    y = rng.integers(3, size=rows).astype(np.int32)
    # Twenty operations in a chain on numbers below 10, with room.
    close = {"rtol": 0, "atol": 100 * np.finfo(dtype).eps}
    np.testing.assert_allclose(native.predict(X), twin.predict(X), **close)
    found, truth = native.predict(X, 1), twin.predict(X, 1)
    np.testing.assert_allclose(found, truth, **close)
    assert native.evaluate(X, y) == pytest.approx(twin.evaluate(X, y), abs=1e-5)
    loss = native.differentiate(X, y)
    assert loss == pytest.approx(twin.differentiate(X, y), abs=1e-5)
    for layer in range(2):
        for a, b in zip(native.gradients(layer), twin.gradients(layer), strict=True):
            np.testing.assert_allclose(a, b, **close)


@pytest.mark.parametrize("loss", sorted({*reference.LOSSES} - {"perceptron", "hinge"}))
def test_targets_may_be_tables(isa, dtype, rng, loss):
    native, twin = pair(dtype, loss=loss)
    X, t = rng.normal(size=(20, 7)), rng.dirichlet(np.ones(3), 20)
    assert native.evaluate(X, t)[0] == pytest.approx(twin.evaluate(X, t)[0], rel=1e-5)


def test_a_layer_may_be_deep_or_missing(isa, dtype, rng):
    X, y = rng.normal(size=(9, 4)), np.zeros(9, np.int32)
    for widths in ((4, 2), (4, 3, 3, 3, 3, 3, 3, 2)):
        native, twin = pair(dtype, widths)
        found, truth = native.evaluate(X, y)[0], twin.evaluate(X, y)[0]
        assert found == pytest.approx(truth, rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((0, [(1, "relu")], CROSS_ENTROPY), "at least one input"),
        ((3, [], CROSS_ENTROPY), "at least one layer"),
        ((3, [(0, "relu")], CROSS_ENTROPY), "layer 0 has no outputs"),
        ((3, [(2**60, "relu")], CROSS_ENTROPY), "layer 0 has more than 2"),
        ((2**60, [(3, "relu")], CROSS_ENTROPY), "a network has at most 2"),
        ((3, [(1, "rule")], CROSS_ENTROPY), "unknown activation 'rule'; known are: id"),
        ((3, [(1, "relu")], "loss"), "unknown loss 'loss'; known are: softmax_cross"),
    ],
)
def test_unsound_networks_are_refused(dtype, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        getattr(_core, dtype).Network(*arguments)


def test_unknown_optimizer_is_refused(dtype):
    native, _ = pair(dtype)
    with pytest.raises(ValueError, match="unknown optimizer 'sdg'; known are: sgd"):
        native.start("sdg", [])


def test_a_network_keeps_its_instruction_set(isa):
    native, _ = pair("float32")
    assert native.isa == isa


@pytest.mark.parametrize(("optimizer", "slots"), [("sgd", 1), ("adam", 2)])
def test_the_state_of_an_optimizer_is_read_and_set(isa, dtype, rng, optimizer, slots):
    settings = [0.9, 0.0] if optimizer == "sgd" else [0.9, 0.99, 1e-6]
    X, y = rng.normal(size=(20, 7)), rng.integers(3, size=20).astype(np.int32)
    for network in pair(dtype):
        assert network.state() == (0, [])
        network.start(optimizer, settings)
        network.training(X, y, 6).run(np.full(5, 0.01))
        weights = [network.parameters(layer) for layer in range(2)]
        steps, state = network.state()
        assert steps == network.steps_taken() == 5
        assert [len(layers) for layers in state] == [2] * slots
        for layers in state:
            for own, like in zip(layers, weights, strict=True):
                for a, b in zip(own, like, strict=True):
                    assert a.shape == b.shape and a.dtype == dtype and a.any()
        network.training(X, y, 6).run(np.full(3, 0.01))
        expected = [network.parameters(layer)[0].tobytes() for layer in range(2)]
        network.start(optimizer, settings)
        assert network.steps_taken() == 0
        assert not any(a.any() for layers in network.state()[1] for a, _ in layers)
        network.set_state(steps, state)
        for layer, (array, bias) in enumerate(weights):
            network.set_parameters(layer, array, bias)
        network.training(X, y, 6).run(np.full(3, 0.01))
        found = [network.parameters(layer)[0].tobytes() for layer in range(2)]
        assert found == expected


def test_a_state_that_does_not_fit_is_refused(dtype):
    native, _ = pair(dtype)
    native.start("adam", [0.9, 0.99, 1e-6])
    steps, (mean, square) = native.state()
    with pytest.raises(ValueError, match="got 1 arrays of state; the optimizer has 2"):
        native.set_state(steps, [mean])
    with pytest.raises(ValueError, match="got state for 1 layers; the network has 2"):
        native.set_state(steps, [mean, square[:1]])
    with pytest.raises(ValueError, match="weights of layer 1 must have shape"):
        native.set_state(9, [square, [square[0], square[0]]])
    assert native.steps_taken() == 0
