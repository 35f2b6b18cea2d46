"""Classifiers: labels, weights of classes, probabilities, and what is refused."""

import numpy as np
import pytest

import schuss

data = pytest.importorskip("sklearn.datasets")
estimators = pytest.importorskip("schuss.sklearn")
twins = pytest.importorskip("twins")
MLPClassifier = estimators.MLPClassifier

OPTIONS = {"hidden_layer_sizes": (5,), "random_state": 0, "max_iter": 5}


def rows(rng, classes=3):
    X = rng.normal(size=(60, 4))
    return X, rng.permutation(np.arange(60) % classes)


def classifier(**options):
    return MLPClassifier(**OPTIONS | options)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_strings_numbers_and_probabilities(rng, classes, dtype):
    X, y = rows(rng, classes)
    X, names = X.astype(dtype), np.array(["a", "b", "c"], object)
    of_numbers = twins.trained(classifier(), X, y)
    of_names = twins.trained(classifier(), X, names[y])
    assert of_names.classes_.tolist() == names[:classes].tolist()
    assert np.array_equal(names[of_numbers.predict(X)], of_names.predict(X))
    p = of_names.predict_proba(X)
    assert p.dtype == dtype and p.shape == (60, classes)
    # A division, or a difference, and a sum of as many as there are classes.
    assert np.abs(p.sum(axis=1) - 1).max() <= 4 * np.finfo(dtype).eps
    assert np.array_equal(of_numbers.predict(X), p.argmax(axis=1))
    assert np.array_equal(of_names.predict_log_proba(X), np.log(p))
    assert all(w.dtype == dtype for w in of_names.coefs_)


@pytest.mark.parametrize("given", ["balanced", {0: 3.0, 1: 1.0, 2: 0.5}])
def test_weights_of_classes_are_weights_of_rows(rng, given):
    X, _ = rows(rng)
    y = np.repeat([0, 1, 2], [10, 20, 30])
    if given == "balanced":
        weights = np.array([2.0, 1, 2 / 3])[y]
    else:
        weights = np.array([3.0, 1, 0.5])[y]
    own = twins.trained(classifier(class_weight=given), X, y)
    other = twins.trained(classifier(), X, y, sample_weight=weights)
    twice = twins.trained(classifier(class_weight=given), X, y, sample_weight=y + 1)
    product = twins.trained(classifier(), X, y, sample_weight=weights * (y + 1))
    for a, b in ((own, other), (twice, product)):
        for ours, theirs in zip(a.coefs_, b.coefs_, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("classes", [2, 3])
def test_smooth_labels_pull_towards_even(rng, classes):
    _, y = rows(rng, classes)
    options = {"solver": "lbfgs", "alpha": 0.0, "max_iter": 1000, "max_fun": 10**5}
    own = twins.trained(classifier(**options, label_smoothing=0.5), np.eye(60), y)
    # 60 rows that all are told apart: each gets what its smooth label is.
    expected = 0.5 * np.eye(classes)[y] + 0.5 / classes
    assert np.abs(own.predict_proba(np.eye(60)) - expected).max() < 0.01


@pytest.mark.parametrize("loss", ["hinge", "perceptron", schuss.Hinge()])
def test_losses_without_probabilities_have_outputs(rng, loss):
    X, y = rows(rng)
    own = classifier(loss=loss)
    assert not hasattr(own, "predict_proba") and hasattr(own, "decision_function")
    s = twins.trained(own, X, y).decision_function(X)
    assert np.array_equal(s.argmax(axis=1), own.predict(X))
    two = twins.trained(classifier(loss=loss), X, y > 0)
    assert np.array_equal(two.decision_function(X) > 0, two.predict(X))
    assert not hasattr(classifier(), "decision_function")


def test_a_loss_of_ones_own(rng):
    X, y = rows(rng)

    def cross_entropy(outputs, labels):
        p = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        every = np.arange(len(labels))
        losses = -np.log(p[every, labels])
        p[every, labels] -= 1
        return losses, p

    own = twins.trained(classifier(loss=cross_entropy), X, y)
    usual = twins.trained(classifier(), X, y)
    np.testing.assert_allclose(own.loss_curve_, usual.loss_curve_, rtol=1e-10)


def test_rows_to_watch_end_the_fit_and_must_be_known(rng):
    X, y = rows(rng)
    names = np.array(["a", "b", "c"])[y]
    options = {"X_val": X[:20], "y_val": names[:20]}
    watched = twins.trained(classifier(), X, names, **options)
    assert len(watched.validation_scores_) == len(watched.history_["val_loss"]) == 5
    assert watched.validation_scores_[-1] == watched.score(X[:20], names[:20])
    early = classifier(early_stopping=True, n_iter_no_change=2, max_iter=100)
    twins.trained(early, X, names, **options, sample_weight_val=np.ones(20))
    assert early.best_validation_score_ == early.score(X[:20], names[:20])
    for bad, sentence in (
        ({"X_val": X}, "there is X_val; give both X_val and y_val"),
        ({"X_val": X, "y_val": names[:5]}, "X_val has 60 rows and y_val 5"),
        ({"X_val": X[:1], "y_val": ["d"]}, "a label is 'd', and classes_ are"),
        ({"X_val": X[:, :2], "y_val": names}, "X has 2 features, but MLPClassifier"),
    ):
        with pytest.raises(ValueError, match=sentence):
            early.fit(X, names, **bad)


def test_several_labels(rng):
    X, y = data.make_multilabel_classification(60, random_state=0)
    own = twins.trained(classifier(early_stopping=True), X, y)
    assert own.predict(X).shape == own.predict_proba(X).shape == y.shape
    assert own.out_activation_ == "logistic"
    sparse = pytest.importorskip("scipy.sparse")
    of_sparse = twins.trained(classifier(), X, sparse.csr_matrix(y))
    assert sparse.issparse(of_sparse.predict(X))


def test_a_first_partial_fit_names_all_classes(rng):
    X, y = rows(rng)
    own = classifier()
    own.partial_fit(X[:5], np.zeros(5, int), classes=[0, 1, 2])
    own.partial_fit(X, y)
    assert own.classes_.tolist() == [0, 1, 2] and own.t_ == 65
    with pytest.raises(ValueError, match="`y` has classes not in `self.classes_`"):
        own.partial_fit(X[:1], [3])
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        classifier().partial_fit(X, y)
    with pytest.raises(ValueError, match="class_weight 'balanced' is not supported"):
        classifier(class_weight="balanced").partial_fit(X, y, classes=[0, 1, 2])
    failed = classifier()
    with pytest.raises(ValueError, match="Input X contains NaN"):
        failed.partial_fit([[np.nan]], [0], classes=[0, 1])
    assert not hasattr(failed, "classes_")


def test_weights_of_a_loss_go_by_labels(rng):
    X, y = rows(rng)
    fitted = [
        twins.trained(
            classifier(loss=schuss.SoftmaxCrossEntropy(class_weight=given)),
            X,
            np.array(["a", "b", "c"])[y],
        )
        for given in ({"b": 3}, [1, 3, 1])
    ]
    for one, other in zip(*(each.coefs_ for each in fitted), strict=True):
        np.testing.assert_array_equal(one, other)
