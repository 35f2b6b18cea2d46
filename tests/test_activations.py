"""Activations of the user's own: pairs of NumPy functions."""

import threading

import numpy as np
import pytest

import schuss
from schuss.activations import CustomActivation

ENGINES = ["native", "reference"]


def value(x):
    return np.tanh(x)


def derivative(x):
    return 1 - np.tanh(x) ** 2


def relu(x):
    return np.maximum(x, 0)


def step_of_relu(x):
    return x > 0  # truth values are numbers, too


def problem(rows=40):
    rng = np.random.default_rng(5)
    return rng.normal(size=(rows, 3)), rng.normal(size=(rows, 2))


def made(activation, *, width=9, between=(), **options):
    layers = [
        schuss.Dense(width, activation),
        *between,
        schuss.Dense(7, activation),
        schuss.Dense(2),
    ]
    given = {"loss": "mean_squared_error", "seed": 2, "dtype": "float64"}
    return schuss.Model(layers, **{**given, **options})


def fitted(model, X, y, **options):
    options = {"epochs": 4, "batch_size": 8, "verbose": False, **options}
    return model.fit(X, y, **options)


def assert_alike(a, b, tolerance=0.0):
    for pair, other in zip(a.weights, b.weights, strict=True):
        for array, truth in zip(pair, other, strict=True):
            np.testing.assert_allclose(array, truth, rtol=0, atol=tolerance)


def failing_after(calls, function):
    """Return the function, which raises after so many calls of it, and their number."""
    left = [calls]

    def failing(x):
        left[0] -= 1
        if left[0] < 0:
            raise ZeroDivisionError("enough")
        return function(x)

    return failing, left


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("own", "name"), [((value, derivative), "tanh"), ((relu, step_of_relu), "relu")]
)
def test_it_is_the_activation_of_that_formula(own, name, engine):
    """In all that a model does; the first weights are those of a layer without one."""
    X, y = problem()
    models = [
        schuss.Model(
            [
                schuss.Dense(9, activation, initializer="glorot"),
                schuss.Dropout(0.2),
                schuss.Dense(7, activation, initializer="glorot"),
                schuss.Dense(2),
            ],
            loss="mean_squared_error",
            dtype="float64",
            engine=engine,
        )
        for activation in (own, name)
    ]
    options = {"optimizer": schuss.Adam(0.01), "validation_data": (X, y)}
    a, b = (fitted(model, X, y, **options) for model in models)
    assert_alike(*models, 1e-12)
    np.testing.assert_allclose(a["val_loss"], b["val_loss"], rtol=1e-12)
    mine, theirs = models
    for rows in (X, X[:1]):
        np.testing.assert_allclose(mine.predict(rows), theirs.predict(rows), rtol=1e-9)
    for layer in range(3):
        np.testing.assert_allclose(
            mine.transform(X, layer), theirs.transform(X, layer), rtol=0, atol=1e-12
        )
    for delta, truth in zip(mine.deltas(X, y), theirs.deltas(X, y), strict=True):
        np.testing.assert_allclose(delta, truth, rtol=0, atol=1e-13)
    np.testing.assert_allclose(
        mine.input_gradient(X, y), theirs.input_gradient(X, y), rtol=0, atol=1e-12
    )
    np.testing.assert_allclose(
        mine.input_gradient(X, output=1), theirs.input_gradient(X, output=1), atol=1e-12
    )
    assert mine.check_gradients(X, y).error < 1e-7


@pytest.mark.parametrize("engine", ENGINES)
def test_stages_of_their_own(engine):
    """After a normalization, in a branch, and on the inputs."""
    X, y = problem()
    models = []
    for own in ((value, derivative), "tanh"):
        block = [schuss.Dense(9), schuss.LayerNorm(), schuss.Activation(own)]
        layers = [
            schuss.Activation(own),
            schuss.Dense(9),
            schuss.Residual([*block, schuss.Dense(9)]),
            schuss.BatchNorm(),
            schuss.Activation(own),
            schuss.Dense(2, own),
        ]
        models.append(
            schuss.Model(
                layers, loss="mean_squared_error", dtype="float64", engine=engine
            )
        )
        fitted(models[-1], X, y)
    assert_alike(*models, 1e-12)
    assert models[0].check_gradients(X, y).error < 1e-7
    np.testing.assert_allclose(models[0](X), models[1](X), rtol=0, atol=1e-12)


