"""What is refused for a sparse table, and who may change one."""

import threading

import numpy as np
import pytest
from sparse_tables import INPUTS, ROWS, scipy_sparse, sparse_table, twins

import schuss
from schuss.sparse import SparseTable


@pytest.fixture(params=[0.02, 0.5], ids=["thin", "thick"])
def table(request, rng):
    """Thin ones keep to their entries all the way, thick ones are spread out."""
    return sparse_table(rng, request.param)


@pytest.fixture
def y(rng):
    return rng.integers(0, 3, ROWS)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_named(table, y, bad):
    table.data[7] = bad
    column, row = table.indices[7], int(np.searchsorted(table.indptr, 7, "right") - 1)
    with pytest.raises(ValueError, match=rf"X\[{row}, {column}\] is .*finite"):
        twins(8)[0].fit(table, y, verbose=False)


def test_too_large_for_the_precision(table, y):
    table.data[0] = 1e300
    with pytest.raises(ValueError, match="infinite .as float32."):
        twins(8, dtype="float32")[0].fit(table, y, verbose=False)


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="empty"):
        twins(8)[0].build(INPUTS).predict(scipy_sparse.csr_array((0, INPUTS)))


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
    model = twins(40)[0]
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
