"""An explained step has the numbers of the engine, and they follow its formulas."""

import numpy as np
import pytest

import schuss
from schuss import reference


@pytest.fixture(params=["native", "reference"])
def engine(request):
    return request.param


def model_of(engine, *layers, **options):
    options = {"dtype": "float64", "seed": 1} | options
    return schuss.Model(layers, engine=engine, **options).build(2)


def xor(engine, activation="sigmoid", **options):
    layers = schuss.Dense(2, activation), schuss.Dense(2)
    return model_of(engine, *layers, **options)


def test_the_equations_of_one_hidden_layer(engine):
    """Rows 5, 8, 11, 13, 14 and 15 of the course, in its notation."""
    explained = xor(engine).explain_step([0, 1], 1, optimizer=schuss.SGD(0.25))
    e = {equation.name: equation.value for equation in explained.equations}
    x, truth = e["x"], e["y*"]
    np.testing.assert_array_equal(x, [0, 1])
    np.testing.assert_array_equal(truth, [0, 1])
    assert e["c*"] == 1 and e["eta"] == 0.25
    h = 1 / (1 + np.exp(-(x @ e["W^h"] + e["b^h"])))
    s = h @ e["W^y"] + e["b^y"]
    y_hat = np.exp(s) / np.exp(s).sum()
    delta_y = y_hat - truth
    delta_h = (e["W^y"] @ delta_y) * h * (1 - h)
    by_hand = {
        "u": x @ e["W^h"] + e["b^h"],
        "h": h,
        "s": s,
        "y_hat": y_hat,
        "l": -np.log(y_hat[1]),
        "dl/dy_hat": [0, -1 / y_hat[1]],
        "dl/ds": delta_y,
        "delta^y": delta_y,
        "dl/dW^y": np.outer(h, delta_y),
        "dl/db^y": delta_y,
        "dl/dh": e["W^y"] @ delta_y,
        "dh/du": h * (1 - h),
        "delta^h": delta_h,
        "dl/dW^h": np.outer(x, delta_h),
        "dl/db^h": delta_h,
        "new W^h": e["W^h"] - 0.25 * np.outer(x, delta_h),
        "new b^h": e["b^h"] - 0.25 * delta_h,
        "new W^y": e["W^y"] - 0.25 * np.outer(h, delta_y),
        "new b^y": e["b^y"] - 0.25 * delta_y,
    }
    given = ["x", "c*", "y*", "W^h", "b^h", "W^y", "b^y"]
    order = [*given, *list(by_hand)[:15], "eta", *list(by_hand)[15:], "new l"]
    assert list(e) == order
    for name, value in by_hand.items():
        np.testing.assert_allclose(e[name], value, rtol=0, atol=1e-14, err_msg=name)
        np.testing.assert_array_equal(explained[name].value, e[name])
    h = 1 / (1 + np.exp(-(x @ e["new W^h"] + e["new b^h"])))
    s = h @ e["new W^y"] + e["new b^y"]
    assert e["new l"] == pytest.approx(np.log(np.exp(s).sum()) - s[1], abs=1e-14)
    assert e["new l"] < e["l"]


@pytest.mark.parametrize("activation", reference.ACTIVATIONS)
@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "mean_squared_error"])
def test_values_are_the_engines_own(engine, activation, loss, dtype):
    options = {"loss": loss, "dtype": dtype}
    layers = [
        schuss.Rescaling(0.5, -1),
        schuss.Dense(3, activation),
        schuss.Dense(2, activation),
    ]
    model = model_of(engine, *layers, **options)
    x, y = np.array([[1.0, -2.0]]), np.array([[0.25, 0.75]])
    explained = model.explain_step(x, y, regularizer=schuss.L2(0.5))
    twin = model_of("reference", *layers, **options)
    for own, place in ((model, 3), (twin, 4)):
        got = {equation.name: equation[place] for equation in explained.equations}
        (dW, db), (dV, dc) = own.gradients(x, y)
        moved = schuss.Model(layers, engine=own.engine, seed=1, **options)
        moved.fit(x, y, epochs=1, regularizer=schuss.L2(0.5), verbose=False)
        expected = {
            "h": own.transform(x, 0)[0],
            ("s" if model.loss.takes == "classes" else "y_hat"): own(x)[0],
            "l": own.evaluate(x, y)["loss"],
            "dl/dW^h": dW,
            "delta^h": db,
            "dl/dW^y": dV,
            "delta^y": dc,
            "new W^h": moved.weights[0][0],
            "new b^y": moved.weights[1][1],
            "alpha": 0.5,
        }
        if activation == "identity":
            del expected["h"]
            assert "h" in got
        for name, value in expected.items():
            np.testing.assert_array_equal(got[name], value, err_msg=name)
        np.testing.assert_allclose(got["dl/dh"], got["W^y"] @ got["delta^y"])


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "gelu"])
def test_factors_multiply_to_deltas(engine, activation):
    layers = [schuss.Dense(3, activation), schuss.Dense(2, activation)]
    model = model_of(engine, *layers, schuss.Dense(2, activation))
    explained = model.explain_step([1, 2], 0)
    for mark, h, u in (("1", "h^1", "u^1"), ("2", "h^2", "u^2"), ("y", "s", "v")):
        factors = explained[f"dl/d{h}"].value * explained[f"d{h}/d{u}"].value
        np.testing.assert_allclose(
            explained[f"delta^{mark}"].value, factors, rtol=1e-12, atol=1e-15
        )
    steps = reference.softmax_backward(
        explained["y_hat"].value[None], explained["dl/dy_hat"].value[None]
    )
    np.testing.assert_allclose(explained["dl/ds"].value, steps[0], atol=1e-15)


