"""The penalty l1 |w|_1 in every rule: its threshold, with derived bounds, and zeros."""

import numpy as np
import pytest
import updates
from updates import adam_arrays, arrays_of

from schuss import reference
from schuss._core import kernels

RATE = 0.1
SIZES = [0, 1, 15, 16, 17, 1009]
L1 = [0.03, 0.3, 3.0]


def check(name, arrays, *arguments):
    dtype = arrays[0].dtype
    rule = getattr(updates, name)
    (truth, *_), (bound, *_) = rule(*arrays, RATE, *arguments, dtype)
    for engine in (kernels, reference):
        found, *rest = getattr(engine, name)(*arrays, RATE, *arguments)
        assert found.dtype == dtype and found.shape == arrays[0].shape
        assert np.all(np.abs(found - truth) <= bound)
        without = getattr(engine, name)(*arrays, RATE, *arguments[:-1])
        for a, b in zip(rest, without[1:], strict=True):
            np.testing.assert_array_equal(a, b)
    if len(found) > 1000 and arguments[-1] == max(L1):
        assert np.any(bound == 0)  # what is surely below the threshold


@pytest.mark.parametrize("l1", L1)
@pytest.mark.parametrize("settings", [(0.0, 0.0), (0.9, 0.0), (0.75, 1.0)])
@pytest.mark.parametrize("size", SIZES)
def test_sgd_shrinks_by_what_its_velocity_would_move(
    isa, dtype, rng, size, settings, l1
):
    arrays = arrays_of(rng, dtype, size, normals=1)
    check("sgd", arrays, *settings, 0.0, 3, 0.0, l1)


@pytest.mark.parametrize("l1", L1)
@pytest.mark.parametrize("step", [1, 10])
@pytest.mark.parametrize("size", SIZES)
def test_adam_shrinks_by_the_step_of_such_a_gradient(isa, dtype, rng, size, step, l1):
    arrays = adam_arrays(rng, dtype, size)
    check("adam", arrays, 0.9, 0.99, 1e-3, 0.01, step, 0.5, l1)


@pytest.mark.parametrize("l1", L1)
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("size", SIZES)
def test_rmsprop_shrinks_likewise(isa, dtype, rng, size, momentum, l1):
    arrays = arrays_of(rng, dtype, size, "v", 1)
    check("rmsprop", arrays, 0.9, momentum, 1e-3, 0.01, 3, 0.5, l1)


@pytest.mark.parametrize("l1", L1)
@pytest.mark.parametrize("size", SIZES)
def test_adagrad_shrinks_likewise(isa, dtype, rng, size, l1):
    arrays = arrays_of(rng, dtype, size, "s")
    check("adagrad", arrays, 0.1, 1e-3, 0.01, 3, 0.5, l1)


# By hand, exact in binary: w = 1, 1, -1, 0.
W, G = (1, 1, -1, 0), (0, 0.5, 0, 0.125)


def test_sgd_by_hand_with_a_penalty(isa, dtype):
    w, g = np.array(W, dtype), np.array(G, dtype)
    zero = np.zeros_like(w)
    for engine in (kernels, reference):
        # Moves by g / 2, then by 0.25 / 2 towards zero; 0.125 / 2 is less than that.
        found = engine.sgd(w, g, zero, 0.5, l1=0.25)[0]
        np.testing.assert_array_equal(found, [0.875, 0.625, -0.875, 0])
        # Twice as far with half of the velocity kept.
        found = engine.sgd(w, g, zero, 0.5, 0.5, l1=0.25)[0]
        np.testing.assert_array_equal(found, [0.75, 0.5, -0.75, 0])


