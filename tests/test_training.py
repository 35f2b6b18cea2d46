"""The training loop: calls that cover all steps in good time, and what they leave."""

import io

import numpy as np
import pytest

import schuss
from schuss import training
from schuss.callbacks import Callbacks
from schuss.fitting import Fit
from schuss.plan import Plan
from schuss.progress import MOST_LINES, Progress
from schuss.validation import Examples, Validation


class Fake:
    """A network that takes a known time for a step, and its training."""

    def __init__(self, clock, seconds, steps_per_epoch, problem_at=None):
        self.clock, self.seconds, self.per_epoch = clock, seconds, steps_per_epoch
        self.problem_at, self.calls, self.taken = problem_at, [], 0

    def start(self, *arguments, **rules):
        self.started, self.rules = arguments, rules

    def training(self, *arguments):
        self.arguments, self.sets = arguments[:-1], arguments[-1]
        return self

    def run(self, rates):
        first, problem = self.taken, None
        self.calls.append(len(rates))
        self.taken += len(rates)
        if self.problem_at is not None and self.taken > self.problem_at:
            self.taken, problem = self.problem_at + 1, "the sky fell"
        self.clock[0] += self.seconds * (self.taken - first)
        over = self.taken - 1 if problem else self.taken
        epochs = np.arange(first // self.per_epoch, over // self.per_epoch)
        ends = (epochs + 1) * self.per_epoch if self.sets else []
        self.ended = np.array([[(float(end), 2)] for end in ends])
        return epochs + 0.5, epochs % 7, 0.25, self.taken - first, problem

    def evaluations(self):
        return self.ended


def simulated(monkeypatch, seconds, plan, progress=None, callbacks=()):
    clock = [100.0]
    monkeypatch.setattr(training.time, "perf_counter", lambda: clock[0])
    network = Fake(clock, seconds, plan.steps)
    fit = Fit(network, plan)
    reason = training.train(fit, Callbacks(callbacks), progress)
    fit.history.stop_reason = reason
    return network, fit.history, clock[0] - 100


def plan_of(epochs, steps, validation=None, optimizer=None, **options):
    return Plan(
        X=np.zeros((2 * steps - 1, 3)),
        targets=np.zeros(2 * steps - 1, np.int32),
        validation=validation,
        epochs=epochs,
        batch_size=2,
        optimizer=optimizer or schuss.SGD(0.5),
        regularizer=schuss.L2(0.25),
        layers=1,
        seed=0,
        first_epoch=3,
        shuffle=True,
        **options,
    )


@pytest.mark.parametrize("epochs", [0, 1, 2, 50, 3001])
@pytest.mark.parametrize("steps", [1, 2, 7, 1000])
@pytest.mark.parametrize("seconds", [1e-6, 1e-3])
@pytest.mark.parametrize("validated", [False, True])
def test_calls_cover_every_step_once(monkeypatch, epochs, steps, seconds, validated):
    examples = Examples("val", np.zeros((4, 3)), np.zeros(4, np.int32))
    validation = Validation((examples,)) if validated else None
    schedule = schuss.StepDecay(1.0, "step", factor=0.999, every=5)
    plan = plan_of(
        min(epochs, 20_000 // steps), steps, validation, schuss.SGD(schedule)
    )
    network, history, passed = simulated(monkeypatch, seconds, plan)
    assert sum(network.calls) == network.taken == plan.epochs * steps
    if not plan.epochs:
        assert history == {}
        return
    assert network.started == ("sgd", [0.0, 0.0])
    assert network.rules == {
        "l1": 0.0,
        "l2": 0.25,
        "bias_l1": 0.0,
        "bias_l2": 0.0,
        "max_norm": np.inf,
        "weight_decay": 0.0,
        "clip_norm": np.inf,
        "clip_value": np.inf,
        "learning_rate_factors": [],
    }
    assert network.arguments[0] is plan.X and network.arguments[1] is plan.targets
    assert network.arguments[2:] == (plan.rows_per_step, plan.key, 3, None)
    assert all(values.shape == (plan.epochs,) for values in history.values())
    numbers = np.arange(plan.epochs)
    np.testing.assert_array_equal(history["loss"], numbers + 0.5)
    np.testing.assert_array_equal(history["accuracy"], numbers % 7 / len(plan.X))
    last = numbers * steps + steps - 1
    rates = [schedule(step, step // steps) for step in last.tolist()]
    np.testing.assert_array_equal(history["learning_rate"], rates)
    assert history["seconds"].sum() == pytest.approx(passed, rel=1e-9)
    assert (history["seconds"] > 0).all()
    if validated:
        assert network.sets == [(examples.X, examples.targets, None)]
        np.testing.assert_array_equal(history["val_loss"], (numbers + 1) * steps)
        np.testing.assert_array_equal(history["val_accuracy"], [0.5] * plan.epochs)


@pytest.mark.parametrize("steps", [1, 7, 10**6])
def test_calls_take_about_the_time_they_should(monkeypatch, steps):
    """Whether an epoch takes a thousandth of a call or ten thousand of them."""
    network, _, _ = simulated(monkeypatch, 1e-4, plan_of(10**6 // steps, steps))
    wanted = training.SECONDS_PER_CALL / 1e-4
    assert network.calls[0] == 1
    assert all(abs(size - wanted) <= 1 for size in network.calls[3:-1])
    assert len(network.calls) < 1.1 * 10**6 / wanted


def test_calls_are_as_short_as_callbacks_need_them(monkeypatch):
    """Nobody, or only at the ends: many epochs a call; else an epoch, or a step."""

    class Ends:
        def on_fit_begin(self, fit):
            pass

        def on_fit_end(self, history):
            pass

    class Steps:
        def on_batch_end(self, batch, logs):
            pass

    plan = plan_of(40, 5)
    alone = simulated(monkeypatch, 1e-6, plan)[0].calls
    assert len(alone) < 10
    assert simulated(monkeypatch, 1e-6, plan, callbacks=[Ends()])[0].calls == alone
    calls = simulated(monkeypatch, 1e-6, plan, callbacks=[lambda e, logs: None])[
        0
    ].calls
    assert calls == [1, 4, *[5] * 39]
    assert simulated(monkeypatch, 1e-6, plan, callbacks=[Steps()])[0].calls == [1] * 200


@pytest.mark.parametrize("seconds", [1e-5, 1e-3, 0.5])
@pytest.mark.parametrize("steps", [1, 7])
def test_the_first_epoch_that_ends_too_late_is_the_last(monkeypatch, seconds, steps):
    """A call may be too late by its own length, which is that of an epoch at most."""
    plan = plan_of(10**6, steps, max_time=2)
    network, history, passed = simulated(monkeypatch, seconds, plan)
    assert history.stop_reason == "max_time of 2 s was reached"
    assert len(history["loss"]) * steps == network.taken
    longest = training.SECONDS_PER_CALL + steps * seconds
    assert 2 <= passed < 2 + longest + 1e-6
    enough = plan_of(3, steps, max_time=1e9)
    history = simulated(monkeypatch, seconds, enough)[1]
    assert history.stop_reason == "all 3 epochs were trained"


def test_one_rate_for_all_steps_stays_one_number():
    rates = training.Rates(plan_of(9, 4)).take(0, 36, 0.5)
    assert rates.strides == (0,) and rates[0] == 0.25


def test_slow_steps_are_run_one_by_one(monkeypatch):
    network, _, _ = simulated(monkeypatch, 10.0, plan_of(20, 3))
    assert network.calls == [1] * 60


@pytest.mark.parametrize(("epochs", "steps"), [(40, 1000), (1000, 44), (20, 10_000)])
def test_a_file_is_told_of_epochs_wherever_calls_end(monkeypatch, epochs, steps):
    """A call seldom ends with an epoch; a log of an hour must not wait for that."""
    stream, plan = io.StringIO(), plan_of(epochs, steps)
    progress = Progress(epochs, len(plan.X), stream)
    simulated(monkeypatch, 1e-3, plan, progress)
    lines = stream.getvalue().splitlines()
    assert len(lines) == MOST_LINES
    assert all("accuracy" in line for line in lines)
    assert lines[-1].startswith(f"epoch {epochs}/{epochs}")


def test_a_pace_does_not_trust_one_fast_call():
    pace = training.Pace()
    assert pace.steps == 1
    pace.learn(1, 0.0)  # a clock may stand still
    assert pace.steps == 64
    pace.learn(64, 10 * training.SECONDS_PER_CALL)
    assert pace.steps == 6
    pace.learn(6, 1e9)
    assert pace.steps == 1


@pytest.mark.parametrize("step", [0, 1, 6, 7, 25, 34])
def test_a_problem_is_told_with_its_place_and_keeps_the_epochs_before(
    monkeypatch, step
):
    schedule = schuss.StepDecay(1.0, "step", factor=0.5, every=1)
    plan = plan_of(5, 7, optimizer=schuss.SGD(schedule))
    place = f"in epoch {step // 7 + 1}, batch {step % 7 + 1}, at learning rate"
    clock = [0.0]
    monkeypatch.setattr(training.time, "perf_counter", lambda: clock[0])
    network = Fake(clock, 1e-5, 7, problem_at=step)
    fit = Fit(network, plan)
    with pytest.raises(FloatingPointError) as caught:
        training.train(fit)
    history = fit.history
    sentence = str(caught.value)
    assert sentence.startswith(f"the sky fell {place} {0.5**step:.6g}; use a smaller")
    assert network.taken == step + 1
    np.testing.assert_array_equal(history.get("loss", []), np.arange(step // 7) + 0.5)
    assert len({len(values) for values in history.values()}) <= 1


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


def test_rates_are_asked_for_epoch_by_epoch_and_nonsense_only_when_it_is_due():
    def schedule(step, epoch):
        if epoch == 2:
            raise ZeroDivisionError
        return 1.0 + step

    rates = training.Rates(plan_of(9, 4, optimizer=schuss.SGD(schedule)))
    np.testing.assert_array_equal(rates.take(0, 1, 1.0), [1])
    np.testing.assert_array_equal(rates.take(1, 6, 1.0), [2, 3, 4, 5, 6])
    np.testing.assert_array_equal(rates.take(6, 30, 1.0), [7, 8])
    with pytest.raises(ZeroDivisionError):
        rates.take(8, 9, 1.0)
