"""MLPRegressor has every parameter of scikit-learn's, with the same default."""

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
        parameters(networks.MLPRegressor),
        parameters(estimators.MLPRegressor),
    )
    new = set(ours) - set(theirs) - {"loss"}
    assert new == OWN
    for name, parameter in theirs.items():
        assert ours[name].default == parameter.default, name
        assert ours[name].kind == parameter.kind, name
    if "loss" in theirs:  # since 1.7, where it is the first
        assert list(ours)[: len(theirs)] == list(theirs)


def test_wrong_losses_are_refused_in_scikit_learns_words():
    with pytest.raises(ValueError, match="The 'loss' parameter of MLPRegressor must"):
        estimators.MLPRegressor(loss="log_loss").fit([[0.0], [1.0]], [0, 1])
