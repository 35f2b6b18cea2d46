"""A search finds the best of its trials, whatever the workers, errors or Ctrl-C."""

import doctest
import gc
import os
import signal
import threading
import time
import weakref

import numpy as np
import pytest

import schuss
from schuss import tune

X, Y = schuss.datasets.make_moons(160, seed=0)
HELD = (X[120:], Y[120:])
GRID = {"units": [2, 8], "learning_rate": [0.01, 0.1, 0.5]}
RATES = schuss.LogUniform(1e-3, 1.0)
DRAWN = {"units": schuss.IntUniform(2, 12), "learning_rate": RATES}
MOMENTUM = schuss.SGD(momentum=0.9)


def build(parameters):
    units, engine = parameters["units"], parameters.get("engine", "native")
    layers = [schuss.Dense(units, "tanh"), schuss.Dense(2)]
    return schuss.Model(layers, seed=units, engine=engine)


def tuned(space=None, make=build, **options):
    data = {"validation_data": HELD, "optimizer": MOMENTUM}
    options = data | {"epochs": 6, "workers": 2} | options
    return tune(make, X[:120], Y[:120], space or GRID, **options)


def facts(found):
    """Return all of a result that must not depend on who was ready first."""
    arrays = [array.tobytes() for pair in found.best_model.weights for array in pair]
    trials = [
        (
            *(t.number, t.parameters, t.epochs, t.score, t.best_epoch, t.error),
            *((k, v.tobytes()) for k, v in t.history.items() if k != "seconds"),
        )
        for t in found.trials
    ]
    return arrays, trials, found.best_trial.number, found.mode


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_a_grid_is_a_loop_of_fits(engine):
    found = tuned(GRID | {"engine": [engine]}, regularizer=schuss.L2(1e-3))
    scores = []
    for number, trial in enumerate(found.trials):
        history = build(trial.parameters).fit(
            X[:120],
            Y[:120],
            validation_data=HELD,
            epochs=6,
            regularizer=schuss.L2(1e-3),
            optimizer=schuss.SGD(trial.parameters["learning_rate"], momentum=0.9),
            verbose=False,
        )
        assert trial.number == number and trial.epochs == 6 and trial.error is None
        for key in set(history) - {"seconds"}:
            np.testing.assert_array_equal(trial.history[key], history[key])
        scores.append(history["val_loss"].min())
        assert trial.score == scores[-1]
        assert trial.best_epoch == history["val_loss"].argmin()
    assert len(scores) == 6 and found.best_trial.number == np.argmin(scores)
    assert found.best_parameters == found.trials[np.argmin(scores)].parameters
    assert found.best_model.evaluate(*HELD)["loss"] == min(scores)
    assert not found.interrupted and found.monitor == "val_loss"


@pytest.mark.parametrize(
    "options",
    [
        {"space": GRID},
        {"space": GRID, "monitor": "val_accuracy", "batch_size": 7},
        {"space": DRAWN, "strategy": "random", "trials": 7, "seed": 5},
        {"space": DRAWN, "strategy": "halving", "trials": 9, "seed": 5, "factor": 3},
    ],
)
def test_the_result_does_not_depend_on_the_workers(options):
    one, two, many = (facts(tuned(workers=n, **options)) for n in (1, 2, 5))
    assert one == two == many


def test_halving_goes_on_as_one_fit():
    found = tuned(DRAWN, strategy="halving", trials=8, epochs=8)
    whole = tuned(DRAWN, strategy="random", trials=8, epochs=8)
    assert sorted(trial.epochs for trial in found.trials) == [1, 1, 1, 1, 2, 2, 4, 8]
    for a, b in zip(found.trials, whole.trials, strict=True):
        assert a.parameters == b.parameters
        for key in set(a.history) - {"seconds"}:
            np.testing.assert_array_equal(a.history[key], b.history[key][: a.epochs])
    for bar in (1, 2, 4):  # who went on was better than who did not
        group = [t for t in found.trials if t.epochs >= bar]
        best = {True: [], False: []}
        for t in group:
            best[t.epochs > bar].append(t.history["val_loss"][:bar].min())
        assert max(best[True]) <= min(best[False])
    assert found.best_model.evaluate(*HELD)["loss"] == found.best_score


def test_the_result_can_be_looked_at():
    """With a failed trial, whose number is before the best one's."""
    found = tuned(make=failing(0, ArithmeticError("not today")))
    assert any(found.best_trial is trial for trial in found.trials)
    rows = found.table()
    assert rows[0]["trial"] == found.best_trial.number and rows[-1]["trial"] == 0
    assert str(found).splitlines()[-1].endswith("ArithmeticError: not today")
    pytest.importorskip("matplotlib")
    (axes,) = found.plot("learning_rate").axes
    dots, star = axes.lines
    assert len(dots.get_xdata()) == 5
    assert star.get_xdata()[0] == found.best_parameters["learning_rate"]
    assert star.get_ydata()[0] == found.best_score


