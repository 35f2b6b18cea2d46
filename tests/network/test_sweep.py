"""Updates that wait for all gradients: as the reference does them, on any team."""

import itertools

import numpy as np
import pytest
from bounds import gamma, of_step, roundoff

from schuss import _core, reference

OPTIMIZERS = {
    "sgd": [0.0, 0.0],
    "momentum": [0.9, 0.0],
    "nesterov": [0.9, 1.0],
    "adam": [0.9, 0.99, 1e-3],
    "rmsprop": [0.9, 0.5, 1e-3],
    "adagrad": [0.1, 1e-3],
    "rprop": [0.5, 1.2, 1e-6, 50.0],
}
RULES = {
    "l1": {"l1": 3e-3},
    "l1 of biases": {"l1": 1e-3, "bias_l1": 2e-3},
    "elastic net": {"l1": 1e-3, "l2": 1e-2, "bias_l2": 3e-2},
    "max norm": {"max_norm": 0.9},
    "clip norm": {"clip_norm": 0.05},
    "clip value": {"clip_value": 1e-3},
    "everything": {
        "l1": 1e-3,
        "l2": 1e-3,
        "bias_l1": 1e-3,
        "bias_l2": 1e-3,
        "max_norm": 0.8,
        "clip_norm": 0.1,
        "weight_decay": 0.05,
        "learning_rate_factors": [0.5, 2.0],
    },
    "one layer rests": {"l1": 1e-3, "clip_norm": 0.1, "learning_rate_factors": [1, 0]},
    "the other rests": {"max_norm": 0.7, "learning_rate_factors": [0, 1]},
}
# Panels; a first layer in parts with a last one by output; both by output; rows that
# are padded by a line more; a layer that takes copies; blocks that cut a panel.
SHAPES = [(40, 33, 17), (300, 20, 5), (300, 12, 7), (256, 10, 3), (9, 530, 131)]


def network_of(dtype, widths):
    layers = [(width, "tanh") for width in widths[1:-1]] + [(widths[-1], "identity")]
    pair = (
        getattr(_core, dtype).Network(widths[0], layers, "softmax_cross_entropy"),
        reference.Network(widths[0], layers, "softmax_cross_entropy", dtype="float64"),
    )
    rng = np.random.default_rng(1)
    for layer, (a, b) in enumerate(itertools.pairwise(widths)):
        weights = (rng.normal(size=(a, b)) / np.sqrt(a)).astype(np.float32)
        bias = rng.normal(size=b).astype(np.float32)
        for network in pair:
            network.set_parameters(layer, weights, bias)
    return pair


def table(rows, inputs, outputs):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(rows, inputs)).astype(np.float32)
    return X, rng.integers(outputs, size=rows).astype(np.int32)


def started(network, optimizer, rules):
    name = optimizer if optimizer in reference.OPTIMIZERS else "sgd"
    network.start(name, OPTIMIZERS[optimizer], **rules)
    return network


