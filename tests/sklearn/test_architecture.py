"""Layers and first weights: those that scikit-learn would have."""

import numpy as np
import pytest

import schuss

base = pytest.importorskip("sklearn.base")
networks = pytest.importorskip("sklearn.neural_network")
architecture = pytest.importorskip("schuss.sklearn.architecture")
estimators = pytest.importorskip("schuss.sklearn")
twins = pytest.importorskip("twins")


@pytest.mark.parametrize(
    ("given", "sizes"), [(5, [5]), ((4, 3), [4, 3]), ([], []), (np.array([2]), [2])]
)
def test_hidden_sizes(given, sizes):
    assert architecture.hidden_sizes(given) == sizes


def test_no_hidden_layer_is_empty():
    with pytest.raises(ValueError, match=r"hidden_layer_sizes must be > 0, got \[3, 0"):
        architecture.hidden_sizes((3, 0))


def test_layers():
    estimator = estimators.MLPClassifier(
        activation=["logistic", "gelu"], dropout=[0.5, 0]
    )
    made = architecture.make_layers([4, 3], 2, estimator)
    dense = [layer for layer in made if isinstance(layer, schuss.Dense)]
    assert [layer.units for layer in dense] == [4, 3, 2]
    assert [layer.activation for layer in dense] == ["sigmoid", "gelu", "identity"]
    assert made[1] == schuss.Dropout(0.5) and len(made) == 4


@pytest.mark.parametrize("mixed", [False, True])
def test_activations_of_ones_own_learn_as_those_with_names(rng, mixed):
    own = schuss.CustomActivation(np.tanh, lambda x: 1 - np.tanh(x) ** 2)
    options = {"hidden_layer_sizes": (5, 3), "random_state": 0, "max_iter": 5}
    options |= {"solver": "sgd", "learning_rate_init": 0.1}
    theirs = networks.MLPClassifier(activation="tanh", **options)
    given = [own, "tanh"] if mixed else own
    ours = base.clone(estimators.MLPClassifier(activation=given, **options))
    X = rng.normal(size=(50, 4))
    twins.assert_alike(theirs, ours, X, (X[:, 0] > 0).astype(int))
    with pytest.raises(TypeError, match="activation is .*; give a name, or a pair of"):
        ours.set_params(activation=(np.tanh, np.cosh)).fit(X, X[:, 0] > 0)


@pytest.mark.parametrize("activation", ["relu", "logistic"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_first_weights_are_scikit_learns(activation, dtype):
    X, y = np.ones((4, 3), dtype), np.arange(4.0)
    theirs = networks.MLPRegressor(
        hidden_layer_sizes=(5, 2),
        activation=activation,
        random_state=3,
        solver="sgd",
        learning_rate_init=1e-300,
        max_iter=1,
    ).fit(X, y)
    rng = np.random.RandomState(3)
    pairs = architecture.first_weights([3, 5, 2, 1], activation, dtype, rng)
    for own, weights, bias in zip(
        pairs, theirs.coefs_, theirs.intercepts_, strict=True
    ):
        assert np.array_equal(own[0], weights) and own[0].dtype == dtype
        assert np.array_equal(own[1], bias)
