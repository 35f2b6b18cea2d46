"""L-BFGS: minima that are known, iterations as epochs, and every way a fit can end."""

import bounds
import numpy as np
import pytest

import schuss
from schuss import reference

pytest.importorskip("scipy")
ENGINES = ["native", "reference"]


def blobs():
    return schuss.datasets.make_blobs(50, classes=3, seed=1)


def model(**options):
    layers = [schuss.Dense(4, "tanh"), schuss.Dense(3)]
    return schuss.Model(layers, **{"seed": 4, **options})


def fit(of, **options):
    options = {"epochs": 8, "batch_size": None, "verbose": False, **options}
    options.setdefault("optimizer", schuss.LBFGS())
    return of.fit(*blobs(), **options)


def bits(of):
    return [array.tobytes() for pair in of.weights for array in pair]


def flat(pairs):
    return np.concatenate([np.ravel(a).astype(float) for pair in pairs for a in pair])


def regression(pair, X, y, alpha):
    """Objective and gradient of softmax regression in float64, and its network."""
    weights, bias = (np.asarray(array, np.float64) for array in pair)
    network = reference.Network(
        X.shape[1],
        [(len(bias), "identity")],
        "softmax_cross_entropy",
        dtype="float64",
    )
    network.set_parameters(0, weights, bias)
    loss = network.differentiate(X, y)
    d_weights, d_bias = network.gradients(0)
    gradient = flat([(d_weights + 2 * alpha * weights, d_bias)])
    return loss + alpha * np.sum(weights**2), gradient, network


def gradient_error(pair, X, y, network, dtype):
    """The norm of what a gradient in `dtype` may be wrong by at most."""
    layers = [tuple(np.asarray(array, np.float64) for array in pair)]
    e_outputs, e_kept = bounds.outputs(["identity"], layers, X, dtype)
    truth = np.eye(len(pair[1]))[y]
    loss = "softmax_cross_entropy"
    _, e_delta = bounds.losses(loss, network.outputs[-1], e_outputs[-1], truth, dtype)
    errors = bounds.gradients(
        ["identity"], layers, network, (e_outputs, e_kept), e_delta, dtype
    )
    return np.linalg.norm(flat([(errors[0][0][1], errors[0][1][1])]))


