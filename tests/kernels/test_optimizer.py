"""Optimizer updates against the reference in float64, with derived bounds."""

import numpy as np
import pytest
import updates
from updates import adam_arrays, arrays_of

from schuss import reference
from schuss._core import kernels

SIZES = [0, 1, 15, 16, 17, 1009]
SETTINGS = [(0.0, 0.0, 0.0), (0.9, 0.0, 0.0), (0.9, 1.0, 0.0), (0.5, 1.0, 0.01)]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("size", SIZES)
def test_sgd(isa, dtype, rng, size, settings):
    arrays, rest = arrays_of(rng, dtype, size, normals=1), (1, 0.0, 0.0)
    truth, bounds = updates.sgd(*arrays, 0.1, *settings, *rest, dtype)
    for engine in (kernels, reference):
        found = engine.sgd(*arrays, 0.1, *settings)
        for a, b, bound in zip(found, truth, bounds, strict=True):
            assert a.dtype == dtype and a.shape == (size,)
            assert np.all(np.abs(a - b) <= bound)


@pytest.mark.parametrize("place", range(4))
def test_a_wrong_setting_leaves_the_bound_of_sgd(isa, dtype, rng, place):
    arrays, wrong = arrays_of(rng, dtype, 1009, normals=1), [0.9, 1.0, 0.01, 0.5]
    truth, bounds = updates.sgd(*arrays, 0.1, *wrong[:3], 1, wrong[3], 0.0, dtype)
    wrong[place] = 0.0 if place == 1 else 1.01 * wrong[place]
    found = kernels.sgd(*arrays, 0.1, *wrong[:3], weight_decay=wrong[3])
    assert np.mean(np.abs(found[0] - truth[0]) > bounds[0]) > 0.5


def test_sgd_by_hand(isa, dtype):
    # g = 0.5 + 2 * 0.25 * 2 = 1.5; v = 0.5 * 4 + 1.5 = 3.5; w = 2 - 0.5 * 3.5 = 0.25;
    # looking ahead: w = 2 - 0.5 (1.5 + 0.5 * 3.5) = 0.375. Exact in binary.
    w, g, v = (np.array([value], dtype) for value in (2.0, 0.5, 4.0))
    assert [float(a[0]) for a in kernels.sgd(w, g, v, 0.5, 0.5, 0.0, 0.25)] == [
        0.25,
        3.5,
    ]
    assert [float(a[0]) for a in kernels.sgd(w, g, v, 0.5, 0.5, 1.0, 0.25)] == [
        0.375,
        3.5,
    ]
    assert [float(a[0]) for a in reference.sgd(w, g, v, 0.5, 0.5, 1.0, 0.25)] == [
        0.375,
        3.5,
    ]


def test_sgd_refuses_sizes_that_differ(isa, dtype):
    w, v = np.ones(3, dtype), np.ones(4, dtype)
    for arguments in ((w, w, v), (w, v, w), (v, w, w)):
        with pytest.raises(ValueError, match="must have one size"):
            kernels.sgd(*arguments, 0.1, 0.0, 0.0, 0.0)
        with pytest.raises(ValueError, match="must have one size"):
            kernels.adam(*arguments, arguments[0], 0.1, 0.9, 0.999, 1e-8)
    with pytest.raises(TypeError, match="sgd takes 4 to 10 arguments, got 3"):
        kernels.sgd(w, w, w)
    with pytest.raises(TypeError, match="adam takes 5 to 12 arguments, got 4"):
        kernels.adam(w, w, w, w)
    with pytest.raises(ValueError, match="step is 0; expected at least 1"):
        kernels.sgd(w, w, w, 0.1, step=0)


@pytest.mark.parametrize("l2", [0.0, 0.5])
def test_sgd_without_momentum_leaves_the_velocity_alone(isa, dtype, rng, l2):
    w, g = (rng.normal(size=33).astype(dtype) for _ in range(2))
    v = np.full(33, np.nan, dtype)  # neither read nor written
    for engine in (kernels, reference):
        moved, velocity = engine.sgd(w, g, v, 0.1, 0.0, 1.0, l2)
        assert np.isfinite(moved).all()
        assert velocity.tobytes() == v.tobytes()