def test_the_engines_agree(isa, dtype):
    """Below the bound for tanh of the house, of which the functions err by less."""
    X, y = problem()
    models = [
        made((value, derivative), engine=engine, dtype=dtype) for engine in ENGINES
    ]
    for model in models:
        fitted(model, X, y, epochs=1)
    assert_alike(*models, 1e-5 if dtype == "float32" else 1e-13)


@pytest.mark.parametrize("rows", [40, 700])
@pytest.mark.parametrize("inputs", [3, 300])
def test_any_team_does_the_same(threads, rows, inputs):
    """The functions see the same rows: even one that goes by places has the same bits.

    Long batches come in chunks, wide inputs in parts.
    """
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(rows, inputs)), rng.normal(size=(rows, 2))
    shapes, results = [], []

    def seen(x):
        shapes[-1].append(x.shape)
        return np.tanh(x)

    for count in (1, 2, 3):
        threads(count)
        shapes.append([])
        model = made((seen, derivative), width=200)
        fitted(model, X, y, epochs=2, batch_size=rows)
        results.append([model.predict(X), *(a for pair in model.weights for a in pair)])
    for found in results[1:]:
        for a, b in zip(found, results[0], strict=True):
            np.testing.assert_array_equal(a, b)
    assert sorted(shapes[0]) == sorted(shapes[1]) == sorted(shapes[2])
    # The check of the derivative before is for many numbers at once.
    assert max(rows for rows, units in shapes[0] if units in (200, 7)) <= 512


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("early", [False, True])
def test_what_it_raises_ends_the_fit_with_the_epochs_before(
    engine, which, early, threads
):
    """Also in the last step of an epoch, whose loss was fine, on the way back through a
    layer below which nothing moves."""
    X, y = problem()
    for count in (1, 2):
        threads(count)
        pair = [value, derivative]
        pair[which], left = failing_after(10**9, pair[which])
        layers = [
            schuss.Dense(9, tuple(pair), learning_rate_factor=0),
            schuss.Dense(2),
        ]
        options = {"loss": "mean_squared_error", "dtype": "float64", "seed": 1}
        model = schuss.Model(layers, engine=engine, **options)
        layers[0] = schuss.Dense(9, (value, derivative), learning_rate_factor=0)
        twin = schuss.Model(layers, engine=engine, **options)

        def stop(epoch, logs, left=left):
            if epoch == 1:
                left[0] = 2 if early else 4

        with pytest.raises(ZeroDivisionError, match="enough"):
            fitted(model, X, y, epochs=9, callbacks=[stop])
        assert len(model.history["loss"]) == 2
        assert model.history.stop_reason == "ZeroDivisionError: enough"
        fitted(twin, X, y, epochs=2)
        assert_alike(model, twin)
        left[0] = 10**9
        fitted(model, X, y, epochs=1, resume=True)
        left[0] = 0
        calls = [lambda m: m.gradients(X, y)]
        if which == 0:
            calls += [lambda m: m.evaluate(X, y), lambda m: m.predict(X)]
        for call in calls:
            with pytest.raises(ZeroDivisionError, match="enough"):
                call(model)
        left[0] = 10**9
        assert np.isfinite(model.predict(X)).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_what_it_raises_ends_a_search(engine):
    pytest.importorskip("scipy")
    X, y = problem()
    failing, left = failing_after(10**9, derivative)
    model = made((value, failing), engine=engine)
    fitted(model, X, y, epochs=3, batch_size=None, optimizer=schuss.LBFGS())

    def stop(epoch, logs):
        left[0] = 0

    options = {"batch_size": None, "optimizer": schuss.LBFGS(), "callbacks": [stop]}
    with pytest.raises(ZeroDivisionError, match="enough"):
        fitted(model, X, y, **options)
    assert len(model.history["loss"]) == 1


