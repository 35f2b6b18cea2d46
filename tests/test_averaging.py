"""Averaged weights: who gets them, and how a fit goes on from them."""

import numpy as np
import pytest

import schuss

ENGINES = ["native", "reference"]
STEPS = 3  # of an epoch: 50 rows, 20 at a time


def blobs():
    return schuss.datasets.make_blobs(50, classes=3, seed=1)


def model(**options):
    layers = [schuss.Dense(4, "tanh"), schuss.BatchNorm(), schuss.Dense(3)]
    return schuss.Model(layers, **{"seed": 4, **options})


def fit(of, *callbacks, **options):
    options = {"epochs": 6, "batch_size": 20, "verbose": False, **options}
    options.setdefault("optimizer", schuss.SGD(0.1, momentum=0.9))
    return of.fit(*blobs(), callbacks=callbacks, **options)


def flat(layers):
    return np.concatenate([np.ravel(a) for arrays in layers for a in arrays])


class Path(schuss.Callback):
    """What the model's weights and the average are after each step."""

    def __init__(self, own, ema):
        self.own, self.ema, self.weights, self.averages = own, ema, [], []

    def on_batch_end(self, batch, logs):
        self.weights.append(flat(self.own.weights))
        self.averages.append(flat(self.ema.weights))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("decay", [0.0, 0.5, 0.99])
def test_the_model_gets_the_average_of_all_steps(engine, dtype, decay):
    """tests/network/test_average.py has the bound; here all steps are to be in it."""
    own, ema = model(engine=engine, dtype=dtype), schuss.EMA(decay)
    path = Path(own, ema)
    history = fit(own, ema, path, epochs=4)
    assert ema.steps == len(path.weights) == 4 * STEPS
    shares = decay ** np.arange(4.0 * STEPS)[::-1]
    expected = shares @ np.array(path.weights, np.float64) / shares.sum()
    tolerance = 1e-4 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(flat(own.weights), expected, rtol=0, atol=tolerance)
    for same in (flat(ema.weights), path.averages[-1]):
        np.testing.assert_array_equal(flat(own.weights), same)
    np.testing.assert_array_equal(flat(ema.last_weights), path.weights[-1])
    if decay:
        assert np.max(np.abs(path.weights[-1] - expected)) > 100 * tolerance
    # The same without anybody who looks at every step.
    other, quiet = model(engine=engine, dtype=dtype), schuss.EMA(decay)
    assert fit(other, quiet, epochs=4)["loss"].tobytes() == history["loss"].tobytes()
    np.testing.assert_array_equal(flat(own.weights), flat(other.weights))


@pytest.mark.parametrize("engine", ENGINES)
def test_training_does_not_see_it(engine, dtype):
    alone, averaged = (model(engine=engine, dtype=dtype) for _ in range(2))
    ema = schuss.EMA(0.9, apply=False)
    fit(alone, validation_data=blobs())
    fit(averaged, ema, validation_data=blobs())
    np.testing.assert_array_equal(flat(alone.weights), flat(averaged.weights))
    for key in ("loss", "val_loss"):
        np.testing.assert_array_equal(alone.history[key], averaged.history[key])
    averaged.set_weights(ema.weights)
    assert np.any(flat(alone.weights) != flat(averaged.weights))
    averaged.set_weights(ema.last_weights)
    np.testing.assert_array_equal(flat(alone.weights), flat(averaged.weights))


@pytest.mark.parametrize("engine", ENGINES)
def test_validation_sets_see_the_average(engine, dtype):
    alone, averaged = (model(engine=engine, dtype=dtype) for _ in range(2))
    fit(alone, validation_data=blobs())
    history = fit(averaged, schuss.EMA(0.9), validation_data=blobs())
    np.testing.assert_array_equal(alone.history["loss"], history["loss"])
    assert np.all(alone.history["val_loss"] != history["val_loss"])
    assert averaged.evaluate(*blobs())["loss"] == history["val_loss"][-1]


def test_a_metric_that_raises_leaves_the_last_weights():
    def metric(truth, prediction):
        raise RuntimeError("no")

    own, ema, alone = model(), schuss.EMA(0.9), model()
    fit(alone, epochs=1)
    with pytest.raises(RuntimeError, match="no"):
        fit(own, ema, validation_data=blobs(), metrics=[metric])
    np.testing.assert_array_equal(flat(own.weights), flat(alone.weights))


