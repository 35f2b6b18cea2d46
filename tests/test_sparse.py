"""Sparse X: the same models as of the same numbers spread out, and what is refused."""

import threading

import numpy as np
import pytest

import schuss
from schuss.sparse import SparseTable

scipy_sparse = pytest.importorskip("scipy.sparse")
ROWS, INPUTS = 90, 60


@pytest.fixture(params=[0.05, 0.5], ids=["thin", "thick"])
def table(request, rng):
    """Thin ones keep to their entries all the way, thick ones are spread out."""
    X = rng.normal(size=(ROWS, INPUTS)) * (rng.random((ROWS, INPUTS)) < request.param)
    X[3], X[:, 5] = 0, 0
    return scipy_sparse.csr_array(X)


@pytest.fixture
def y(rng):
    return rng.integers(0, 3, ROWS)


def models(units, *others, dtype="float64", **settings):
    layers = [*others, schuss.Dense(units, "tanh"), schuss.Dense(3)]
    return [schuss.Model(layers, seed=2, dtype=dtype, **settings) for _ in range(2)]


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
    sparse, dense = models(units, *others)
    how = {"epochs": 5, "batch_size": 16, "optimizer": OPTIMIZERS[optimizer]}
    sparse.fit(table, y, **how, verbose=False)
    dense.fit(table.toarray(), y, **how, verbose=False)
    for one, other in zip(sparse.weights, dense.weights, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(sparse.history["loss"], dense.history["loss"], 1e-10)
    np.testing.assert_allclose(sparse(table), dense(table.toarray()), 1e-8, 1e-11)


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("layers", [(schuss.Dropout(0.2),), (schuss.Rescaling(2, 1),)])
def test_what_needs_whole_rows_gets_them(table, y, engine, layers):
    sparse, dense = models(8, *layers, engine=engine)
    for model, X in ((sparse, table), (dense, table.toarray())):
        model.fit(X, y, epochs=2, verbose=False)
    np.testing.assert_allclose(sparse(table), dense(table.toarray()), 1e-9, 1e-12)


@pytest.mark.parametrize("regularizer", [schuss.L1(1e-3), schuss.MaxNorm(1.0)])
def test_with_a_sweep_after_the_gradients(table, y, regularizer):
    sparse, dense = models(20)
    for model, X in ((sparse, table), (dense, table.toarray())):
        model.fit(X, y, epochs=3, regularizer=regularizer, verbose=False)
    np.testing.assert_allclose(sparse(table), dense(table.toarray()), 1e-9, 1e-12)


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
        model = models(units)[0]
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
    sparse, dense = models(30)
    for model, table in ((sparse, X), (dense, X.toarray())):
        model.fit(table, y, epochs=2, batch_size=None, verbose=False)
    np.testing.assert_allclose(sparse(X), dense(X.toarray()), 1e-9, 1e-12)


def test_everything_that_takes_examples_takes_sparse_ones(table, y):
    model = models(8)[0]
    model.fit(table, y, validation_data=(table[:20], y[:20]), verbose=False)
    X = table.toarray()
    for name, arguments in {
        "evaluate": (y,),
        "predict": (),
        "predict_proba": (),
        "transform": (0,),
        "input_gradient": (y,),
    }.items():
        use = getattr(model, name)
        one, other = use(table, *arguments), use(X, *arguments)
        if isinstance(one, dict):
            assert one == pytest.approx(other)
        else:
            np.testing.assert_allclose(one, other, 1e-9, 1e-12)


@pytest.mark.parametrize("form", ["csc", "coo", "lil", "dok"])
def test_other_formats_are_converted(table, form):
    model = models(8)[0].build(INPUTS)
    np.testing.assert_array_equal(model(table.asformat(form)), model(table))


def test_entries_that_come_twice_add_up_and_the_matrix_is_left_alone():
    model = models(8)[0].build(INPUTS)
    twice = scipy_sparse.csr_array(
        (np.array([1.0, 2.0, 4.0]), np.array([7, 3, 7]), np.array([0, 3])),
        shape=(1, INPUTS),
    )
    np.testing.assert_allclose(model(twice), model(twice.toarray()))
    assert twice.nnz == 3


def test_no_entries_at_all():
    model = models(8)[0].build(INPUTS)
    nothing = scipy_sparse.csr_array((4, INPUTS))
    np.testing.assert_array_equal(model(nothing), model(np.zeros((4, INPUTS))))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_named(table, y, bad):
    table.data[7] = bad
    column, row = table.indices[7], int(np.searchsorted(table.indptr, 7, "right") - 1)
    with pytest.raises(ValueError, match=rf"X\[{row}, {column}\] is .*finite"):
        models(8)[0].fit(table, y, verbose=False)


def test_too_large_for_the_precision(table, y):
    table.data[0] = 1e300
    with pytest.raises(ValueError, match="infinite .as float32."):
        models(8, dtype="float32")[0].fit(table, y, verbose=False)


def test_another_width_is_refused(table):
    model = models(8)[0].build(INPUTS)
    with pytest.raises(ValueError, match=r"\(90, 59\); expected \(rows, 60\)"):
        model.predict(table[:, :-1])


def test_another_dtype_is_refused(table, y):
    with pytest.raises(TypeError, match="complex128"):
        models(8)[0].fit(table.astype(complex), y, verbose=False)


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="empty"):
        models(8)[0].build(INPUTS).predict(scipy_sparse.csr_array((0, INPUTS)))


@pytest.mark.parametrize(
    ("starts", "columns"),
    [
        ([0, 2, 1, 3], [0, 1, 2]),
        ([0, 1, 2], [0, 1, 2]),
        ([1, 2, 3, 3], [0, 1, 2]),
        ([0, 3, 3, 3], [0, 2, 1]),
        ([0, 3, 3, 3], [0, 1, 60]),
        ([0, 3, 3, 3], [-1, 1, 2]),
        ([0, 9, 3, 3], [0, 1, 2]),
    ],
)
def test_arrays_that_are_no_table_are_refused(starts, columns):
    """SciPy does not look into the arrays that it is given."""

    class Matrix:
        shape = 3, INPUTS
        indptr, indices, data = np.array(starts), np.array(columns), np.ones(3)

    with pytest.raises(ValueError, match="no sparse table"):
        assert SparseTable(Matrix, "float64", "X").native


def test_a_matrix_that_changes_meanwhile_harms_nobody(table, y):
    """C++ reads copies that were checked."""
    model = models(40)[0]
    stop = threading.Event()

    def spoil():
        while not stop.is_set():
            table.indices[:] = 10**6

    class Spoiler(schuss.Callback):
        def on_fit_begin(self, fit):
            spoiler.start()

    spoiler = threading.Thread(target=spoil)
    try:
        model.fit(table, y, epochs=50, callbacks=[Spoiler()], verbose=False)
    finally:
        stop.set()
        spoiler.join()
    assert np.isfinite(model.history["loss"]).all()
