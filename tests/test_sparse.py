"""SciPy's sparse arrays as X: every format, everywhere, and what is refused."""

import numpy as np
import pytest
from sparse_tables import INPUTS, ROWS, scipy_sparse, sparse_table, twins

import schuss


@pytest.fixture(params=[0.02, 0.5], ids=["thin", "thick"])
def table(request, rng):
    """Thin ones keep to their entries all the way, thick ones are spread out."""
    return sparse_table(rng, request.param)


@pytest.fixture
def y(rng):
    return rng.integers(0, 3, ROWS)


def test_everything_that_takes_examples_takes_sparse_ones(table, y):
    model = twins(8)[0]
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


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradients_are_checked_in_float64(table, y, dtype, engine):
    model = twins(8, dtype=dtype, engine=engine)[0].build(INPUTS)
    sparse, dense = (model.check_gradients(X, y) for X in (table, table.toarray()))
    assert (sparse.layer, sparse.array) == (dense.layer, dense.array)
    assert sparse.error < 1e-4


@pytest.mark.parametrize("form", ["csr", "coo"])
def test_searches_hold_sparse_rows_out(table, y, form):
    def search(X):
        return schuss.tune(
            lambda p: twins(8, engine="reference")[0],
            X,
            y,
            {"learning_rate": [0.1, 0.5]},
            validation_fraction=0.3,
            verbose=False,
        )

    one, other = search(table.asformat(form)), search(table.toarray())
    for ours, theirs in zip(one.trials, other.trials, strict=True):
        assert ours.score == pytest.approx(theirs.score)


def test_what_is_no_table_is_an_ordinary_array(table, y):
    model = twins(8)[0].build(INPUTS)
    for use, name in (
        (lambda: model.fit(table, scipy_sparse.csr_array(y[:, None])), "y"),
        (lambda: model.fit(table, y, sample_weight=table[:, :1]), "sample_weight"),
        (lambda: model.explain_step(table[:1], 0), "x"),
    ):
        with pytest.raises(TypeError, match=f"^{name} is sparse.*{name}.toarray"):
            use()


@pytest.mark.parametrize("form", ["csc", "coo", "lil", "dok"])
def test_other_formats_are_converted(table, form):
    model = twins(8)[0].build(INPUTS)
    np.testing.assert_array_equal(model(table.asformat(form)), model(table))


def test_entries_that_come_twice_add_up_and_the_matrix_is_left_alone():
    model = twins(8)[0].build(INPUTS)
    twice = scipy_sparse.csr_array(
        (np.array([1.0, 2.0, 4.0]), np.array([7, 3, 7]), np.array([0, 3])),
        shape=(1, INPUTS),
    )
    np.testing.assert_allclose(model(twice), model(twice.toarray()))
    assert twice.nnz == 3


def test_no_entries_at_all():
    model = twins(8)[0].build(INPUTS)
    nothing = scipy_sparse.csr_array((4, INPUTS))
    np.testing.assert_array_equal(model(nothing), model(np.zeros((4, INPUTS))))


def test_another_width_is_refused(table):
    model = twins(8)[0].build(INPUTS)
    with pytest.raises(ValueError, match=r"\(90, 59\); expected \(rows, 60\)"):
        model.predict(table[:, :-1])


def test_another_dtype_is_refused(table, y):
    with pytest.raises(TypeError, match="complex128"):
        twins(8)[0].fit(table.astype(complex), y, verbose=False)
