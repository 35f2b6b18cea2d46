"""Candidates keep their best epoch and go on as one fit; of them the best is kept."""

import threading

import numpy as np
import pytest

import schuss
from schuss.candidates import Best, Candidate, Leader

X, Y = schuss.datasets.make_moons(120, seed=0)
DATA = {"X": X[:80], "y": Y[:80], "validation_data": (X[80:], Y[80:])}
ENGINES = ["native", "reference"]


def model_of(engine="native", seed=3):
    layers = [schuss.Dense(6, "tanh"), schuss.Dense(2)]
    return schuss.Model(layers, seed=seed, engine=engine)


def candidate(number=0, monitor="val_loss", stop=None, model=None, **options):
    best = Best(monitor, None, stop or threading.Event())
    options = {"batch_size": 16, "optimizer": schuss.Adam(0.05)} | options
    return Candidate(number, {"n": number}, model or model_of(), options, best)


def bits(weights):
    return [array.tobytes() for pair in weights for array in pair]


@pytest.mark.parametrize("engine", ENGINES)
def test_parts_are_one_fit_to_the_bit(engine):
    one = candidate(model=model_of(engine))
    whole = candidate(model=model_of(engine))
    for epochs in (2, 1, 4):
        one.train(DATA, epochs)
    whole.train(DATA, 7)
    a, b = one.record(), whole.record()
    assert (a.score, a.best_epoch, a.epochs) == (b.score, b.best_epoch, 7)
    for key in set(a.history) - {"seconds"}:
        np.testing.assert_array_equal(a.history[key], b.history[key])
    assert bits(one.best.weights) == bits(whole.best.weights)
    assert bits(one.model.weights) == bits(whole.model.weights)


@pytest.mark.parametrize("monitor", ["val_loss", "val_accuracy"])
def test_the_best_epoch_is_kept(monitor):
    """Where the rate is too high, later ones are worse."""
    each = candidate(monitor=monitor, optimizer=schuss.SGD(20.0), batch_size=4)
    each.train(DATA, 15)
    record = each.record()
    values = record.history[monitor]
    pick = np.argmin if monitor == "val_loss" else np.argmax
    assert record.best_epoch == pick(values) < 14
    assert record.score == values[record.best_epoch]
    assert each.best.highest == (monitor == "val_accuracy")
    loss = record.history["val_loss"][record.best_epoch]
    assert each.trained().evaluate(X[80:], Y[80:])["loss"] == loss


@pytest.mark.parametrize("engine", ENGINES)
def test_of_averages_the_best_one_is_kept(engine):
    """And not the weights it is the average of, which have another score."""
    each = candidate(model=model_of(engine), callbacks=[schuss.EMA(0.9)])
    for epochs in (2, 5):
        each.train(DATA, epochs)
    assert each.trained().evaluate(X[80:], Y[80:])["loss"] == each.record().score


def test_the_best_model_starts_an_optimizer_afresh():
    a, b = candidate(), candidate()
    for each in (a, b):
        each.train(DATA, 5)
    for model, resume in ((a.trained(), True), (b.trained(), False)):
        model.fit(X, Y, epochs=1, optimizer=schuss.Adam(), resume=resume, verbose=False)
    assert bits(a.model.weights) == bits(b.model.weights)


def test_a_check_trains_nothing_and_changes_nothing():
    checked, plain = candidate(), candidate()
    checked.check(DATA)
    assert checked.finished == 0
    for each in (checked, plain):
        each.train(DATA, 3)
    assert bits(checked.model.weights) == bits(plain.model.weights)
    with pytest.raises(ValueError, match="batch_size is 0"):
        candidate(batch_size=0).check(DATA)


def test_an_error_is_noted_with_the_epochs_before_it():
    def fail(epoch, logs):
        if epoch == 2:
            raise ArithmeticError("enough")

    each = candidate(callbacks=[fail])
    each.train(DATA, 5)
    record = each.record()
    assert record.error == "ArithmeticError: enough" and record.epochs == 3
    assert np.isnan(record.score) and record.best_epoch is None and not each.going


def test_a_fit_that_never_begins_leaves_no_history_of_another():
    model = model_of()
    model.fit(X, Y, epochs=2, verbose=False)
    each = candidate(model=model, batch_size=0)
    each.train(DATA, 5)
    assert each.record().epochs == 0 and "batch_size is 0" in each.record().error


def test_a_score_that_is_no_number_is_an_error():
    def nothing(y, predicted):
        return float("nan")

    metric = schuss.metrics.Metric(nothing, better="higher")
    each = candidate(monitor="val_nothing", metrics=[metric])
    each.train(DATA, 2)
    assert each.record().error == "ValueError: val_nothing was a number in no epoch"


def test_who_is_stopped_does_not_go_on():
    each = candidate(callbacks=[lambda epoch, logs: epoch == 1])
    each.train(DATA, 5)
    assert each.stopped and not each.going and each.record().epochs == 2
    assert "returned True" in each.record().history.stop_reason


def test_a_stop_ends_the_epoch_and_does_not_count():
    stop = threading.Event()
    each = candidate(stop=stop)
    each.train(DATA, 2)
    stop.set()
    with pytest.raises(KeyboardInterrupt):
        each.train(DATA, 5)
    assert each.finished == 1 and each.record().epochs == 3


def test_the_leader_is_the_best_and_of_equals_the_first():
    group = [candidate(n) for n in range(4)]  # all alike, but the last
    for each in group[:3]:
        each.train(DATA, 2)
    group[3].train(DATA, 6)
    for order in ([2, 0, 1], [0, 1, 2], [1, 2, 0]):
        leader = Leader()
        for n in order:
            leader.meet(group[n])
        assert leader.candidate.number == 0
    assert group[1].model is None and group[2].best.weights == []
    leader.meet(group[3])
    leader.meet(group[3])
    assert leader.candidate is group[3] and group[0].model is None
    assert group[3].model is not None
