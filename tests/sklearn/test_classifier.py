"""MLPClassifier has every parameter of scikit-learn's, with the same default."""

import inspect

import pytest

networks = pytest.importorskip("sklearn.neural_network")
estimators = pytest.importorskip("schuss.sklearn")

OWN = {"optimizer", "dropout", "weight_decay", "clip_norm", "callbacks", "max_time"}
OWN |= {"n_threads", "progress"}


def parameters(of):
    return dict(inspect.signature(of).parameters)


def test_parameters_and_defaults():
    theirs, ours = (
        parameters(networks.MLPClassifier),
        parameters(estimators.MLPClassifier),
    )
    new = set(ours) - set(theirs) - {"loss"}
    assert new == OWN | {"label_smoothing", "class_weight"}
    for name, parameter in theirs.items():
        assert ours[name].default == parameter.default, name
        assert ours[name].kind == parameter.kind, name
    assert list(ours)[: len(theirs)] == list(theirs)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alpha", -1),
        ("solver", "newton"),
        ("max_iter", 0),
        ("momentum", 2),
        ("loss", "squared_error"),
        ("dropout", 1.0),
        ("class_weight", "even"),
        ("optimizer", "sgd"),
        ("n_threads", 0),
        ("label_smoothing", 1),
    ],
)
def test_wrong_parameters_are_refused_in_scikit_learns_words(name, value):
    sentence = f"The '{name}' parameter of MLPClassifier must be"
    with pytest.raises(ValueError, match=sentence):
        estimators.MLPClassifier(**{name: value}).fit([[0.0], [1.0]], [0, 1])