@pytest.mark.parametrize("engine", ENGINES)
def test_softmax_regression_ends_where_scikit_learn_does(engine, dtype):
    """f is convex: f(a) - f(b) <= g(a) (a - b) <= |g(a)| |a - b| for all a and b.

    |g| is the tolerance at most where each of the two ended: ours of the norm, and with
    it the error of a gradient in `dtype`; scikit-learn's of the largest component.
    """
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y = schuss.datasets.load_digits()
    C, theirs = 0.5, 1e-6
    alpha = 1 / (2 * C * len(X))
    ours = 1e-6 if dtype == "float64" else 1e-4
    own = schuss.Model(
        [schuss.Rescaling(1 / 16), schuss.Dense(10)], dtype=dtype, engine=engine
    )
    own.fit(
        X,
        y,
        epochs=2000,
        batch_size=None,
        optimizer=schuss.LBFGS(),
        regularizer=schuss.L2(alpha),
        gradient_tolerance=ours,
        verbose=False,
    )
    assert own.history["gradient_norm"][-1] <= ours
    X = X / 16
    other = linear_model.LogisticRegression(C=C, tol=theirs, max_iter=5000).fit(X, y)
    [mine], sklearns = own.weights, (other.coef_.T, other.intercept_)
    f_mine, g_mine, network = regression(mine, X, y, alpha)
    f_theirs, g_theirs, _ = regression(sklearns, X, y, alpha)
    slack = ours + gradient_error(mine, X, y, network, dtype)
    distance = np.linalg.norm(flat([mine]) - flat([sklearns]))
    roundoff = bounds.gamma(X.size, "float64") * f_theirs
    assert np.linalg.norm(g_mine) <= slack
    assert f_mine - f_theirs <= slack * distance + roundoff
    assert np.abs(g_theirs).max() <= theirs * (1 + 1e-6)
    theirs *= np.sqrt(g_theirs.size)
    assert f_theirs - f_mine <= theirs * distance + roundoff
    assert own.history["loss"][-1] == pytest.approx(
        f_mine - alpha * np.sum(mine[0].astype(float) ** 2), rel=1e-5
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_ridge_regression_ends_at_its_closed_form(engine, rng):
    """|w - w*| <= |g| / (the smallest eigenvalue of the Hessian), which is constant."""
    X = rng.normal(size=(60, 4))
    y = X @ rng.normal(size=(4, 2)) + 3 + rng.normal(size=(60, 2))
    alpha, tolerance = 0.05, 1e-8
    own = schuss.Model(
        [schuss.Dense(2)], loss="mean_squared_error", dtype="float64", engine=engine
    )
    own.fit(
        X,
        y,
        epochs=500,
        batch_size=None,
        optimizer=schuss.LBFGS(),
        regularizer=schuss.L2(alpha),
        gradient_tolerance=tolerance,
        verbose=False,
    )
    assert own.history["gradient_norm"][-1] <= tolerance
    wide = np.hstack([X, np.ones((60, 1))])
    # The loss is a mean over rows and over the 2 columns: its Hessian has 2 / 2.
    hessian = wide.T @ wide / 60 + 2 * alpha * np.diag([1, 1, 1, 1, 0])
    exact = np.linalg.solve(hessian, wide.T @ y / 60)
    [(weights, bias)] = own.weights
    error = np.linalg.norm(np.vstack([weights, bias]) - exact)
    # In float64, gradient and solution add what is far below the tolerance.
    assert error <= 1.01 * tolerance / np.linalg.eigvalsh(hessian)[0]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_epoch_is_an_iteration(engine, dtype):
    own, seen = model(engine=engine, dtype=dtype), []
    history = fit(
        own,
        callbacks=[lambda epoch, logs: seen.append((epoch, logs))],
        validation_data=blobs(),
        initial_epoch=3,
        regularizer=schuss.L2(0.001),
    )
    keys = {"loss", "accuracy", "gradient_norm", "val_loss", "val_accuracy", "seconds"}
    assert set(history) == keys
    assert all(values.shape == (8,) for values in history.values())
    assert history.stop_reason == "all 8 epochs were trained"
    assert [epoch for epoch, _ in seen] == list(range(3, 11))
    assert [logs["loss"] for _, logs in seen] == history["loss"].tolist()
    # The validation set is the training set: at the same weights the same is found.
    np.testing.assert_array_equal(history["accuracy"], history["val_accuracy"])
    u = bounds.gamma(4 * len(blobs()[0]), dtype)
    np.testing.assert_allclose(history["loss"], history["val_loss"], rtol=u)
    found = own.evaluate(*blobs())
    assert found["accuracy"] == history["accuracy"][-1]
    assert found["loss"] == history["val_loss"][-1]
    assert history["loss"][-1] < history["loss"][0]


@pytest.mark.parametrize("engine", ENGINES)
def test_it_ends_by_itself_when_nothing_is_left_to_gain(engine, dtype):
    options = {"regularizer": schuss.L2(0.01), "epochs": 100_000}
    own = schuss.Model([schuss.Dense(3)], seed=4, dtype=dtype, engine=engine)
    history = fit(own, **options)
    assert len(history["loss"]) < 1000
    assert history.stop_reason.startswith(
        ("the objective fell by no more than", "the line search found no lower")
    )
    early = schuss.Model([schuss.Dense(3)], seed=4, dtype=dtype, engine=engine)
    history = fit(early, optimizer=schuss.LBFGS(tolerance=10.0), **options)
    assert len(history["loss"]) == 1
    assert history.stop_reason == (
        "the objective fell by no more than the tolerance of 10 in an iteration"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_it_ends_where_no_number_of_the_gradient_is_large(engine, dtype):
    own = schuss.Model([schuss.Dense(3)], seed=4, dtype=dtype, engine=engine)
    options = {"regularizer": schuss.L2(0.01), "epochs": 1000}
    optimizer = schuss.LBFGS(gradient_tolerance=1e-3)
    history = fit(own, optimizer=optimizer, **options)
    assert history.stop_reason == (
        "no number of the gradient is larger than the gradient_tolerance of 0.001"
    )
    weights = flat([(w, 0 * b) for w, b in own.weights])
    gradient = flat(own.gradients(*blobs())) + 2 * 0.01 * weights
    # The same pass as the search's; the penalty's product and sum are rounded.
    assert np.abs(gradient).max() <= 1e-3 * (1 + bounds.gamma(4, dtype))
    assert history["gradient_norm"][-2] > 1e-3


@pytest.mark.parametrize("engine", ENGINES)
def test_it_ends_after_so_many_evaluations(engine):
    own = model(engine=engine)
    optimizer = schuss.LBFGS(evaluations=5)
    history = fit(own, optimizer=optimizer, epochs=1000)
    assert history.stop_reason == "all 5 evaluations were made"
    assert 0 < len(history["loss"]) <= 5


def test_where_the_gradient_is_zero_it_stays():
    X, y = np.zeros((2, 2)), [0, 1]
    own = schuss.Model([schuss.Dense(2)]).build(2)
    own.set_weights([(np.zeros((2, 2)), np.zeros(2))])
    history = own.fit(X, y, batch_size=None, optimizer=schuss.LBFGS(), verbose=False)
    assert history.stop_reason == "the gradient is zero"
    assert not np.any(flat(own.weights))


@pytest.mark.parametrize("engine", ENGINES)
def test_callbacks_end_it_in_good_order(engine):
    own, told = model(engine=engine), []

    class Watcher(schuss.Callback):
        def on_batch_end(self, batch, logs):
            told.append((batch, sorted(logs)))

        def on_epoch_end(self, epoch, logs):
            return epoch == 2

        def on_fit_end(self, history):
            told.append(len(history["loss"]))

    history = fit(own, callbacks=[Watcher()])
    assert told == [*[(0, ["loss"])] * 3, 3]
    assert history.stop_reason == "Watcher returned True"
    assert own.evaluate(*blobs())["accuracy"] == history["accuracy"][-1]


@pytest.mark.parametrize("engine", ENGINES)
def test_early_stopping_gives_back_the_best_weights(engine, dtype):
    own, kept = model(engine=engine, dtype=dtype), []
    stopping = schuss.EarlyStopping("loss", patience=2, min_delta=0.2)
    history = fit(
        own, epochs=100, callbacks=[stopping, lambda e, logs: kept.append(bits(own))]
    )
    assert history.stop_reason.startswith("loss has not improved on")
    assert bits(own) == kept[stopping.best_epoch] != kept[-1]


def test_max_time_ends_it_after_an_iteration():
    history = fit(model(), epochs=1000, max_time=1e-9)
    assert len(history["loss"]) == 1
    assert history.stop_reason == "max_time of 1e-09 s was reached"


def test_no_epochs_change_nothing():
    own = model().build(2)
    before = bits(own)
    assert fit(own, epochs=0).stop_reason == "all 0 epochs were trained"
    assert bits(own) == before and own.history == {}


@pytest.mark.parametrize("engine", ENGINES)
def test_an_exception_leaves_the_weights_of_the_last_iteration(engine):
    def interrupt(epoch, logs):
        if epoch == 2:
            raise KeyboardInterrupt

    own, whole = model(engine=engine), model(engine=engine)
    with pytest.raises(KeyboardInterrupt):
        fit(own, callbacks=[interrupt])
    fit(whole, epochs=3)
    assert bits(own) == bits(whole)
    assert len(own.history["loss"]) == 3
    assert own.history.stop_reason.startswith("KeyboardInterrupt")


@pytest.mark.parametrize("problem", [KeyboardInterrupt, np.inf, np.nan])
def test_nor_does_a_pass_that_fails_leave_the_point_it_was_at(problem, monkeypatch):
    own = model(engine="reference").build(2)
    states = [bits(own)]
    differentiate, passes = own._network.differentiate, []

    def failing(X, targets, weights):
        passes.append(len(states))
        loss = differentiate(X, targets, weights)
        if len(states) < 4:
            return loss
        if problem is KeyboardInterrupt:
            raise KeyboardInterrupt
        return problem

    monkeypatch.setattr(own._network, "differentiate", failing)
    error = problem if problem is KeyboardInterrupt else FloatingPointError
    with pytest.raises(error) as caught:
        fit(own, callbacks=[lambda epoch, logs: states.append(bits(own))])
    assert passes[-1] == 4 and bits(own) == states[3]
    if error is FloatingPointError:
        sentence = "the loss stopped being finite in epoch 4; use inputs of a smaller"
        assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_it_leaves_is_a_model_like_any_other(engine, dtype):
    """Adam's state before is gone, and another optimizer starts afresh."""
    own = model(engine=engine, dtype=dtype)
    fit(own, optimizer=schuss.Adam(0.01), batch_size=32)
    fit(own)
    twin = model(engine=engine, dtype=dtype).build(2)
    twin.set_weights(own.weights)
    options = {"optimizer": schuss.SGD(0.1, momentum=0.9), "shuffle": False}
    fit(own, **options)
    fit(twin, **options)
    assert bits(own) == bits(twin)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"batch_size": 32},
            "^batch_size is 32, but LBFGS makes its steps from the gradient of all "
            "rows at once; give batch_size=None.$",
        ),
        ({"resume": True}, "^LBFGS keeps nothing that a fit could go on with; leave"),
        (
            {"callbacks": [schuss.ReduceOnPlateau("loss")]},
            "^ReduceOnPlateau reduces learning rates, and the optimizer has none",
        ),
        ({"callbacks": [schuss.EarlyStopping("learning_rate")]}, "give one of"),
    ],
)
def test_what_it_cannot_do_is_refused(options, sentence):
    own = model().build(2)
    before = bits(own)
    with pytest.raises(ValueError, match=sentence):
        fit(own, **options)
    assert bits(own) == before


