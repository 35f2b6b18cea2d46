"""The training loop: runs of steps that cover an epoch, and losses weighed by rows."""

import itertools

import numpy as np
import pytest

import schuss
from schuss import training


def test_runs_cover_every_step_once():
    for steps in (1, 2, 7, 1000):
        runs = list(training._runs_of(steps))
        covered = [step for run in runs for step in range(run.start, run.stop)]
        assert covered == list(range(steps))


def test_runs_take_about_the_time_they_should(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(training.time, "perf_counter", lambda: clock[0])
    sizes = []
    for run in training._runs_of(100_000):
        sizes.append(run.stop - run.start)
        clock[0] += 1e-3 * sizes[-1]
    assert sizes[0] == 1
    wanted = training.SECONDS_PER_CALL / 1e-3
    assert all(abs(size - wanted) <= 1 for size in sizes[2:-1])


def test_slow_steps_are_run_one_by_one(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(training.time, "perf_counter", lambda: clock[0])
    for run in itertools.islice(training._runs_of(100), 50):
        assert run.stop - run.start == 1
        clock[0] += 10.0


def test_the_loss_of_an_epoch_weighs_batches_by_their_rows():
    X, y = schuss.datasets.make_blobs(10, seed=0)
    model = schuss.Model([schuss.Dense(3)], dtype="float64").build(2)
    # A learning rate this small changes nothing, so the mean is the loss of the model.
    loss = model.evaluate(X, y)["loss"]
    history = model.fit(
        X, y, epochs=1, batch_size=4, optimizer=schuss.SGD(1e-300), verbose=False
    )
    assert history["loss"][0] == pytest.approx(loss, rel=1e-14)


def test_a_weight_that_stops_being_finite_is_noticed_before_it_is_used():
    X = np.full((2, 1), 1e20, np.float32)
    model = schuss.Model([schuss.Dense(2)]).build(1)
    with pytest.raises(FloatingPointError, match="a weight stopped being finite"):
        model.fit(
            X, [0, 1], epochs=1, optimizer=schuss.SGD(1e30), batch_size=1, verbose=False
        )
    assert all(np.isfinite(array).all() for array in model.weights[0])
