"""Training of narrow networks: as the reference and as Step do it, on any team."""

import itertools

import numpy as np
import pytest

from schuss import _core, reference

SGD, ADAM = ("sgd", [0.9, 1.0]), ("adam", [0.9, 0.99, 1e-3])
RULES = [
    ("rmsprop", [0.9, 0.5, 1e-3]),
    ("adagrad", [0.1, 1e-3]),
    ("rprop", [0.5, 1.2, 1e-6, 50.0]),
]
SMALL = (3, 18, 7, 4)


def network_of(dtype, widths, loss="softmax_cross_entropy", activation="tanh"):
    layers = [(width, activation) for width in widths[1:-1]]
    layers.append((widths[-1], "identity"))
    pair = (
        getattr(_core, dtype).Network(widths[0], layers, loss),
        reference.Network(widths[0], layers, loss, dtype=dtype),
    )
    rng = np.random.default_rng(1)
    for layer, (a, b) in enumerate(itertools.pairwise(widths)):
        weights = (rng.normal(size=(a, b)) / np.sqrt(a)).astype(np.float32)
        bias = rng.normal(size=b).astype(np.float32)
        for network in pair:
            network.set_parameters(layer, weights, bias)
    return pair


def table(rows, widths, kind="labels"):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(rows, widths[0])).astype(np.float32)
    if kind == "labels":
        return X, rng.integers(widths[-1], size=rows).astype(np.int32)
    return X, rng.dirichlet(np.ones(widths[-1]), rows)


def bits(network, widths):
    pairs = [network.parameters(layer) for layer in range(len(widths) - 1)]
    return [array.tobytes() for pair in pairs for array in pair]


def assert_alike(networks, widths, atol):
    for layer in range(len(widths) - 1):
        pairs = (network.parameters(layer) for network in networks)
        for a, b in zip(*pairs, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=atol)


@pytest.mark.parametrize(
    ("loss", "kind"),
    [
        ("softmax_cross_entropy", "labels"),
        ("softmax_cross_entropy", "numbers"),
        ("mean_squared_error", "numbers"),
    ],
)
@pytest.mark.parametrize("optimizer", [SGD, ADAM, *RULES], ids=lambda pair: pair[0])
@pytest.mark.parametrize("batch", [1, 2, 7, 33, 45])
def test_epochs_follow_the_reference(isa, batch, optimizer, kind, loss):
    """Smooth layers in float64: what rounding does in some steps stays far below. The
    last batch is ragged; with 45 rows an epoch is a single step; epochs of more than 64
    steps come in portions."""
    X, y = table(100 if batch == 1 else 45, SMALL, kind)
    networks = network_of("float64", SMALL, loss)
    steps = 3 * -(-len(X) // batch)
    rates = np.linspace(0.02, 0.001, steps)
    results = []
    for network in networks:
        network.start(*optimizer, 1e-3, 0.01)
        results.append(network.training(X, y, batch, 5, 3).run(rates))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-11)
    np.testing.assert_array_equal(results[0][1], results[1][1])
    assert results[0][2] == pytest.approx(results[1][2], rel=1e-11)
    assert results[0][3:] == results[1][3:] == (steps, None)
    assert len(results[0][0]) == 3
    assert_alike(networks, SMALL, 1e-11)


@pytest.mark.parametrize("batch", [2, 9, 45])
@pytest.mark.parametrize("cuts", [[24], [1, 7, 16], [3, 2, 2, 17], [1] * 24])
def test_rows_as_they_stand_epoch_after_epoch(isa, batch, cuts):
    """They are not gathered again where nothing has moved them, wherever runs begin."""
    X, y = table(45, SMALL)
    networks, losses = network_of("float64", SMALL), []
    rates = np.linspace(0.1, 0.01, 24)
    for network, runs in zip(networks, (cuts, [24]), strict=True):
        network.start(*SGD)
        training = network.training(X, y, batch)
        ends = np.cumsum(runs)[:-1]
        results = [training.run(part) for part in np.split(rates, ends)]
        losses.append(np.concatenate([result[0] for result in results]))
    assert len(losses[0]) == 24 // -(-45 // batch)
    np.testing.assert_allclose(*losses, rtol=1e-11)
    assert_alike(networks, SMALL, 1e-11)


