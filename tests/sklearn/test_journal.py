"""What a fit writes down, and when it ends: as scikit-learn has it."""

import math
import pickle
import types

import numpy as np
import pytest

import schuss

networks = pytest.importorskip("sklearn.neural_network")
estimators = pytest.importorskip("schuss.sklearn")
twins = pytest.importorskip("twins")

OPTIONS = {"hidden_layer_sizes": (4,), "solver": "sgd", "random_state": 0}


def rows(rng):
    X = rng.normal(size=(60, 3))
    return X, (X.sum(axis=1) > 0).astype(int)


def both(X, y, **options):
    names = ["MLPClassifier"]
    made = [getattr(m, names[0])(**OPTIONS | options) for m in (networks, estimators)]
    return [twins.trained(each, X, y) for each in made]


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("learning_rate", ["constant", "adaptive"])
def test_it_ends_with_scikit_learns_epoch(rng, early_stopping, learning_rate):
    theirs, ours = both(
        *rows(rng),
        early_stopping=early_stopping,
        learning_rate=learning_rate,
        learning_rate_init=0.1,
        tol=0.01,
        n_iter_no_change=3,
        max_iter=400,
    )
    assert ours.n_iter_ == theirs.n_iter_ < 400
    assert ours._no_improvement_count == theirs._no_improvement_count
    assert ours._optimizer.learning_rate == theirs._optimizer.learning_rate
    for name in ("validation_scores_", "best_validation_score_", "t_"):
        assert getattr(ours, name) == getattr(theirs, name)
    if early_stopping:
        assert ours.best_loss_ is None
    else:
        assert ours.best_loss_ == min(ours.loss_curve_)


def test_it_says_what_scikit_learn_says(rng, capsys):
    data = rows(rng)
    said = []
    for each in (networks, estimators):
        options = OPTIONS | {"learning_rate": "adaptive", "tol": 0.5, "verbose": True}
        twins.trained(each.MLPClassifier(**options, max_iter=400), *data)
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert "Learning rate too small. Stopping." in said[0]


def test_a_warm_start_goes_on_with_curve_and_count(rng):
    X, y = rows(rng)
    made = both(X, y, warm_start=True, max_iter=3)
    theirs, ours = (twins.trained(each, X, y) for each in made)
    assert ours.loss_curve_ == pytest.approx(theirs.loss_curve_, rel=1e-12)
    assert (ours.n_iter_, ours.t_) == (theirs.n_iter_, theirs.t_) == (3, 360)


def test_the_best_weights_are_kept(rng):
    X, y = rows(rng)
    ours = both(X, y, early_stopping=True, learning_rate_init=0.5, max_iter=30)[1]
    best = int(np.argmax(ours.validation_scores_))
    shorter = both(X, y, early_stopping=True, learning_rate_init=0.5, max_iter=best + 1)
    for own, other in zip(ours.coefs_, shorter[1].coefs_, strict=True):
        assert np.array_equal(own, other)


def test_momentum_survives_a_pickle(rng):
    X, y = rows(rng)
    ours = estimators.MLPClassifier(**OPTIONS)
    for _ in range(3):
        ours.partial_fit(X, y, classes=[0, 1])
    thawed = pickle.loads(pickle.dumps(ours))
    for each in (ours, thawed):
        each.partial_fit(X, y)
    for own, other in zip(thawed.coefs_, ours.coefs_, strict=True):
        assert np.array_equal(own, other)


def test_a_loss_that_is_nan_is_no_reason_to_stop():
    journal = pytest.importorskip("schuss.sklearn.journal")
    solvers = pytest.importorskip("schuss.sklearn.solvers")
    objectives = pytest.importorskip("schuss.sklearn.objectives")
    estimator = estimators.MLPClassifier(n_iter_no_change=1)
    objective = objectives.classification("log_loss", 2, False, 0.0)
    solver = solvers.make_solver(estimator, objective)
    options = {"constant": 0.0, "penalty": 0.0, "score": None, "first": True}
    own = journal.Journal(estimator, objective, solver, 1, 1, **options)
    own.on_fit_begin(types.SimpleNamespace(resumed=False))
    for _ in range(5):
        own.on_epoch_end(0, {"loss": math.nan})
    assert own.waited == 0


def test_scores_are_those_of_averaged_weights(rng):
    """Which the estimator has in the end, the best of them if it looks for these."""
    X, y = rng.normal(size=(60, 3)), rng.normal(size=60)
    for early_stopping in (False, True):
        own = estimators.MLPRegressor(
            **OPTIONS,
            callbacks=[schuss.EMA(0.9)],
            early_stopping=early_stopping,
            learning_rate_init=0.05,
        )
        twins.trained(own, X, y, X_val=X[:20], y_val=y[:20])
        kept = own.best_validation_score_ or own.validation_scores_[-1]
        assert kept == own.score(X[:20], y[:20])
