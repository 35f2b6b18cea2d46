"""One step: within a derived bound in parts and chunks; the same bits on any team."""

import itertools

import numpy as np
import pytest
from bounds import gamma, of_step
from problems import LABELLED, needed_settings

from schuss import _core, reference

RATE, L2 = 0.5, 0.01
SGD, ADAM = ("sgd", [0.9, 1.0]), ("adam", [0.9, 0.99, 1e-3])
RULES = [
    ("rmsprop", [0.9, 0.5, 1e-3]),
    ("adagrad", [0.1, 1e-3]),
    ("rprop", [0.5, 1.2, 1e-6, 50.0]),
]

# A first layer of at least 256 inputs and at most 2^20 weights is computed in parts.
ALONE, IN_PARTS = (40, 33, 17, 5), (300, 20, 5)


def network_of(dtype, widths, activation="tanh", loss="softmax_cross_entropy"):
    layers = [(width, activation) for width in widths[1:-1]]
    layers.append((widths[-1], "identity"))
    settings = needed_settings(loss, widths[-1])
    network = getattr(_core, dtype).Network(
        widths[0], layers, loss, loss_settings=settings
    )
    twin = reference.Network(
        widths[0], layers, loss, dtype="float64", loss_settings=settings
    )
    rng = np.random.default_rng(1)
    for layer, (a, b) in enumerate(itertools.pairwise(widths)):
        weights = (rng.normal(size=(a, b)) / np.sqrt(a)).astype(np.float32)
        bias = rng.normal(size=b).astype(np.float32)
        network.set_parameters(layer, weights, bias)
        twin.set_parameters(layer, weights, bias)
    return network, twin


def table(rows, inputs, outputs):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(rows, inputs)).astype(np.float32)
    return X, rng.integers(outputs, size=rows).astype(np.int32)


def bits(value):
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, (tuple, list)):
        return [bits(item) for item in value]
    return repr(value)


def trained(dtype, widths, batch, rows, optimizer, loss):
    X, targets = table(rows, widths[0], widths[-1])
    if loss not in LABELLED:
        targets = np.eye(widths[-1])[targets]
    network, _ = network_of(dtype, widths, loss=loss)
    network.start(*optimizer, 1e-3, 0.01)
    steps = 3 * -(-rows // batch)
    result = network.training(X, targets, batch, key=9).run(np.full(steps, 0.05))
    assert result[3] == steps and len(result[0]) == 3
    depth = len(widths) - 1
    pairs = [network.parameters(layer) for layer in range(depth)]
    outputs = network.predict(X, 1)
    evaluation = network.evaluate(X, targets)
    loss = network.differentiate(X, targets)
    gradients = [network.gradients(layer) for layer in range(depth)]
    return bits([result, pairs, outputs, evaluation, loss, gradients])


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "mean_squared_error"])
@pytest.mark.parametrize("optimizer", [SGD, ADAM], ids=["sgd", "adam"])
@pytest.mark.parametrize("batch", [1, 7, 45, 77, 600])
@pytest.mark.parametrize("widths", [ALONE, IN_PARTS], ids=["alone", "parts"])
def test_threads_do_not_change_a_bit(
    isa, dtype, threads, widths, batch, optimizer, loss
):
    rows = 1300 if batch == 600 else 20 if batch == 1 else 77
    results = []
    for count in (1, 2, 3, 4, 8):
        threads(count)
        results.append(trained(dtype, widths, batch, rows, optimizer, loss))
    assert [result == results[0] for result in results] == [True] * 5


@pytest.mark.parametrize("loss", reference.LOSSES)
@pytest.mark.parametrize("batch", [7, 600])
def test_threads_do_not_change_a_bit_of_any_loss(isa, dtype, threads, batch, loss):
    results = []
    for count in (1, 2, 3):
        threads(count)
        results.append(
            trained(dtype, ALONE, batch, 77 if batch == 7 else 700, SGD, loss)
        )
    assert [result == results[0] for result in results] == [True] * 3