def test_sgd_takes_what_the_reference_takes(isa, dtype, rng):
    w, g, v = (rng.normal(size=5).astype(dtype) for _ in range(3))
    for arguments, named in (
        ((0.1,), {}),
        ((0.1, 0.9), {}),
        ((), {"learning_rate": 0.1, "momentum": 0.9, "nesterov": 1.0, "l2": 0.5}),
        ((0.1,), {"l2": 0.5, "step": 7}),
    ):
        found = kernels.sgd(w, g, v, *arguments, **named)
        truth = reference.sgd(w, g, v, *arguments, **named)
        np.testing.assert_allclose(found, truth, rtol=1e-5)


# beta1, beta2, epsilon, l2, step
ADAM = [
    (0.9, 0.999, 1e-8, 0.0, 1),
    (0.9, 0.999, 1e-8, 0.0, 2),
    (0.9, 0.999, 1e-8, 0.01, 1000),
    (0.9, 0.999, 1e-8, 0.0, 10**6),
    (0.5, 0.75, 1.0, 0.25, 3),
    (0.0, 0.0, 1e-3, 0.01, 5),
]


@pytest.mark.parametrize("settings", ADAM)
@pytest.mark.parametrize("size", SIZES)
def test_adam(isa, dtype, rng, size, settings):
    arrays = adam_arrays(rng, dtype, size)
    for start in (arrays, (*arrays[:2], *np.zeros((2, size), dtype))):
        truth, bounds = updates.adam(*start, 0.1, *settings, 0.0, 0.0, dtype)
        for engine in (kernels, reference):
            found = engine.adam(*start, 0.1, *settings)
            for a, b, bound in zip(found, truth, bounds, strict=True):
                assert a.dtype == start[0].dtype and a.shape == (size,)
                assert np.all(np.abs(a - b) <= bound)


@pytest.mark.parametrize("place", range(5))
def test_a_wrong_setting_leaves_the_bound_of_adam(isa, dtype, rng, place):
    arrays, settings = adam_arrays(rng, dtype, 1009), (0.9, 0.99, 1e-2, 0.01, 10)
    truth, bounds = updates.adam(*arrays, 0.1, *settings, 0.0, 0.0, dtype)
    wrong = list(settings)
    wrong[place] = wrong[place] * 1.01 if place < 4 else 11
    found = kernels.adam(*arrays, 0.1, *wrong)
    assert np.mean(np.abs(found[0] - truth[0]) > bounds[0]) > 0.5


def test_adam_by_hand(isa, dtype):
    # beta 1/2 and 3/4, epsilon 1, step 1, from 0: m = g / 2 and v = g^2 / 4, corrected
    # g and g^2, so that w moves by the rate g / (|g| + 1). Exact in binary.
    w, g, zero = (np.array(pair, dtype) for pair in ((2.0, 2.0), (3.0, -1.0), (0, 0)))
    for engine in (kernels, reference):
        found = engine.adam(w, g, zero, zero, 2.0, 0.5, 0.75, 1.0)
        truth = [[0.5, 3.0], [1.5, -0.5], [2.25, 0.25]]
        np.testing.assert_array_equal(found, truth)
        # l2 = 1/4 adds w / 2 to the gradient: here it cancels one of them.
        moved, mean, square = engine.adam(w, g, zero, zero, 2.0, 0.5, 0.75, 1.0, 0.25)
        np.testing.assert_array_equal([mean, square], [[2.0, 0.0], [4.0, 0.0]])
        assert moved[1] == 2.0


def test_adam_of_nothing_moves_nothing(isa, dtype):
    w, zero = np.linspace(-1, 1, 17).astype(dtype), np.zeros(17, dtype)
    for step in (1, 2, 10**9):
        found = kernels.adam(w, zero, zero, zero, 0.1, 0.9, 0.999, 1e-8, step=step)
        np.testing.assert_array_equal(found, [w, zero, zero])


def test_adam_takes_what_the_reference_takes(isa, dtype, rng):
    arrays = adam_arrays(rng, dtype, 5)
    for arguments, named in (
        ((0.1, 0.9, 0.99, 1e-3), {}),
        ((0.1,), {"beta1": 0.9, "beta2": 0.99, "epsilon": 1e-3, "step": 4}),
        ((0.1, 0.9, 0.99, 1e-3, 0.5, 3), {}),
        ((0.1, 0.9), {"beta2": 0.5, "epsilon": 1e-3, "l2": 0.5}),
    ):
        found = kernels.adam(*arrays, *arguments, **named)
        truth = reference.adam(*arrays, *arguments, **named)
        np.testing.assert_allclose(found, truth, rtol=1e-5)
