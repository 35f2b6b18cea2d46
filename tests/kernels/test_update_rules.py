"""The rules that scale each parameter's step, and decoupled decay, with derived bounds.

Truth is computed in a wider precision, from settings that were rounded first.
"""

import numpy as np
import pytest
import updates
from bounds import exact, gamma
from updates import arrays_of, rounded

from schuss import reference
from schuss._core import kernels

SIZES = [0, 1, 15, 16, 17, 1009]
RATE = 0.1


def check(name, arrays, *arguments):
    truth, bounds = getattr(updates, name)(
        *arrays, RATE, *arguments, 0.0, arrays[0].dtype
    )
    for engine in (kernels, reference):
        found = getattr(engine, name)(*arrays, RATE, *arguments)
        for a, b, bound in zip(found, truth, bounds, strict=True):
            assert a.dtype == arrays[0].dtype and a.shape == arrays[0].shape
            assert np.all(np.abs(a - b) <= bound)


# rho, momentum, epsilon, l2, weight_decay
RMSPROP = [
    (0.9, 0.0, 1e-8, 0.0, 0.0),
    (0.99, 0.9, 1e-8, 0.0, 0.0),
    (0.5, 0.75, 1.0, 0.25, 0.0),
    (0.0, 0.0, 1e-3, 0.01, 0.5),
]
# initial_accumulator, epsilon, l2, weight_decay
ADAGRAD = [
    (0.0, 1e-10, 0.0, 0.0),
    (0.1, 1e-10, 0.01, 0.0),
    (2.0, 1.0, 0.25, 0.5),
]
# eta_minus, eta_plus, step_min, step_max, l2, step, weight_decay
RPROP = [
    (0.5, 1.2, 1e-6, 50.0, 0.0, 1, 0.0),
    (0.5, 1.2, 1e-6, 50.0, 0.0, 2, 0.0),
    (0.3, 1.7, 0.05, 0.4, 0.01, 7, 0.0),
    (0.5, 1.2, 1e-6, 50.0, 0.25, 1000, 0.5),
]


@pytest.mark.parametrize("settings", RMSPROP)
@pytest.mark.parametrize("size", SIZES)
def test_rmsprop(isa, dtype, rng, size, settings):
    arrays = arrays_of(rng, dtype, size, "v", 1)
    for start in (arrays, [*arrays[:2], *np.zeros((2, size), dtype)]):
        check("rmsprop", start, *settings[:4], 3, settings[4])


@pytest.mark.parametrize("settings", ADAGRAD)
@pytest.mark.parametrize("size", SIZES)
def test_adagrad(isa, dtype, rng, size, settings):
    arrays = arrays_of(rng, dtype, size, "s")
    for start in (arrays, [*arrays[:2], np.zeros(size, dtype)]):
        check("adagrad", start, *settings[:3], 3, settings[3])


@pytest.mark.parametrize("settings", RPROP)
@pytest.mark.parametrize("size", SIZES)
def test_rprop(isa, dtype, rng, size, settings):
    w, g, sizes, before = arrays_of(rng, dtype, size, "s", 1)
    # Some signs are zero, now or before; with a penalty they are not zero for long.
    g[::5], before[::7] = 0, 0
    for start in ((w, g, before, sizes), (w, g, 0 * w, 0 * w)):
        check("rprop", start, *settings)


def leaves(found, truth, bounds):
    return np.mean(np.abs(found[0] - truth[0]) > bounds[0])


@pytest.mark.parametrize("place", range(5))
def test_a_wrong_setting_leaves_the_bound_of_rmsprop(isa, dtype, rng, place):
    arrays, wrong = arrays_of(rng, dtype, 1009, "v", 1), [0.9, 0.8, 1e-2, 0.01, 0.5]
    truth = updates.rmsprop(*arrays, RATE, *wrong[:4], 1, wrong[4], 0.0, dtype)
    wrong[place] *= 1.01
    found = kernels.rmsprop(*arrays, RATE, *wrong[:4], weight_decay=wrong[4])
    assert leaves(found, *truth) > 0.5