# A layer whose gradient takes copies; a first layer in parts, which does, too; first
# layers by output in parts, one of which needs several blocks of the depth.
@pytest.mark.parametrize(
    ("widths", "batch", "rows"),
    [
        ((9, 530, 131, 5), 70, 150),
        ((9, 530, 131, 5), 600, 1300),
        ((1030, 130, 3), 600, 700),
        ((300, 10), 7, 45),
        ((257, 16), 600, 1300),
        ((3400, 10), 45, 77),
    ],
    ids=str,
)
def test_layouts_do_not_change_a_bit_with_threads(
    isa, dtype, threads, widths, batch, rows
):
    results, loss = [], "softmax_cross_entropy"
    for count in (1, 2, 3, 4, 8):
        threads(count)
        results.append(trained(dtype, widths, batch, rows, SGD, loss))
    assert [result == results[0] for result in results] == [True] * 5


@pytest.mark.parametrize("optimizer", RULES, ids=lambda pair: pair[0])
@pytest.mark.parametrize("batch", [45, 600])
@pytest.mark.parametrize("widths", [ALONE, IN_PARTS, (300, 10)], ids=str)
def test_threads_do_not_change_a_bit_of_any_rule(
    isa, dtype, threads, widths, batch, optimizer
):
    results = []
    for count in (1, 2, 3):
        threads(count)
        results.append(
            trained(
                dtype, widths, batch, batch + 32, optimizer, "softmax_cross_entropy"
            )
        )
    assert [result == results[0] for result in results] == [True] * 3


def errors_of(twin, X, y, dtype):
    """Of the loss; and of each gradient, with its sum of absolute terms."""
    twin.differentiate(X, y)
    loss, pairs = of_step(twin, "softmax_cross_entropy", X.astype("f8"), y, dtype)
    return loss, [part for pair in pairs for part in pair]


def stepped(network, X, y):
    network.start("sgd", [0.0, 0.0], L2)
    result = network.training(X, y, len(X)).run(np.array([RATE]))
    assert len(result[0]) == 1
    return result[0][0]


@pytest.mark.parametrize(
    "widths",
    [
        (255, 20, 5),
        (256, 20, 5),
        (300, 20, 5),
        (769, 33, 10),
        (257, 4081, 2),
        (9, 530, 131),  # its last layer takes copies of deltas and inputs
        (20, 450, 33),  # its first layer's outputs pass by in groups of panels
        (300, 12, 7),  # both layers by output, the first in parts
    ],
    ids=str,
)
@pytest.mark.parametrize("rows", [1, 7, 45, 513])
def test_a_step_stays_within_its_bound(isa, dtype, threads, widths, rows):
    """Parts begin at 256 inputs, end at 2^20 weights; chunks begin at 513 rows."""
    threads(2)
    rows = min(rows, 45) if widths[1] > 4000 else rows
    X, y = table(rows, widths[0], widths[-1])
    network, twin = network_of(dtype, widths)
    layers = [twin.parameters(layer) for layer in (0, 1)]
    e_loss, parts = errors_of(twin, X, y, dtype)
    # In float64 the reference errs as well.
    both = 1.01 * (2 if dtype == "float64" else 1)
    loss, truth = stepped(network, X, y), stepped(twin, X, y)
    assert abs(loss - truth) <= both * e_loss
    found, true = (
        [array for layer in (0, 1) for array in each.parameters(layer)]
        for each in (network, twin)
    )
    before = [array for pair in layers for array in pair]
    arrays = zip(found, true, before, parts, (L2, 0.0, L2, 0.0), strict=True)
    for found, true, start, (terms, error), l2 in arrays:
        w = np.abs(start)
        terms = terms + 2 * l2 * w
        bound = RATE * error + gamma(6, dtype) * (w + RATE * terms)
        assert np.all(np.abs(found - true) <= both * bound)


