"""Norms: what they refuse, and a model with them, trained, restored and averaged."""

import numpy as np
import pytest

import schuss

NORMS = [
    schuss.BatchNorm(),
    schuss.Dense(12),
    schuss.BatchNorm(0.8),
    schuss.LayerNorm(),
    schuss.Dense(3),
    schuss.LayerNorm(),
]
NAMES = [layer.names for layer in NORMS]


@pytest.mark.parametrize("epsilon", [0, -1e-5, float("nan")])
@pytest.mark.parametrize("kind", [schuss.LayerNorm, schuss.BatchNorm])
def test_epsilon_is_above_0(kind, epsilon):
    with pytest.raises(ValueError, match="epsilon is .*; give a number of at least 1"):
        kind(epsilon=epsilon)
    with pytest.raises(TypeError, match="epsilon is '1'"):
        kind(epsilon="1")


@pytest.mark.parametrize("momentum", [1, -0.1, float("nan")])
def test_momentum_is_a_share(momentum):
    with pytest.raises(ValueError, match="momentum is .*; give a number of at least 0"):
        schuss.BatchNorm(momentum)


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_a_model_with_norms(engine):
    """Its arrays, their first values, their gradients, and their way round."""
    X, y = schuss.datasets.make_blobs(90, seed=0)
    model = schuss.Model(NORMS, seed=1, dtype="float64", engine=engine).build(2)
    shapes = [[array.shape for array in own] for own in model.weights]
    assert shapes[0] == [(2,)] * 4 and shapes[1] == [(2, 12), (12,)]
    assert shapes[2:4] == [[(12,)] * 4, [(12,)] * 2]
    for array, value in zip(model.weights[2], (1, 0, 0, 1), strict=True):
        np.testing.assert_array_equal(array, value)
    plain = schuss.Model([NORMS[1], NORMS[4]], seed=1, dtype="float64").build(2)
    np.testing.assert_array_equal(model.weights[1][0], plain.weights[0][0])
    np.testing.assert_array_equal(model.weights[4][0], plain.weights[1][0])
    model.fit(X, y, epochs=2, verbose=False)
    check = model.check_gradients(X, y)
    assert check.error < 1e-5  # of a shift whose gradient is 0, as it is taken away
    assert check.checked == sum(
        min(array.size, 100)
        for own, layer in zip(model.weights, NORMS, strict=True)
        for array in own[: layer.learned]
    )
    twin = schuss.Model(NORMS, dtype="float64", engine=engine)
    twin.set_weights(model.weights)
    np.testing.assert_array_equal(model(X), twin(X))
    np.testing.assert_allclose(model(X[:1]), model(X)[:1], rtol=1e-12)


def test_regularizers_leave_gain_and_shift_alone():
    """A rate of 0 for the loss there is not; but a column that is always 0 has none."""
    X = np.zeros((20, 3))
    layers = [schuss.LayerNorm(), schuss.Dense(2, initializer="zeros")]
    model = schuss.Model(layers, dtype="float64")
    options = {"optimizer": schuss.SGD(0.1, weight_decay=0.5), "verbose": False}
    model.fit(X, [0, 1] * 10, epochs=3, regularizer=schuss.L2(0.1), **options)
    np.testing.assert_array_equal(model.weights[0][0], 1)


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_norms_resume_and_are_restored(engine):
    X, y = schuss.datasets.make_blobs(90, seed=0)
    ends = []
    for parts in ((6,), (2, 4)):
        model = schuss.Model(NORMS, seed=1, engine=engine)
        for number, epochs in enumerate(parts):
            model.fit(
                X,
                y,
                epochs=epochs,
                batch_size=20,
                optimizer=schuss.Adam(0.01),
                resume=number > 0,
                verbose=False,
            )
        ends.append([a.tobytes() for own in model.weights for a in own])
    assert ends[0] == ends[1]
    kept = []
    stop = schuss.EarlyStopping(monitor="loss", patience=1, restore_best=True)

    def watch(epoch, logs):
        kept.append((logs["loss"], [a.copy() for own in model.weights for a in own]))

    model.fit(
        X,
        y,
        epochs=40,
        optimizer=schuss.SGD(3.0),
        callbacks=[watch, stop],
        verbose=False,
    )
    _, best = min(kept, key=lambda pair: pair[0])
    last = [array for own in model.weights for array in own]
    for a, b in zip(last, best, strict=True):
        np.testing.assert_array_equal(a, b)


