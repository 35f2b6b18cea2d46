"""Sparse tables, and pairs of models for them and for the same numbers spread out."""

import pytest

import schuss

scipy_sparse = pytest.importorskip("scipy.sparse")
ROWS, INPUTS = 90, 60


def sparse_table(rng, share):
    """Return a table with that share of numbers, and none in one row and one column."""
    X = rng.normal(size=(ROWS, INPUTS)) * (rng.random((ROWS, INPUTS)) < share)
    X[3], X[:, 5] = 0, 0
    return scipy_sparse.csr_array(X)


def twins(units, *others, dtype="float64", **settings):
    """Return two models that are alike."""
    layers = [*others, schuss.Dense(units, "tanh"), schuss.Dense(3)]
    return [schuss.Model(layers, seed=2, dtype=dtype, **settings) for _ in range(2)]