def test_a_call_that_fails_is_none_of_another_ones(threads):
    """Two threads predict with one model, and one of them with inputs that fail."""
    threads(2)

    def picky(x):
        if (x > 50).any():
            raise ZeroDivisionError
        return np.tanh(x)

    model = made((picky, derivative)).build(3)
    X, _ = problem(2000)
    expected, wrong = model.predict(X), X + 1000 * np.sign(model.weights[0][0][:, 0])
    outcomes = []

    def work():
        for _ in range(20):
            try:
                model.predict(wrong)
                outcomes.append("no error")
            except ZeroDivisionError:
                outcomes.append("failed")

    other = threading.Thread(target=work)
    other.start()
    for _ in range(20):
        np.testing.assert_array_equal(model.predict(X), expected)
    other.join()
    assert outcomes == ["failed"] * 20


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("pair", "error", "sentence"),
    [
        (
            (value, lambda x: 1 - np.tanh(x)),
            ValueError,
            "derivative of activation 'value' of layer 0 is .* at x = -8, and differen",
        ),
        (
            (relu, lambda x: -1.0 * (x > 0)),
            ValueError,
            "derivative of activation 'relu' of layer 0 is -1 at x = 0.25, and differ",
        ),
        (
            (lambda x: x.sum(axis=1), derivative),
            ValueError,
            r"value of activation 'custom' of layer 0 returned shape \(8,\) for x of "
            r"shape \(8, 9\); return an array of the shape of x",
        ),
        (
            (lambda x: x + 1j, derivative),
            TypeError,
            "value of activation 'custom' of layer 0 returned dtype complex128; return",
        ),
        ((lambda x: "a", derivative), TypeError, "layer 0 returned dtype <U1; return"),
        (
            (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
            ValueError,
            "value of activation 'sqrt' of layer 0 is NaN at x = -.*; return a number",
        ),
        (
            (relu, lambda x: np.where(x > 0, 1, np.nan)),
            ValueError,
            "derivative of activation 'relu' of layer 0 is NaN at x = -",
        ),
        (
            (lambda x: x - x.mean(axis=1, keepdims=True), np.ones_like),
            ValueError,
            "value of activation 'custom' of layer 0 is .* beside other numbers, and 0",
        ),
        (
            (lambda x: x - x.mean(axis=0), np.ones_like),
            ValueError,
            "value of activation 'custom' of layer 0 is .* beside other numbers, and 0",
        ),
        ((value, lambda: 1), TypeError, "takes 0 positional arguments but 1 was given"),
    ],
)
def test_pairs_that_are_wrong_are_found_before_the_first_epoch(
    pair, error, sentence, engine
):
    X, y = problem()
    model = made(pair, engine=engine)
    with pytest.raises(error, match=sentence):
        fitted(model, X, y)
    assert model._network is None and not model.history


def test_the_layer_is_named():
    X, y = problem()
    wrong = (value, value)
    for layers, name in (
        ([schuss.Activation(wrong), schuss.Dense(2)], "the Activation of the inputs"),
        ([schuss.Dense(3), schuss.Dense(2, wrong)], "layer 1"),
        (
            [schuss.Dense(3), schuss.LayerNorm(), schuss.Activation(wrong)],
            "the Activation after layer 0",
        ),
    ):
        model = schuss.Model([*layers, schuss.Dense(2)], loss="mean_squared_error")
        with pytest.raises(ValueError, match=f"activation 'value' of {name} is"):
            fitted(model, X, y)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "pair",
    [
        (relu, step_of_relu),
        (relu, lambda x: x >= 0),
        (np.abs, np.sign),
        (lambda x: np.clip(x, -1, 1), lambda x: np.abs(x) < 1),
        (np.sign, np.zeros_like),
        (np.floor, np.zeros_like),
        (lambda x: x - np.floor(x), np.ones_like),
        (lambda x: np.where(x > 0, x, np.expm1(x)), lambda x: np.exp(np.minimum(x, 0))),
        (lambda x: x**3, lambda x: 3 * x**2),
        (np.exp, np.exp),
        (np.sin, np.cos),
        (lambda x: 1 / (1 + np.exp(-x)), lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    ],
)
def test_pairs_that_are_right_pass_with_kinks_and_jumps(pair, dtype):
    """At every value: X is near the kinks, on them, and far away."""
    near = np.array([0, 1e-9, 1e-7, 3e-6, 6e-6, 1e-5])
    x = np.concatenate([k + sign * near for k in (-1, 0, 1) for sign in (1, -1)])
    x = np.append(x, [-50, 50, 800, -30])
    x = x.astype(dtype).reshape(8, 5)
    CustomActivation(*pair).check_derivative(x, "layer 0")


def test_a_surrogate_is_not_compared():
    """A straight-through estimator trains what no gradient can."""
    X, y = schuss.datasets.make_xor()
    through = CustomActivation(
        lambda x: np.where(x > 0, 1.0, -1.0), lambda x: np.abs(x) < 1, surrogate=True
    )
    model = schuss.Model([schuss.Dense(16, through), schuss.Dense(2)], seed=0)
    model.fit(X, y, epochs=200, batch_size=None, verbose=False)
    np.testing.assert_array_equal(model.predict(X), y)
    odd = CustomActivation(value, lambda x: 1.0, surrogate=True)
    with pytest.raises(ValueError, match=r"derivative of .* returned shape \(\) for x"):
        fitted(made(odd), *problem())


