"""Losses of numbers against float64 with derived bounds, and at their extremes."""

import bounds
import numpy as np
import pytest
from bounds import exact
from problems import outputs_of, settings_of, targets_of

from schuss import reference
from schuss._core import kernels

COLUMNS = [1, 2, 3, 10, 15, 16, 17, 33, 1000]


def check(loss, output, targets, weights=None, given=None):
    """Within the bound of its own rounding; the reference's, in float64, on top."""
    dtype, rows = output.dtype, len(output)
    given = settings_of(loss, output.shape[1]) if given is None else given
    value, gradient = getattr(kernels, loss)(output, targets, *given, weights=weights)
    true = getattr(reference, loss)(
        exact(output), exact(targets), *given, weights=weights
    )
    y, known = exact(output), ~np.isnan(targets)
    e_value, e_gradient = bounds.losses(
        loss, y, 0 * y, exact(targets), dtype, given, weights
    )
    assert abs(value - float(true[0])) <= 1.01 * e_value / rows
    assert np.all(np.abs(gradient - true[1]) <= 1.01 * e_gradient)
    assert not gradient[~known].any()
    return value, gradient


def check_shapes(loss, dtype, rng):
    for columns in COLUMNS:
        for rows in (1, 2, 17):
            output = 3 * outputs_of(rng, dtype, rows, columns)
            targets = targets_of(loss, rng, dtype, rows, columns)
            weights = rng.integers(4, size=rows) / 2
            check(loss, output, targets, weights)
            whole = check(loss, output, targets)
            targets[rng.random(size=targets.shape) < 0.3] = np.nan
            some = check(loss, output, targets)
            kept = np.where(np.isnan(targets), 0, whole[1])
            np.testing.assert_array_equal(some[1], kept)


def test_mean_squared_error(isa, dtype, rng):
    check_shapes("mean_squared_error", dtype, rng)


def test_mean_absolute_error(isa, dtype, rng):
    check_shapes("mean_absolute_error", dtype, rng)


def test_huber(isa, dtype, rng):
    check_shapes("huber", dtype, rng)


def test_pinball(isa, dtype, rng):
    check_shapes("pinball", dtype, rng)


def test_binary_cross_entropy(isa, dtype, rng):
    check_shapes("binary_cross_entropy", dtype, rng)


def test_binary_cross_entropy_has_weights_of_1_by_default(isa, dtype, rng):
    for columns in COLUMNS:
        output = 3 * outputs_of(rng, dtype, 5, columns)
        targets = targets_of("binary_cross_entropy", rng, dtype, 5, columns)
        plain = check("binary_cross_entropy", output, targets, given=())
        ones = kernels.binary_cross_entropy(output, targets, *np.ones(columns))
        assert plain[0] == ones[0]
        np.testing.assert_array_equal(plain[1], ones[1])
    with pytest.raises(ValueError, match="binary_cross_entropy has 3 settings, got 2"):
        kernels.binary_cross_entropy(output[:, :3].copy(), targets[:, :3], 1.0, 1.0)


def test_poisson(isa, dtype, rng):
    check_shapes("poisson", dtype, rng)


@pytest.mark.parametrize("loss", ["mean_absolute_error", "pinball"])
def test_equal_numbers_have_no_slope(isa, dtype, rng, loss):
    output = outputs_of(rng, dtype, 5, 3)
    value, gradient = getattr(kernels, loss)(output, output, *settings_of(loss, 3))
    assert value == 0 and not gradient.any()


def test_huber_is_its_neighbours_far_off(isa, dtype, rng):
    output, targets = outputs_of(rng, dtype, 9, 4), outputs_of(rng, dtype, 9, 4)
    wide = kernels.huber(output, targets, 2.0**20)
    squares = kernels.mean_squared_error(output, targets)
    assert wide[0] == squares[0] / 2
    np.testing.assert_array_equal(wide[1], squares[1] / 2)
    narrow = kernels.huber(output, targets, 2.0**-20)
    np.testing.assert_array_equal(
        narrow[1] * 2.0**20, kernels.mean_absolute_error(output, targets)[1]
    )


def test_binary_cross_entropy_of_huge_logits(isa, dtype):
    x = np.array([[1e4, -1e4, 1e4, -1e4]], dtype)
    truth = np.array([[1.0, 0.0, 0.0, 1.0]])
    loss, gradient = kernels.binary_cross_entropy(x, truth)
    assert loss == 5e3
    np.testing.assert_array_equal(gradient, [[0, 0, 0.25, -0.25]])
    loss, gradient = kernels.binary_cross_entropy(x, truth, 3.0, 3.0, 3.0, 3.0)
    assert loss == 1e4
    np.testing.assert_array_equal(gradient, [[0, 0, 0.25, -0.75]])


def test_a_row_of_missing_targets_counts_nothing(isa, dtype, rng):
    for columns in (1, 2, 17):
        output = outputs_of(rng, dtype, 3, columns)
        for loss in ("mean_squared_error", "huber", "poisson"):
            value, gradient = getattr(kernels, loss)(
                output, np.full_like(output, np.nan), *settings_of(loss, columns)
            )
            assert value == 0 and not gradient.any()
