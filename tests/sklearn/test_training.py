"""Fits beside scikit-learn's: the same numbers but for roundings, step by step."""

import numpy as np
import pytest

import schuss

networks = pytest.importorskip("sklearn.neural_network")
estimators = pytest.importorskip("schuss.sklearn")
data = pytest.importorskip("sklearn.datasets")
twins = pytest.importorskip("twins")

since_1_7 = pytest.mark.skipif(
    "loss" not in networks.MLPRegressor().get_params(),
    reason="weights of rows and losses came with 1.7",
)
TINY = 1e-300  # where epsilon does not show, both have it in the same place
SOLVERS = {
    "sgd": {"solver": "sgd", "learning_rate_init": 0.1},
    "without momentum": {"solver": "sgd", "learning_rate_init": 0.1, "momentum": 0},
    "heavy ball": {"solver": "sgd", "learning_rate_init": 0.1, "alpha": 0.5}
    | {"nesterovs_momentum": False},
    "invscaling": {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3}
    | {"learning_rate_init": 0.1},
    "adaptive": {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.05}
    | {"learning_rate_init": 0.1, "n_iter_no_change": 1},
    "adam": {"solver": "adam", "epsilon": TINY},
    "lbfgs": {"solver": "lbfgs", "max_iter": 5},
    "batches": {"solver": "sgd", "batch_size": 15, "shuffle": False, "alpha": 1.0},
    "adam in batches": {"solver": "adam", "batch_size": 15, "shuffle": False}
    | {"alpha": 1.0, "epsilon": TINY},
    "early stopping": {"solver": "sgd", "early_stopping": True},
}


def table(kind):
    """60 rows and a target; and which estimator is for them."""
    X, y = data.load_iris(return_X_y=True)
    X, y = (X[::5] - X.mean(axis=0)) / X.std(axis=0), y[::5]
    X, y = np.concatenate([X, -X]), np.concatenate([y, y])
    if kind == "two classes":
        return X, (y > 1).astype(int), "MLPClassifier"
    if kind == "several labels":
        return X, np.stack([y > 0, y > 1, y == 0], axis=1).astype(int), "MLPClassifier"
    if kind == "classes":
        return X, y, "MLPClassifier"
    numbers = X[:, 0] if kind == "numbers" else np.stack([X[:, 0], X[:, 2]], axis=1)
    return X, np.abs(numbers.round()) if kind == "counts" else numbers, "MLPRegressor"


def own(name, **options):
    options = {"hidden_layer_sizes": (7, 5), "activation": "tanh", **options}
    return getattr(estimators, name)(**{"random_state": 3, "max_iter": 8, **options})


KINDS = ["classes", "two classes", "several labels", "numbers", "rows of numbers"]


def pair(name, kind="classes", **options):
    options = {"hidden_layer_sizes": (7, 5), "activation": "tanh", **options}
    options = {"random_state": 3, "max_iter": 8, **options}
    return getattr(networks, name)(**options), getattr(estimators, name)(**options)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_numbers(kind, solver):
    X, y, name = table(kind)
    theirs, ours = pair(name, **SOLVERS[solver])
    twins.assert_alike(theirs, ours, X, y)


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh"])
def test_the_same_numbers_by_activation(activation):
    X, y, name = table("classes")
    theirs, ours = pair(name, activation=activation, solver="sgd")
    twins.assert_alike(theirs, ours, X, y)


@since_1_7
@pytest.mark.parametrize("solver", ["sgd", "lbfgs"])
def test_the_same_numbers_of_counts(solver):
    X, y, name = table("counts")
    options = SOLVERS[solver] | {"loss": "poisson", "learning_rate_init": 0.01}
    twins.assert_alike(*pair(name, **options), X, y)


@since_1_7
@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
@pytest.mark.parametrize("kind", ["classes", "rows of numbers"])
def test_the_same_numbers_with_weights_of_rows(kind, solver, rng):
    X, y, name = table(kind)
    theirs, ours = pair(name, alpha=0.1, **SOLVERS[solver])
    twins.assert_alike(theirs, ours, X, y, sample_weight=rng.uniform(0, 3, len(y)))


@pytest.mark.parametrize("solver", ["sgd", "adaptive", "invscaling", "adam"])
def test_partial_fits_are_a_fit(solver):
    X, y, name = table("classes")
    _, fitted = pair(name, **SOLVERS[solver])
    _, grown = pair(name, **SOLVERS[solver])
    twins.trained(fitted, X, y)
    for _ in range(fitted.max_iter):
        grown.partial_fit(X, y, classes=np.unique(y))
    for own, other in zip(grown.coefs_, fitted.coefs_, strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-12, atol=1e-14)
    assert grown.loss_curve_ == pytest.approx(fitted.loss_curve_, rel=1e-12)


