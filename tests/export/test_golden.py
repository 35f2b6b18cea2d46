"""Golden vectors are rows a model is meant for, and hold what it says of them."""

import exports
import numpy as np

from schuss.export.golden import golden
from schuss.export.operations import export


def test_they_are_what_the_model_says(dtype):
    for number in range(exports.COUNT):
        model = exports.random_model(number, dtype)
        X, expected, tolerances = golden(export(model))
        assert np.all(np.abs(exports.native(model, X) - expected) <= tolerances)
        assert X.dtype == expected.dtype == tolerances.dtype == dtype
    assert np.array_equal(X, golden(export(model)).X)
    rescaled = exports.random_model(1, dtype)
    X = golden(export(rescaled)).X
    assert np.max(np.abs(X / 16 - 0.5)) < 5 < np.max(np.abs(X))
