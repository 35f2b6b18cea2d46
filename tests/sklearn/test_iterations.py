"""A search over all rows: its losses, said and kept."""

import numpy as np
import pytest

import schuss

pytest.importorskip("sklearn.base")
estimators = pytest.importorskip("schuss.sklearn")
twins = pytest.importorskip("twins")


def rows(rng):
    X = rng.normal(size=(60, 3))
    return X, (X.sum(axis=1) > 0).astype(int)


def test_every_iteration_has_its_objective(rng, capsys):
    X, y = rows(rng)
    own = estimators.MLPClassifier((4,), solver="lbfgs", alpha=0.5, verbose=1)
    twins.trained(own.set_params(max_iter=3, random_state=0), X, y)
    said = capsys.readouterr().out.splitlines()
    assert said == [
        f"Iteration {k}, loss = {loss:.8f}" for k, loss in enumerate(own.loss_curve_, 1)
    ]
    assert len(said) == own.n_iter_ == 3 and own.loss_ == own.loss_curve_[-1]
    p = own.predict_proba(X)[np.arange(60), y]
    penalty = 0.5 / (2 * 60) * sum(np.sum(w * w) for w in own.coefs_)
    assert own.loss_ == pytest.approx(-np.log(p).mean() + penalty, rel=1e-12)


def test_an_optimizer_that_searches_is_one_too(rng):
    X, y = rows(rng)
    options = {"max_iter": 4, "random_state": 0, "hidden_layer_sizes": (4,)}
    own = estimators.MLPClassifier(**options, optimizer=schuss.LBFGS())
    named = estimators.MLPClassifier(**options, solver="lbfgs")
    assert not hasattr(own, "partial_fit")
    curves = [twins.trained(each, X, y).loss_curve_ for each in (own, named)]
    assert curves[0] == curves[1]
