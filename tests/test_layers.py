"""Descriptions of layers refuse what cannot be."""

import pytest

from schuss.layers import Dense, Rescaling


@pytest.mark.parametrize(
    ("units", "error"),
    [(0, ValueError), (-3, ValueError), (2.0, TypeError), (True, TypeError)],
)
def test_units(units, error):
    with pytest.raises(error, match="units is .*; give a whole number"):
        Dense(units)


def test_initializer():
    with pytest.raises(
        ValueError, match='initializer is \'hee\'; give one of "he", "gl'
    ):
        Dense(3, initializer="hee")


@pytest.mark.parametrize(
    ("factor", "error"),
    [(-0.5, ValueError), (float("inf"), ValueError), ("1", TypeError)],
)
def test_learning_rate_factor(factor, error):
    assert Dense(3, learning_rate_factor=0).learning_rate_factor == 0.0
    with pytest.raises(error, match="learning_rate_factor is .*; give a number"):
        Dense(3, learning_rate_factor=factor)


@pytest.mark.parametrize("scale", [0, -1, float("inf"), float("nan")])
def test_scale(scale):
    with pytest.raises(ValueError, match="scale is"):
        Rescaling(scale)
    with pytest.raises(TypeError, match="scale is '1'"):
        Rescaling("1")
