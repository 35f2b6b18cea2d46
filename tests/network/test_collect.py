"""Gradients of a first layer of sparse rows, and the updates they end in."""

import numpy as np
import pytest
from sparse_tables import ROWS, sparse_table, twins

import schuss


@pytest.fixture(params=[0.02, 0.5], ids=["thin", "thick"])
def table(request, rng):
    """Thin ones keep to their entries all the way, thick ones are spread out."""
    return sparse_table(rng, request.param)


@pytest.fixture
def y(rng):
    return rng.integers(0, 3, ROWS)


OPTIMIZERS = {
    "resting": schuss.SGD(0.1),
    "adagrad": schuss.Adagrad(0.1),
    "momentum": schuss.SGD(0.1, momentum=0.9),
    "adam": schuss.Adam(0.01),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("units", [4, 40], ids=["by output", "by panel"])
@pytest.mark.parametrize("others", [(), (schuss.Rescaling(0.5),)])
def test_a_fit_is_that_of_the_numbers_spread_out(table, y, optimizer, units, others):
    """To what 30 steps in float64 make of other orders of the same sums."""
    sparse, dense = twins(units, *others)
    how = {"epochs": 5, "batch_size": 16, "optimizer": OPTIMIZERS[optimizer]}
    sparse.fit(table, y, **how, verbose=False)
    dense.fit(table.toarray(), y, **how, verbose=False)
    for one, other in zip(sparse.weights, dense.weights, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(sparse.history["loss"], dense.history["loss"], 1e-10)
    np.testing.assert_allclose(sparse(table), dense(table.toarray()), 1e-8, 1e-11)


@pytest.mark.parametrize("regularizer", [schuss.L1(1e-3), schuss.MaxNorm(1.0)])
def test_with_a_sweep_after_the_gradients(table, y, regularizer):
    sparse, dense = twins(20)
    for model, X in ((sparse, table), (dense, table.toarray())):
        model.fit(X, y, epochs=3, regularizer=regularizer, verbose=False)
    np.testing.assert_allclose(sparse(table), dense(table.toarray()), 1e-9, 1e-12)