def test_a_network_without_hidden_layers(engine):
    model = model_of(engine, schuss.Dense(1), loss="mean_squared_error")
    explained = model.explain_step([1, 2], 3)
    e = {equation.name: equation.value for equation in explained.equations}
    assert e["l"] == pytest.approx((e["y_hat"][0] - 3) ** 2)
    np.testing.assert_allclose(e["dl/dW^y"], 2 * (e["y_hat"] - 3) * [[1], [2]])


def test_the_model_stays_as_it_is(engine):
    X, y = schuss.datasets.make_xor()
    model, other = xor(engine), xor(engine)
    for each in (model, other):
        each.fit(X, y, epochs=3, optimizer=schuss.Adam(0.1), verbose=False)
    model.explain_step(X[0], y[0], optimizer=schuss.Adam(0.1))
    for each in (model, other):
        each.fit(X, y, epochs=3, resume=True, verbose=False)
    for mine, its in zip(model.weights, other.weights, strict=True):
        np.testing.assert_array_equal(mine[0], its[0])


def test_rules_are_told_by_name():
    rule, penalty = schuss.Adam(0.5), schuss.L2(0.5)
    explained = xor("native").explain_step(
        [0, 1], 1, optimizer=rule, regularizer=penalty
    )
    assert f"Update by {rule!r} with {penalty!r}\n  eta = 0.5000\n" in str(explained)
    with pytest.raises(KeyError, match="no equation of 'rho'; give one of 'x', 'c"):
        explained["rho"]
    text = str(xor("native").explain_step([0, 1], 1, regularizer=penalty))
    assert "g(W^y) = dl/dW^y + 2 alpha W^y\n" in text
    assert "new W^y = W^y - eta g(W^y)\n" in text
    assert "new b^y = b^y - eta dl/db^y\n" in text


def test_sure_mistakes_have_infinite_factors_and_finite_deltas(engine):
    layer = schuss.Dense(2, weights=[[4000.0, 0.0], [0.0, 0.0]])
    explained = model_of(engine, layer).explain_step([1, 0], 1)
    assert explained["dl/dy_hat"].value[1] == -np.inf
    np.testing.assert_array_equal(explained["delta^y"].value, [1, -1])
    assert explained["l"].value == 4000 and explained.difference == 0
    assert "inf" in str(explained)


def test_one_example_at_a_time(engine):
    model = xor(engine)
    X, y = schuss.datasets.make_xor()
    with pytest.raises(ValueError, match=r"x has 4 rows; give one example"):
        model.explain_step(X, y)
    with pytest.raises(ValueError, match="give labels from 0 to 1"):
        model.explain_step(X[0], 2)
    with pytest.raises(TypeError, match="optimizer is 0.1; give a schuss.SGD"):
        model.explain_step(X[0], 1, optimizer=0.1)
    with pytest.raises(TypeError, match="regularizer is 0.1; give a schuss.L2"):
        model.explain_step(X[0], 1, regularizer=0.1)
    for x, truth in ((X[0], y[0]), (X[:1], y[:1]), (X[:1], y[0])):
        assert model.explain_step(x, truth)["c*"].value == y[0]