@pytest.mark.parametrize("place", range(4))
def test_a_wrong_setting_leaves_the_bound_of_adagrad(isa, dtype, rng, place):
    arrays, wrong = arrays_of(rng, dtype, 1009, "s"), [0.1, 1e-2, 0.01, 0.5]
    truth = updates.adagrad(*arrays, RATE, *wrong[:3], 1, wrong[3], 0.0, dtype)
    wrong[place] *= 1.01
    found = kernels.adagrad(*arrays, RATE, *wrong[:3], weight_decay=wrong[3])
    assert leaves(found, *truth) > 0.5


@pytest.mark.parametrize("place", range(5))
def test_a_wrong_setting_leaves_the_bound_of_rprop(isa, dtype, rng, place):
    """Each is seen where it is what decides: some parameters meet a limit, some not."""
    w, g, sizes, before = arrays_of(rng, dtype, 1009, "s", 1)
    wrong = [0.5, 1.2, 0.4, 0.7, 0.0, 5, 0.5]
    truth = updates.rprop(w, g, before, sizes, RATE, *wrong, 0.0, dtype)
    place = place if place < 4 else 6
    wrong[place] *= 1.01
    found = kernels.rprop(w, g, before, sizes, RATE, *wrong)
    seen = (truth[0][2], truth[1][2]) if place == 0 else (truth[0][0], truth[1][0])
    difference = np.abs(found[2 if place == 0 else 0] - seen[0])
    assert np.mean(difference > seen[1]) > 0.03


def test_rmsprop_by_hand(isa, dtype):
    # rho 3/4, from 0: v = g^2 / 4, so that g / (|g| / 2 + 1/2) = 2 g / (|g| + 1); with
    # momentum 1/2 half of the velocity joins it. Exact in binary.
    w, g, v, b = (np.array(pair, dtype) for pair in ((2, 2), (3, -1), (0, 0), (1, 8)))
    for engine in (kernels, reference):
        found = engine.rmsprop(w, g, v, b, 0.5, 0.75, 0.0, 0.5)
        truth = [[1.25, 2.5], [2.25, 0.25], [1.0, 8.0]]
        np.testing.assert_array_equal(found, truth)
        found = engine.rmsprop(w, g, v, b, 0.5, 0.75, 0.5, 0.5)
        truth = [[1.0, 0.5], [2.25, 0.25], [2.0, 3.0]]
        np.testing.assert_array_equal(found, truth)


def test_rmsprop_without_momentum_leaves_the_velocity_alone(isa, dtype, rng):
    w, g, v, _ = arrays_of(rng, dtype, 33, "v", 1)
    velocity = np.full(33, np.nan, dtype)  # neither read nor written
    for engine in (kernels, reference):
        found = engine.rmsprop(w, g, v, velocity, 0.1, 0.9, 0.0, 1e-8)
        assert np.isfinite(found[:2]).all()
        assert found[2].tobytes() == velocity.tobytes()


def test_adagrad_by_hand(isa, dtype):
    # s = 7 + 3^2 = 16 with what it starts from: 3 / (4 + 2) is half the rate.
    w, g, s = (np.array([value], dtype) for value in (2.0, 3.0, 4.0))
    for engine in (kernels, reference):
        found = engine.adagrad(w, g, s, 0.5, 3.0, 2.0)
        np.testing.assert_array_equal(found, [[1.75], [13.0]])


def test_rprop_by_hand(isa, dtype):
    # Gradients that keep their sign, turn, rest, come from rest; last a tiny product.
    w = np.full(6, 1, dtype)
    g = np.array([3, -2, 0, 5, -5, 2.0**-100], dtype)
    before = np.array([1, 1, 1, 0, -1, 2.0**-100], dtype)
    sizes = np.array([0.25, 0.25, 0.25, 0.25, 4, 0.25], dtype)
    for engine in (kernels, reference):
        found = engine.rprop(w, g, before, sizes, 9.0, 0.5, 2.0, 0.1875, 1.0, step=2)
        np.testing.assert_array_equal(found[0], [0.5, 1, 1, 0.75, 2, 0.5])
        np.testing.assert_array_equal(found[1], [3, 0, 0, 5, -5, 2.0**-100])
        np.testing.assert_array_equal(found[2], [0.5, 0.1875, 0.25, 0.25, 1, 0.5])
        # At step 1 every size is the learning rate, and nothing came before.
        found = engine.rprop(w, g, 0 * w, np.nan * w, 0.5, 0.5, 2.0, 0.1875, 1.0)
        np.testing.assert_array_equal(found[0], [0.5, 1.5, 1, 0.5, 1.5, 0.5])
        np.testing.assert_array_equal(found[2], np.full(6, 0.5))


