"""The objective of a fit: its gradient against differences, and its norm in a fit."""

import numpy as np
import pytest

import schuss
from schuss.objective import Objective, norm
from schuss.plan import Plan

ENGINES = ["native", "reference"]


def made(engine, dtype="float64", alpha=0.03, layers=None, regularizer=None):
    X, y = schuss.datasets.make_blobs(20, classes=3, seed=1)
    layers = layers or [schuss.Dense(4, "tanh"), schuss.Dense(3)]
    model = schuss.Model(layers, seed=4, dtype=dtype, engine=engine).build(2)
    plan = Plan(
        X=np.asarray(X, dtype),
        targets=np.asarray(y, np.int32),
        validation=None,
        epochs=1,
        batch_size=None,
        optimizer=schuss.SGD(),
        regularizer=regularizer or (schuss.L2(alpha) if alpha else None),
        layers=len(layers),
        learning_rate_factors=[layer.learning_rate_factor for layer in layers],
        seed=0,
        first_epoch=0,
        shuffle=True,
    )
    return model, Objective(model._built(), plan)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("alpha", [0.0, 0.03])
def test_the_gradient_is_that_of_the_value(engine, alpha):
    """Central differences of step h err by h^2 f''' / 6 + u f / h: about 1e-10 here."""
    _, objective = made(engine, alpha=alpha)
    point, h = objective.point, 1e-5
    gradient = objective.slope().gradient
    assert gradient.shape == point.shape == (2 * 4 + 4 + 4 * 3 + 3,)
    for index in range(point.size):
        values = []
        for step in (h, -h):
            moved = point.copy()
            moved[index] += step
            objective.point = moved
            values.append(objective.slope().value)
        difference = (values[0] - values[1]) / (2 * h)
        assert gradient[index] == pytest.approx(difference, abs=1e-9)


