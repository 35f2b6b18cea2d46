"""A network in the middle of a Pipeline."""

import numpy as np
import pytest

pipeline = pytest.importorskip("sklearn.pipeline")
linear_model = pytest.importorskip("sklearn.linear_model")
estimators = pytest.importorskip("schuss.sklearn")
twins = pytest.importorskip("twins")


def network(**options):
    options = {"hidden_layer_sizes": (5, 3), "random_state": 0, **options}
    return estimators.MLPClassifier(**options, activation="tanh", max_iter=5)


def rows(rng):
    X = rng.normal(size=(40, 4))
    return X, (X[:, 0] > 0).astype(int)


def test_it_gives_the_outputs_of_the_last_hidden_layer(rng):
    X, y = rows(rng)
    own = twins.trained(network(), X, y)
    h = X
    for weights, bias in zip(own.coefs_[:-1], own.intercepts_[:-1], strict=True):
        h = np.tanh(h @ weights + bias)
    np.testing.assert_allclose(own.transform(X), h, rtol=1e-12, atol=1e-14)
    names = ["mlpclassifier0", "mlpclassifier1", "mlpclassifier2"]
    assert own.get_feature_names_out().tolist() == names


def test_it_stands_in_a_pipeline(rng):
    X, y = rows(rng)
    own = network(solver="lbfgs").set_params(max_iter=50)
    whole = pipeline.make_pipeline(own, linear_model.LogisticRegression())
    assert twins.trained(whole, X, y).score(X, y) > 0.8
    assert whole[-1].n_features_in_ == 3


def test_a_table_keeps_its_index_and_gets_names(rng):
    pandas = pytest.importorskip("pandas")
    X, y = rows(rng)
    frame = pandas.DataFrame(X, columns=list("abcd"), index=range(7, 47))
    own = twins.trained(network().set_output(transform="pandas"), frame, y)
    hidden = own.transform(frame)
    assert list(hidden.columns) == list(own.get_feature_names_out())
    assert hidden.index.equals(frame.index)
    assert own.feature_names_in_.tolist() == list("abcd")


def test_without_a_hidden_layer_there_is_none(rng):
    X, y = rows(rng)
    own = twins.trained(network(hidden_layer_sizes=()), X, y)
    with pytest.raises(ValueError, match="hidden_layer_sizes is empty, and transform"):
        own.transform(X)
