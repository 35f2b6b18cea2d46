"""The search finds a rate, ends where training does, and leaves the model alone."""

import bounds
import numpy as np
import pytest

import schuss
from schuss import find_learning_rate, learning_rate_search

X, Y = schuss.datasets.make_blobs(200, seed=0)


def model_of(engine="native", **options):
    layers = [schuss.Dense(8, "tanh"), schuss.Dense(3)]
    return schuss.Model(layers, engine=engine, seed=3, **options)


def fitted(**options):
    model = model_of(**options)
    model.fit(X, Y, epochs=2, optimizer=schuss.SGD(0.01), verbose=False)
    return model


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_the_model_stays_as_it_was(engine):
    model, twin = fitted(engine=engine), fitted(engine=engine)
    history = model.history
    kept = {key: values.copy() for key, values in history.items()}
    find_learning_rate(model, X, Y)
    assert model.history is history and model._epochs_seen == 2
    for key, values in kept.items():
        np.testing.assert_array_equal(history[key], values)
    # Also what comes next is the same: weights, gradients, and the order of rows.
    for one in (model, twin):
        one.fit(X, Y, epochs=1, optimizer=schuss.SGD(0.01), verbose=False)
    for pair, other in zip(model.weights, twin.weights, strict=True):
        np.testing.assert_array_equal(pair[0], other[0])
        np.testing.assert_array_equal(pair[1], other[1])


def test_the_weights_stay_bit_for_bit():
    model = fitted()
    before = [array.tobytes() for pair in model.weights for array in pair]
    find_learning_rate(model, X, Y, highest=1e4)
    assert [array.tobytes() for pair in model.weights for array in pair] == before


def test_a_model_without_weights_stays_without():
    model = model_of()
    found = find_learning_rate(model, X, Y)
    with pytest.raises(RuntimeError, match="no weights yet"):
        model.weights  # noqa: B018
    built = find_learning_rate(model_of().build(2), X, Y)
    np.testing.assert_array_equal(found.losses, built.losses)


def test_rates_rise_by_one_factor_and_the_suggestion_is_among_them():
    found = find_learning_rate(model_of(), X, Y, lowest=1e-4, highest=1.0, steps=80)
    assert found.rates[0] == 1e-4
    ratios = found.rates[1:] / found.rates[:-1]
    np.testing.assert_allclose(ratios, 1e4 ** (1 / 79), rtol=1e-12)
    assert len(found.rates) == len(found.losses) == len(found.smoothed) <= 80
    assert found.suggestion in found.rates
    assert all(np.isfinite(found.losses)) and all(np.isfinite(found.smoothed))


