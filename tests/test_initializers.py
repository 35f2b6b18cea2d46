"""First weights have the variance they should."""

import numpy as np
import pytest

from schuss import reference
from schuss.initializers import INITIALIZERS, default_initializer, initial_weights


def test_he_and_glorot(rng):
    # The sample variance of 120,000 draws is within 2 % by five standard errors.
    weights = initial_weights("he", 300, 400, rng)
    assert weights.var() == pytest.approx(2 / 300, rel=0.03)
    weights = initial_weights("glorot", 300, 400, rng)
    assert weights.var() == pytest.approx(2 / 700, rel=0.03)
    assert np.abs(weights).max() <= np.sqrt(6 / 700)
    weights = initial_weights("lecun", 300, 400, rng)
    assert weights.var() == pytest.approx(1 / 300, rel=0.03)
    assert not initial_weights("zeros", 3, 4, rng).any()


def test_defaults_by_activation():
    defaults = {name: default_initializer(name) for name in reference.ACTIVATIONS}
    assert defaults.pop("selu") == "lecun"
    bounded = ("identity", "step", "hard_sigmoid", "sigmoid", "tanh")
    assert {defaults.pop(name) for name in bounded} == {"glorot"}
    assert len(defaults) == 8 and set(defaults.values()) == {"he"}
    assert set(INITIALIZERS) == {"he", "glorot", "lecun", "zeros"}
