"""Callbacks: who is called, when, and what an absence or an exception leaves."""

import numpy as np
import pytest

import schuss
from schuss.callbacks import HOOKS, Callbacks

ENGINES = ["native", "reference"]


def model(**options):
    layers = [schuss.Dense(4, "tanh"), schuss.Dense(3)]
    return schuss.Model(layers, **{"seed": 4, **options})


def blobs():
    return schuss.datasets.make_blobs(50, classes=3, seed=1)


def bits(of):
    return [array.tobytes() for pair in of.weights for array in pair]


def fit(of, **options):
    options = {"epochs": 3, "batch_size": 20, "verbose": False, **options}
    return of.fit(*blobs(), **options)


class Diary(schuss.Callback):
    def __init__(self):
        self.entries = []

    def on_fit_begin(self, fit):
        self.entries.append("begin")
        self.fit = fit

    def on_batch_end(self, batch, logs):
        self.entries.append((batch, sorted(logs)))

    def on_epoch_end(self, epoch, logs):
        self.entries.append((epoch, logs))

    def on_fit_end(self, history):
        self.entries.append(history)


def test_for_the_outermost_a_fit_begins_first_and_ends_last():
    entries = []

    class Named(schuss.Callback):
        def __init__(self, name, outermost=False):
            self.name, self.outermost = name, outermost

        def on_fit_begin(self, fit):
            entries.append(("begin", self.name))

        def on_epoch_end(self, epoch, logs):
            entries.append(("epoch", self.name))

        def on_fit_end(self, history):
            entries.append(("end", self.name))

    fit(model(), epochs=1, callbacks=[Named("a"), Named("b", True), Named("c")])
    orders = {"begin": "bac", "epoch": "abc", "end": "acb"}
    assert entries == [(hook, name) for hook, order in orders.items() for name in order]


def test_who_cannot_settle_refuses_the_fit_before_anything_changes():
    class Unsettled(schuss.Callback):
        def settle(self, keys):
            raise ValueError(f"no use for {sorted(keys)}")

        def on_fit_begin(self, fit):
            raise AssertionError

    own = model()
    fit(own)
    before, history = bits(own), own.history
    with pytest.raises(ValueError, match="no use for .'accuracy', 'learning_rate', 'l"):
        fit(own, callbacks=[Unsettled()])
    assert bits(own) == before and own.history is history


@pytest.mark.parametrize("engine", ENGINES)
def test_everyone_is_called_in_order(engine):
    diary, own = Diary(), model(engine=engine)
    history = fit(own, callbacks=[diary], epochs=2)
    step = ["learning_rate", "loss"]
    batches = [(0, step), (1, step), (2, step)]
    assert diary.entries[0] == "begin" and diary.entries[-1] is history
    assert diary.entries[1:4] == diary.entries[5:8] == batches
    for epoch in range(2):
        number, logs = diary.entries[4 + 4 * epoch]
        assert number == epoch
        assert logs == {key: values[epoch] for key, values in history.items()}
    assert len(diary.entries) == 10
    assert diary.fit.model is own and diary.fit.history is history


@pytest.mark.parametrize("engine", ENGINES)
def test_who_only_looks_changes_no_bit(engine, dtype):
    alone, watched = (model(engine=engine, dtype=dtype) for _ in range(2))
    fit(alone, optimizer=schuss.Adam(0.01))
    fit(watched, optimizer=schuss.Adam(0.01), callbacks=[Diary()])
    assert bits(alone) == bits(watched)
    np.testing.assert_array_equal(alone.history["loss"], watched.history["loss"])


def test_a_callable_and_any_object_will_do():
    class Other:
        def on_fit_begin(self, fit):
            seen.append("begin")

    seen, losses = [], []
    history = fit(
        model(), callbacks=[Other(), lambda epoch, logs: losses.append(logs["loss"])]
    )
    assert seen == ["begin"]
    np.testing.assert_array_equal(losses, history["loss"])


def test_logs_are_each_ones_own():
    seen = []
    fit(
        model(),
        callbacks=[
            lambda epoch, logs: logs.clear(),
            lambda epoch, logs: seen.append(logs),
        ],
    )
    assert all("loss" in logs for logs in seen) and len(seen) == 3


