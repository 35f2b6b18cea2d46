"""The step of an average, on every instruction set and in both precisions."""

import numpy as np
import pytest
from bounds import exact, gamma

from schuss import reference
from schuss._core import kernels

SHAPES = [(0, 3), (1, 1), (1, 33), (33, 1), (15, 17), (16, 16), (65, 47), (3, 1024)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rate", [1.0, 0.5, 1e-4])
def test_moving_average(isa, dtype, rng, shape, rate):
    """A difference, a product and a sum, each rounded or not; the rate is as given."""
    average, x = rng.normal(size=(2, *shape)).astype(dtype)
    rate = float(np.dtype(dtype).type(rate))
    a, b = exact(average), exact(x)
    truth = a + rate * (b - a)
    bound = gamma(3, dtype) * (np.abs(a) + rate * (np.abs(a) + np.abs(b)))
    for engine in (kernels, reference):
        found = engine.moving_average(average, x, rate)
        assert found.dtype == x.dtype and found.shape == shape
        assert np.all(np.abs(found - truth) <= bound)


def test_moving_average_of_what_stands_still_stands_still(isa, dtype, rng):
    x = rng.normal(size=(3, 37)).astype(dtype)
    for engine in (kernels, reference):
        for rate in (1.0, 0.3, 1e-7):
            np.testing.assert_array_equal(engine.moving_average(x, x, rate), x)
        zeros = np.zeros_like(x)
        np.testing.assert_array_equal(engine.moving_average(zeros, x, 1.0), x)


def test_moving_average_never_leaves_the_numbers_above_zero(isa, dtype, rng):
    """As no variance may."""
    average = rng.uniform(size=(9, 100)).astype(dtype)
    for engine in (kernels, reference):
        for rate in (1.0, 1 / 3, 1e-7):
            assert np.all(engine.moving_average(average, 0 * average, rate) >= 0)


def test_moving_average_of_other_shapes_is_refused():
    with pytest.raises(ValueError, match=r"x has shape \(2, 4\); expected \(2, 3\)"):
        kernels.moving_average(np.ones((2, 3)), np.ones((2, 4)), 0.5)