@pytest.mark.parametrize("workers", [1, 2])
def test_it_tells_how_far_it_is_as_a_fit_does(capsys, workers):
    found = tuned(workers=workers)
    first, *_, last = capsys.readouterr().err.splitlines()
    assert first.startswith("trial 1/6  best val_loss ") and first.endswith(" s left")
    assert last.startswith(f"trial 6/6  best val_loss {found.best_score:.4f}  ")
    assert last.endswith(" s in all")
    tuned(workers=workers, verbose=False)
    assert capsys.readouterr().err == ""


def test_models_that_have_lost_are_let_go():
    models, alive = [], []

    def make(parameters):
        model = build(parameters)
        models.append(weakref.ref(model))

        def count(epoch, logs):
            if epoch == 7:
                gc.collect()
                alive.append(sum(each() is not None for each in models))

        return model, {"callbacks": [count]}

    tuned(DRAWN, make, strategy="halving", trials=8, epochs=8)
    assert alive == [2]  # the last one, and the best of those before it, if it fails
    gc.collect()
    assert not any(each() for each in models)


def test_a_part_of_the_rows_is_held_out_once_for_all():
    found = tuned(validation_data=None, validation_fraction=0.25, seed=3)
    left, taken = schuss.validation.held_out_rows(0.25, Y[:120], 3)
    same = tune(
        build,
        X[left],
        Y[left],
        GRID,
        validation_data=(X[taken], Y[taken]),
        epochs=6,
        optimizer=MOMENTUM,
    )
    assert facts(found) == facts(same) and len(taken) == 30
    numbers = tune(
        lambda parameters: schuss.Model([schuss.Dense(1)], loss="mean_squared_error"),
        X,
        X[:, 0],  # as classes, single members
        {"batch_size": [8]},
        validation_fraction=0.2,
    )
    assert numbers.best_score < 1


def test_batch_sizes_rates_and_optimizers_are_of_the_space():
    space = {
        "units": [4],
        "batch_size": [8, None],
        "optimizer": [schuss.Adam(), MOMENTUM],
        "learning_rate": [0.03, 0.1],
        "regularizer": [None, schuss.L2(0.01)],
        "shuffle": [False],
    }
    found = tuned(space, optimizer=schuss.Adagrad(), batch_size=5)
    assert len({trial.score for trial in found.trials}) == 16
    for trial in found.trials[::5]:
        given = {name: trial.parameters[name] for name in list(space)[1:]}
        kind, rate = type(given["optimizer"]), given.pop("learning_rate")
        momentum = {"momentum": 0.9} if kind is schuss.SGD else {}
        given["optimizer"] = kind(rate, **momentum)
        history = build(trial.parameters).fit(
            X[:120], Y[:120], validation_data=HELD, epochs=6, verbose=False, **given
        )
        assert trial.score == history["val_loss"].min()


def test_trials_leave_the_number_of_threads_alone(threads):
    threads(3)
    during = []

    def make(parameters):
        model = build(parameters)
        seen = lambda epoch, logs: during.append(schuss.get_threads())  # noqa: E731
        return model, {"callbacks": [seen]}

    tuned(make=make)
    assert set(during) == {1} and schuss.get_threads() == 3
    during.clear()
    tuned(make=make, workers=1)
    assert set(during) == {3} and schuss.get_threads() == 3


def failing(number, error):
    """Return a build whose trial of that number fails in its second epoch."""
    count = iter(range(100))

    def make(parameters):
        model = build(parameters)

        def fail(epoch, logs):
            if epoch == 1:
                raise error

        hooks = [fail] if next(count) == number else []
        return model, {"callbacks": hooks}

    return make


@pytest.mark.parametrize("number", [0, 3])
@pytest.mark.parametrize("strategy", ["grid", "halving"])
def test_a_trial_that_fails_does_not_end_the_search(number, strategy):
    error = ArithmeticError("not today")
    found = tuned(make=failing(number, error), strategy=strategy)
    assert len(found.trials) == 6 and found.best_trial.number != number
    failed = [t for t in found.trials if t.error]
    if strategy == "grid":
        assert [t.number for t in failed] == [number]
        assert failed[0].error == "ArithmeticError: not today"
        assert failed[0].epochs == 2 and np.isnan(failed[0].score)
    others = facts(tuned(strategy=strategy))[1]
    if strategy == "grid":
        kept = [t for t in facts(found)[1] if t[0] != number]
        assert kept == [t for t in others if t[0] != number]


