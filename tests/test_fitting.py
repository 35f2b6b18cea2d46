"""Two fits that are one, to the bit; and a fit that is not to last too long."""

import time

import numpy as np
import pytest

import schuss

ENGINES = ["native", "reference"]
OPTIMIZERS = [
    schuss.SGD(0.05),
    schuss.SGD(0.05, momentum=0.9),
    schuss.SGD(0.05, momentum=0.9, nesterov=True),
    schuss.Adam(0.01),
    schuss.AdamW(0.01, weight_decay=0.1),
    schuss.RMSprop(0.01, momentum=0.5),
    schuss.Adagrad(0.05),
    schuss.Rprop(0.01),
    schuss.Adam(schuss.InverseTimeDecay(0.01, "step", rate=0.1)),
    schuss.SGD(schuss.StepDecay(0.1, factor=0.5, every=3), momentum=0.5),
]


def blobs():
    return schuss.datasets.make_blobs(50, classes=3, seed=1)


def model(units=8, activation="tanh", **options):
    layers = [schuss.Dense(units, activation), schuss.Dense(3)]
    return schuss.Model(layers, **{"seed": 4, **options})


def bits(of):
    return [array.tobytes() for pair in of.weights for array in pair]


def fit(of, epochs, **options):
    options = {"batch_size": 20, "verbose": False, **options}
    return of.fit(*blobs(), epochs=epochs, **options)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