@pytest.mark.parametrize("engine", ENGINES)
def test_another_answer_that_comes_later_ends_the_fit(engine):
    X, y = problem()
    for answer, error, sentence in (
        (
            lambda x: x[:1],
            ValueError,
            r"returned shape \(1, 9\) for x of shape \(40,",
        ),
        (lambda x: x * np.nan, ValueError, "of layer 0 is NaN at x = "),
    ):

        def odd(x, answer=answer):
            return np.tanh(x) if x.shape != (40, 9) else answer(x)

        model = made((odd, derivative), engine=engine).build(3)
        before = model.weights
        with pytest.raises(error, match=f"value of activation 'odd' .*{sentence}"):
            fitted(model, X, y, batch_size=None)
        np.testing.assert_array_equal(model.weights[0][0], before[0][0])


@pytest.mark.parametrize("engine", ENGINES)
def test_what_overflows_diverges(engine):
    """Infinity is no error of the function's."""
    X, y = problem()
    model = made((np.exp, np.exp), engine=engine)
    with pytest.raises(FloatingPointError, match="stopped being finite"):
        fitted(model, X, y, optimizer=schuss.SGD(100.0), epochs=50)


def test_arrays_that_it_is_given_are_its_own(dtype):
    """It may write to them, and keep them."""
    X, y = problem()
    seen = []

    def keeping(x):
        answer = np.tanh(x)
        seen.append(x)
        x[:] = np.nan
        return answer

    own = made((keeping, derivative), dtype=dtype)
    other = made((value, derivative), dtype=dtype)
    for model in (own, other):
        fitted(model, X, y, epochs=2)
    assert_alike(own, other)
    assert all(np.isnan(x).all() for x in seen)


def test_inputs_that_are_not_finite_are_what_is_told():
    model = made((value, derivative)).build(3)
    X, _ = problem()
    X[3, 1] = np.nan
    with pytest.raises(ValueError, match=r"X\[3, 1\] is NaN"):
        model.predict(X)


def test_what_it_is_called():
    assert CustomActivation(np.tanh, derivative).name == "tanh"
    assert CustomActivation(relu, step_of_relu, name="bend").name == "bend"
    assert str(CustomActivation(lambda x: x, np.ones_like)) == "custom"
    dense = schuss.Dense(3, (relu, step_of_relu))
    assert dense.activation == CustomActivation(relu, step_of_relu)
    assert dense.title == "Dense relu"
    assert schuss.Activation([relu, step_of_relu]).title == "Activation relu"


def test_the_summary_names_it(capsys):
    made((relu, step_of_relu)).build(3).summary()
    assert "Dense relu" in capsys.readouterr().out


def test_what_is_no_pair_is_refused():
    for given in (np.tanh, (np.tanh,), [np.tanh] * 3):
        for kind in (lambda own: schuss.Dense(2, own), schuss.Activation):
            with pytest.raises(TypeError, match="activation is .*; give a name, or"):
                kind(given)
    for given, sentence in (
        ((np.tanh, 1), "derivative of a custom activation is 1; give a callable of x"),
        (("relu", np.sign), "value of a custom activation is 'relu'; give a callable"),
    ):
        with pytest.raises(TypeError, match=sentence):
            schuss.Dense(2, given)
    with pytest.raises(TypeError, match="name is 3; give a string"):
        CustomActivation(np.tanh, derivative, name=3)
    with pytest.raises(TypeError, match="surrogate is 3; give True or False"):
        CustomActivation(np.tanh, derivative, surrogate=3)
    with pytest.raises(ValueError, match="activation of layer 0 is 3; give one of"):
        made(3)


def test_a_step_with_it_has_no_equations():
    model = made((value, derivative)).build(3)
    with pytest.raises(ValueError, match="activation 'value' of layer 0 has no equat"):
        model.explain_step([1, 2, 3], [0, 1])


def test_the_draws_of_dropout_do_not_depend_on_it():
    models = (made(f, between=[schuss.Dropout()]) for f in ((value, derivative), "elu"))
    own, other = (model.structure.stages(0) for model in models)
    assert [stage for stage in own if stage[1] == "dropout"] == other
