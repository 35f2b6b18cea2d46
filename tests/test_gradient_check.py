"""The gradient check finds a wrong gradient, and says where."""

import numpy as np
import pytest

import schuss
from schuss import gradient_check, reference
from schuss.examples import Examples


def test_a_wrong_gradient_is_found():
    X, y = schuss.datasets.make_blobs(20, seed=0)
    layers = [schuss.Dense(4, "tanh"), schuss.Dense(3)]
    model = schuss.Model(layers, dtype="float64").build(2)
    gradients = model.gradients(X, y)
    gradients[1][1][2] *= 1.001
    found = gradient_check.compare(
        gradients,
        model.weights,
        model._made("native", "float64", 2),
        Examples("", X, y.astype(np.int32)),
        np.random.default_rng(0),
        100,
    )
    assert (found.layer, found.array, found.checked) == (1, "bias", 27)
    assert 1e-4 < found.error < 1e-2


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("activation", reference.ACTIVATIONS)
def test_the_gradient_of_every_activation(activation, engine):
    """That through a step is zero, as the differences are."""
    X, y = schuss.datasets.make_blobs(20, seed=0)
    layers = [
        schuss.Dense(40, activation),
        schuss.Dense(9, activation),
        schuss.Dense(3),
    ]
    model = schuss.Model(layers, dtype="float64", engine=engine, seed=1).build(2)
    assert model.check_gradients(X, y, samples=200).error < 1e-7
    gradients = model.gradients(X, y)
    assert gradients[0][0].any() == (activation != "step")


def test_samples_bound_the_work():
    X, y = schuss.datasets.make_blobs(20, seed=0)
    model = schuss.Model([schuss.Dense(30, "tanh"), schuss.Dense(3)]).build(2)
    assert model.check_gradients(X, y, samples=5).checked == 5 + 5 + 5 + 3


def test_a_gradient_that_is_nan_is_not_perfect():
    X, y = schuss.datasets.make_blobs(20, seed=0)
    model = schuss.Model([schuss.Dense(4), schuss.Dense(3)]).build(2)
    gradients = model.gradients(X, y)
    gradients[0][0][:] = np.nan
    found = gradient_check.compare(
        gradients,
        model.weights,
        model._made("native", "float64", 2),
        Examples("", X, y.astype(np.int32)),
        np.random.default_rng(0),
        10,
    )
    assert np.isnan(found.error) and found.layer == 0