def test_rprop_passes_on_what_is_not_a_number(isa, dtype):
    one, g = np.ones(17, dtype), np.full(17, np.nan, dtype)
    for engine in (kernels, reference):
        found = engine.rprop(one, g, one, one, 0.1, 0.5, 1.2, 1e-6, 50.0, step=2)
        assert np.isnan(found[:2]).all()
        np.testing.assert_array_equal(found[2], one)


@pytest.mark.parametrize("name", ["rmsprop", "adagrad", "rprop"])
def test_nothing_moves_where_nothing_pulls(isa, dtype, name):
    """Padding is zero and stays so."""
    settings = {"rmsprop": RMSPROP[1][:3], "adagrad": ADAGRAD[0][:2]}.get(name)
    state = [np.zeros(17, dtype)] * reference.OPTIMIZERS[name].slots
    w, zero = np.linspace(-1, 1, 17).astype(dtype), np.zeros(17, dtype)
    found = getattr(kernels, name)(w, zero, *state, RATE, *(settings or RPROP[0][:4]))
    np.testing.assert_array_equal(found[0], w)


# name, settings between learning rate and l2
EACH = {
    "sgd": (0.0, 0.0),
    "adam": (0.9, 0.99, 1e-3),
    "rmsprop": (0.9, 0.5, 1e-3),
    "adagrad": (0.1, 1e-3),
    "rprop": (0.5, 1.2, 1e-6, 50.0),
}


@pytest.mark.parametrize("name", reference.OPTIMIZERS)
def test_decoupled_decay_stands_beside_the_step(isa, dtype, rng, name):
    """It takes rate weight_decay w from w, and does not touch the state."""
    slots = reference.OPTIMIZERS[name].slots
    w, g, *state = arrays_of(rng, dtype, 1009, "abc"[:slots])
    rate, decay = rounded((RATE, 0.5), dtype)
    for engine in (kernels, reference):
        update = getattr(engine, name)
        free, *kept = update(w, g, *state, RATE, *EACH[name], l2=0.01, step=3)
        held, *same = update(
            w, g, *state, RATE, *EACH[name], l2=0.01, step=3, weight_decay=0.5
        )
        for a, b in zip(kept, same, strict=True):
            np.testing.assert_array_equal(a, b)
        # As in moved; each result has its own errors, and their moves are the same.
        move = np.abs(exact(free) - exact(w))
        bound = gamma(8, dtype) * ((1 + rate * decay) * np.abs(exact(w)) + move)
        difference = exact(free) - exact(held)
        assert np.all(np.abs(difference - rate * decay * exact(w)) <= bound)


def test_sgd_decays_alike_with_half_of_it_as_penalty(isa, dtype, rng):
    """w - rate (g + 2 l2 w) = w - rate weight_decay w - rate g, if weight_decay = 2 l2;
    with momentum the penalty joins the velocity, and the decay does not."""
    w, g, v = arrays_of(rng, dtype, 1009, normals=1)
    for engine in (kernels, reference):
        a = engine.sgd(w, g, v, 0.125, l2=0.25)[0]
        b = engine.sgd(w, g, v, 0.125, weight_decay=0.5)[0]
        terms = (1 + 0.0625) * np.abs(exact(w)) + 0.125 * np.abs(exact(g))
        assert np.all(np.abs(exact(a) - exact(b)) <= 2 * gamma(4, dtype) * terms)
        a = engine.sgd(w, g, v, 0.125, 0.5, l2=0.25)
        b = engine.sgd(w, g, v, 0.125, 0.5, weight_decay=0.5)
        assert np.any(np.abs(a[1] - b[1]) > 0.1)
