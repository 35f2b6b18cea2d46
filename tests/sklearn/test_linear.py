"""Linear members of the family: known minima, and the rule of Rosenblatt."""

import bounds
import numpy as np
import pytest

import schuss

linear_model = pytest.importorskip("sklearn.linear_model")
estimators = pytest.importorskip("schuss.sklearn")
twins = pytest.importorskip("twins")


def rows(rng, classes=3):
    X = rng.normal(size=(60, 4))
    return X, (X @ rng.normal(size=(4, classes)) + rng.normal(size=classes)).argmax(1)


@pytest.mark.parametrize("classes", [2, 3])
def test_softmax_regression_is_at_the_minimum_of_logistic_regression(rng, classes):
    """Its gradient, of scikit-learn's objective, is below the tolerance it ended by.

    Roundings add what their chain of 60 rows and 5 inputs does to terms, of which a
    gradient is the mean.
    """
    X, y = rows(rng, classes)
    optimizer = schuss.LBFGS(gradient_tolerance=1e-7)
    own = estimators.SoftmaxRegression(alpha=2.0, optimizer=optimizer, max_iter=1000)
    own.fit(X, y)
    other = linear_model.LogisticRegression(C=0.5, tol=1e-7, max_iter=1000)
    twins.trained(other, X, y)  # older ones give SciPy options that it warns of

    def gradient(weights, bias):
        s = X @ weights.T + bias
        s = s if classes > 2 else np.hstack([np.zeros_like(s), s])
        p = np.exp(s - s.max(axis=1, keepdims=True))
        delta = p / p.sum(axis=1, keepdims=True) - np.eye(classes)[y]
        delta = delta if classes > 2 else delta[:, 1:]
        return delta.T @ X / 60 + 2.0 / 60 * weights, delta.mean(axis=0)

    roundings = bounds.gamma(60 + 2 * 5, np.float64) * np.abs(X).max()
    for each in (own, other):
        for part in gradient(each.coef_, each.intercept_):
            assert np.abs(part).max() <= 1e-7 + roundings
    assert own.coef_.shape == other.coef_.shape
    assert np.array_equal(own.predict(X), other.predict(X))


def test_the_perceptron_moves_where_it_was_wrong(rng):
    X, y = rows(rng)
    own = estimators.Perceptron(shuffle=False, max_iter=1, eta0=0.5)
    twins.trained(own, X, y)
    W, b = np.zeros((3, 4)), np.zeros(3)
    for x, k in zip(X, y, strict=True):
        taken = (W @ x + b).argmax()
        if taken != k:
            W[k], b[k] = W[k] + 0.5 * x, b[k] + 0.5
            W[taken], b[taken] = W[taken] - 0.5 * x, b[taken] - 0.5
    np.testing.assert_allclose(own.coef_, W, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(own.intercept_, b, rtol=1e-12, atol=1e-12)


def test_the_perceptron_separates_what_can_be_separated(rng):
    X = np.concatenate([rng.normal(size=(30, 2)) - 5, rng.normal(size=(30, 2)) + 5])
    y = np.repeat(["left", "right"], 30)
    own = estimators.Perceptron(random_state=0).fit(X, y)
    assert own.score(X, y) == 1
    assert not hasattr(own, "predict_proba")
    assert np.array_equal(own.decision_function(X) > 0, y == "right")


def test_parameters_are_those_it_has():
    assert "hidden_layer_sizes" not in estimators.SoftmaxRegression().get_params()
    with pytest.raises(ValueError, match="The 'eta0' parameter of Perceptron must be"):
        estimators.Perceptron(eta0=0).fit([[0.0], [1.0]], [0, 1])