def test_averages_take_all_arrays():
    X, y = schuss.datasets.make_blobs(90, seed=0)
    model, ema = schuss.Model(NORMS, seed=1), schuss.EMA(0.5)
    model.fit(X, y, epochs=3, callbacks=[ema], verbose=False)
    for own, average, last in zip(
        model.weights, ema.weights, ema.last_weights, strict=True
    ):
        assert len(own) == len(average) == len(last)
        for a, b in zip(own, average, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_learning_rate_is_found_for_norms():
    X, y = schuss.datasets.make_blobs(90, seed=0)
    model = schuss.Model(NORMS, seed=1).build(2)
    before = [a.tobytes() for own in model.weights for a in own]
    assert schuss.find_learning_rate(model, X, y, steps=20).rates.size > 5
    assert [a.tobytes() for own in model.weights for a in own] == before


def test_what_batch_norm_cannot_do():
    X, y = schuss.datasets.make_blobs(30, seed=0)
    model = schuss.Model(NORMS, seed=1)
    with pytest.raises(ValueError, match="a step has 1 row.*batch_size of at least 2"):
        model.fit(X, y, batch_size=1)
    with pytest.raises(ValueError, match="a step has 1 row"):
        model.fit(X[:1], y[:1])
    model.build(2)
    weights = model.weights
    weights[2][3][4] = -1
    with pytest.raises(ValueError, match="variance of layer 2 has numbers below 0"):
        model.set_weights(weights)
    with pytest.raises(
        ValueError, match="layer 0 got 2 arrays; give 4 .gain, shift, m"
    ):
        model.set_weights([own[:2] for own in weights])
    sentence = r"gain of layer 0 have shape \(1, 2\); give 1 dimension\."
    with pytest.raises(ValueError, match=sentence):
        model.set_weights([([[1, 2]], *weights[0][1:]), *weights[1:]])
    model.fit(X[:21], y[:21], batch_size=20, epochs=2, verbose=False)  # a last of one


def test_lbfgs_needs_a_loss_that_stays():
    pytest.importorskip("scipy")
    X, y = schuss.datasets.make_blobs(30, seed=0)
    model = schuss.Model(NORMS, seed=1)
    with pytest.raises(ValueError, match="LBFGS wants .*BatchNorm.*running statistics"):
        model.fit(X, y, batch_size=None, optimizer=schuss.LBFGS())


def test_layer_norm_minimizes_by_lbfgs():
    pytest.importorskip("scipy")
    X, y = schuss.datasets.make_blobs(60, seed=0)
    layers = [schuss.Dense(9, "tanh"), schuss.LayerNorm(), schuss.Dense(3)]
    model = schuss.Model(layers, seed=0)
    options = {"optimizer": schuss.LBFGS(), "regularizer": schuss.L2(1e-3)}
    history = model.fit(X, y, epochs=20, batch_size=None, verbose=False, **options)
    assert history["loss"][-1] < 0.7 * history["loss"][0]
    assert not np.array_equal(model.weights[1][0], np.ones(9))


def test_batch_norm_trains_what_would_not():
    """Five layers of sigmoids alone stay where chance is, a loss of ln 10."""
    X, y = schuss.datasets.load_digits()
    losses = []
    for norms in ([], [schuss.BatchNorm()]):
        block = [schuss.Dense(40, "sigmoid"), *norms]
        layers = [schuss.Rescaling(1 / 16), *block * 5, schuss.Dense(10)]
        model = schuss.Model(layers, seed=0)
        history = model.fit(X, y, epochs=5, optimizer=schuss.SGD(0.1), verbose=False)
        losses.append(history["loss"][-1])
    assert losses[0] > 2.2 and losses[1] < 0.3
