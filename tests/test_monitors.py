"""Early stopping and smaller steps, on losses that are made up and on real ones."""

import math

import numpy as np
import pytest

import schuss
from schuss.monitors import Monitor

ENGINES = ["native", "reference"]
KEYS = {
    "loss": "lower",
    "learning_rate": None,
    "val_accuracy": "higher",
    "val_odd": None,
}


class Fake:
    """A fit that counts its snapshots."""

    def __init__(self, resumed=False):
        self.resumed, self.taken, self.restored = resumed, 0, None
        self.learning_rate_factor = 1.0

    def snapshot(self):
        self.taken += 1
        return self.taken

    def restore(self, snapshot):
        self.restored = snapshot


def told(callback, values, fit=None, key="loss", rate=0.5):
    """Return after how many of the values it stops, or all of them."""
    callback.settle(KEYS)
    callback.on_fit_begin(fit or Fake())
    epochs = len(values)
    for epoch, value in enumerate(values):
        try:
            callback.on_epoch_end(epoch, {key: value, "learning_rate": rate})
        except schuss.StopTraining as stop:
            epochs = epoch + 1
            callback.reason = str(stop)
            break
    callback.on_fit_end(None)
    return epochs


@pytest.mark.parametrize(
    ("patience", "epochs"), [(0, 3), (1, 3), (2, 6), (3, 9), (4, 9)]
)
def test_patience_counts_epochs_in_a_row(patience, epochs):
    values = [3.0, 2.0, 2.0, 1.5, 1.6, 1.7, 1.4, 1.4, 1.4]
    stopping = schuss.EarlyStopping("loss", patience=patience)
    assert told(stopping, values) == epochs


def test_the_reason_names_value_and_epochs():
    stopping = schuss.EarlyStopping("loss", patience=2)
    told(stopping, [0.5, 0.25, 1.0, 1.0])
    assert stopping.reason == "loss has not improved on 0.25 for 2 epochs"
    assert (stopping.best, stopping.best_epoch) == (0.25, 1)


def test_an_improvement_must_exceed_min_delta():
    values = [1.0, 0.875, 0.75, 0.625]
    assert told(schuss.EarlyStopping("loss", patience=1, min_delta=0.125), values) == 2
    assert told(schuss.EarlyStopping("loss", patience=1, min_delta=0.124), values) == 4


@pytest.mark.parametrize("key", ["val_accuracy", "val_odd"])
def test_higher_may_be_better(key):
    mode = None if key == "val_accuracy" else "max"
    stopping = schuss.EarlyStopping(key, patience=1, mode=mode)
    assert told(stopping, [0.5, 0.75, 0.5], key=key) == 3
    assert stopping.best == 0.75


def test_a_given_mode_counts_more_than_the_known_one():
    stopping = schuss.EarlyStopping("loss", patience=1, mode="max")
    assert told(stopping, [1.0, 2.0, 3.0, 2.0]) == 4
    assert stopping.best == 3


def test_what_is_no_number_is_no_improvement():
    stopping = schuss.EarlyStopping("loss", patience=2)
    assert told(stopping, [math.nan, 2.0, math.nan, math.nan, 1.0]) == 4
    assert stopping.best == 2


def test_the_best_is_restored_unless_it_is_the_last():
    fit = Fake()
    told(schuss.EarlyStopping("loss"), [3.0, 2.0, 2.5], fit)
    assert (fit.taken, fit.restored) == (2, 2)
    fit = Fake()
    told(schuss.EarlyStopping("loss"), [3.0, 2.0, 1.0], fit)
    assert (fit.taken, fit.restored) == (3, None)
    fit = Fake()
    told(schuss.EarlyStopping("loss", restore_best=False), [3.0, 2.0, 2.5], fit)
    assert (fit.taken, fit.restored) == (0, None)


def test_a_resumed_fit_goes_on_counting_and_another_begins_anew():
    stopping = schuss.EarlyStopping("loss", patience=3, restore_best=False)
    assert told(stopping, [1.0, 2.0, 2.0]) == 3
    assert told(stopping, [2.0, 2.0], Fake(resumed=True)) == 1
    assert told(stopping, [2.0, 2.0, 2.0]) == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_a_model_gets_the_weights_of_its_best_epoch(engine):
    X, y = schuss.datasets.make_blobs(50, classes=3, seed=1)
    layers = [schuss.Dense(8, "tanh"), schuss.Dense(3)]
    stopped, twin = (schuss.Model(layers, seed=1, engine=engine) for _ in range(2))
    losses = iter([3.0, 2.0, 1.0, 1.5, 1.25, 0.5])

    def made_up(y, predicted):
        return next(losses)

    stopping = schuss.EarlyStopping("val_made_up", mode="min", patience=2)
    options = {"optimizer": schuss.Adam(0.01), "verbose": False, "batch_size": 20}
    history = stopped.fit(
        X,
        y,
        epochs=9,
        validation_data=(X, y),
        metrics=[made_up],
        callbacks=[stopping],
        **options,
    )
    assert len(history["loss"]) == 5
    assert history.stop_reason == "val_made_up has not improved on 1 for 2 epochs"
    twin.fit(X, y, epochs=3, **options)
    for a, b in zip(stopped.weights, twin.weights, strict=True):
        np.testing.assert_array_equal(a[0], b[0])
        np.testing.assert_array_equal(a[1], b[1])
    # The optimizer went back, too; only the orders of the rows go on.
    for model in (stopped, twin):
        model.fit(X, y, epochs=2, resume=True, shuffle=False, **options)
    for a, b in zip(stopped.weights, twin.weights, strict=True):
        np.testing.assert_array_equal(a[0], b[0])
    assert stopped.history.first_epoch == twin.history.first_epoch == 3