def test_the_penalty_of_shuffled_batches_is_linear_between_the_ends_of_an_epoch():
    X, y, name = table("classes")
    _, ours = pair(name, batch_size=20, alpha=10.0, max_iter=1, solver="sgd")
    start = pair(name, solver="sgd", learning_rate_init=TINY, max_iter=1)[1]
    squares = [
        sum(np.sum(w * w) for w in twins.trained(each, X, y).coefs_)
        for each in (start, ours)
    ]
    own = ours.loss_ - ours.history_["loss"][0]
    # 3 steps, each with the penalty alpha / (2 20), of which each is a third.
    assert own == pytest.approx(10 * 3 / (2 * 60) * np.mean(squares), rel=1e-12)


def test_the_search_says_when_it_was_cut_short():
    X, y, name = table("classes")
    _, ours = pair(name, solver="lbfgs", max_fun=3, max_iter=100)
    with pytest.warns(
        UserWarning, match="lbfgs failed to converge after 3 .*: all 3 evaluations"
    ):
        ours.fit(X, y)


def test_the_last_epoch_is_warned_of():
    X, y, name = table("classes")
    with pytest.warns(UserWarning, match=r"Maximum iterations \(8\) reached and the"):
        pair(name)[1].fit(X, y)


def test_a_batch_larger_than_the_data_is_clipped():
    X, y, name = table("classes")
    _, ours = pair(name, batch_size=100, tol=1e9, n_iter_no_change=1)
    with pytest.warns(UserWarning, match="Got `batch_size` less than 1 or larger"):
        ours.fit(X, y)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_ctrl_c_leaves_what_was_learned(early_stopping):
    X, y, name = table("classes")

    def interrupt(epoch, logs):
        if epoch == 3:
            raise KeyboardInterrupt

    options = {"early_stopping": early_stopping, "callbacks": [interrupt]}
    ours = own(name, max_iter=100, **options)
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        ours.fit(X, y)
    assert ours.n_iter_ == 3 and len(ours.loss_curve_) == 3
    assert ours.predict(X).shape == y.shape


def test_divergence_leaves_the_estimator_as_it_was():
    X, y, name = table("numbers")
    ours = own(name, solver="sgd", warm_start=True)
    before = twins.trained(ours, X, y).predict(X)
    ours.set_params(learning_rate_init=1e8, activation="identity")
    with pytest.raises(ValueError, match="Solver produced non-finite parameter"):
        ours.fit(X, y)
    assert ours.n_iter_ == 8
    assert np.array_equal(ours.predict(X), before)
    new = own(name, solver="sgd", learning_rate_init=1e8, activation="identity")
    with pytest.raises(ValueError, match="Solver produced non-finite parameter"):
        new.fit(X, y)
    assert not hasattr(new, "coefs_")


def test_divergence_ends_early_stopping_with_the_best_weights():
    X, y, name = table("numbers")
    options = {"learning_rate_init": 1e8, "activation": "identity"}
    ours = own(name, solver="sgd", early_stopping=True, **options)
    with pytest.warns(UserWarning, match="in epoch .*; use a smaller learning rate"):
        ours.fit(X, y)
    assert np.isnan(ours.validation_scores_[-1])
    assert all(np.isfinite(w).all() for w in ours.coefs_)


def test_rows_held_out_are_scikit_learns():
    X, y, name = table("two classes")
    theirs, ours = pair(name, solver="sgd", early_stopping=True)
    twins.trained(theirs, X, y)
    assert twins.trained(ours, X, y).validation_scores_ == theirs.validation_scores_
    with pytest.raises(ValueError, match="The validation set is too small"):
        pair("MLPRegressor", early_stopping=True)[1].fit(X[:2], [0.0, 1.0])


def test_seconds_are_limited_and_threads_given_back(threads):
    threads(3)
    X, y, name = table("classes")
    seen = []
    ours = own(
        name,
        max_iter=10**6,
        tol=0,
        n_iter_no_change=np.inf,
        max_time=0.01,
        n_threads=1,
        callbacks=[lambda epoch, logs: seen.append(schuss.get_threads())],
    )
    ours.fit(X, y)
    assert 0 < ours.n_iter_ < 10**6
    assert set(seen) == {1} and schuss.get_threads() == 3
