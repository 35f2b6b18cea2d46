"""Metrics of numbers: by hand and against scikit-learn."""

import math

import numpy as np
import pytest

from schuss import metrics


def test_by_hand():
    y, predicted = [1.0, 2.0, 6.0], [1.0, 4.0, 5.0]
    assert metrics.mean_squared_error(y, predicted) == pytest.approx(5 / 3)
    assert metrics.mean_absolute_error(y, predicted) == 1
    assert metrics.r2(y, predicted) == pytest.approx(1 - 5 / 14)


def test_whole_numbers_do_not_wrap():
    y, predicted = np.array([255, 0], np.uint8), np.array([0, 255], np.uint8)
    assert metrics.mean_squared_error(y, predicted) == 255**2


def test_r2_of_what_does_not_vary():
    assert metrics.r2([2, 2], [2, 2]) == 1
    assert metrics.r2([2, 2], [2, 3]) == 0
    assert math.isnan(metrics.r2([2], [2]))


@pytest.mark.parametrize("shape", [(50,), (50, 3)])
def test_scikit_learn_has_the_same_values(rng, shape):
    theirs = pytest.importorskip("sklearn.metrics")
    y = rng.normal(size=shape)
    predicted = y + rng.normal(size=shape) / 2
    for ours, expected in (
        (metrics.mean_squared_error, theirs.mean_squared_error),
        (metrics.mean_absolute_error, theirs.mean_absolute_error),
        (metrics.r2, theirs.r2_score),
    ):
        # Sums of 150 numbers in another order.
        value = pytest.approx(expected(y, predicted), rel=150 * np.finfo(float).eps)
        assert ours(y, predicted) == value


def test_shapes_must_agree():
    for metric in (metrics.mean_squared_error, metrics.mean_absolute_error, metrics.r2):
        with pytest.raises(ValueError, match=r"y has shape \(2,\) and the predictions"):
            metric([1, 2], [[1], [2]])
