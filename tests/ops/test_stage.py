"""Stages in a network: the reference's steps, the same bits on any team, refusals."""

import numpy as np
import pytest

from schuss import _core, reference
from schuss.reference.stages import TRAIN

CROSS_ENTROPY = "softmax_cross_entropy"
DROPOUT, NOISE = ("dropout", [0.3]), ("gaussian_noise", [0.2])
NOISY = [(0, *NOISE, 7), (0, *DROPOUT, 2**63), (1, *DROPOUT, 3), (2, *NOISE, 4)]
BRANCH, JOIN = ("branch", [], 0), ("join", [], 0)
NESTED = [(0, *BRANCH), (1, *BRANCH), (2, *JOIN), (2, *DROPOUT, 5), (3, *JOIN)]
LAYER_NORM, BATCH_NORM = ("layer_norm", [1e-2], 0), ("batch_norm", [0.8, 1e-2], 0)
MIXED = [
    (0, *BATCH_NORM),
    (1, *BRANCH),
    (1, *LAYER_NORM),
    (1, *DROPOUT, 3),
    (2, *BATCH_NORM),
    (2, *JOIN),
    (2, *LAYER_NORM),
]
# Widths of a network, the widest of which may be computed in parts, and its stages.
CASES = {
    "first": ((300, 20, 19, 5), [(0, *DROPOUT, 5)]),
    "between": ((300, 20, 19, 5), [(1, *DROPOUT, 5), (1, *NOISE, 6)]),
    "everywhere": ((40, 33, 17, 5), NOISY),
    "residual": ((40, 17, 17, 5), [(1, *BRANCH), (2, *JOIN)]),
    "residual of inputs": ((300, 9, 300, 5), [(0, *BRANCH), (2, *JOIN)]),
    "one place": ((9, 20, 8, 5), [(1, *BRANCH), (1, *DROPOUT, 5), (1, *JOIN)]),
    "nested": ((17, 17, 17, 17), NESTED),
    "layer norm": ((300, 20, 17, 5), [(place, *LAYER_NORM) for place in range(4)]),
    "batch norm": ((300, 20, 17, 5), [(place, *BATCH_NORM) for place in range(4)]),
    "inner": ((300, 33, 2, 5), [(1, *BATCH_NORM), (2, *LAYER_NORM), (2, *BATCH_NORM)]),
    "mixed": ((9, 20, 20, 5), MIXED),
    "activations": (
        (300, 20, 17, 5),
        [
            (0, "tanh", [], 0),
            (1, *BATCH_NORM),
            (1, "gelu", [], 0),
            (2, "softplus", [], 0),
        ],
    ),
    "prelu": ((300, 20, 17, 5), [(place, "prelu", [], 0) for place in range(4)]),
}


def pair(dtype, widths, stages, loss=CROSS_ENTROPY):
    """A native network and its twin in float64, with the same random weights."""
    layers = [(width, "tanh") for width in widths[1:-1]] + [(widths[-1], "identity")]
    native = getattr(_core, dtype).Network(widths[0], layers, loss, stages=stages)
    twin = reference.Network(widths[0], layers, loss, dtype="float64", stages=stages)
    rng = np.random.default_rng(1)
    for layer in range(twin.depth):
        arrays = [rng.normal(size=array.shape) for array in twin.parameters(layer)]
        if arrays[0].ndim == 2:
            arrays[0] /= np.sqrt(len(arrays[0]))
        elif len(arrays) == 4:
            arrays[3] = np.abs(arrays[3])  # a variance
        arrays = [array.astype(np.float32) for array in arrays]
        for network in (native, twin):
            network.set_parameters(layer, *arrays)
    return native, twin


def table(rows, inputs, outputs):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(rows, inputs)).astype(np.float32)
    return X, rng.integers(outputs, size=rows).astype(np.int32)


def arrays(network, count):
    return [array for item in range(count) for array in network.parameters(item)]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("batch", "rows"), [(1, 5), (45, 77), (600, 1300)])