@pytest.mark.parametrize("units", [8, 70])
def test_two_halves_are_one_whole(engine, optimizer, units, dtype):
    """The narrow network takes its steps in one kernel, the wide one by passes."""
    epochs = 100 if engine == "native" and units == 8 else 10
    whole, halves = (model(units, engine=engine, dtype=dtype) for _ in range(2))
    regularizer = schuss.L2(0.01)
    fit(whole, epochs, optimizer=optimizer, regularizer=regularizer)
    fit(halves, epochs // 2, optimizer=optimizer, regularizer=regularizer)
    history = fit(halves, epochs // 2, resume=True, regularizer=regularizer)
    assert bits(whole) == bits(halves)
    assert history.first_epoch == epochs // 2
    for key in ("loss", "accuracy", "learning_rate"):
        expected = whole.history[key][epochs // 2 :]
        np.testing.assert_array_equal(history[key], expected)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "optimizer",
    [schuss.SGD(0.05, momentum=0.9, clip_norm=0.1), schuss.Adam(0.01, clip_value=0.01)],
    ids=repr,
)
@pytest.mark.parametrize("units", [8, 70])
def test_two_regularized_halves_are_one_whole(engine, optimizer, units, dtype):
    regularizer = schuss.L1(0.001, biases=True) + schuss.MaxNorm(1.0) + schuss.L2(0.01)
    whole, halves = (model(units, engine=engine, dtype=dtype) for _ in range(2))
    options = {"optimizer": optimizer, "regularizer": regularizer}
    fit(whole, 10, **options)
    fit(halves, 5, **options)
    fit(halves, 5, resume=True, **options)
    assert bits(whole) == bits(halves)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [20, None])
def test_the_history_has_the_norms_before_clipping(engine, batch_size):
    """The mean of the steps', which a callback is told one by one; the limit makes no
    difference to them in the first step, nor to anything where it is never reached."""
    told, norms = [], {}

    class Listener:
        def on_batch_end(self, batch, logs):
            told.append(logs["batch_gradient_norm"])

    for limit in (1e-3, 1e30):
        told.clear()
        options = {"optimizer": schuss.SGD(0.5, clip_norm=limit), "max_time": 1e3}
        one, all_at_once = model(engine=engine), model(engine=engine)
        fit(one, 4, callbacks=[Listener()], batch_size=batch_size, **options)
        fit(all_at_once, 4, batch_size=batch_size, **options)
        assert bits(one) == bits(all_at_once)
        norms[limit] = one.history["batch_gradient_norm"]
        steps = np.reshape(told, (4, -1))
        np.testing.assert_allclose(norms[limit], steps.mean(axis=1), rtol=1e-14)
        again = all_at_once.history["batch_gradient_norm"]
        np.testing.assert_array_equal(norms[limit], again)
        assert told[0] == pytest.approx(first_norm(engine, batch_size), rel=1e-4)
    plain = model(engine=engine)
    fit(plain, 4, optimizer=schuss.SGD(0.5), batch_size=batch_size)
    for pair, other in zip(plain.weights, one.weights, strict=True):
        np.testing.assert_allclose(pair[0], other[0], rtol=0, atol=1e-5)
    assert "batch_gradient_norm" not in plain.history
    assert not np.allclose(norms[1e-3], norms[1e30], rtol=0.1)


def first_norm(engine, batch_size):
    """Of the gradient of the first batch."""
    fresh = model(engine=engine).build(2)
    X, y = blobs()
    if batch_size:
        key = np.random.SeedSequence([4, 1]).generate_state(1, "u8")[0]
        rows = schuss.reference.shuffle(len(X), int(key), 0)[:batch_size]
        X, y = X[rows], y[rows]
    squares = [np.sum(np.square(g)) for pair in fresh.gradients(X, y) for g in pair]
    return np.sqrt(np.sum(squares))


@pytest.mark.parametrize("optimizer", OPTIMIZERS[1:4], ids=repr)
def test_without_resume_the_optimizer_starts_afresh(optimizer):
    whole, halves = model(), model()
    fit(whole, 10, optimizer=optimizer)
    fit(halves, 5, optimizer=optimizer)
    history = fit(halves, 5, optimizer=optimizer)
    assert bits(whole) != bits(halves)
    assert history.first_epoch == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_model_that_was_never_fitted_may_be_resumed_in_a_loop(engine):
    whole, pieces = model(engine=engine), model(engine=engine)
    fit(whole, 6, optimizer=schuss.Adam(0.01))
    for _ in range(6):
        fit(pieces, 1, optimizer=schuss.Adam(0.01), resume=True)
    assert bits(whole) == bits(pieces)
    assert pieces.history.first_epoch == 5


@pytest.mark.parametrize("engine", ENGINES)
def test_callbacks_and_a_reduced_rate_go_on_too(engine):
    def constant(y, predicted):
        return 1.0

    models = []
    for parts in ((12,), (5, 7)):
        models.append(model(engine=engine))
        reducing = schuss.ReduceOnPlateau("val_constant", patience=3, mode="min")
        for index, epochs in enumerate(parts):
            fit(
                models[-1],
                epochs,
                optimizer=schuss.SGD(0.1, momentum=0.9),
                validation_data=blobs(),
                metrics=[constant],
                callbacks=[reducing],
                resume=index > 0,
            )
    assert bits(models[0]) == bits(models[1])
    expected = models[0].history["learning_rate"][5:]
    np.testing.assert_array_equal(models[1].history["learning_rate"], expected)
    assert expected[0] != expected[-1]


@pytest.mark.parametrize("engine", ENGINES)
def test_settings_may_change_and_the_state_stays(engine):
    """Momentum 0 leaves the velocity alone, so what comes back is what was there."""
    own, twin = model(engine=engine), model(engine=engine)
    fit(own, 3, optimizer=schuss.SGD(0.05, momentum=0.9))
    before = own._network.state()
    fit(own, 2, optimizer=schuss.SGD(0.05), resume=True)
    steps, slots = own._network.state()
    assert steps == before[0] + 6 == 15
    for a, b in zip(slots[0], before[1][0], strict=True):
        np.testing.assert_array_equal(a[0], b[0])
        assert a[0].any()
    fit(twin, 3, optimizer=schuss.SGD(0.05, momentum=0.9))
    fit(twin, 2, optimizer=schuss.SGD(0.05))
    assert bits(own) == bits(twin)
    fit(own, 1, resume=True)
    fit(twin, 1, resume=True)
    assert bits(own) == bits(twin)


def test_another_kind_of_optimizer_cannot_go_on():
    own = model()
    fit(own, 2, optimizer=schuss.Adam())
    before, history = bits(own), own.history
    with pytest.raises(ValueError, match="resume goes on with the state of Adam"):
        fit(own, 1, optimizer=schuss.SGD(), resume=True)
    with pytest.raises(
        ValueError, match="initial_epoch is 3, but a resumed fit goes o"
    ):
        fit(own, 1, initial_epoch=3, resume=True)
    assert bits(own) == before and own.history is history


@pytest.mark.parametrize("engine", ENGINES)
def test_after_a_divergence_the_optimizer_starts_afresh(engine):
    own, twin = (model(activation="relu", engine=engine) for _ in range(2))
    rate = schuss.StepDecay(1e-2, factor=1e33, every=2)
    with pytest.raises(FloatingPointError, match="in epoch 3"):
        fit(own, 9, optimizer=schuss.SGD(rate, momentum=0.9))
    fit(twin, 2, optimizer=schuss.SGD(1e-2, momentum=0.9))
    gentle = schuss.SGD(1e-2, momentum=0.9)
    assert fit(own, 2, optimizer=gentle, resume=True).first_epoch == 0
    fit(twin, 2, optimizer=gentle)
    assert bits(own) == bits(twin)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_interrupted_epoch_is_not_counted_but_its_steps_are(engine):
    class Breaks(schuss.Callback):
        steps = 0

        def on_batch_end(self, batch, logs):
            self.steps += 1
            if self.steps == 5:
                raise ZeroDivisionError

    asked = []

    def rate(step, epoch):
        asked.append((step, epoch))
        return 0.1

    own = model(engine=engine)
    with pytest.raises(ZeroDivisionError):
        fit(own, 9, optimizer=schuss.SGD(rate), callbacks=[Breaks()])
    asked.clear()
    fit(own, 1, resume=True)
    assert set(asked) == {(5, 1), (6, 1), (7, 1)}


def test_schedules_and_callbacks_count_from_the_initial_epoch(capsys):
    asked, numbers = [], []

    def rate(step, epoch):
        asked.append((step, epoch))
        return 0.1

    def note(epoch, logs):
        numbers.append(epoch)

    options = {"optimizer": schuss.SGD(rate), "callbacks": [note], "verbose": 1}
    history = fit(model(), 2, initial_epoch=7, **options)
    assert sorted(set(asked)) == [(21, 7), (22, 7), (23, 7), (24, 8), (25, 8), (26, 8)]
    assert numbers == [7, 8] and history.first_epoch == 7
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in lines] == ["8/9", "9/9"]


