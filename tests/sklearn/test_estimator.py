"""Estimators among scikit-learn's: its checks, its tools, and what errors leave."""

import contextlib
import copy
import pickle
import unittest

import numpy as np
import pytest

checks = pytest.importorskip("sklearn.utils.estimator_checks")
sklearn = pytest.importorskip("sklearn.base")
calibration = pytest.importorskip("sklearn.calibration")
compose = pytest.importorskip("sklearn.compose")
model_selection = pytest.importorskip("sklearn.model_selection")
pipeline = pytest.importorskip("sklearn.pipeline")
preprocessing = pytest.importorskip("sklearn.preprocessing")
estimators = pytest.importorskip("schuss.sklearn")
twins = pytest.importorskip("twins")

MLPClassifier, MLPRegressor = estimators.MLPClassifier, estimators.MLPRegressor
OPTIONS = {"hidden_layer_sizes": (5,), "random_state": 0, "max_iter": 5}
WARNINGS = [
    "ignore::sklearn.exceptions.ConvergenceWarning",
    "ignore:Got `batch_size`:UserWarning",
    "ignore::sklearn.exceptions.SkipTestWarning",
    "ignore::FutureWarning",
    "ignore::DeprecationWarning",
]


def ignored(test):
    for each in WARNINGS:
        test = pytest.mark.filterwarnings(each)(test)
    return test


# A step per row is not one step of its weight, as in scikit-learn's own.
ONLINE = dict.fromkeys(
    (
        "check_sample_weight_equivalence_on_dense_data",
        "check_sample_weight_equivalence_on_sparse_data",
    ),
    "rows that are repeated are steps that are repeated",
)


def expected(estimator):
    return ONLINE if isinstance(estimator, estimators.Perceptron) else {}


@ignored
@checks.parametrize_with_checks(
    [
        MLPClassifier(max_iter=100),
        MLPRegressor(max_iter=100),
        MLPClassifier(solver="lbfgs", max_iter=100),
        estimators.SoftmaxRegression(),
        estimators.Perceptron(),
    ],
    expected_failed_checks=expected,
)
def test_scikit_learns_checks(estimator, check):
    # A check that is not for an estimator says so by being skipped.
    with contextlib.suppress(unittest.SkipTest):
        check(estimator)


def rows(rng):
    X = rng.normal(size=(60, 4))
    return X, (X[:, 0] > 0).astype(int)


@ignored
def test_searches_in_processes(rng):
    X, y = rows(rng)
    grid = {"alpha": [1e-4, 1.0], "hidden_layer_sizes": [(3,), ()]}
    search = model_selection.GridSearchCV(MLPClassifier(**OPTIONS), grid, n_jobs=2)
    search.fit(X, y)
    alone = model_selection.GridSearchCV(MLPClassifier(**OPTIONS), grid).fit(X, y)
    scores = [each.cv_results_["mean_test_score"] for each in (search, alone)]
    assert np.array_equal(*scores)


@ignored
def test_columns_and_calibration(rng):
    pandas = pytest.importorskip("pandas")
    X, y = rows(rng)
    frame = pandas.DataFrame(X, columns=list("abcd"))
    frame["e"] = np.where(y, "yes", "no")
    columns = compose.make_column_transformer(
        (preprocessing.StandardScaler(), list("abcd")),
        (preprocessing.OneHotEncoder(), ["e"]),
    )
    network = MLPClassifier(**OPTIONS | {"solver": "lbfgs", "max_iter": 50})
    for estimator in (
        network,
        calibration.CalibratedClassifierCV(network, cv=2),
        calibration.CalibratedClassifierCV(network.set_params(loss="hinge"), cv=2),
    ):
        whole = pipeline.make_pipeline(columns, sklearn.clone(estimator))
        assert whole.fit(frame, y).score(frame, y) > 0.9


@ignored
def test_weights_and_rows_to_watch_are_routed(rng):
    config_context = pytest.importorskip("sklearn").config_context
    X, y = rows(rng)
    weights = np.ones(60)
    with config_context(enable_metadata_routing=True):
        network = MLPClassifier(**OPTIONS)
        network.set_fit_request(sample_weight=True, X_val=True, y_val=True)
        scaler = preprocessing.StandardScaler().set_fit_request(sample_weight=False)
        whole = pipeline.Pipeline(
            [("scale", scaler), ("network", network)],
            transform_input=["X_val"],
        )
        whole.fit(X, y, sample_weight=weights, X_val=X[:9], y_val=y[:9])
        assert len(whole[-1].validation_scores_) == 5
        scaled = whole[0].transform(X[:9])
        assert whole[-1].validation_scores_[-1] == whole[-1].score(scaled, y[:9])


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))]
)
@pytest.mark.parametrize("estimator", [MLPClassifier, MLPRegressor])
def test_copies_predict_the_same_and_hold_no_data(rng, estimator, copied):
    X, y = rows(rng)
    own = twins.trained(estimator(**OPTIONS, early_stopping=True), X, y)
    twin = copied(own)
    assert np.array_equal(twin.predict(X), own.predict(X))
    assert np.array_equal(twin.coefs_[0], own.coefs_[0])
    # Weights, and twice as much of the optimizer's state.
    weights = sum(w.nbytes for w in own.coefs_ + own.intercepts_)
    assert len(pickle.dumps(own)) < 3 * weights + 8000


