"""Products of sparse rows, by entries or spread out: those of the same numbers."""

import numpy as np
import pytest
from sparse_tables import ROWS, scipy_sparse, sparse_table, twins

import schuss


@pytest.fixture(params=[0.02, 0.5], ids=["thin", "thick"])
def table(request, rng):
    """Thin ones keep to their entries all the way, thick ones are spread out."""
    return sparse_table(rng, request.param)


@pytest.fixture
def y(rng):
    return rng.integers(0, 3, ROWS)


@pytest.mark.parametrize("units", [4, 40])
def test_native_equals_reference(table, y, dtype, units):
    native, reference = (
        schuss.Model(
            [schuss.Dense(units, "tanh"), schuss.Dense(3)], dtype=dtype, engine=engine
        )
        for engine in ("native", "reference")
    )
    tolerance = 1e-4 if dtype == "float32" else 1e-9
    for model in (native, reference):
        model.fit(table, y, epochs=3, validation_fraction=0.2, verbose=False)
    np.testing.assert_allclose(native(table), reference(table), tolerance, tolerance)
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(
            native.history[name], reference.history[name], tolerance
        )


@pytest.mark.parametrize("units", [4, 40])
def test_same_bits_for_any_number_of_threads(table, y, units, threads):
    found = []
    for count in (1, 2, 3):
        threads(count)
        model = twins(units)[0]
        model.fit(table, y, epochs=3, batch_size=30, verbose=False)
        found.append((model.weights, model(table)))
    for weights, outputs in found[1:]:
        np.testing.assert_array_equal(outputs, found[0][1])
        for one, other in zip(weights, found[0][0], strict=True):
            for a, b in zip(one, other, strict=True):
                np.testing.assert_array_equal(a, b)


def test_batches_of_many_chunks(rng):
    X = scipy_sparse.random_array((1300, 70), density=0.05, rng=rng, format="csr")
    y = rng.integers(0, 3, 1300)
    sparse, dense = twins(30)
    for model, table in ((sparse, X), (dense, X.toarray())):
        model.fit(table, y, epochs=2, batch_size=None, verbose=False)
    np.testing.assert_allclose(sparse(X), dense(X.toarray()), 1e-9, 1e-12)


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("layers", [(schuss.Dropout(0.2),), (schuss.Rescaling(2, 1),)])
def test_what_needs_whole_rows_gets_them(table, y, engine, layers):
    sparse, dense = twins(8, *layers, engine=engine)
    for model, X in ((sparse, table), (dense, table.toarray())):
        model.fit(X, y, epochs=2, verbose=False)
    np.testing.assert_allclose(sparse(table), dense(table.toarray()), 1e-9, 1e-12)
