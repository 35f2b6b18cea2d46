"""Solvers as optimizers: the same steps from a loss that is smaller by a factor."""

import pytest

import schuss

pytest.importorskip("sklearn.base")
estimators = pytest.importorskip("schuss.sklearn")
solvers = pytest.importorskip("schuss.sklearn.solvers")
Objective = pytest.importorskip("schuss.sklearn.objectives").Objective

QUARTER = Objective(schuss.MeanSquaredError(), 8, gradient=4.0, value=0.5)


def made(**options):
    return solvers.make_solver(estimators.MLPClassifier(**options), QUARTER)


def test_descent_takes_larger_rates():
    sgd = made(solver="sgd", learning_rate_init=0.5, weight_decay=0.1, clip_norm=1)
    assert sgd.optimizer == schuss.SGD(
        2.0, momentum=0.9, nesterov=True, weight_decay=0.025, clip_norm=0.25
    )


def test_adam_takes_a_smaller_epsilon():
    assert made().optimizer == schuss.Adam(0.001, 0.9, 0.999, 2.5e-9)
    decayed = made(weight_decay=0.1).optimizer
    assert decayed == schuss.AdamW(0.001, 0.9, 0.999, 2.5e-9, weight_decay=0.1)


def test_lbfgs_takes_smaller_tolerances():
    pytest.importorskip("scipy")
    optimizer = made(solver="lbfgs", tol=0.4, max_fun=7).optimizer
    assert (optimizer.gradient_tolerance, optimizer.evaluations) == (0.1, 7)
    assert optimizer.tolerance == solvers.FACTOR / 4


def test_rates_that_change_are_read_from_the_solver():
    solver = made(solver="sgd", learning_rate="adaptive", learning_rate_init=0.5)
    rate = solver.optimizer.learning_rate
    assert rate(0, 0) == 2
    solver.learning_rate = 0.25
    assert rate(9, 3) == 1


def test_schedules_are_taken_as_they_are_but_for_the_factor():
    decay = schuss.ExponentialDecay(0.5, rate=0.1)
    assert made(learning_rate=decay).optimizer.learning_rate is decay
    scaled = made(solver="sgd", learning_rate=decay).optimizer.learning_rate
    assert scaled(3, 1) == 4 * decay(3, 1)


def test_an_optimizer_is_taken_as_it_is():
    given = schuss.RMSprop(0.01)
    assert made(optimizer=given).optimizer is given


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"optimizer": schuss.SGD(), "clip_norm": 1}, "an optimizer and clip_norm=1"),
        ({"solver": "lbfgs", "weight_decay": 1}, "knows neither weight_decay nor"),
    ],
)
def test_what_does_not_go_together(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        made(**options)