def test_the_bound_is_worth_something():
    X, y = table(45, 300, 5)
    _, twin = network_of("float32", IN_PARTS)
    for dtype, most in (("float32", 1e-3), ("float64", 2e-12)):
        _, parts = errors_of(twin, X, y, dtype)
        assert max(error.max() for _, error in parts) < most


@pytest.mark.parametrize("optimizer", [SGD, ADAM, *RULES], ids=lambda pair: pair[0])
@pytest.mark.parametrize("batch", [1, 7, 45, 600])
def test_many_steps_in_parts_follow_the_reference(isa, threads, batch, optimizer):
    """Smooth layers in float64: what rounding does in ten steps stays far below."""
    rows = 1300 if batch == 600 else 45
    X, y = table(rows, 300, 5)
    threads(2)
    networks, results = network_of("float64", IN_PARTS), []
    for network in networks:
        network.start(*optimizer, 1e-3, 0.01)
        results.append(network.training(X, y, batch, 4).run(np.full(10, 1e-2)))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-12)
    np.testing.assert_array_equal(results[0][1], results[1][1])
    assert results[0][3:] == results[1][3:] == (10, None)
    for layer in (0, 1):
        pairs = (network.parameters(layer) for network in networks)
        for a, b in zip(*pairs, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-11)


@pytest.mark.parametrize("activation", reference.ACTIVATIONS)
@pytest.mark.parametrize("widths", [ALONE, IN_PARTS], ids=["alone", "parts"])
def test_twenty_steps_with_every_activation(isa, threads, widths, activation):
    """They follow the reference in float64, and have the same bits on any team."""
    X, y = table(700, widths[0], widths[-1])
    results = []
    for count in (1, 2, 3):
        threads(count)
        network, twin = network_of("float64", widths, activation)
        network.start("sgd", [0.9, 0.0], 1e-3)
        told = network.training(X, y, 70, 4).run(np.full(20, 1e-2))
        depth = range(len(widths) - 1)
        pairs = [network.parameters(layer) for layer in depth]
        outputs = network.predict(X)
        np.testing.assert_array_equal(network.predict(X[:1]), outputs[:1])
        results.append(bits([told, pairs, outputs, network.evaluate(X, y)]))
    assert results[0] == results[1] == results[2]
    twin.start("sgd", [0.9, 0.0], 1e-3)
    meant = twin.training(X, y, 70, 4).run(np.full(20, 1e-2))
    np.testing.assert_allclose(told[0], meant[0], rtol=1e-11)
    for layer, pair in zip(depth, pairs, strict=True):
        for a, b in zip(pair, twin.parameters(layer), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-11)
    assert network.evaluate(X, y) == pytest.approx(twin.evaluate(X, y), rel=1e-11)


@pytest.mark.parametrize("inputs", [9, 300])
def test_long_batches_are_chunks_of_one_step(isa, threads, inputs):
    """A batch of more than 512 rows is one step, whatever it is cut into."""
    X, y = table(1300, inputs, 3)
    threads(2)
    networks = [
        _core.float64.Network(inputs, [(3, "identity")], "softmax_cross_entropy"),
        reference.Network(
            inputs, [(3, "identity")], "softmax_cross_entropy", dtype="f8"
        ),
    ]
    for network in networks:
        network.set_parameters(0, np.full((inputs, 3), 0.1), np.zeros(3))
        network.start("sgd", [0.0, 0.0])
        losses, *_, steps, problem = network.training(X, y, 1300).run(np.array([0.5]))
        assert losses.shape == (1,) and steps == 1 and problem is None
    # 1300 terms of magnitude below 5 per weight, divided by 1300 again.
    np.testing.assert_allclose(
        networks[0].parameters(0)[0], networks[1].parameters(0)[0], rtol=0, atol=1e-12
    )
