"""Runs of steps: told of truly, cut anywhere, and ended."""

import gc
import itertools
import time

import children
import numpy as np
import pytest

from schuss import _core, reference

BATCH, RATE, MOMENTUM, L2 = 6, 0.3, 0.8, 0.01
WIDTHS = [3, 4, 3]


def make(dtype, activation, nesterov, engine="native"):
    layers = [(WIDTHS[1], activation), (WIDTHS[2], "identity")]
    loss = "softmax_cross_entropy"
    if engine == "reference":
        network = reference.Network(WIDTHS[0], layers, loss, dtype=dtype)
    else:
        network = getattr(_core, dtype).Network(WIDTHS[0], layers, loss)
    rng = np.random.default_rng(3)
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(WIDTHS)):
        weights = rng.normal(size=(fan_in, fan_out)).astype(np.float32)
        bias = rng.normal(size=fan_out).astype(np.float32)
        network.set_parameters(layer, weights.astype(dtype), bias.astype(dtype))
    network.start("sgd", [MOMENTUM, float(nesterov)], L2)
    return network


def data():
    rng = np.random.default_rng(5)
    X = rng.normal(size=(3 * BATCH, WIDTHS[0])).astype(np.float32)
    y = rng.integers(WIDTHS[-1], size=len(X)).astype(np.int32)
    return X, y


def bits(network):
    return [array.tobytes() for layer in (0, 1) for array in network.parameters(layer)]


def test_losses_and_hits_are_those_before_each_update(isa):
    X, y = data()
    network, twin = make("float64", "tanh", False), make("float64", "tanh", False)
    result = network.training(X, y, BATCH).run(np.full(3, RATE))
    one_by_one = twin.training(X, y, BATCH)
    sum_of_losses, hits = 0.0, 0
    for step in range(3):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        loss, right = twin.evaluate(X[rows], y[rows])
        sum_of_losses, hits = sum_of_losses + BATCH * loss, hits + right
        losses, correct, running, steps, problem = one_by_one.run(np.array([RATE]))
        assert running == pytest.approx(sum_of_losses / BATCH / (step + 1), rel=1e-14)
        assert len(losses) == len(correct) == (step == 2)
        assert steps == 1 and problem is None
    losses, correct, running, steps, problem = result
    assert losses.dtype == np.float64 and correct.dtype == np.int64
    assert losses == [running] and running == pytest.approx(sum_of_losses / 18, 1e-14)
    assert correct == [hits]
    assert steps == 3 and problem is None


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("cuts", [[35], [1] * 35, [3, 1, 10, 0, 21], [5, 5, 25]])
def test_it_makes_no_difference_how_runs_are_cut(dtype, engine, cuts):
    X, y = data()  # five epochs of seven steps, the last of them a single row long
    X, y = X[:13], y[:13]
    rates = np.linspace(0.1, 0.5, 35)
    whole = make(dtype, "tanh", True, engine)
    truth = whole.training(X, y, 2, key=5).run(rates)
    network = make(dtype, "tanh", True, engine)
    training, first, losses, correct = network.training(X, y, 2, key=5), 0, [], []
    for steps in cuts:
        result = training.run(rates[first : first + steps])
        assert result[3] == steps and result[4] is None
        losses, correct = [*losses, *result[0]], [*correct, *result[1]]
        first += steps
    assert bits(network) == bits(whole)
    assert len(losses) == 5
    np.testing.assert_array_equal(losses, truth[0])
    np.testing.assert_array_equal(correct, truth[1])


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("cuts", [[35], [1] * 35, [3, 1, 10, 0, 21], [5, 5, 25]])
def test_sets_are_evaluated_when_an_epoch_has_ended(dtype, engine, cuts):
    X, y = data()
    sets = [(X[:4], y[:4], None), (X[4:], y[4:], np.arange(14) / 4)]
    rates = np.linspace(0.1, 0.5, 35)
    network, twin = (make(dtype, "tanh", True, engine) for _ in range(2))
    training = network.training(X[:13], y[:13], 2, 5, 0, None, sets)
    found, first = [], 0
    for steps in cuts:
        training.run(rates[first : first + steps])
        found.extend(training.evaluations())
        first += steps
    in_turn, truth = twin.training(X[:13], y[:13], 2, 5), []
    for epoch in range(5):
        in_turn.run(rates[7 * epoch : 7 * epoch + 7])
        truth.append([twin.evaluate(*rows) for rows in sets])
        assert in_turn.evaluations().shape == (1, 0, 2)
    np.testing.assert_array_equal(found, truth)
    assert bits(network) == bits(twin)