@pytest.mark.parametrize("optimizer", [SGD, *RULES], ids=lambda pair: pair[0])
@pytest.mark.parametrize("batch", [1, 4, 7])
def test_threads_do_not_change_a_bit(isa, dtype, threads, batch, optimizer):
    X, y = table(45, SMALL)
    results = []
    for count in (1, 2, 3):
        threads(count)
        network, _ = network_of(dtype, SMALL)
        network.start(*optimizer, 1e-3, 0.01)
        result = network.training(X, y, batch, key=9).run(np.full(100, 0.05))
        results.append((bits(network, SMALL), repr(result)))
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("widths", [(3, 12, 4), (5, 40, 40, 3), (20, 9)], ids=str)
def test_it_makes_no_difference_that_a_network_is_narrow(isa, widths):
    """On both sides of the batch size at which Step takes over, the same examples give
    the same gradient, whatever the other rows of the batch are worth: a row that stands
    there n times counts n times."""
    X, y = table(2, widths)
    found = []
    for copies in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512):
        network, _ = network_of("float64", widths)
        network.start("sgd", [0.0, 0.0], 1e-3)
        result = network.training(
            np.tile(X, (copies, 1)), np.tile(y, copies), 2 * copies
        )
        losses = result.run(np.full(10, 0.05))[0]
        found.append((network, losses))
    for network, losses in found[1:]:
        np.testing.assert_allclose(losses, found[0][1], rtol=1e-12)
        assert_alike((found[0][0], network), widths, 1e-12)


def test_a_network_may_train_both_ways_in_turn(isa):
    """Padding that one way leaves behind must not show in the other."""
    widths, kinds = (6, 11, 19, 3), ("sigmoid", "float64")
    networks = network_of(kinds[1], widths, activation=kinds[0])
    X, y = table(700, widths)
    for network in networks:
        network.start(*ADAM, 1e-3)
        for batch in (700, 1, 350, 2):
            network.training(X, y, batch).run(np.full(4, 0.01))
    assert_alike(networks, widths, 1e-11)


@pytest.mark.parametrize("batch", [1, 3, 10, 30])
@pytest.mark.parametrize("bad", [0, 13, 29])
def test_the_epoch_in_which_the_loss_ends_is_undone(isa, dtype, batch, bad):
    X, y = table(30, SMALL)
    per_epoch = 30 // batch
    X = np.concatenate([X, X]).astype(dtype)
    healthy, _ = network_of(dtype, SMALL)
    healthy.start(*SGD)
    healthy.training(X[:30], y, batch).run(np.full(2 * per_epoch, 0.01))
    network, _ = network_of(dtype, SMALL)
    network.start(*SGD)
    rows = X[:30]
    training = network.training(rows, y, batch)
    assert training.run(np.full(2 * per_epoch, 0.01))[4] is None
    rows[bad, 1] = np.nan
    losses, correct, loss, steps, problem = training.run(np.full(99, 0.01))
    assert problem == "the loss stopped being finite"
    assert steps == bad // batch + 1
    assert len(losses) == len(correct) == 0 and not np.isfinite(loss)
    assert bits(network, SMALL) == bits(healthy, SMALL)
    assert training.run(np.full(9, 0.01))[3] == 0


def test_a_weight_that_overflows_is_noticed_after_its_epoch(isa, dtype):
    X, y = table(30, SMALL)
    for batch in (1, 30):
        network, _ = network_of(dtype, SMALL)
        network.start("sgd", [0.0, 0.0])
        before = bits(network, SMALL)
        rates = np.zeros(30 // batch + 1)
        rates[30 // batch - 1] = np.inf
        *_, steps, problem = network.training(X, y, batch).run(rates)
        assert problem == "a weight stopped being finite" and steps == 30 // batch
        assert bits(network, SMALL) == before


# Rows that would be a multiple of 1 KiB long are a cache line further apart.
@pytest.mark.parametrize("batch", [1, 2, 5])
@pytest.mark.parametrize(
    "widths",
    [(250, 3), (241, 2), (255, 2), (127, 3), (121, 2), (125, 2), (3, 250), (2, 125)],
    ids=str,
)
def test_rows_of_about_1_kib(isa, dtype, widths, batch):
    X, y = table(12, widths, "numbers")
    networks = network_of(dtype, widths, "mean_squared_error")
    for network in networks:
        network.start("sgd", [0.0, 0.0])
        network.training(X, y, batch).run(np.full(6, 0.01))
    assert_alike(networks, widths, 1e-5 if dtype == "float32" else 1e-13)


@pytest.mark.parametrize(
    "rules",
    [
        {"l1": 1e-3},
        {"l1": 1e-3, "bias_l1": 1e-3, "l2": 1e-2, "bias_l2": 1e-2},
        {"max_norm": 0.7},
        {"clip_norm": 0.1},
        {"clip_value": 1e-2},
        {"learning_rate_factors": [1, 0, 0.5]},
    ],
    ids=str,
)
@pytest.mark.parametrize("optimizer", [SGD, ADAM, *RULES], ids=lambda pair: pair[0])
def test_narrow_networks_obey_all_rules(isa, threads, optimizer, rules):
    """Whoever takes their steps: as the reference does, and the same bits."""
    X, y = table(29, SMALL)
    results = []
    for count in (1, 3):
        threads(count)
        networks = network_of("float64", SMALL)
        for network in networks:
            network.start(*optimizer, **rules)
            network.training(X, y, 5, 4).run(np.full(20, 0.01))
        assert_alike(networks, SMALL, 1e-11)
        results.append(bits(networks[0], SMALL))
    assert results[0] == results[1]
