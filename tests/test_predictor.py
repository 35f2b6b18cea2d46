"""A predictor says what the model said, from any thread, and stays as it is."""

import threading

import exports
import numpy as np
import pytest

import schuss


@pytest.mark.parametrize("number", range(exports.COUNT))
def test_it_says_what_the_model_says(number, dtype):
    model = exports.random_model(number, dtype)
    X, predictor = exports.rows(model), model.compile_predict()
    for rows in (X, X[:1], X[::2], X.tolist()):
        assert np.array_equal(predictor(rows), exports.native(model, rows))
        assert np.array_equal(predictor.predict(rows), model.predict(rows))
    assert np.array_equal(predictor.function(X), predictor(X))
    assert (predictor.inputs, predictor.dtype) == (exports.INPUTS, dtype)


def test_it_stays_as_it_is_when_the_model_trains_on():
    model, data = exports.digits(epochs=1)
    predictor = model.compile_predict()
    before = predictor(data.X_test)
    model.fit(data.X_train, data.y_train, epochs=1, verbose=False)
    assert np.array_equal(predictor(data.X_test), before)
    assert not np.array_equal(model.predict_proba(data.X_test), before)


def test_results_go_where_they_are_wanted(dtype):
    model = exports.random_model(0, dtype)
    X, predictor = exports.rows(model), model.compile_predict()
    out = np.zeros((len(X), 3), dtype)
    assert predictor(X, out=out) is out
    assert np.array_equal(out, model.predict_proba(X))
    for wrong, error, sentence in (
        (np.zeros((40, 3), "int64"), TypeError, f"out is no array of {dtype}; exp"),
        ([0, 1, 2], TypeError, f"out is no array of {dtype}; expected"),
        (np.zeros((40, 2), dtype), ValueError, r"shape \(40, 2\); expected \(40, 3"),
        (np.zeros(3, dtype), ValueError, r"shape \(3,\); expected \(40, 3\)"),
        (np.broadcast_to(out[:1], out.shape), ValueError, "out is read-only, or its"),
        (np.zeros((40, 6), dtype)[:, ::2], ValueError, "not side by side; expected"),
    ):
        with pytest.raises(error, match=sentence):
            predictor(X, out=wrong)
    before = out.copy()
    with pytest.raises(ValueError, match=r"X\[0, 0\] is NaN"):
        predictor(np.full_like(X, np.nan), out=out)
    for wrong in (X[0], X[:, :5], np.zeros(())):
        with pytest.raises(ValueError):
            predictor(wrong, out=out)
    assert np.array_equal(out, before)


def test_labels_have_the_names_of_the_model():
    model = schuss.Model([schuss.Dense(3)]).build(2)
    model.classes = np.array(["a", "b", "c"])
    X = np.random.default_rng(0).normal(size=(20, 2))
    found = model.compile_predict().predict(X)
    assert np.array_equal(found, model.classes[model(X).argmax(axis=1)])


@pytest.mark.parametrize("between", [[], [schuss.LayerNorm()]])
def test_sixty_four_threads_get_right_results(between, dtype):
    layers = [schuss.Dense(9, "tanh"), *between, schuss.Dense(3)]
    model = schuss.Model(layers, dtype=dtype).build(exports.INPUTS)
    X, predictor = exports.rows(model), model.compile_predict()
    right, errors = exports.exact(model, X)
    start, wrong = threading.Barrier(64), []

    def serve(number):
        start.wait()
        out = np.empty((1, 3), dtype)
        for k in range(number, number + 50):
            row = k % len(X)
            off = np.abs(predictor(X[row : row + 1], out=out)[0] - right[row])
            if not np.all(off <= errors[row]):
                wrong.append(row)
        if not np.all(np.abs(predictor(X) - right) <= errors):
            wrong.append(None)

    threads = [threading.Thread(target=serve, args=(n,)) for n in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_model_of_the_reference_is_served_by_kernels():
    layers = [schuss.Dense(4, "tanh"), schuss.Dense(2)]
    model = schuss.Model(layers, engine="reference", dtype="float64").build(3)
    X = np.random.default_rng(0).normal(size=(5, 3))
    values, errors = exports.exact(model, X)
    assert np.all(np.abs(model.compile_predict()(X) - values) <= errors)
    with pytest.raises(RuntimeError, match="no weights yet"):
        schuss.Model(layers).compile_predict()


def test_activations_of_ones_own_are_served_too(dtype):
    layers = [schuss.Dense(4, (np.sin, np.cos)), schuss.Dense(2)]
    model = schuss.Model(layers, dtype=dtype).build(3)
    X = np.random.default_rng(0).normal(size=(5, 3))
    assert np.array_equal(model.compile_predict()(X), model.predict_proba(X))


def test_what_such_an_activation_raises_comes_through():
    def value(x):
        raise KeyError("no")

    layers = [schuss.Dense(4, (value, np.cos)), schuss.Dense(2)]
    predictor = schuss.Model(layers).build(3).compile_predict()
    with pytest.raises(KeyError, match="no"):
        predictor(np.ones((1, 3)))


def test_a_preprocessing_is_refused():
    model = schuss.Model([schuss.Dense(2)]).build(3)
    model.preprocessing = object()
    with pytest.raises(ValueError, match="prepare its inputs where it runs"):
        model.compile_predict()


def test_sparse_rows_are_served_too(dtype):
    sparse = pytest.importorskip("scipy.sparse")
    model = schuss.Model([schuss.Dense(4, "relu"), schuss.Dense(2)], dtype=dtype)
    X = sparse.csr_array(np.eye(5, 3, dtype=dtype))
    predictor = model.build(3).compile_predict()
    out = np.empty((5, 2), dtype)
    assert predictor(X, out=out) is out
    assert np.array_equal(out, model.predict_proba(X))
    assert np.array_equal(predictor.predict(X), model.predict(X))