def test_a_key_puts_rows_in_the_order_of_the_shuffle(isa, dtype):
    X, y = data()
    for key, first_epoch in ((0, 0), (2**64 - 1, 7), (123, 2**63)):
        shuffled, sorted_out = make(dtype, "relu", False), make(dtype, "relu", False)
        found = shuffled.training(X, y, 5, key, first_epoch).run(np.full(12, RATE))
        orders = [_core.kernels.shuffle(18, key, first_epoch + e) for e in range(3)]
        losses = []
        for order in orders:  # the velocity is the network's
            in_turn = sorted_out.training(X[order], y[order], 5)
            losses.extend(in_turn.run(np.full(4, RATE))[0])
        assert bits(shuffled) == bits(sorted_out)
        np.testing.assert_array_equal(found[0], losses)
    in_order, by_key = make(dtype, "relu", False), make(dtype, "relu", False)
    in_order.training(X, y, 5).run(np.full(8, RATE))
    by_key.training(X, y, 5, key=0).run(np.full(8, RATE))
    assert bits(in_order) != bits(by_key)


def test_adam_counts_its_steps_over_runs_and_epochs(isa, dtype):
    """With beta 0, 0 and a tiny epsilon a step has the length of the learning rate;
    with other betas it has so only if step t is corrected by beta^t."""
    X, t = np.ones((1, 1), dtype), np.full((1, 1), 1e3)
    network = getattr(_core, dtype).Network(1, [(1, "identity")], "mean_squared_error")
    network.start("adam", [0.9, 0.999, 1e-12])
    training = network.training(X, t, 1)
    for step in range(1, 11):
        training.run(np.array([0.125]))
        # The gradient changes by less than 1 in 1000 on the way: so do its means.
        assert network.parameters(0)[0][0, 0] == pytest.approx(step / 8, rel=2e-3)


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_learning_rates_may_have_any_stride(dtype, engine):
    X, y = data()
    rates = np.linspace(0.1, 0.4, 6)
    packed = np.zeros(6, [("pad", "u1"), ("rate", "f8")])
    packed["rate"] = rates
    forms = [rates, rates[::-1].copy()[::-1], np.repeat(rates, 3)[::3], packed["rate"]]
    states = []
    for form in forms:
        network = make(dtype, "tanh", False, engine)
        network.training(X, y, BATCH).run(form)
        states.append(bits(network))
    assert all(state == states[0] for state in states), [s == states[0] for s in states]
    constant, spread = (make(dtype, "tanh", False, engine) for _ in range(2))
    constant.training(X, y, BATCH).run(np.full(6, 0.1))
    spread.training(X, y, BATCH).run(np.broadcast_to(0.1, (6,)))
    assert bits(constant) == bits(spread) != states[0]


def test_a_run_of_no_steps_tells_so(dtype):
    X, y = data()
    training = make(dtype, "tanh", False).training(X, y, BATCH)
    losses, correct, *rest = training.run(np.zeros(0))
    assert len(losses) == len(correct) == 0
    assert rest == [0.0, 0, None]


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_a_network_that_is_not_finite_is_left_as_it_was(dtype, engine):
    """It has no epoch to go back to."""
    X, y = data()
    network = make(dtype, "tanh", False, engine)
    weights, bias = network.parameters(1)
    weights[2, 1] = np.nan
    network.set_parameters(1, weights, bias)
    before = bits(network)
    *_, steps, problem = network.training(X, y, BATCH).run(np.full(3, RATE))
    assert steps == 0 and problem == "a weight stopped being finite"
    assert bits(network) == before


