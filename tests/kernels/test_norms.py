"""Norms and limits against NumPy in a wider precision, and numbers that are none."""

import numpy as np
import pytest
from bounds import exact, gamma, roundoff

from schuss import reference
from schuss._core import kernels

SHAPES = [(0, 3), (1, 1), (1, 33), (33, 1), (15, 17), (16, 16), (65, 47), (3, 1024)]


@pytest.mark.parametrize("shape", SHAPES)
def test_sum_of_squares(isa, dtype, rng, shape):
    """In float64, where squares of float32 are exact; one chain for every lane."""
    x = rng.normal(size=shape).astype(dtype)
    truth = np.sum(np.square(exact(x)), dtype=np.longdouble)
    for engine in (kernels, reference):
        error = abs(engine.sum_of_squares(x) - truth)
        assert error <= gamma(x.size + 2, "float64") * truth


def test_sum_of_squares_sees_every_number_and_nothing_else(isa, dtype):
    for columns in range(1, 70):
        x = np.zeros((3, columns), dtype)
        for row, column in ((0, 0), (1, columns - 1), (2, columns // 2)):
            x[row, column] = 3
        assert kernels.sum_of_squares(x) == 27
    assert kernels.sum_of_squares(np.full((70, 70), 2, dtype)[:9, 3:66]) == 4 * 9 * 63


def test_sum_of_squares_of_float32_does_not_overflow(isa):
    x = np.full(100, np.finfo(np.float32).max)
    truth = 100 * float(x[0]) ** 2
    for engine in (kernels, reference):
        assert engine.sum_of_squares(x) == pytest.approx(truth, rel=1e-14)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_sum_of_squares_passes_on_what_is_not_finite(isa, dtype, bad):
    for place in range(33):
        x = np.ones(33, dtype)
        x[place] = bad
        assert not np.isfinite(kernels.sum_of_squares(x))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("scale", "limit"), [(1, 0.5), (0.3, np.inf), (0.7, 0.25)])
def test_clip(isa, dtype, rng, shape, scale, limit):
    x = rng.normal(size=shape).astype(dtype)
    kind = np.dtype(dtype).type
    truth = np.clip(exact(kind(scale)) * exact(x), -limit, limit)
    for engine in (kernels, reference):
        found = engine.clip(x, scale, limit)
        assert found.dtype == x.dtype and found.shape == shape
        assert np.all(np.abs(found - truth) <= roundoff(dtype) * np.abs(truth))


def test_clip_by_hand(isa, dtype):
    x = np.array([[-8, -2, -1, 0, 1, 2, 8, np.inf, -np.inf, np.nan]], dtype)
    for engine in (kernels, reference):
        found = engine.clip(x, 0.5, 1.0)
        np.testing.assert_array_equal(
            found, [[-1, -1, -0.5, 0, 0.5, 1, 1, 1, -1, np.nan]]
        )
        np.testing.assert_array_equal(engine.clip(x, 1.0, np.inf), x)


@pytest.mark.parametrize("shape", SHAPES)
def test_max_norm(isa, dtype, rng, shape):
    """Some columns are longer than the limit, and the others keep their bits.

    A sum of squares errs by gamma(rows + 2) in float64, its root by half of that; then
    come root, quotient, its rounding to this precision, and the product.
    """
    x = rng.normal(size=shape).astype(dtype)
    truth, limit = exact(x), float(np.float32(0.9 * np.sqrt(shape[0] or 1)))
    norms = np.sqrt(np.sum(np.square(truth), axis=0))
    longer = norms > limit
    truth = truth * np.where(longer, limit / np.where(longer, norms, 1), 1)
    relative = gamma(shape[0] + 6, "float64") + gamma(2, dtype)
    for engine in (kernels, reference):
        found = engine.max_norm(x, limit)
        assert found.dtype == x.dtype and found.shape == shape
        assert np.all(np.abs(found - truth) <= 1.01 * relative * np.abs(truth))
        np.testing.assert_array_equal(found[:, ~longer], x[:, ~longer])
        again = np.sqrt(np.sum(np.square(exact(found)), axis=0))
        assert np.all(again <= limit * (1 + 1.01 * relative))
    if x.size > 200:
        assert 0 < np.sum(longer) < shape[1]


def test_max_norm_by_hand(isa, dtype):
    x = np.array([[3, 3, 0, 30], [4, 4, 0, -40]], dtype)
    for engine in (kernels, reference):
        found = engine.max_norm(x, 2.5)
        np.testing.assert_array_equal(found, [[1.5, 1.5, 0, 1.5], [2, 2, 0, -2]])
        np.testing.assert_array_equal(engine.max_norm(x, 50.0), x)


def test_max_norm_neither_hides_nor_spreads_what_is_not_finite(isa, dtype):
    x = np.ones((5, 20), dtype)
    x[2, 3], x[4, 7] = np.inf, np.nan
    with np.errstate(invalid="ignore"):
        for engine in (kernels, reference):
            bad = np.isnan(engine.max_norm(x, 1.0))
            assert bad.all(axis=0).sum() == bad.any(axis=0).sum() == 2


def test_max_norm_of_float32_does_not_overflow(isa):
    x = np.full((4, 3), 1e38, np.float32)
    for engine in (kernels, reference):
        np.testing.assert_array_equal(engine.max_norm(x, 2.0), np.ones((4, 3)))


def test_the_largest_doubles_become_nan_and_not_zero(isa):
    x = np.full((4, 3), 1e200)
    with np.errstate(over="ignore", invalid="ignore"):
        for engine in (kernels, reference):
            assert np.isnan(engine.max_norm(x, 2.0)).all()