def test_nothing_goes_on_from_it_either():
    own = model()
    fit(own)
    for optimizer in (None, schuss.SGD(0.1)):
        with pytest.raises(ValueError, match="LBFGS keeps nothing"):
            fit(own, optimizer=optimizer, resume=True)


def test_there_is_no_learning_rate_to_change_or_to_look_for():
    class Changes(schuss.Callback):
        def on_fit_begin(self, fit):
            fit.learning_rate_factor = 0.5

    with pytest.raises(ValueError, match="learning_rate_factor cannot be 0.5: the"):
        fit(model(), callbacks=[Changes()])
    with pytest.raises(ValueError, match="which has no learning rate; give another."):
        schuss.find_learning_rate(
            model(), *blobs(), batch_size=None, optimizer=schuss.LBFGS()
        )


def test_progress_is_told(capsys):
    fit(model(), verbose=True)
    assert "epoch 8/8  loss" in capsys.readouterr().err


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_frozen_layers_stay_and_biases_are_penalized_where_asked(engine):
    X, y = schuss.datasets.make_blobs(40, classes=3, seed=1)
    layers = [schuss.Dense(5, "tanh", learning_rate_factor=0), schuss.Dense(3)]
    model = schuss.Model(layers, seed=2, dtype="float64", engine=engine).build(2)
    before = model.weights[0]
    model.fit(
        X,
        y,
        epochs=200,
        batch_size=None,
        optimizer=schuss.LBFGS(),
        regularizer=schuss.L2(0.1, biases=True),
        gradient_tolerance=1e-8,
        verbose=False,
    )
    assert model.history["gradient_norm"][-1] <= 1e-8
    for a, b in zip(before, model.weights[0], strict=True):
        np.testing.assert_array_equal(a, b)
    (_, bias), (_, slope) = model.weights[1], model.gradients(X, y)[1]
    np.testing.assert_allclose(slope + 0.2 * bias, 0, atol=1e-8)
    assert np.any(np.abs(slope) > 1e-3)
