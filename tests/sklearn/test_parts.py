"""Sparse tables in parts: the same steps as on the whole, in a part of the memory."""

import numpy as np
import pytest
from children import run

pytest.importorskip("sklearn.base")
sparse = pytest.importorskip("scipy.sparse")
estimators = pytest.importorskip("schuss.sklearn")
twins = pytest.importorskip("twins")
rows = pytest.importorskip("schuss.sklearn.rows")

OPTIONS = {"hidden_layer_sizes": (4,), "random_state": 0, "max_iter": 4}
OPTIONS |= {"batch_size": 7, "tol": 0}


def table(rng):
    X = rng.normal(size=(60, 5)) * (rng.random((60, 5)) < 0.3)
    return X, (X[:, 0] > 0) + (X[:, 1] > 0) * 1


@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_the_same_steps_as_on_the_whole(monkeypatch, rng, solver, early_stopping):
    X, y = table(rng)
    options = OPTIONS | {"solver": solver, "early_stopping": early_stopping}
    options |= {"shuffle": False, "learning_rate": "invscaling", "alpha": 0}
    whole = twins.trained(estimators.MLPClassifier(**options), X, y)
    monkeypatch.setattr(rows, "BLOCK", 2 * 7 * 5 * 8)
    parts = estimators.MLPClassifier(**options)
    twins.trained(parts, sparse.csr_matrix(X), y)
    for own, other in zip(parts.coefs_, whole.coefs_, strict=True):
        assert np.array_equal(own, other)
    assert parts.loss_curve_ == pytest.approx(whole.loss_curve_, rel=1e-14)
    assert parts.validation_scores_ == whole.validation_scores_
    for estimator, given in ((parts, sparse.csr_matrix(X)), (whole, X)):
        estimator.set_params(early_stopping=False).partial_fit(given, y)
    assert np.array_equal(parts.coefs_[0], whole.coefs_[0])


def test_shuffled_parts_learn_stop_and_are_the_same_again(monkeypatch, rng):
    X, y = table(rng)
    monkeypatch.setattr(rows, "BLOCK", 2 * 7 * 5 * 8)
    options = OPTIONS | {"max_iter": 300, "tol": 1e-3, "learning_rate_init": 0.01}
    made = [estimators.MLPClassifier(**options) for _ in range(2)]
    first, second = (twins.trained(each, sparse.csr_matrix(X), y) for each in made)
    assert first.n_iter_ < 300 and first.score(X, y) > 0.8
    assert np.array_equal(first.coefs_[0], second.coefs_[0])
    with pytest.raises(ValueError, match="callbacks look at epochs, and a sparse X"):
        first.set_params(callbacks=[print]).fit(sparse.csr_matrix(X), y)


def test_a_large_table_is_never_dense_as_a_whole():
    """480 MB if dense; a part takes 32 MB, weights and their optimizer 10 MB."""
    text = """
import resource, warnings
import numpy as np, scipy.sparse as sparse
from schuss.sklearn import MLPClassifier
warnings.simplefilter("ignore")
X = sparse.random(600, 100_000, 1e-4, format="csr", random_state=0)
y = np.arange(600) % 2
own = MLPClassifier((2,), max_iter=1, batch_size=20)
own.fit(X[:20], y[:20]).predict(X[:20])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
own.fit(X, y).predict(X)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    assert int(run(text).stdout) < 200_000