@pytest.mark.parametrize("ema_first", [True, False])
def test_early_stopping_restores_the_best_average(ema_first):
    own, ema, scores = model(), schuss.EMA(0.9), []
    stopping = schuss.EarlyStopping(patience=2)
    both = [ema, stopping] if ema_first else [stopping, ema]

    def watch(epoch, logs):
        scores.append((logs["val_loss"], flat(ema.weights), flat(ema.last_weights)))

    rate = schuss.SGD(2.0)
    fit(own, watch, *both, epochs=60, optimizer=rate, validation_data=blobs())
    assert own.history.stop_reason.startswith("val_loss has not improved")
    best, average, last = scores[stopping.best_epoch]
    assert best == stopping.best == min(score for score, *_ in scores)
    np.testing.assert_array_equal(flat(own.weights), average)
    np.testing.assert_array_equal(flat(ema.last_weights), last)
    assert own.evaluate(*blobs())["loss"] == best
    assert ema.steps == STEPS * (stopping.best_epoch + 1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("apply", [True, False])
@pytest.mark.parametrize("optimizer", [schuss.SGD(0.1, momentum=0.9), schuss.Adam()])
def test_two_halves_are_one_whole(engine, dtype, apply, optimizer):
    whole, halves = (model(engine=engine, dtype=dtype) for _ in range(2))
    one, two = (schuss.EMA(0.97, apply=apply) for _ in range(2))
    options = {"optimizer": optimizer, "validation_data": blobs()}
    fit(whole, one, **options)
    fit(halves, two, **options, epochs=2)
    history = fit(halves, two, **options, resume=True, epochs=4)
    assert one.steps == two.steps == 6 * STEPS
    for key in ("loss", "val_loss"):
        np.testing.assert_array_equal(history[key], whole.history[key][2:])
    np.testing.assert_array_equal(flat(whole.weights), flat(halves.weights))
    np.testing.assert_array_equal(flat(one.weights), flat(two.weights))
    np.testing.assert_array_equal(flat(one.last_weights), flat(two.last_weights))


@pytest.mark.parametrize("engine", ENGINES)
def test_after_ctrl_c_between_steps_it_goes_on_as_well(engine):
    class Interrupt(schuss.Callback):
        def on_batch_end(self, batch, logs):
            if two.steps == 3 * STEPS:  # at the end of the third epoch
                raise KeyboardInterrupt

    whole, halves = model(engine=engine), model(engine=engine)
    one, two = schuss.EMA(0.9), schuss.EMA(0.9)
    fit(whole, one)
    with pytest.raises(KeyboardInterrupt):
        fit(halves, two, Interrupt())
    np.testing.assert_array_equal(flat(halves.weights), flat(two.last_weights))
    assert two.steps == 3 * STEPS and np.any(
        flat(two.weights) != flat(two.last_weights)
    )
    fit(halves, two, resume=True, epochs=3)
    np.testing.assert_array_equal(flat(whole.weights), flat(halves.weights))
    np.testing.assert_array_equal(flat(one.last_weights), flat(two.last_weights))


def test_what_it_has_outlives_an_exception_and_the_next_fit():
    def stop(epoch, logs):
        raise KeyboardInterrupt

    own, ema = model(), schuss.EMA(0.9)
    with pytest.raises(KeyboardInterrupt):
        fit(own, ema, stop)
    kept = [flat(ema.weights), flat(ema.last_weights)]
    fit(own, schuss.EMA(0.5))
    assert ema.steps == STEPS
    np.testing.assert_array_equal(kept, [flat(ema.weights), flat(ema.last_weights)])


def test_divergence_leaves_the_average_of_before_the_epoch():
    def rate(step, epoch):
        return 0.1 if epoch < 2 else 1e38

    own, ema, alone = model(), schuss.EMA(0.9), model()
    fit(alone, schuss.EMA(0.9), epochs=2)
    with pytest.raises(FloatingPointError):
        fit(own, ema, optimizer=schuss.SGD(rate, momentum=0.9))
    assert ema.steps == 2 * STEPS
    np.testing.assert_array_equal(flat(ema.weights), flat(alone.weights))


def test_a_fit_that_is_not_resumed_begins_anew():
    own, ema = model(), schuss.EMA(0.9)
    fit(own, ema)
    fit(own, ema, epochs=1)
    assert ema.steps == STEPS
    other = schuss.Model([schuss.Dense(3)], seed=1)
    fit(other)
    fit(other, ema, epochs=2, resume=True)
    assert ema.steps == 2 * STEPS


def test_no_steps_give_nothing():
    own, ema = model().build(2), schuss.EMA()
    before = flat(own.weights)
    fit(own, ema, epochs=0)
    np.testing.assert_array_equal(flat(own.weights), before)
    assert ema.steps == 0
    for name in ("weights", "last_weights"):
        with pytest.raises(
            RuntimeError, match="the EMA has averaged no step yet; give"
        ):
            getattr(ema, name)


def test_lbfgs_is_refused_before_anything_changes():
    pytest.importorskip("scipy")
    own = schuss.Model([schuss.Dense(3)], seed=4)
    history = fit(own, epochs=1)
    before = flat(own.weights)
    with pytest.raises(ValueError, match="EMA averages over many small steps, and"):
        own.fit(
            *blobs(),
            batch_size=None,
            optimizer=schuss.LBFGS(),
            callbacks=[schuss.EMA()],
            verbose=False,
        )
    np.testing.assert_array_equal(flat(own.weights), before)
    assert own.history is history


@pytest.mark.parametrize(
    ("arguments", "options", "error", "sentence"),
    [
        ((1.0,), {}, ValueError, "decay is 1.0; give a number of at least 0 and below"),
        ((-0.1,), {}, ValueError, "decay is -0.1; give a number of at least 0"),
        (("x",), {}, TypeError, "decay is 'x'; give a number"),
        ((0.5,), {"apply": 1}, TypeError, "apply is 1; give True or False."),
    ],
)
def test_bad_arguments_are_refused(arguments, options, error, sentence):
    with pytest.raises(error, match=sentence):
        schuss.EMA(*arguments, **options)
