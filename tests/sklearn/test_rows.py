"""Rows that belong together, and sparse ones: the same as dense, in less memory."""

import sys

import bounds
import numpy as np
import pytest
from children import run

pytest.importorskip("sklearn.base")
sparse = pytest.importorskip("scipy.sparse")
estimators = pytest.importorskip("schuss.sklearn")
twins = pytest.importorskip("twins")
rows = pytest.importorskip("schuss.sklearn.rows")

OPTIONS = {"hidden_layer_sizes": (5,), "random_state": 0, "max_iter": 5}
FITS = {
    "sgd": {"solver": "sgd", "shuffle": False, "batch_size": 7},
    "adam": {"epsilon": 1e-300, "shuffle": True, "batch_size": 7},
    "lbfgs": {"solver": "lbfgs"},
    "early stopping": {"solver": "sgd", "early_stopping": True},
}


def table(rng, share):
    X = rng.normal(size=(60, 30)) * (rng.random((60, 30)) < share)
    return X, rng.integers(0, 2, 60)


def test_a_part_keeps_what_belongs_together():
    whole = rows.Rows(np.arange(6).reshape(3, 2), np.arange(3), np.array([1.0, 2, 3]))
    part = whole.part(np.array([2, 0]))
    assert part.X.tolist() == [[4, 5], [0, 1]]
    assert (part.targets.tolist(), part.weights.tolist()) == ([2, 0], [3, 1])
    assert (whole.weight, whole._replace(weights=None).weight) == (6, 3)


@pytest.mark.parametrize("share", [0.015, 0.5], ids=["thin", "thick"])
@pytest.mark.parametrize("kind", ["csr_matrix", "csc_matrix", "coo_array"])
@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
def test_sparse_rows_are_dense_ones(rng, name, fit, kind, share):
    X, y = table(rng, share)
    given = getattr(sparse, kind)(X)
    dense, own = (getattr(estimators, name)(**OPTIONS, **FITS[fit]) for _ in range(2))
    twins.assert_alike(dense, own, X, y, given)
    if fit == "early stopping" and name == "MLPClassifier":
        assert own.validation_scores_ == dense.validation_scores_
    # Each term of the outputs goes through so many roundings, and relu adds none.
    first, last = own.coefs_
    terms = (abs(X) @ abs(first) + abs(own.intercepts_[0])) @ abs(last)
    chain = X.shape[1] + len(last) + 2
    bound = 2 * bounds.gamma(chain, X.dtype) * (terms + abs(own.intercepts_[1]))
    outputs = [own._asked(each, "__call__") for each in (given, X)]
    assert (abs(outputs[0] - outputs[1]) <= bound).all()
    assert own.predict(given).shape == y.shape
    assert own.transform(given).shape == (60, 5)


@pytest.mark.parametrize("share", [0.015, 0.5], ids=["thin", "thick"])
@pytest.mark.parametrize("fit", ["sgd", "adam"])
def test_partial_fits_of_sparse_rows_are_a_fit(rng, fit, share):
    X, y = table(rng, share)
    given = sparse.csr_array(X)
    own, grown = (estimators.MLPClassifier(**OPTIONS, **FITS[fit]) for _ in range(2))
    twins.trained(own, given, y)
    for _ in range(OPTIONS["max_iter"]):
        grown.partial_fit(given, y, classes=[0, 1])
    assert all(map(np.array_equal, grown.coefs_, own.coefs_))


def test_sparse_rows_are_watched_and_called_back_about(rng):
    X, y = table(rng, 0.015)
    seen = []
    callbacks = [lambda epoch, logs: seen.append(epoch)]
    own = estimators.MLPClassifier(**OPTIONS, callbacks=callbacks)
    given = sparse.csr_array(X)
    twins.trained(own, given, y, X_val=given[:9], y_val=y[:9])
    assert seen == [0, 1, 2, 3, 4]
    assert own.validation_scores_[-1] == own.score(given[:9], y[:9])
    assert len(own.history_["val_loss"]) == 5


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells of memory")
@pytest.mark.parametrize(("entries", "limit"), [(10, 48), (10_000, 240)])
def test_a_large_table_is_never_dense_as_a_whole(entries, limit):
    """480 MB if dense. The thin one takes what weights take, a tenth of that at most.

    The thick one has 96 MB of entries and their columns; it takes a copy of them, and a
    batch of 16 MB, and no prediction, whose blocks are of 240 rows.
    """
    text = f"""
import re, warnings
import numpy as np, scipy.sparse as sparse
from schuss.sklearn import MLPClassifier

def kilobytes(which):
    return int(re.search(which + r":\\s+(\\d+)", open("/proc/self/status").read())[1])

warnings.simplefilter("ignore")
rows, inputs, entries = 600, 100_000, {entries}
columns = np.tile(np.arange(entries, dtype=np.int32) * (inputs // entries), rows)
starts = np.arange(rows + 1) * entries
X = sparse.csr_array((np.ones(len(columns)), columns, starts), (rows, inputs))
y = np.arange(rows) % 2
own = MLPClassifier((2,), max_iter=1, batch_size=20)
own.fit(X[:20], y[:20]).predict(X[:20])
before = kilobytes("VmRSS")
own.fit(X, y).predict(X[: 600 if entries == 10 else 20])
print(kilobytes("VmHWM") - before)
"""
    assert int(run(text).stdout) < 1000 * limit
