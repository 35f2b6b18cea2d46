"""Steps of narrow networks: each within a derived bound of the reference."""

import itertools

import bounds
import numpy as np
import pytest
from bounds import exact, gamma
from problems import outputs_of, settings_of, targets_of

from schuss import reference
from schuss._core import kernels

SGD, ADAM = ("sgd", [0.0, 0.0]), ("adam", [0.9, 0.99, 1e-3])
RULES = [
    ("rmsprop", [0.9, 0.5, 1e-3]),
    ("adagrad", [0.1, 1e-3]),
    ("rprop", [0.5, 1.2, 1e-6, 50.0]),
]
# Settings that every precision has: they are rounded first.
RATE, L2 = 0.25, 2.0**-8

# Around vectors of 2 to 16 numbers and panels of 4 to 32, primes, and depths.
WIDTHS = [
    (1, 1),
    (2, 16, 2),
    (3, 1),
    (5, 17, 3),
    (7, 15, 31, 2),
    (13, 33, 11),
    (16, 16, 16),
    (4, 3, 3, 3, 3, 2),
    (67, 9, 40, 5),
    (37, 16, 8, 4, 1),
]


def numbers(rng, dtype, *shape):
    return rng.normal(size=shape).astype(np.float32).astype(dtype)


def problem(rng, dtype, widths, rows, kind):
    """Rows, targets, and parameters that keep activations away from saturation."""
    x = numbers(rng, dtype, rows, widths[0])
    pairs = list(itertools.pairwise(widths))
    weights = [
        (numbers(rng, dtype, a, b) / np.sqrt(a)).astype(np.float32).astype(dtype)
        for a, b in pairs
    ]
    biases = [numbers(rng, dtype, width) for width in widths[1:]]
    if kind == "labels":
        targets = rng.integers(widths[-1], size=rows).astype(np.int32)
    elif kind == "distributions":
        targets = rng.dirichlet(np.ones(widths[-1]), rows).astype(dtype)
    else:
        targets = numbers(rng, dtype, rows, widths[-1])
    loss = "mean_squared_error" if kind == "numbers" else "softmax_cross_entropy"
    return x, targets, weights, biases, loss


def layouts(widths):
    """By input, by output, and in turn."""
    depth = len(widths) - 1
    return {
        tuple(bool(choice(layer)) for layer in range(depth))
        for choice in (lambda _: 0, lambda _: 1, lambda n: n % 2, lambda n: (n + 1) % 2)
    }


def bits(result):
    arrays = [array.tobytes() for array in (*result[0], *result[1])]
    return arrays, result[2:]


def check_step(found, x, targets, weights, biases, activations, loss):
    """One step within the bound of its own rounding."""
    dtype, depth = x.dtype, len(weights)
    layers = [(exact(w), exact(b)) for w, b in zip(weights, biases, strict=True)]
    shape = [(len(b), name) for b, name in zip(biases, activations, strict=True)]
    kind = layers[0][0].dtype
    network = reference.Network(x.shape[1], shape, loss, dtype=kind)
    for layer, pair in enumerate(layers):
        network.set_parameters(layer, *pair)
    network.start("sgd", [0.0, 0.0], L2)
    truth = targets if targets.ndim == 1 else exact(targets)
    mean = network.step(exact(x), truth, RATE)
    t = np.eye(len(biases[-1]))[targets] if targets.ndim == 1 else truth

    errors = bounds.outputs(activations, layers, exact(x), dtype)
    output, e_output = network.outputs[-1], errors[0][-1]
    e_loss, e_delta = bounds.losses(loss, output, e_output, t, dtype)
    parts = bounds.gradients(activations, layers, network, errors, e_delta, dtype)
    # In float64 the reference's mean is rounded, too.
    e_sum = 1.01 * e_loss + 4 * np.finfo(np.float64).eps * len(x) * abs(mean)
    assert abs(found[2] - mean * len(x)) <= e_sum
    for layer, of_kinds in zip(range(depth), parts, strict=True):
        for which, ((terms, error), l2) in enumerate(
            zip(of_kinds, (L2, 0), strict=True)
        ):
            w = np.abs(layers[layer][which])
            step = RATE * (terms + 2 * l2 * w)
            bound = 1.01 * (RATE * error + gamma(6, dtype) * (w + step))
            difference = found[which][layer] - network.parameters(layer)[which]
            assert np.all(np.abs(difference) <= bound), (layer, which)
    if targets.ndim == 2:
        assert found[3] == 0
        return
    rest = np.where(t == 1, -np.inf, output).max(axis=1, initial=-np.inf)
    margin = (output * t).sum(axis=1) - rest
    unsure = np.abs(margin) <= 2 * e_output.max(axis=1)
    assert np.sum((margin > 0) & ~unsure) <= found[3] <= np.sum((margin > 0) | unsure)