def trained(network, X, y, batch, steps=20, rate=1e-2):
    training = network.training(X, y, batch, 4)
    result = training.run(np.full(steps, rate))
    pairs = [network.parameters(layer) for layer in (0, 1)]
    return (
        result,
        [array for pair in pairs for array in pair],
        training.gradient_norms(),
    )


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("widths", "batch"), [(SHAPES[0], 45), (SHAPES[1], 7)])
def test_twenty_steps_follow_the_reference(isa, optimizer, rules, widths, batch):
    """Smooth layers in float64: what rounding does in 20 steps stays far below."""
    X, y = table(45, widths[0], widths[-1])
    (told, found, norms), (meant, truth, true_norms) = (
        trained(started(network, optimizer, RULES[rules]), X, y, batch)
        for network in network_of("float64", widths)
    )
    np.testing.assert_allclose(told[0], meant[0], rtol=1e-11, atol=1e-12)
    assert told[3:] == meant[3:] == (20, None)
    for a, b in zip(found, truth, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-11)
    assert len(norms) == len(true_norms) == (20 if "clip_norm" in RULES[rules] else 0)
    np.testing.assert_allclose(norms, true_norms, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("rules", ["everything", "the other rests"])
@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
@pytest.mark.parametrize("batch", [45, 600])
@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_threads_do_not_change_a_bit(
    isa, dtype, threads, widths, batch, optimizer, rules
):
    X, y = table(batch + 32, widths[0], widths[-1])
    results = []
    for count in (1, 2, 3):
        threads(count)
        network = started(network_of(dtype, widths)[0], optimizer, RULES[rules])
        result, arrays, norms = trained(network, X, y, batch, 6)
        arrays = [array.tobytes() for array in (*result[:2], *arrays, norms)]
        results.append((arrays, result[2:]))
    assert results[0] == results[1] == results[2]


def one_step(widths, rows, dtype, rules):
    """What native and reference make of a step at rate 1/2, the gradients in truth and
    the errors of the native ones."""
    rows = 45 if max(widths) > 500 and rows > 45 else rows
    X, y = table(rows, widths[0], widths[-1])
    pair = network_of(dtype, widths)
    layers = [pair[1].parameters(layer) for layer in (0, 1)]
    pair[1].differentiate(X, y)
    _, parts = of_step(pair[1], "softmax_cross_entropy", X.astype("f8"), y, dtype)
    found, truth = (
        trained(started(network, "sgd", rules), X, y, rows, 1, 0.5)[1]
        for network in pair
    )
    before = [array for pair in layers for array in pair]
    gradients = [array for layer in (0, 1) for array in pair[1].gradients(layer)]
    errors = [error for pair in parts for _, error in pair]
    return found, truth, before, gradients, errors


def assert_close(found, truth, bounds, dtype):
    both = 1.01 * (2 if dtype == "float64" else 1)  # there, the reference errs as well
    for a, b, bound in zip(found, truth, bounds, strict=True):
        assert np.all(np.abs(a - b) <= both * bound)


@pytest.mark.parametrize("widths", SHAPES, ids=str)
@pytest.mark.parametrize("rows", [7, 513])
def test_a_step_with_penalties_stays_within_its_bound(isa, dtype, widths, rows):
    """Thresholds are products of two numbers, rounded; the map changes by no more than
    what it is given."""
    l1, l2 = 2.0**-6, 2.0**-7
    found, truth, before, gradients, errors = one_step(
        widths, rows, dtype, {"l1": l1, "l2": l2}
    )
    assert np.any(found[0] == 0) and np.any(found[0] != 0)
    bounds = []
    for w, g, error, pull in zip(before, gradients, errors, (1, 0, 1, 0), strict=True):
        w, g = np.abs(w), np.abs(g) + error
        terms = 0.5 * (g + 2 * l2 * w + pull * l1)
        bounds.append(0.5 * error + gamma(8, dtype) * (w + terms))
    assert_close(found, truth, bounds, dtype)


@pytest.mark.parametrize("widths", SHAPES, ids=str)
@pytest.mark.parametrize("rows", [7, 513])
def test_a_clipped_step_stays_within_its_bound(isa, dtype, widths, rows):
    """A norm changes by no more than the norm of what its vector changes by; the sum of
    squares, the quotient and its rounding, products and differences come on top."""
    limit = 2.0**-5
    found, truth, before, gradients, errors = one_step(
        widths, rows, dtype, {"clip_norm": limit}
    )
    norm = np.sqrt(sum(np.sum(np.square(g)) for g in gradients))
    assert norm > 2 * limit
    off = np.sqrt(sum(np.sum(np.square(e)) for e in errors)) / norm
    own = gamma(sum(g.size for g in gradients) + 4, "float64") + gamma(5, dtype)
    bounds = [
        0.5 * limit / norm * (error + 1.02 * (off + own) * np.abs(g))
        + gamma(3, dtype) * np.abs(w)
        for w, g, error in zip(before, gradients, errors, strict=True)
    ]
    assert_close(found, truth, bounds, dtype)
    moved = [a - b for a, b in zip(found, before, strict=True)]
    length = 2 * np.sqrt(sum(np.sum(np.square(part)) for part in moved))
    rest = 2 * gamma(3, dtype) * np.sqrt(sum(np.sum(np.square(w)) for w in before))
    assert length == pytest.approx(limit, rel=gamma(9, dtype), abs=rest)


@pytest.mark.parametrize("widths", SHAPES, ids=str)
@pytest.mark.parametrize("rows", [7, 513])
def test_a_limited_step_stays_within_its_bound(isa, dtype, widths, rows):
    """Of a vector and its norm, relative errors add up."""
    limit = 0.75
    found, truth, before, gradients, errors = one_step(
        widths, rows, dtype, {"max_norm": limit}
    )
    bounds = []
    for w, g, error, b in zip(before, gradients, errors, truth, strict=True):
        e = 0.5 * error + gamma(4, dtype) * (np.abs(w) + 0.5 * (np.abs(g) + error))
        if w.ndim == 1:
            bounds.append(e)
            continue
        free = np.sqrt(np.sum(np.square(w - 0.5 * g), axis=0))
        factor = np.minimum(1, limit / free)
        off = np.sqrt(np.sum(np.square(e), axis=0)) / free
        own = gamma(len(w) + 4, "float64") + gamma(3, dtype)
        bounds.append(factor * e + 1.02 * (off + own) * np.abs(b))
    assert_close(found, truth, bounds, dtype)
    for weights in (found[0], found[2]):
        norms = np.sqrt(np.sum(np.square(weights.astype(np.float64)), axis=0))
        off = 4 * roundoff(dtype) + gamma(len(weights) + 4, "float64")
        assert np.all(norms <= limit * (1 + off))
        assert np.any(norms >= limit * (1 - off))


def test_gradients_far_above_the_limit_and_far_below(isa, dtype):
    """Values are cut off; what is below keeps its bits, as it does beside a norm."""
    X, y = table(20, 40, 5)
    results = {}
    for name, rules in (
        ("free", {"l1": 0.0}),
        ("high value", {"clip_value": 1e3}),
        ("high norm", {"clip_norm": 1e3}),
        ("low value", {"clip_value": 1e-5}),
    ):
        network = started(network_of(dtype, (40, 33, 5))[0], "sgd", rules)
        before = network.parameters(1)[1]
        results[name] = trained(network, X, y, 20, 1, 1.0)[1]
    for array in ("high value", "high norm"):
        for a, b in zip(results["free"], results[array], strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=8 * roundoff(dtype))
    moved = np.abs(before - results["low value"][3])
    np.testing.assert_allclose(moved, 1e-5, atol=4 * roundoff(dtype))


@pytest.mark.parametrize("rules", ["one layer rests", "the other rests"])
@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_frozen_layer_keeps_its_bits(isa, dtype, optimizer, fused, rules):
    """Penalties, decay and limits leave it alone, and its gradients do not count."""
    factors = RULES[rules]["learning_rate_factors"]
    more = {} if fused else {"l1": 0.1, "max_norm": 0.1, "clip_norm": 1.0, "bias_l1": 1}
    rules = {"l2": 1.0, "weight_decay": 0.5, "bias_l2": 1.0, **more}
    for widths in ((300, 20, 5), (3, 4, 2)):
        X, y = table(20, widths[0], widths[-1])
        for network in network_of(dtype, widths):
            network.start(
                optimizer if optimizer in reference.OPTIMIZERS else "sgd",
                OPTIMIZERS[optimizer],
                learning_rate_factors=factors,
                **rules,
            )
            before = [network.parameters(layer) for layer in (0, 1)]
            trained(network, X, y, 7, 4)
            for layer, factor in enumerate(factors):
                for a, b in zip(before[layer], network.parameters(layer), strict=True):
                    assert np.array_equal(a, b) == (factor == 0)


def test_the_norm_of_all_gradients_is_the_one_that_counts(isa, dtype, threads):
    threads(2)
    X, y = table(20, 40, 5)
    for factors in ([1, 1], [0, 1], [1, 0]):
        network, twin = network_of(dtype, (40, 33, 5))
        network.start("sgd", [0, 0], clip_norm=1e30, learning_rate_factors=factors)
        norms = trained(network, X, y, 20, 1)[2]
        twin.differentiate(X, y)
        squares = [
            np.sum(np.square(array))
            for layer in (0, 1)
            for array in twin.gradients(layer)
            if factors[layer]
        ]
        relative = 1e-5 if dtype == "float32" else 1e-13
        assert norms == pytest.approx([np.sqrt(sum(squares))], rel=relative)


def test_a_norm_that_is_not_finite_is_noticed(isa):
    """Finite numbers in float64 whose squares are not."""
    X = np.full((4, 3), 1e200)
    network, _ = network_of("float64", (3, 4, 2))
    started(network, "sgd", {"clip_norm": 1.0})
    before = network.parameters(0)[0]
    network.set_parameters(0, np.zeros((3, 4)), np.zeros(4))
    result = network.training(X, np.zeros(4, np.int32), 4).run(np.full(1, 0.1))
    assert result[4] == "a weight stopped being finite"
    np.testing.assert_array_equal(network.parameters(0)[0], np.zeros((3, 4)))
    assert before.shape == (3, 4)


def test_an_optimizer_that_asks_for_more_may_be_started_later(isa, dtype):
    """Who takes the steps is decided anew."""
    for widths in ((3, 4, 2), (40, 33, 5)):
        X, y = table(20, widths[0], widths[-1])
        late, early = (network_of(dtype, widths)[0] for _ in range(2))
        started(late, "sgd", {})
        training = late.training(X, y, 7)
        started(late, "sgd", RULES["everything"])
        training.run(np.full(6, 0.1))
        started(early, "sgd", RULES["everything"])
        early.training(X, y, 7).run(np.full(6, 0.1))
        for layer in (0, 1):
            pairs = zip(late.parameters(layer), early.parameters(layer), strict=True)
            assert all(np.array_equal(a, b) for a, b in pairs)


def test_factors_are_one_for_each_layer(dtype):
    network, _ = network_of(dtype, (3, 4, 2))
    with pytest.raises(ValueError, match="factors for 1 layers; the network has 2"):
        network.start("sgd", [0, 0], learning_rate_factors=[1.0])