# Rows of ones but for one that overflows in its square, or a learning rate that carries
# the weights so far: which step's loss is the first not to be finite is known.
BROKEN = """
import sys
import numpy as np
import schuss
from schuss import _core, reference

def make(dtype, inputs, engine):
    layers = [(20, "identity"), (5, "identity")]
    if engine == "reference":
        network = reference.Network(inputs, layers, "mean_squared_error", dtype=dtype)
    else:
        network = getattr(_core, dtype).Network(inputs, layers, "mean_squared_error")
    network.set_parameters(0, np.full((inputs, 20), 1 / inputs), np.zeros(20))
    network.set_parameters(1, np.full((20, 5), 0.05), np.zeros(5))
    network.start("sgd", [0.5, 0.0])
    return network

def bits(network):
    return [array.tobytes() for l in (0, 1) for array in network.parameters(l)]

def check(dtype, inputs, batch, rates, bad_row=None):
    X = np.ones((3 * batch - batch // 2, inputs), dtype)
    if bad_row is not None:
        X[bad_row] = np.finfo(dtype).max ** 0.75
    t = np.linspace(0, 90, 5 * len(X)).reshape(-1, 5)
    twin = make(dtype, inputs, "reference")
    truth = twin.training(X, t, batch).run(rates)
    # The parameters at the start of the epoch that the network must go back to: a bad
    # weight shows when its epoch is over.
    good = len(rates)
    if truth[4]:
        good = (truth[3] - 1) // 3 * 3
    healthy = make(dtype, inputs, "native")
    assert healthy.training(X, t, batch).run(rates[:good])[4] is None
    for threads in (1, 2, 3, 4):
        schuss.set_threads(threads)
        network = make(dtype, inputs, "native")
        training = network.training(X, t, batch)
        found = training.run(rates)
        where = dtype, inputs, batch, threads, rates, bad_row
        assert len(found[0]) == len(found[1]) == len(truth[0]), (found, truth, where)
        assert found[3:] == truth[3:], (found, truth, where)
        assert np.isfinite(found[2]) == np.isfinite(truth[2]), (found, truth, where)
        assert bits(network) == bits(healthy), where
        if not truth[4]:
            continue
        seen.add(truth[4])
        assert training.run(rates)[3:] == (0, None), where
        assert bits(network) == bits(healthy), where
        again = network.training(X, t, batch).run(np.zeros(1))  # as good as new
        assert again[3] == 1, where

dtype, seen = sys.argv[1], set()
for inputs, batch in ((300, 7), (300, 1), (300, 600), (40, 7), (40, 1100)):
    few, huge = 1e-4, float(np.finfo(dtype).max)
    rows = 3 * batch - batch // 2
    for bad_row in {0, batch - 1, batch, batch + batch // 2, rows - 1}:
        check(dtype, inputs, batch, np.full(7, few), bad_row)
    for step in range(7):
        for rate in (huge ** 0.75, huge):
            rates = np.full(7, few)
            rates[step] = rate
            check(dtype, inputs, batch, rates)
        check(dtype, inputs, batch, rates[: step + 1])
print(len(seen), "problems, all told")
"""


def test_what_is_not_finite_ends_a_run_on_any_team(dtype):
    """In a process of its own: a member that waits for others would wait for ever."""
    child = children.run(BROKEN, dtype, timeout=60)
    assert child.stdout == "2 problems, all told\n", child.stderr


def test_a_training_keeps_what_it_needs():
    X, y = data()
    truth = make("float64", "tanh", False)
    expected = truth.training(X.copy(), y.copy(), BATCH).run(np.full(6, RATE))
    training = make("float64", "tanh", False).training(X.copy(), y.copy(), BATCH)
    gc.collect()
    scratch = [np.full((18, 3), np.nan, np.float32) for _ in range(50)]
    found = training.run(np.full(6, RATE))
    np.testing.assert_array_equal(found[0], expected[0])
    assert len(scratch) == 50


def test_subnormal_numbers_take_no_longer(dtype):
    """They take a hundred times as long where they are not zero; 5 leaves room."""
    X, y = np.ones((256, 128), dtype), np.zeros(256, np.int32)
    tiny = np.finfo(dtype).smallest_subnormal

    def seconds(factor):
        network = getattr(_core, dtype).Network(
            128, [(64, "relu"), (3, "identity")], "softmax_cross_entropy"
        )
        network.set_parameters(0, np.full((128, 64), factor, dtype), np.zeros(64))
        network.set_parameters(1, np.full((64, 3), factor, dtype), np.zeros(3))
        network.start("sgd", [0.9, 0.0])
        training = network.training(X * dtype_of(factor), y, 64)
        start = time.perf_counter()
        training.run(np.full(40, 1e-3))
        return time.perf_counter() - start

    dtype_of = np.dtype(dtype).type
    normal = min(seconds(0.01) for _ in range(5))
    subnormal = min(seconds(1000 * tiny) for _ in range(5))
    assert subnormal < 5 * normal
