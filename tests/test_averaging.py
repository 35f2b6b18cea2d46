"""Averaged weights: the formula, who gets them, and how a fit goes on from them."""

import bounds
import numpy as np
import pytest

import schuss

ENGINES = ["native", "reference"]


def blobs():
    return schuss.datasets.make_blobs(50, classes=3, seed=1)


def model(**options):
    layers = [schuss.Dense(4, "tanh"), schuss.Dense(3)]
    return schuss.Model(layers, **{"seed": 4, **options})


def fit(of, *callbacks, **options):
    options = {"epochs": 6, "batch_size": 20, "verbose": False, **options}
    options.setdefault("optimizer", schuss.SGD(0.1, momentum=0.9))
    return of.fit(*blobs(), callbacks=callbacks, **options)


def flat(pairs):
    return np.concatenate([np.ravel(a) for pair in pairs for a in pair])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("decay", [0.0, 0.5, 0.9, 0.999])
def test_it_is_the_weighted_mean_of_the_epochs_weights(engine, dtype, decay):
    """The weights of w_k are decay^(t-k) (1 - decay) / (1 - decay^t), whose sum is 1.

    Each is a chain of at most 3 t operations in float64, as is its twin here, and the
    divisor 1 - decay^t errs by u / (1 - decay^t); the result is rounded to `dtype`.
    """
    own, path, ema = model(engine=engine, dtype=dtype), [], schuss.EMA(decay)
    fit(own, lambda epoch, logs: path.append(flat(own.weights)), ema)
    exact = np.array(path, np.longdouble)
    shares = np.longdouble(decay) ** np.arange(len(path))[::-1]
    shares /= shares.sum()
    expected, size = shares @ exact, shares @ np.abs(exact)
    t = len(path)
    chain = bounds.gamma(3 * t + 2, "float64")
    divisor = (t + 2) * bounds.roundoff("float64") * (1 + 1 / (1 - decay**t))
    bound = (chain + divisor + bounds.roundoff(dtype)) * 1.01 * size
    assert np.all(np.abs(flat(own.weights) - expected) <= bound)
    np.testing.assert_array_equal(flat(ema.weights), flat(own.weights))
    np.testing.assert_array_equal(flat(ema.last_weights), path[-1])
    assert ema.epochs == t
    assert decay == 0 or np.any(path[-1] != flat(own.weights))


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
@pytest.mark.parametrize("apply", [True, False])
@pytest.mark.parametrize("optimizer", [schuss.SGD(0.1, momentum=0.9), schuss.Adam()])
def test_two_halves_are_one_whole(engine, dtype, apply, optimizer):
    whole, halves = (model(engine=engine, dtype=dtype) for _ in range(2))
    one, two = (schuss.EMA(0.7, apply=apply) for _ in range(2))
    fit(whole, one, optimizer=optimizer)
    fit(halves, two, optimizer=optimizer, epochs=2)
    history = fit(halves, two, optimizer=optimizer, resume=True, epochs=4)
    assert two.epochs == 6
    np.testing.assert_array_equal(history["loss"], whole.history["loss"][2:])
    np.testing.assert_array_equal(flat(whole.weights), flat(halves.weights))
    np.testing.assert_array_equal(flat(one.last_weights), flat(two.last_weights))


def test_after_an_exception_it_goes_on_as_well():
    def interrupt(epoch, logs):
        if epoch == 2:
            raise KeyboardInterrupt

    whole, halves, one, two = model(), model(), schuss.EMA(0.7), schuss.EMA(0.7)
    fit(whole, one)
    with pytest.raises(KeyboardInterrupt):
        fit(halves, two, interrupt)
    np.testing.assert_array_equal(flat(halves.weights), flat(two.last_weights))
    fit(halves, two, resume=True, epochs=3)
    np.testing.assert_array_equal(flat(whole.weights), flat(halves.weights))


def test_a_fit_that_is_not_resumed_begins_anew():
    own, ema = model(), schuss.EMA(0.7)
    fit(own, ema)
    fit(own, ema, epochs=1)
    assert ema.epochs == 1
    # Of one epoch the average is its weights, to two roundings in float64.
    np.testing.assert_allclose(flat(ema.weights), flat(ema.last_weights), rtol=2e-7)
    other = schuss.Model([schuss.Dense(3)], seed=1)
    fit(other)
    fit(other, ema, epochs=2, resume=True)
    assert ema.epochs == 2


def test_the_last_in_the_list_has_its_way():
    for ema_last in (True, False):
        own, ema = model(), schuss.EMA(0.7)
        stopping = schuss.EarlyStopping("loss", patience=1, min_delta=0.1)
        both = [stopping, ema] if ema_last else [ema, stopping]
        fit(own, *both, epochs=50)
        assert own.history.stop_reason.startswith("loss has not improved")
        assert np.array_equal(flat(own.weights), flat(ema.weights)) is ema_last


def test_no_epochs_give_nothing():
    own, ema = model().build(2), schuss.EMA()
    before = flat(own.weights)
    fit(own, ema, epochs=0)
    np.testing.assert_array_equal(flat(own.weights), before)
    for name in ("weights", "last_weights"):
        with pytest.raises(
            RuntimeError, match="the EMA has averaged no epoch yet; give"
        ):
            getattr(ema, name)


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