def check_steps(problem, activations, batch, by_output):
    """Several steps in one call give the bits of one call for each, and each of these
    stays within its bound."""
    x, targets, weights, biases, loss = problem
    optimizer, settings = SGD
    rows, total, hits = len(x), 0.0, 0
    rates = [RATE] * -(-rows // batch)
    together = kernels.train_narrow(
        x, targets, weights, biases, activations, loss, optimizer, settings, rates,
        batch, L2, by_output,
    )  # fmt: skip
    for first in range(0, rows, batch):
        few = slice(first, first + batch)
        arguments = x[few], targets[few], weights, biases, activations, loss
        found = kernels.train_narrow(
            *arguments, optimizer, settings, [RATE], batch, L2, by_output
        )
        assert found[4] == 1
        check_step(found, *arguments)
        weights, biases = found[:2]
        total, hits = total + found[2], hits + found[3]
    assert bits(together) == bits((weights, biases, total, hits, len(rates)))


@pytest.mark.parametrize("widths", WIDTHS, ids=str)
@pytest.mark.parametrize("kind", ["labels", "distributions", "numbers"])
def test_train_narrow(isa, dtype, rng, widths, kind):
    activations = ["tanh"] * (len(widths) - 2) + ["identity"]
    for by_output in layouts(widths):
        for batch, rows in ((1, 2), (2, 3), (4, 8), (5, 7), (9, 9)):
            given = problem(rng, dtype, widths, rows, kind)
            check_steps(given, activations, batch, by_output)


@pytest.mark.parametrize("kind", ["labels", "numbers"])
@pytest.mark.parametrize("activation", reference.ACTIVATIONS)
def test_every_activation_in_every_layer(isa, dtype, rng, activation, kind):
    """Sigmoid leaves its padding at 1/2, which must not move padded weights."""
    widths = (6, 11, 19, 3)
    for by_output in layouts(widths):
        for batch in range(1, 10):
            given = problem(rng, dtype, widths, 2 * batch, kind)
            check_steps(given, [activation] * 3, batch, by_output)


@pytest.mark.parametrize(
    "optimizer",
    [SGD, ("sgd", [0.9, 0.0]), ("sgd", [0.9, 1.0]), ADAM, *RULES],
    ids=str,
)
@pytest.mark.parametrize("kind", ["labels", "distributions", "numbers"])
@pytest.mark.parametrize(
    ("l2", "decay", "l1"),
    [(0.0, 0.0, 0.0), (1e-3, 0.0, 0.0), (0.0, 0.1, 0.0), (1e-3, 0.0, 0.01)],
)
def test_steps_follow_the_reference(isa, rng, optimizer, kind, l2, decay, l1):
    """Smooth layers in float64: what rounding does in ten steps stays far below."""
    widths = (3, 18, 7, 5)
    for by_output in layouts(widths):
        x, targets, weights, biases, loss = problem(rng, "float64", widths, 29, kind)
        arguments = (
            x, targets, weights, biases, ["tanh", "sigmoid", "identity"], loss,
            *optimizer, np.linspace(0.01, 0.05, 10), 3, l2, by_output, decay, l1,
        )  # fmt: skip
        found = kernels.train_narrow(*arguments)
        truth = reference.train_narrow(*arguments)
        for which in (0, 1):
            for a, b in zip(found[which], truth[which], strict=True):
                np.testing.assert_allclose(a, b, rtol=0, atol=1e-11)
        assert found[2] == pytest.approx(truth[2], rel=1e-11)
        assert found[3:] == truth[3:]


@pytest.mark.parametrize(
    ("rate", "l2"), [(RATE * 1.01, L2), (RATE, 0.0)], ids=["rate", "l2"]
)
def test_what_is_a_little_wrong_leaves_the_bound(dtype, rng, rate, l2):
    given = x, targets, weights, biases, loss = problem(
        rng, dtype, (6, 11, 19, 3), 9, "labels"
    )
    activations = ["sigmoid", "tanh", "identity"]
    rest = activations, loss, *SGD
    for by_output in layouts((6, 11, 19, 3)):
        found = kernels.train_narrow(*given[:4], *rest, [rate], 9, l2, by_output)
        with pytest.raises(AssertionError):
            check_step(found, x, targets, weights, biases, activations, loss)


def test_it_ends_after_the_first_loss_that_is_not_finite(isa, dtype, rng):
    x, targets, weights, biases, loss = problem(rng, dtype, (3, 5, 2), 40, "labels")
    x[17, 1] = np.inf
    for batch in (1, 2, 5, 9):
        steps = -(-40 // batch)
        with np.errstate(all="ignore"):
            found, truth = (
                engine.train_narrow(
                    x, targets, weights, biases, ["identity", "identity"], loss, *SGD,
                    [0.01] * steps, batch, 0.0, [False, True],
                )
                for engine in (kernels, reference)
            )  # fmt: skip
        assert found[4] == truth[4] == 17 // batch + 1
        assert not np.isfinite(found[2])


def test_learning_rates_are_those_of_the_steps(isa, dtype, rng):
    x, targets, weights, biases, loss = problem(rng, dtype, (3, 5, 2), 6, "labels")
    rates = [0.5, 0.0, 0.25]
    rest = ["tanh", "identity"], loss, *SGD
    found = kernels.train_narrow(
        x, targets, weights, biases, *rest, rates, 2, 0.0, [False, False]
    )
    keep = [0, 1, 4, 5]  # the step without a rate moves nothing
    truth = kernels.train_narrow(
        x[keep], targets[keep], weights, biases, *rest, rates[::2], 2, 0.0, [False] * 2
    )
    assert bits(found)[0] == bits(truth)[0]


@pytest.mark.parametrize("loss", reference.LOSSES)
@pytest.mark.parametrize("batch", [1, 4, 9])
def test_losses_have_settings_and_rows_weights(isa, rng, loss, batch):
    """Smooth layers in float64: what rounding does in some steps stays far below."""
    widths, rows = (5, 7, 3), 18
    x = outputs_of(rng, "float64", rows, 5)
    targets = targets_of(loss, rng, "float64", rows, 3)
    pairs = list(itertools.pairwise(widths))
    arguments = (
        x,
        targets,
        [numbers(rng, "float64", *pair) for pair in pairs],
        [numbers(rng, "float64", width) for width in widths[1:]],
        ["tanh", "identity"],
        loss,
        "sgd",
        [0.5, 0.0],
        [0.02] * -(-rows // batch),
        batch,
        1e-3,
        [False, True],
        0.0,
        1e-4,
        settings_of(loss, 3),
        rng.integers(4, size=rows) / 2,
    )
    found, truth = (module.train_narrow(*arguments) for module in (kernels, reference))
    for arrays, others in zip(found[:2], truth[:2], strict=True):
        for a, b in zip(arrays, others, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)
    assert found[2] == pytest.approx(truth[2], rel=1e-12)
    assert found[3:] == truth[3:]
