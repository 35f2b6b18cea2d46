"""Optuna hears of every epoch, and what it says ends the fit."""

import doctest

import numpy as np
import pytest

import schuss
from schuss import pruning

X, Y = schuss.datasets.make_moons(120, seed=0)
HELD = {"validation_data": (X[80:], Y[80:])}


@pytest.fixture
def optuna():
    module = pytest.importorskip("optuna")
    module.logging.set_verbosity(module.logging.WARNING)
    return module


def fit(callbacks, epochs=4, **options):
    model = schuss.Model([schuss.Dense(4, "tanh"), schuss.Dense(2)], seed=1)
    options = HELD | {"optimizer": schuss.SGD(0.5)} | options
    return model.fit(
        X[:80], Y[:80], epochs=epochs, callbacks=callbacks, verbose=False, **options
    )


def test_a_study_hears_of_every_epoch(optuna):
    study = optuna.create_study(pruner=optuna.pruners.NopPruner())
    trial = study.ask()
    callback = schuss.OptunaPruning(trial)
    history = fit([callback])
    study.tell(trial, callback.best)
    told = study.trials[0].intermediate_values
    assert told == dict(enumerate(history["val_loss"]))
    assert callback.best == history["val_loss"].min() == study.best_value
    assert callback.best_epoch == history["val_loss"].argmin()


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_who_is_worse_than_the_threshold_is_pruned(optuna, direction):
    """Accuracy below 1, or loss above 0, is as good as hopeless from epoch 2 on."""
    highest = direction == "maximize"
    bound = {"lower": 2.0} if highest else {"upper": -1.0}
    pruner = optuna.pruners.ThresholdPruner(**bound, n_warmup_steps=2)
    study = optuna.create_study(direction=direction, pruner=pruner)
    ended = []

    def objective(trial):
        monitor = "val_accuracy" if highest else "val_loss"
        callback = schuss.OptunaPruning(trial, monitor)
        try:
            fit([callback, lambda epoch, logs: ended.append(epoch)], epochs=9)
        finally:
            assert not hasattr(callback, "_fit")  # nor the data it trains on
        return callback.best

    study.optimize(objective, n_trials=2)
    assert [t.state for t in study.trials] == [optuna.trial.TrialState.PRUNED] * 2
    assert [list(t.intermediate_values) for t in study.trials] == [[0, 1, 2]] * 2
    assert ended == [0, 1, 0, 1]


def test_a_resumed_fit_reports_later_epochs(optuna):
    study = optuna.create_study(pruner=optuna.pruners.NopPruner())
    trial = study.ask()
    callback = schuss.OptunaPruning(trial)
    model = schuss.Model([schuss.Dense(2)], seed=1)
    for resume in (False, True):
        model.fit(
            X, Y, **HELD, epochs=2, callbacks=[callback], resume=resume, verbose=False
        )
    study.tell(trial, callback.best)
    assert list(study.trials[0].intermediate_values) == [0, 1, 2, 3]


def test_early_stopping_and_pruning_go_together(optuna):
    """What patience ends is complete, and its value is the best one reported."""
    study = optuna.create_study(pruner=optuna.pruners.NopPruner())

    def objective(trial):
        callback = schuss.OptunaPruning(trial)
        stopping = schuss.EarlyStopping(patience=2)
        rate = schuss.SGD(20.0)
        history = fit([stopping, callback], 60, optimizer=rate, batch_size=4)
        assert len(history["loss"]) < 60 and stopping.best == callback.best
        return callback.best

    study.optimize(objective, n_trials=1)
    (trial,) = study.trials
    assert trial.value == min(trial.intermediate_values.values())


def test_a_fixed_trial_is_never_pruned(optuna):
    callback = schuss.OptunaPruning(optuna.trial.FixedTrial({}), "val_accuracy")
    history = fit([callback])
    assert callback.best == history["val_accuracy"].max()


def test_a_metric_of_ones_own_is_judged_by_the_study(optuna):
    def share(y, predicted):
        return np.mean(predicted)

    for direction, best in (("minimize", np.min), ("maximize", np.max)):
        trial = optuna.create_study(direction=direction).ask()
        callback = schuss.OptunaPruning(trial, "val_share")
        history = fit([callback], metrics=[share])
        assert callback.best == best(history["val_share"])
    fixed = schuss.OptunaPruning(optuna.trial.FixedTrial({}), "val_share")
    with pytest.raises(ValueError, match="without a study nothing says whether a hi"):
        fit([fixed], metrics=[share])


def test_refusals(optuna):
    trial = optuna.create_study(direction="maximize").ask()
    with pytest.raises(ValueError, match="'maximize', but a lower 'val_loss' is bet"):
        fit([schuss.OptunaPruning(trial)])
    with pytest.raises(ValueError, match="monitor is 'val_los'; give one of"):
        fit([schuss.OptunaPruning(trial, "val_los")])
    with pytest.raises(TypeError, match="trial is 3; give the one that the objective"):
        schuss.OptunaPruning(3)
    several = optuna.create_study(directions=["minimize", "maximize"])
    with pytest.raises(ValueError, match="has 2 directions, and Optuna prunes where"):
        schuss.OptunaPruning(several.ask())


def test_without_optuna_it_says_what_to_do(monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(pruning, "import_module", absent)
    with pytest.raises(ImportError, match="OptunaPruning needs Optuna; pip install"):
        schuss.OptunaPruning(None)


def test_the_example_of_the_docstring(optuna):
    result = doctest.testmod(pruning)
    assert result.attempted == 6 and result.failed == 0
