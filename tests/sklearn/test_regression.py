"""Regressors: numbers, counts, quantiles."""

import numpy as np
import pytest

import schuss

metrics = pytest.importorskip("sklearn.metrics")
estimators = pytest.importorskip("schuss.sklearn")
twins = pytest.importorskip("twins")
OPTIONS = {"hidden_layer_sizes": (5,), "random_state": 0, "max_iter": 20}


def regressor(**options):
    return estimators.MLPRegressor(**OPTIONS | options)


def rows(rng):
    X = rng.normal(size=(60, 3))
    return X, X @ np.arange(3.0)


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_number_or_several(rng, columns, dtype):
    X, y = rows(rng)
    y = y if columns == 1 else np.stack([y, -y], axis=1)
    own = twins.trained(regressor(solver="lbfgs"), X.astype(dtype), y)
    assert own.predict(X.astype(dtype)).shape == y.shape
    assert own.predict(X.astype(dtype)).dtype == dtype
    assert own.score(X.astype(dtype), y) > 0.9
    assert (own.n_outputs_, own.out_activation_) == (columns, "identity")


@pytest.mark.parametrize("loss", ["absolute_error", "huber", schuss.Huber(0.5)])
def test_losses_that_bear_outliers(rng, loss):
    X, y = rows(rng)
    y[0] = 1e4
    options = {"max_iter": 500, "learning_rate_init": 0.02, "alpha": 0}
    own = twins.trained(regressor(loss=loss, **options), X, y)
    usual = twins.trained(regressor(**options), X, y)
    errors = [np.abs(each.predict(X) - y)[1:].mean() for each in (own, usual)]
    assert errors[0] < errors[1] / 4


def test_counts(rng):
    X, y = rows(rng)
    y = rng.poisson(np.exp(y / 2)).astype(float)
    own = twins.trained(regressor(loss="poisson", solver="lbfgs"), X, y)
    assert own.out_activation_ == "exp" and own.predict(X).min() > 0
    deviance = metrics.mean_poisson_deviance(y, own.predict(X)) / 2
    penalty = 1e-4 / 120 * sum(np.sum(w * w) for w in own.coefs_)
    assert own.loss_ == pytest.approx(deviance + penalty, rel=1e-12)


def test_quantiles(rng):
    X, y = rows(rng)
    loss = schuss.Pinball([0.1, 0.5, 0.9])
    own = regressor(loss=loss, early_stopping=True, max_iter=30)
    assert twins.trained(own, X, y).predict(X).shape == (60, 3)
    assert own.best_validation_score_ == max(own.validation_scores_) < 0


def test_a_constant_target_column_is_flattened_with_a_warning(rng):
    X, y = rows(rng)
    with pytest.warns(UserWarning, match="A column-vector y was passed"):
        regressor(max_iter=1, tol=1e9, n_iter_no_change=1, solver="lbfgs").fit(
            X, y[:, None]
        )


def test_rows_to_watch(rng):
    X, y = rows(rng)
    own = twins.trained(regressor(), X, y, X_val=X[:9], y_val=y[:9])
    assert own.validation_scores_[-1] == own.score(X[:9], y[:9])
    assert own.best_validation_score_ is None and own.best_loss_ is not None
    partial = regressor().partial_fit(X, y).partial_fit(X, y)
    assert partial.t_ == 120
    assert not hasattr(regressor(solver="lbfgs"), "partial_fit")