def test_a_factor_is_checked_and_multiplies_every_rate():
    class Turns(schuss.Callback):
        def on_fit_begin(self, fit):
            with pytest.raises(ValueError, match="learning_rate_factor is 0; give a"):
                fit.learning_rate_factor = 0
            fit.learning_rate_factor = 0.5

    history = fit(model(), 2, optimizer=schuss.SGD(0.25), callbacks=[Turns()])
    np.testing.assert_array_equal(history["learning_rate"], [0.125, 0.125])


@pytest.mark.parametrize("engine", ENGINES)
def test_time_that_is_up_ends_a_fit_with_an_epoch(engine):
    own, twin = model(engine=engine), model(engine=engine)
    started = time.perf_counter()
    history = fit(own, 10**9, max_time=0.3, optimizer=schuss.Adam(1e-4))
    passed = time.perf_counter() - started
    assert 0.3 <= passed < 3
    assert history.stop_reason == "max_time of 0.3 s was reached"
    assert {len(values) for values in history.values()} == {len(history["loss"])}
    fit(twin, len(history["loss"]), optimizer=schuss.Adam(1e-4))
    assert bits(own) == bits(twin)


def test_a_fit_says_why_it_ended(capsys):
    own = model()
    assert fit(own, 2).stop_reason == "all 2 epochs were trained"
    assert fit(own, 0).stop_reason == "all 0 epochs were trained"
    fit(own, 9, callbacks=[lambda epoch, logs: epoch == 1], verbose=True)
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == "ended: <lambda> returned True"


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"max_time": 0}, ValueError, "max_time is 0; give a number above 0"),
        ({"max_time": "1 h"}, TypeError, "max_time is '1 h'; give a number"),
        ({"initial_epoch": -1}, ValueError, "initial_epoch is -1; give a whole"),
        ({"initial_epoch": 1.5}, TypeError, "initial_epoch is 1.5; give a whole"),
        ({"resume": "yes"}, ValueError, "resume is 'yes'; give True or False"),
        ({"verbose": 2}, ValueError, "verbose is 2; give True or False"),
        ({"verbose": "no"}, ValueError, "verbose is 'no'; give True or False"),
    ],
)
def test_bad_options_are_refused_and_change_nothing(options, error, sentence):
    own = model()
    fit(own, 1)
    before, history = bits(own), own.history
    with pytest.raises(error, match=sentence):
        fit(own, 1, **options)
    assert bits(own) == before and own.history is history