@pytest.mark.parametrize("batch_size", [1, 7, 32, 200])
@pytest.mark.parametrize("optimizer", [schuss.SGD(momentum=0.9), schuss.Adam()])
def test_losses_are_those_of_steps_taken_one_by_one(batch_size, optimizer):
    found = find_learning_rate(
        model_of("reference", dtype="float64"),
        X,
        Y,
        batch_size=batch_size,
        optimizer=optimizer,
        regularizer=schuss.L2(0.01),
        highest=0.5,
        steps=40,
    )
    network = model_of(dtype="float64")._made("reference", "float64", 2)
    network.start(optimizer.name, optimizer.settings, 0.01)
    key = int(np.random.SeedSequence([3, 1]).generate_state(1, "u8")[0])
    expected = []
    for step, rate in enumerate(found.rates):
        epoch, position = divmod(step, -(-len(X) // batch_size))
        order = schuss.reference.shuffle(len(X), key, epoch)
        rows = order[position * batch_size : (position + 1) * batch_size]
        expected.append(network.step(X[rows], Y[rows], rate, step + 1))
    assert len(expected) == 40
    # Each is the difference of two totals over an epoch: a chain of as many additions
    # as there are steps, a product with the rows before each, a division by all of
    # them and a product with them after; then a difference and a division by its own,
    # which may be as few as the last batch has.
    fewest = len(X) % batch_size or batch_size
    total = np.sum(expected) * batch_size
    bound = 2 * bounds.gamma(len(X) // batch_size + 6, float) * total / fewest
    np.testing.assert_allclose(found.losses, expected, rtol=0, atol=bound)


@pytest.mark.parametrize("make", [model_of, fitted])
@pytest.mark.parametrize("batch_size", [1, 7, 32, 200])
def test_losses_are_those_of_a_fit_at_the_same_rates(make, batch_size):
    """Whose epochs have their means, weighted by rows."""
    steps = -(-len(X) // batch_size)
    options = {"batch_size": batch_size, "highest": 0.5, "steps": 2 * steps}
    found = find_learning_rate(make(), X, Y, **options)
    optimizer = schuss.SGD(lambda step, epoch: float(found.rates[step]))
    history = make().fit(
        X, Y, epochs=2, batch_size=batch_size, optimizer=optimizer, verbose=False
    )
    rows = np.full(steps, batch_size)
    rows[-1] = len(X) - batch_size * (steps - 1)
    means = found.losses.reshape(2, steps) @ rows / len(X)
    bound = 2 * bounds.gamma(3 * steps + 6, float)
    np.testing.assert_allclose(history["loss"], means, rtol=bound)


def smooth(losses, smoothing):
    weights = smoothing ** np.arange(len(losses))
    return [
        np.average(losses[: k + 1], weights=weights[k::-1]) for k in range(len(losses))
    ]


def test_smoothed_losses_are_means_of_the_past():
    found = find_learning_rate(model_of(), X, Y, smoothing=0.75, highest=0.1, steps=30)
    assert len(found.losses) == 30
    # Of positive terms, both: a product, a sum and a power for each, and a quotient.
    bound = 2 * bounds.gamma(3 * 30 + 3, float)
    np.testing.assert_allclose(found.smoothed, smooth(found.losses, 0.75), rtol=bound)
    plain = find_learning_rate(model_of(), X, Y, smoothing=0, highest=0.1, steps=30)
    np.testing.assert_array_equal(plain.smoothed, plain.losses)


def test_the_search_gives_up_where_the_loss_rises():
    found = find_learning_rate(model_of(), X, Y, highest=1e6, give_up=1.5)
    assert len(found.rates) < 100
    assert found.smoothed[-1] > 1.5 * found.smoothed.min()
    assert np.all(
        found.smoothed[:-1] <= 1.5 * np.minimum.accumulate(found.smoothed)[:-1]
    )


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_divergence_ends_the_search(engine):
    """A loss without a ceiling, and nothing to give up for but numbers that end."""
    x = np.linspace(-1, 1, 64)[:, None]
    layers = [schuss.Dense(4), schuss.Dense(1)]
    model = schuss.Model(layers, loss="mean_squared_error", engine=engine)
    options = {"lowest": 1e-3, "highest": 1e6, "give_up": 1e38, "batch_size": 16}
    found = find_learning_rate(model, x, 3 * x[:, 0], **options)
    assert 10 < len(found.rates) < 100
    assert np.isfinite(found.losses).all()
    assert found.suggestion in found.rates
    at_once = find_learning_rate(
        model, x, 3 * x[:, 0], **options | {"lowest": 1e30, "highest": 1e31}
    )
    assert len(at_once.losses) < 10 and at_once.suggestion is None


@pytest.mark.parametrize("smoothing", [0, 0.5, 0.9])
def test_the_suggestion_is_where_the_loss_falls_most_steeply(smoothing):
    """Not where its mean does, which is b / (1 - b) steps later: nine, for 0.9."""
    rates = np.geomspace(1e-4, 1, 401)
    curve = 1 - np.tanh(3 * (np.log10(rates) + 2))  # steepest at 1e-2, the 200th
    smoothed = np.array(smooth(curve, smoothing))
    found = learning_rate_search._steepest(rates, smoothed, smoothing)
    assert abs(np.searchsorted(rates, found) - 200) <= 1


def test_what_falls_after_an_explosion_makes_no_suggestion():
    """A slow fall to the least, and then up, and down steeply, but not as far."""
    rates = np.geomspace(1e-4, 10, 60)
    smoothed = np.concatenate(
        [np.full(10, 3.0), np.linspace(3, 2, 30), [6, 12, 18], np.linspace(18, 8, 17)]
    )
    found = learning_rate_search._steepest(rates, smoothed, 0.5)
    assert rates[8] <= found <= rates[39]
    assert np.argmin(np.gradient(smoothed)) > 39


def test_no_suggestion_where_nothing_falls():
    rates = np.geomspace(1e-4, 1, 5)
    steepest = learning_rate_search._steepest
    assert steepest(rates, np.arange(5.0), 0.9) is None
    assert steepest(rates, np.ones(5), 0.9) is None
    assert steepest(rates[:1], np.ones(1), 0.9) is None
    assert steepest(rates[:0], np.ones(0), 0.9) is None
    assert steepest(rates, -np.arange(5.0), 0.9) in rates


def test_a_suggestion_trains():
    found = find_learning_rate(model_of(), X, Y)
    model = model_of()
    optimizer = schuss.SGD(found.suggestion)
    history = model.fit(X, Y, epochs=20, optimizer=optimizer, verbose=False)
    assert history["loss"][-1] < 0.5 * found.losses[0]


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"lowest": 0}, ValueError, "lowest is 0; give a number above 0"),
        ({"lowest": 1, "highest": 1}, ValueError, "highest is 1; .* above 1"),
        ({"steps": 1}, ValueError, "steps is 1; give a whole number of at least 2"),
        ({"steps": 2.0}, TypeError, r"steps is 2\.0; give a whole number"),
        ({"smoothing": 1}, ValueError, "smoothing is 1; .* below 1"),
        ({"give_up": 1}, ValueError, "give_up is 1; give a number above 1"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"optimizer": "adam"}, TypeError, "optimizer is 'adam'; give a schuss.SGD"),
        ({"regularizer": 0.1}, TypeError, r"regularizer is 0\.1; give a schuss.L2"),
    ],
)
def test_refusals(options, error, sentence):
    model = model_of()
    with pytest.raises(error, match=sentence):
        find_learning_rate(model, X, Y, **options)
    assert model._network is None