def test_divergence_and_what_build_or_fit_raises_are_recorded():
    def make(parameters):
        rate = parameters["rate"]
        if rate == 2:
            raise LookupError("no such rate")
        model = schuss.Model([schuss.Dense(1)], loss="mean_squared_error")
        batch_size = 0 if rate == 3 else 8
        return model, {"optimizer": schuss.SGD(rate), "batch_size": batch_size}

    held = (X[120:], X[120:, 0])
    space = {"rate": [2, 3, 1e9, 0.01]}
    found = tune(make, X, X[:, 0], space, validation_data=held, epochs=20)
    build_, fit, diverged, fine = found.trials
    assert build_.error == "LookupError: no such rate" and build_.epochs == 0
    assert fit.error.startswith("ValueError: batch_size is 0")
    assert diverged.error.startswith("FloatingPointError: ")
    assert fine.error is None and found.best_trial.number == 3


def test_a_finalist_that_fails_leaves_the_best_of_the_others():
    def make(parameters):
        model = build({"units": 4})

        def fail(epoch, logs):
            if epoch == 2:
                raise ArithmeticError("late")

        return model, {"callbacks": [fail]}

    found = tuned(
        {"learning_rate": [0.1, 0.01, 0.2, 0.3]}, make, strategy="halving", epochs=4
    )
    assert [t.error for t in found.trials].count("ArithmeticError: late") == 1
    scores = [t.score for t in found.trials]
    assert found.best_score == np.nanmin(scores)
    assert found.best_model.evaluate(*HELD)["loss"] == found.best_score


def test_if_all_fail_one_error_says_so():
    def make(parameters):
        raise LookupError(f"no rate {parameters['rate']}")

    sentence = "all 2 trials failed; the first, {'rate': 1}, with LookupError: no rate"
    with pytest.raises(RuntimeError, match=sentence) as caught:
        tuned({"rate": [1, 2]}, make)
    assert isinstance(caught.value.__cause__, LookupError)


def interrupting(number):
    """Return a build whose trial of that number has Ctrl-C pressed when it begins."""
    count = iter(range(100))
    main = threading.main_thread().ident

    def make(parameters):
        model = build(parameters)
        press = lambda epoch, logs: signal.pthread_kill(main, signal.SIGINT)  # noqa: E731
        hooks = [press] if next(count) == number else []
        return model, {"callbacks": hooks}

    return make


@pytest.fixture
def interruptible():
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, handler)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="no such signals")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_has_finished(interruptible, capsys, threads, workers):
    threads(3)
    found = tuned(GRID, interrupting(3), workers=workers, epochs=100_000, max_time=0.02)
    assert capsys.readouterr().err.endswith("\nended: interrupted\n")
    numbers = [trial.number for trial in found.trials]
    assert found.interrupted and {0, 1} <= set(numbers) and len(numbers) < 6
    assert str(found).endswith("trials that had not finished are missing")
    assert found.best_trial.number in numbers and schuss.get_threads() == 3
    best = found.trials[numbers.index(found.best_trial.number)]
    assert found.best_score == best.score == min(t.score for t in found.trials)
    assert found.best_model.evaluate(*HELD)["loss"] == best.score


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="no such signals")
def test_ctrl_c_before_anything_has_finished_is_raised(interruptible):
    with pytest.raises(KeyboardInterrupt):
        tuned(GRID, interrupting(0), workers=1, epochs=1_000_000)


def test_an_interrupted_round_leaves_the_round_before():
    """The trial under way has epochs that count, since one may stop at any."""

    def make(parameters):
        model = build({"units": 4})

        def press(epoch, logs):
            if epoch == 2:
                raise KeyboardInterrupt

        return model, {"callbacks": [press]}

    space = {"learning_rate": [0.1, 0.01, 0.2, 0.3]}
    found = tuned(space, make, strategy="halving", epochs=4)
    assert found.interrupted and sorted(t.epochs for t in found.trials) == [1, 1, 2, 3]
    assert found.best_model.evaluate(*HELD)["loss"] == found.best_score


def test_early_stopping_and_metrics_go_with_a_trial():
    def make(parameters):
        model = build(parameters)
        stopping = schuss.EarlyStopping("val_loss", patience=2)
        return model, {"callbacks": [stopping], "batch_size": 4}

    found = tuned(
        make=make, epochs=60, monitor="val_roc_auc", metrics=iter(["roc_auc"])
    )
    assert any(trial.epochs < 60 for trial in found.trials) and found.mode == "max"
    assert all("val_roc_auc" in trial.history for trial in found.trials)
    halved = tuned(make=make, epochs=60, strategy="halving")
    assert all(trial.error is None for trial in halved.trials)