def rates(reducing, values):
    fit = Fake()
    reducing.settle(KEYS)
    reducing.on_fit_begin(fit)
    seen = []
    for epoch, value in enumerate(values):
        seen.append(fit.learning_rate_factor)
        logs = {"loss": value, "learning_rate": fit.learning_rate_factor}
        reducing.on_epoch_end(epoch, logs)
    return seen


def test_the_rate_is_reduced_on_a_plateau():
    reducing = schuss.ReduceOnPlateau("loss", factor=0.5, patience=2)
    values = [2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 1.0]
    assert rates(reducing, values) == [1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25]


def test_a_cooldown_is_not_counted_and_the_rate_has_a_floor():
    reducing = schuss.ReduceOnPlateau(
        "loss", factor=0.5, patience=1, cooldown=1, min_rate=0.375
    )
    assert rates(reducing, [1.0] * 8) == [1, 1, 0.5, 0.5, 0.375, 0.375, 0.375, 0.375]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("scheduled", [True, False])
def test_a_reduced_rate_is_the_one_that_is_used(engine, scheduled):
    X, y = schuss.datasets.make_blobs(50, classes=3, seed=1)
    reduced, twin = (
        schuss.Model([schuss.Dense(3)], seed=1, engine=engine) for _ in range(2)
    )
    rate = (lambda step, epoch: 0.25) if scheduled else 0.25

    def constant(y, predicted):
        return 1.0

    reducing = schuss.ReduceOnPlateau(
        "val_constant", factor=0.5, patience=1, mode="min"
    )
    history = reduced.fit(
        X,
        y,
        epochs=4,
        optimizer=schuss.SGD(rate),
        validation_data=(X, y),
        metrics=[constant],
        callbacks=[reducing],
        verbose=False,
    )
    expected = [0.25, 0.25, 0.125, 0.0625]
    np.testing.assert_array_equal(history["learning_rate"], expected)
    schedule = schuss.SGD(lambda step, epoch: expected[epoch])
    twin.fit(X, y, epochs=4, optimizer=schedule, verbose=False)
    np.testing.assert_array_equal(reduced.weights[0][0], twin.weights[0][0])


@pytest.mark.parametrize(
    ("kind", "options", "error", "sentence"),
    [
        (schuss.EarlyStopping, {"monitor": 3}, TypeError, "monitor is 3; give a key"),
        (schuss.EarlyStopping, {"patience": -1}, ValueError, "patience is -1; give a"),
        (schuss.EarlyStopping, {"patience": 1.5}, TypeError, "patience is 1.5; give a"),
        (schuss.EarlyStopping, {"min_delta": -1}, ValueError, "min_delta is -1; give"),
        (schuss.EarlyStopping, {"mode": "low"}, ValueError, "mode is 'low'; give one"),
        (schuss.EarlyStopping, {"restore_best": 3}, TypeError, "restore_best is 3; gi"),
        (schuss.ReduceOnPlateau, {"factor": 1.0}, ValueError, "factor is 1.0; give a"),
        (schuss.ReduceOnPlateau, {"factor": 0}, ValueError, "factor is 0; give a num"),
        (schuss.ReduceOnPlateau, {"cooldown": -1}, ValueError, "cooldown is -1; give"),
        (schuss.ReduceOnPlateau, {"min_rate": -1}, ValueError, "min_rate is -1; give"),
    ],
)
def test_bad_options_are_refused(kind, options, error, sentence):
    with pytest.raises(error, match=sentence):
        kind(**options)


def test_what_will_not_be_there_cannot_be_monitored():
    X, y = schuss.datasets.make_blobs(20, seed=0)
    model = schuss.Model([schuss.Dense(3)])
    with pytest.raises(ValueError, match="monitor is 'val_loss'; give one of \"loss\""):
        model.fit(X, y, callbacks=[schuss.EarlyStopping()])
    with pytest.raises(
        ValueError, match="nothing says whether a higher or a lower 'le"
    ):
        model.fit(X, y, callbacks=[schuss.ReduceOnPlateau("learning_rate")])
    assert model.history == {}
    model.fit(np.ones((4, 5)), [0, 1, 2, 0], verbose=False)  # it was not built


def test_a_monitor_stands_for_itself():
    watcher = Monitor("loss", 1, 0.0, None)
    watcher.settle(KEYS)
    watcher.on_fit_begin(Fake())
    assert watcher.improved(0, {"loss": 2.0}) and not watcher.improved(1, {"loss": 2.0})
    assert (watcher.best, watcher.best_epoch, watcher.wait) == (2.0, 0, 1)