WHOLE = schuss.L1(0.02, biases=True) + schuss.L2(0.03) + schuss.L2(0.01, biases=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_gradient_of_all_penalties_is_that_of_the_value(engine, rng):
    """Away from zero; there, it is what is left of the loss's gradient."""
    _, objective = made(engine, regularizer=WHOLE)
    objective.point = point = rng.normal(size=objective.point.shape)
    gradient, h = objective.slope().gradient, 1e-5
    for index in range(point.size):
        values = []
        for step in (h, -h):
            moved = point.copy()
            moved[index] += step
            objective.point = moved
            values.append(objective.slope().value)
        assert gradient[index] == pytest.approx(
            (values[0] - values[1]) / (2 * h), abs=1e-9
        )
    objective.point = 0 * point
    plain = made(engine, alpha=0)[1]
    plain.point = 0 * point
    slope, free = objective.slope().gradient, plain.slope().gradient
    np.testing.assert_allclose(
        slope, np.sign(free) * np.maximum(np.abs(free) - 0.02, 0), rtol=0, atol=1e-15
    )
    assert np.any((slope == 0) & (free != 0)) and np.any(slope != 0)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("frozen", [0, 1])
def test_frozen_layers_are_no_part_of_it(engine, frozen):
    factors = [0.0 if layer == frozen else 1.0 for layer in (0, 1)]
    layers = [
        schuss.Dense(4, "tanh", learning_rate_factor=factors[0]),
        schuss.Dense(3, learning_rate_factor=factors[1]),
    ]
    model, objective = made(engine, layers=layers)
    _, whole = made(engine)
    part = slice(12, None) if frozen == 0 else slice(0, 12)
    np.testing.assert_array_equal(objective.point, whole.point[part])
    np.testing.assert_array_equal(
        objective.slope().gradient, whole.slope().gradient[part]
    )
    before = model.weights[frozen]
    objective.point = 2 * objective.point
    np.testing.assert_array_equal(objective.point, 2 * whole.point[part])
    np.testing.assert_array_equal(model.weights[frozen][0], before[0])


@pytest.mark.parametrize("engine", ENGINES)
def test_the_penalty_is_of_weights_and_not_of_biases(engine, dtype):
    """Its share is exact to the roundings of a sum of so many squares in float64."""
    model, objective = made(engine, dtype)
    slope = objective.slope()
    weights = np.concatenate([pair[0].ravel() for pair in model.weights])
    squares = float(np.sum(weights.astype(np.float64) ** 2))
    assert slope.value - slope.loss == pytest.approx(0.03 * squares, rel=1e-13)
    plain = made(engine, dtype, alpha=0.0)[1].slope()
    assert plain.value == plain.loss == slope.loss
    biases = [8, 9, 10, 11, 24, 25, 26]
    np.testing.assert_array_equal(slope.gradient[biases], plain.gradient[biases])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_point_that_is_set_is_the_one_that_is_read(engine, dtype, rng):
    model, objective = made(engine, dtype)
    point = rng.normal(size=objective.point.shape).astype(dtype).astype(np.float64)
    objective.point = point
    np.testing.assert_array_equal(objective.point, point)
    np.testing.assert_array_equal(model.weights[1][1], point[-3:])


def test_a_norm_may_be_infinite_and_says_so_without_a_warning():
    assert norm(np.array([3.0, 4.0])) == 5
    assert norm(np.array([1e300, 1e300])) == np.inf
    assert np.isnan(norm(np.array([np.nan])))


def fitted(engine, dtype="float64", **options):
    X, y = schuss.datasets.make_blobs(20, classes=3, seed=1)
    model = schuss.Model([schuss.Dense(3)], seed=4, dtype=dtype, engine=engine)
    options = {"epochs": 2000, "batch_size": None, "verbose": False, **options}
    model.fit(X, y, optimizer=schuss.SGD(0.1), **options)
    return model, (X, y)


@pytest.mark.parametrize("engine", ENGINES)
def test_descent_ends_where_the_gradient_is_as_small_as_asked(engine, dtype):
    alpha = 0.01
    model, data = fitted(
        engine, dtype, regularizer=schuss.L2(alpha), gradient_tolerance=1e-2
    )
    norms = model.history["gradient_norm"]
    assert 1 < len(norms) == len(model.history["loss"]) < 2000
    assert norms[-1] <= 1e-2 < norms[:-1].min()
    assert model.history.stop_reason == (
        f"the gradient's norm, {norms[-1]:.3g}, has fallen to gradient_tolerance 0.01"
    )
    [(slope, of_bias)], [(weights, _)] = model.gradients(*data), model.weights
    whole = slope + 2 * alpha * weights.astype(np.float64)
    found = np.hypot(np.linalg.norm(whole), np.linalg.norm(of_bias.astype(np.float64)))
    assert norms[-1] == pytest.approx(found, rel=1e-13)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [None, 20])
def test_to_look_at_the_norm_changes_no_bit(engine, dtype, batch_size):
    options = {"epochs": 5, "batch_size": batch_size}
    alone, _ = fitted(engine, dtype, **options)
    watched, _ = fitted(engine, dtype, gradient_tolerance=0, **options)
    for pair, other in zip(alone.weights, watched.weights, strict=True):
        np.testing.assert_array_equal(pair[0], other[0])
        np.testing.assert_array_equal(pair[1], other[1])
    assert "gradient_norm" not in alone.history
    assert watched.history["gradient_norm"].shape == (5,)
    assert watched.history.stop_reason == "all 5 epochs were trained"


def test_the_norm_may_be_monitored():
    stopping = schuss.EarlyStopping("gradient_norm", patience=1, min_delta=1e3)
    model, _ = fitted("native", gradient_tolerance=0, callbacks=[stopping])
    assert model.history.stop_reason.startswith("gradient_norm has not improved")


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"gradient_tolerance": -1}, ValueError, "gradient_tolerance is -1; give"),
        ({"gradient_tolerance": "1"}, TypeError, "gradient_tolerance is '1'; give"),
        (
            {"gradient_tolerance": 1, "batch_size": 19},
            ValueError,
            "^batch_size is 19, but gradient_tolerance looks at the gradient of all "
            "rows at once; give batch_size=None.$",
        ),
    ],
)
def test_what_cannot_be_is_refused(options, error, sentence):
    with pytest.raises(error, match=sentence):
        fitted("native", **options)