def test_sets_with_names():
    held = {"near": HELD, "far": (X[:9], Y[:9])}
    found = tuned(validation_data=held, monitor="far_loss")
    assert found.best_model.evaluate(*held["far"])["loss"] == found.best_score


SAME = schuss.Model([schuss.Dense(2)])


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"strategy": "bayes"}, ValueError, "strategy is 'bayes'; give one of"),
        ({"space": {"a": []}}, ValueError, r"space\['a'\] is empty"),
        ({"strategy": "random"}, ValueError, "no end; give a number of trials"),
        ({"trials": 3}, ValueError, "a grid is tried in full"),
        (
            {"space": GRID | {"batch_size": [8, 0]}},
            ValueError,
            r"space\['batch_size'\]: batch_size is 0; give a whole number",
        ),
        (
            {"space": GRID | {"batchsize": [8, 16]}},
            ValueError,
            r"space\['batchsize'\] changes nothing, .*; correct the name or leave it",
        ),
        ({"space": DRAWN}, ValueError, r"space\['units'\] is IntUniform.* in full"),
        ({"epochs": 0}, ValueError, "epochs is 0; give a whole number of at least 1"),
        ({"workers": 0}, ValueError, "workers is 0; .* at least 1"),
        ({"seed": -1}, ValueError, "seed is -1"),
        ({"make": None}, TypeError, "build is None; give a function"),
        (
            {"make": lambda parameters: None},
            TypeError,
            "build returned None; return a schuss.Model, or a pair",
        ),
        (
            {"make": lambda parameters: (SAME, 3)},
            TypeError,
            r"build returned \(.*, 3\); return a schuss.Model, or a pair",
        ),
        (
            {"make": lambda parameters: SAME},
            ValueError,
            "the same model for trials 0 and 1; return a new one each time",
        ),
        (
            {"make": lambda parameters: (build(parameters), {"epochs": 3})},
            TypeError,
            "build returned 'epochs' for fit; give batch_size, .*, callbacks",
        ),
        ({"resume": True}, TypeError, "tune got 'resume' for fit; give batch_size"),
        ({"verbose": 2}, ValueError, "verbose is 2; give True or False"),
        ({"callbacks": []}, TypeError, "callbacks cannot be shared by all trials"),
        ({"validation_data": None}, ValueError, "there are no validation_data and no"),
        (
            {"validation_fraction": 0.5},
            ValueError,
            "both validation_data and a validation_fraction; give one of them",
        ),
        (
            {"validation_data": None, "validation_fraction": 1.5},
            ValueError,
            r"validation_fraction is 1\.5; give a number above 0 and below 1",
        ),
        ({"validation_data": 3}, TypeError, "validation_data is no pair"),
        ({"monitor": "val_los"}, ValueError, "monitor is 'val_los'; give one of"),
        ({"monitor": "learning_rate"}, ValueError, "nothing says whether a higher"),
        ({"mode": "least"}, ValueError, "mode is 'least'; give one of"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"metrics": ["f3"]}, ValueError, "f3"),
    ],
)
def test_refusals(options, error, sentence):
    before = schuss.get_threads()
    with pytest.raises(error, match=sentence):
        tuned(**options)
    assert schuss.get_threads() == before


def test_the_example_of_the_docstring():
    result = doctest.testmod(schuss.tuning)
    assert result.attempted == 7 and result.failed == 0


def usable_cores():
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@pytest.mark.slow
@pytest.mark.skipif(usable_cores() < 2, reason="this process may use one core alone")
def test_two_workers_are_nearly_twice_as_fast(threads):
    """64 small networks on digits; the best of rounds in turn, as others compute."""
    digits = schuss.datasets.load_digits()
    rates = {"learning_rate": np.geomspace(1e-3, 0.3, 64)}
    layers = [schuss.Rescaling(1 / 16), schuss.Dense(64, "relu"), schuss.Dense(10)]
    threads(1)
    seconds = {1: [], 2: []}
    for _ in range(10):
        for workers, taken in seconds.items():
            started = time.perf_counter()
            tune(
                lambda parameters: schuss.Model(layers, seed=1),
                *digits,
                rates,
                validation_fraction=0.2,
                epochs=50,
                workers=workers,
                verbose=False,
            )
            taken.append(time.perf_counter() - started)
    assert min(seconds[1]) >= 1.8 * min(seconds[2])