def test_refusals_of_data():
    with pytest.raises(TypeError, match="model is None; give a schuss.Model"):
        find_learning_rate(None, X, Y)
    with pytest.raises(ValueError, match="give one target per row"):
        find_learning_rate(model_of(), X, Y[1:])
    with pytest.raises(ValueError, match="columns|inputs|width"):
        find_learning_rate(model_of().build(5), X, Y)


def test_a_derivative_that_is_none_is_found_first():
    with pytest.raises(ValueError, match="derivative of activation 'square' of layer"):
        layers = [schuss.Dense(4, (np.square, np.square)), schuss.Dense(3)]
        find_learning_rate(schuss.Model(layers), X, Y)


def test_plot():
    pytest.importorskip("matplotlib")
    found = find_learning_rate(model_of(), X, Y)
    (axes,) = found.plot().axes
    losses, smoothed, line = axes.lines
    np.testing.assert_array_equal(losses.get_ydata(), found.losses)
    np.testing.assert_array_equal(smoothed.get_ydata(), found.smoothed)
    np.testing.assert_array_equal(smoothed.get_xdata(), found.rates)
    assert line.get_xdata()[0] == found.suggestion
    assert axes.get_xscale() == "log" and axes.get_xlabel() == "learning rate"
    assert found.plot(axes) is axes.figure and len(axes.lines) == 6


def test_what_explodes_leaves_the_figure():
    pytest.importorskip("matplotlib")
    losses = np.array([2.0, 1.5, 1.0, 1e9])
    found = schuss.LearningRateSearch(np.geomspace(1, 8, 4), losses, losses, None)
    (axes,) = found.plot().axes
    low, high = axes.get_ylim()
    assert low < 1 and 2 < high < 3 and len(axes.lines) == 2
    nothing = np.zeros(0)
    schuss.LearningRateSearch(nothing, nothing, nothing, None).plot()
