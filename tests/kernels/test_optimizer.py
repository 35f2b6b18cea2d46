"""Optimizer updates against the reference in float64, with derived bounds."""

import numpy as np
import pytest
from bounds import exact, gamma

from schuss import reference
from schuss._core import kernels

SIZES = [0, 1, 15, 16, 17, 1009]
SETTINGS = [(0.0, 0.0, 0.0), (0.9, 0.0, 0.0), (0.9, 1.0, 0.0), (0.5, 1.0, 0.01)]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("size", SIZES)
def test_sgd(isa, dtype, rng, size, settings):
    momentum, nesterov, l2 = settings
    w, g, v = (rng.normal(size=size).astype(dtype) for _ in range(3))
    rate = 0.1
    found = kernels.sgd(w, g, v, rate, momentum, nesterov, l2)
    # Settings are rounded to the precision of the weights first.
    kind = np.dtype(dtype).type
    rate, momentum, l2 = (exact(kind(value)) for value in (rate, momentum, l2))
    truth = [exact(w), exact(v)]
    g_total = exact(g) + 2 * l2 * truth[0]
    velocity = momentum * truth[1] + g_total
    direction = g_total + momentum * velocity if nesterov else velocity
    terms = np.abs(g) + 2 * l2 * np.abs(w)
    terms_v = momentum * np.abs(v) + terms
    terms_w = terms + momentum * terms_v if nesterov else terms_v
    truth = (truth[0] - rate * direction, velocity)
    magnitudes = (np.abs(w) + rate * terms_w, terms_v)
    for a, b, magnitude in zip(found, truth, magnitudes, strict=True):
        assert a.dtype == w.dtype
        assert np.all(np.abs(a - b) <= gamma(9, dtype) * magnitude)


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
    with pytest.raises(ValueError, match="must have one size"):
        kernels.sgd(w, w, v, 0.1, 0.0, 0.0, 0.0)
    with pytest.raises(TypeError, match="sgd takes 4 to 7 arguments, got 3"):
        kernels.sgd(w, w, w)


def test_sgd_takes_what_the_reference_takes(isa, dtype, rng):
    w, g, v = (rng.normal(size=5).astype(dtype) for _ in range(3))
    for arguments, named in (
        ((0.1,), {}),
        ((0.1, 0.9), {}),
        ((), {"learning_rate": 0.1, "momentum": 0.9, "nesterov": 1.0, "l2": 0.5}),
        ((0.1,), {"l2": 0.5}),
    ):
        found = kernels.sgd(w, g, v, *arguments, **named)
        truth = reference.sgd(w, g, v, *arguments, **named)
        np.testing.assert_allclose(found, truth, rtol=1e-5)