def test_steps_follow_the_reference(isa, threads, name, batch, rows):
    """In float64, on smooth layers, rounding stays far below; and any team does the
    same."""
    widths, stages = CASES[name]
    X, y = table(rows, widths[0], widths[-1])
    found = []
    for count in (1, 2, 3):
        threads(count)
        network, twin = pair("float64", widths, stages)
        network.start("adam", [0.9, 0.99, 1e-3], 1e-3)
        result = network.training(X, y, batch, 4).run(np.full(6, 1e-2))
        assert result[3:] == (6, None)
        told = [*arrays(network, twin.depth), network.predict(X), *result[:2]]
        told.append(np.array(network.evaluate(X, y)))
        told.append(np.array(network.differentiate(X, y)))
        found.append([array.tobytes() for array in told])
    assert found[0] == found[1] == found[2]
    np.testing.assert_array_equal(network.predict(X[:1]), network.predict(X)[:1])
    twin.start("adam", [0.9, 0.99, 1e-3], 1e-3)
    meant = twin.training(X, y, batch, 4).run(np.full(6, 1e-2))
    np.testing.assert_allclose(result[0], meant[0], rtol=1e-11)
    np.testing.assert_array_equal(result[1], meant[1])
    for a, b in zip(*(arrays(n, twin.depth) for n in (network, twin)), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-11)
    np.testing.assert_allclose(network.predict(X), twin.predict(X), atol=1e-10)
    assert network.evaluate(X, y) == pytest.approx(twin.evaluate(X, y), rel=1e-10)
    loss = network.differentiate(X, y)
    assert loss == pytest.approx(twin.differentiate(X, y), rel=1e-10)
    if "batch_norm" not in str(stages):  # it is a prediction's loss, without noise
        assert loss == pytest.approx(network.evaluate(X, y)[0], rel=1e-10)
    for layer in range(twin.depth):
        for a, b in zip(network.gradients(layer), twin.gradients(layer), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-11)


@pytest.mark.parametrize("name", CASES)
def test_float32_takes_the_same_steps_as_float64(isa, name):
    """The masks are the same: another one would change a weight by some 1e-3."""
    widths, stages = CASES[name]
    X, y = table(77, widths[0], widths[-1])
    network, twin = pair("float32", widths, stages)
    for each in (network, twin):
        each.start("sgd", [0.0, 0.0])
        each.training(X, y, 20, 4).run(np.full(4, 0.1))
    for a, b in zip(*(arrays(n, twin.depth) for n in (network, twin)), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=4e-6)


def test_a_chain_of_none_is_the_network_without():
    X, y = table(77, 40, 5)
    found = []
    for stages in ([], [(0, "dropout", [0.0], 1), (2, "gaussian_noise", [0.0], 2)]):
        network, _ = pair("float32", (40, 33, 17, 5), stages)
        network.start("sgd", [0.9, 0.0])
        network.training(X, y, 20, 4).run(np.full(9, 0.1))
        found.append([array.tobytes() for array in arrays(network, 3)])
    assert found[0] == found[1]


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "mean_squared_error"])
@pytest.mark.parametrize("name", CASES)
def test_the_gradient_of_the_reference_by_differences(name, loss):
    """With the noise of one step: central differences err by about h^2 = 4e-11."""
    rng = np.random.default_rng(0)
    widths, stages = CASES[name]
    _, twin = pair("float64", widths, stages, loss)
    X, t = rng.normal(size=(11, widths[0])), rng.dirichlet(np.ones(widths[-1]), 11)

    def loss_of_step():
        return twin.loss(twin.forward(X, TRAIN, 5), t)[0]

    _, delta = twin.loss(twin.forward(X, TRAIN, 5), t)
    twin.backward(delta)
    gradients = [twin.gradients(layer) for layer in range(twin.depth)]
    h = np.cbrt(np.finfo(np.float64).eps)
    for layer in range(twin.depth):
        values = list(twin.parameters(layer))
        for which in range(min(2, len(values))):  # what comes after is not learned
            for at in rng.permutation(values[which].size)[:10]:
                losses = []
                for sign in (1, -1):
                    moved = [value.copy() for value in values]
                    moved[which].flat[at] += sign * h
                    twin.set_parameters(layer, *moved)
                    losses.append(loss_of_step())
                twin.set_parameters(layer, *values)
                difference = (losses[0] - losses[1]) / (2 * h)
                assert difference == pytest.approx(
                    gradients[layer][which].flat[at], rel=1e-8, abs=1e-8
                )


@pytest.mark.parametrize(
    ("stages", "sentence"),
    [
        ([(0, "dropin", [0.5], 1)], "unknown stage 'dropin'; known are: dropout"),
        ([(0, "dropout", [], 1)], "dropout has 1 settings, got 0"),
        ([(0, "batch_norm", [0.9], 1)], "batch_norm has 2 settings, got 1"),
        ([(3, "dropout", [0.5], 1)], "dropout is at place 3; the last is 2"),
        ([(0, "join", [], 1)], "a branch joins that was never opened"),
        ([(0, "branch", [], 1)], "a branch does not join"),
        (
            [(0, "branch", [], 1), (1, "join", [], 1)],
            "a branch of 4 columns joins where there are 3",
        ),
        (
            [(1, "dropout", [0.5], 1), (0, "dropout", [0.5], 1)],
            "stages must come in order of their places",
        ),
    ],
)
def test_unsound_stages_are_refused(dtype, stages, sentence):
    layers = [(3, "relu"), (2, "identity")]
    with pytest.raises(ValueError, match=sentence):
        getattr(_core, dtype).Network(4, layers, CROSS_ENTROPY, stages=stages)