def test_rules_that_divide_by_hand_with_a_penalty(isa, dtype):
    """What they divide by is 1/2 at least, a quarter of the penalty's strength."""
    w, zero = np.array([1, 1, -1, 2.5], dtype), np.zeros(4, dtype)
    four = np.array([4, 4, 4, 0], dtype)
    # sqrt(16) = 4 divides, or where nothing is known, 1/2: thresholds 1/4 and 2.
    truth = [0.75, 0.75, -0.75, 0.5]
    for engine in (kernels, reference):
        found = engine.adagrad(w, zero, 4 * four, 0.5, 0.0, 0.5**100, l1=2.0)[0]
        np.testing.assert_array_equal(found, truth)
        found = engine.rmsprop(w, zero, 16 * four, zero, 0.5, 0.25, 0.0, 0.5**100, l1=2)
        np.testing.assert_array_equal(found[0], truth)
        found = engine.rmsprop(
            w, zero, 16 * four, zero, 0.25, 0.25, 0.5, 0.5**100, l1=2
        )
        np.testing.assert_array_equal(found[0], truth)
        # Step 1: v / (1 - 1/4) = 16.
        found = engine.adam(w, zero, zero, 12 * four, 0.5, 0.5, 0.25, 0.5**100, l1=2)
        np.testing.assert_array_equal(found[0], truth)


def test_rprop_by_hand_with_a_penalty(isa, dtype):
    """1/4 sign(w) joins the gradient, w = 0 resists it, and no step passes zero."""
    w = np.array([2, 2, -2, 0.125, 0, 0, 0], dtype)
    g = np.array([0, -0.5, 0, 0, 0.25, 1, -1], dtype)
    zero = np.zeros_like(w)
    for engine in (kernels, reference):
        found = engine.rprop(w, g, zero, zero, 0.5, 0.5, 1.5, 0.125, 9.0, l1=0.25)
        np.testing.assert_array_equal(found[0], [1.5, 2.5, -1.5, 0, 0, -0.5, 0.5])
        np.testing.assert_array_equal(
            found[1], [0.25, -0.25, -0.25, 0.25, 0, 0.75, -0.75]
        )


# name, settings between learning rate and l2
EACH = {
    "sgd": (0.9, 0.0),
    "adam": (0.9, 0.99, 1e-3),
    "rmsprop": (0.9, 0.5, 1e-3),
    "adagrad": (0.1, 1e-3),
    "rprop": (0.5, 1.2, 1e-6, 50.0),
}


@pytest.mark.parametrize("name", reference.OPTIMIZERS)
def test_no_penalty_changes_no_bit(isa, dtype, rng, name):
    slots = reference.OPTIMIZERS[name].slots
    w, g, *state = arrays_of(rng, dtype, 1009, "abc"[:slots])
    for engine in (kernels, reference):
        update = getattr(engine, name)
        a = update(w, g, *state, RATE, *EACH[name], 0.01, 3, 0.1)
        b = update(w, g, *state, RATE, *EACH[name], 0.01, 3, 0.1, 0.0)
        for x, y in zip(a, b, strict=True):
            np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("name", reference.OPTIMIZERS)
def test_the_penalty_hides_nothing_that_is_not_finite(isa, dtype, name):
    state = [np.ones(17, dtype)] * reference.OPTIMIZERS[name].slots
    w, g = np.ones(17, dtype), np.full(17, np.nan, dtype)
    with np.errstate(invalid="ignore"):
        for engine in (kernels, reference):
            update = getattr(engine, name)
            for pair in ((w, g), (0 * w, g), (g, w)):
                found = update(*pair, *state, RATE, *EACH[name], step=3, l1=10.0)
                assert np.isnan(found[0]).all()


@pytest.mark.parametrize("name", reference.OPTIMIZERS)
def test_a_steady_gradient_rests_where_the_penalty_weighs_as_much(isa, dtype, name):
    """Where it is the penalty's slope, w stays; weaker, w goes to zero; stronger, away.

    That is what gives a strength its meaning whatever the rule.
    """
    l1, steps = 0.25, 1000
    rate = 0.1 if name == "adagrad" else 0.01  # its steps get shorter
    g = np.array([-l1, -0.8 * l1, -1.25 * l1, 0.5 * l1, 0.8 * l1], dtype)
    w = np.array([1, 1, 1, -1, 0], dtype)
    state = [np.zeros_like(w)] * reference.OPTIMIZERS[name].slots
    update, path = getattr(kernels, name), [w]
    for step in range(1, steps + 1):
        w, *state = update(w, g, *state, rate, *EACH[name], step=step, l1=l1)
        path.append(w)
    late, end = path[steps // 2], path[-1]
    assert end[1] == end[3] == end[4] == 0
    assert end[2] > late[2] > path[1][2]
    if name != "rprop":
        assert end[0] == pytest.approx(late[0], abs=1e-3) and end[0] > 0.5