def test_weights_can_be_given_and_not_written_to(rng):
    X, y = rows(rng)
    own = twins.trained(MLPRegressor(**OPTIONS), X, y)
    before = own.predict(X)
    with pytest.raises(ValueError, match="read-only"):
        own.coefs_[0][:] = 0
    own.coefs_[1] = 2 * own.coefs_[1]
    bias = own.intercepts_[1]
    np.testing.assert_allclose(own.predict(X), 2 * (before - bias) + bias, atol=1e-12)


def test_a_fit_begins_with_weights_that_it_was_given():
    options = {"hidden_layer_sizes": (2,), "activation": "identity", "max_iter": 1}
    own = MLPRegressor(**options, warm_start=True, learning_rate_init=1e-300)
    own.coefs_ = [np.eye(2), np.ones((2, 1))]
    own.intercepts_ = [np.zeros(2), np.array([3.0])]
    twins.trained(own, np.eye(2), [4.0, 4.0])
    assert own.predict([[1.0, 5.0]]) == [9.0]
    assert own.loss_curve_ == pytest.approx([1e-4 / 4 * 4])


def test_a_warm_start_takes_new_activations_and_losses(rng):
    X, y = rows(rng)
    own = MLPRegressor(**OPTIONS | {"max_iter": 1}, warm_start=True)
    own.set_params(learning_rate_init=1e-300)
    before = twins.trained(own, X, y).predict(X)
    own.set_params(activation="tanh", loss="poisson")
    after = twins.trained(own, X, y).predict(X)
    h = np.tanh(X @ own.coefs_[0] + own.intercepts_[0])
    expected = np.exp(h @ own.coefs_[1] + own.intercepts_[1]).ravel()
    np.testing.assert_allclose(after, expected, rtol=1e-12)
    assert not np.array_equal(after, before)
    with pytest.raises(ValueError, match="weights of layer 0 have shape"):
        own.set_params(hidden_layer_sizes=(6,)).fit(X, y)


def test_an_error_changes_nothing(rng):
    X, y = rows(rng)
    own = twins.trained(MLPClassifier(**OPTIONS, warm_start=True), X, y)
    before, predicted = dict(vars(own)), own.predict_proba(X)

    def fails(epoch, logs):
        raise LookupError("enough")

    for options, data, error in (
        ({"callbacks": [fails]}, (X, y), LookupError),
        ({"activation": "newton"}, (X, y), ValueError),
        ({}, (X[:, :3], y), ValueError),
        ({}, (X, y + 1), ValueError),
    ):
        own.set_params(callbacks=None, activation="relu").set_params(**options)
        with pytest.raises(error):
            own.fit(*data)
        assert own.n_iter_ == before["n_iter_"] and own.t_ == before["t_"]
        assert np.array_equal(own.predict_proba(X), predicted)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_same_bits_for_any_number_of_threads(rng, count):
    X, y = rng.normal(size=(600, 30)), rng.integers(0, 3, 600)
    options = {"hidden_layer_sizes": (40, 20), "random_state": 0, "max_iter": 3}
    options |= {"dropout": 0.5, "early_stopping": True}
    own = twins.trained(MLPClassifier(**options, n_threads=count), X, y)
    one = twins.trained(MLPClassifier(**options, n_threads=1), X, y)
    for ours, theirs in zip(own.coefs_, one.coefs_, strict=True):
        assert ours.tobytes() == theirs.tobytes()


def test_schuss_alone_does_not_import_scikit_learn():
    from children import run

    text = "import sys, schuss; print('sklearn' in sys.modules)"
    assert run(text).stdout.strip() == "False"


def test_without_scikit_learn_it_says_what_to_install():
    from children import run

    text = "import sys; sys.modules['sklearn'] = None; import schuss.sklearn"
    result = run(text)
    assert result.returncode != 0
    assert 'schuss.sklearn needs scikit-learn; pip install "schuss[sk' in result.stderr