def test_how_far_calls_go_depends_on_who_is_to_be_called():
    assert not Callbacks().after_epochs and not Callbacks().after_batches
    only = Callbacks([lambda epoch, logs: None])
    assert only.after_epochs and not only.after_batches
    both = Callbacks([Diary()])
    assert both.after_epochs and both.after_batches


@pytest.mark.parametrize("engine", ENGINES)
def test_true_and_stop_training_end_a_fit_in_good_order(engine):
    def enough(epoch, logs):
        return epoch == 1

    def too_much(epoch, logs):
        raise schuss.StopTraining("it is late")

    diary, twin = Diary(), model(engine=engine)
    fit(twin, epochs=2)
    stopped = model(engine=engine)
    history = fit(stopped, epochs=9, callbacks=[enough, diary])
    assert len(history["loss"]) == 2
    assert history.stop_reason == "enough returned True"
    assert diary.entries[-1] is history  # and everyone heard of the last epoch
    assert bits(stopped) == bits(twin)
    history = fit(stopped, epochs=9, callbacks=[too_much])
    assert (len(history["loss"]), history.stop_reason) == (1, "it is late")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_may_be_the_last(engine):
    class Third(schuss.Callback):
        steps = 0

        def on_batch_end(self, batch, logs):
            self.steps += 1
            return np.bool_(self.steps == 5)

    third, own = Third(), model(engine=engine)
    history = fit(own, epochs=9, callbacks=[third])
    assert third.steps == 5 and len(history["loss"]) == 1
    assert history.stop_reason == "Third returned True"
    fit(own, epochs=1)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_exception_is_the_users_and_the_model_keeps_what_it_has(engine):
    def fails(epoch, logs):
        if epoch == 1:
            raise ZeroDivisionError("mine")

    broken, twin = model(engine=engine), model(engine=engine)
    with pytest.raises(ZeroDivisionError, match="mine"):
        fit(broken, epochs=9, callbacks=[fails])
    fit(twin, epochs=2)
    assert bits(broken) == bits(twin)
    assert broken.history.stop_reason == "ZeroDivisionError: mine"
    assert {len(values) for values in broken.history.values()} == {2}
    # And goes on from there.
    fit(broken, epochs=1)
    fit(twin, epochs=1)
    assert bits(broken) == bits(twin)


def test_a_callback_may_ask_the_model():
    scores = []

    class Asks(schuss.Callback):
        def on_fit_begin(self, fit):
            self.model = fit.model

        def on_epoch_end(self, epoch, logs):
            scores.append(self.model.evaluate(*blobs())["loss"])

    asked = model()
    history = fit(asked, callbacks=[Asks()], validation_data=blobs())
    np.testing.assert_array_equal(scores, history["val_loss"])


@pytest.mark.parametrize("engine", ENGINES)
def test_weights_that_a_callback_sets_are_trained_from(engine):
    class Resets(schuss.Callback):
        def on_fit_begin(self, fit):
            self.model, self.first = fit.model, fit.model.weights

        def on_epoch_end(self, epoch, logs):
            if epoch == 1:
                self.model.set_weights(self.first)

    reset, twin = model(engine=engine), model(engine=engine)
    fit(reset, epochs=3, shuffle=False, callbacks=[Resets()])
    fit(twin, epochs=1, shuffle=False)
    assert bits(reset) == bits(twin)


@pytest.mark.parametrize(
    ("callbacks", "sentence"),
    [
        (3, "callbacks is 3; give a list of callbacks"),
        ("abc", "callbacks is 'abc'; give a list"),
        (print, "callbacks is <built-in function print>; give a list"),
        ([Diary], r"callbacks\[0\] is the class Diary; give an instance"),
        (
            [print, 3],
            r"callbacks\[1\] is 3, which has none of the methods on_fit_begin",
        ),
        ([schuss.Callback()], r"callbacks\[0\] is .*, which has none of the methods"),
    ],
)
def test_what_is_no_callback_is_refused(callbacks, sentence):
    own = model()
    fit(own)
    before, history = bits(own), own.history
    with pytest.raises(TypeError, match=sentence):
        fit(own, callbacks=callbacks)
    assert bits(own) == before and own.history is history


def test_the_base_class_has_every_hook_and_does_nothing():
    for hook in HOOKS:
        arguments = (None,) if "fit" in hook else (0, {})
        assert getattr(schuss.Callback(), hook)(*arguments) is None
