"""What goes to build and what to fit, and what is refused before a step is made."""

import threading

import pytest

import schuss
from schuss.building import (
    OPTIONS,
    TRIED,
    Parameters,
    build_candidates,
    check_options,
    check_tried,
    fit_options,
)
from schuss.spaces import as_space

ADAM = schuss.Adam()


def model_of(parameters):
    return schuss.Model([schuss.Dense(parameters.get("units", 2))])


def built(build, tried, options=None):
    stop = threading.Event()
    return build_candidates(build, tried, options or {}, "val_loss", None, stop)


def test_build_gets_all_and_may_change_its_copy():
    given = {"units": 3, "batch_size": 8}

    def build(parameters):
        assert parameters == given and dict(parameters) == given
        parameters["units"] = 5
        return model_of(parameters)

    (candidate,) = built(build, [given])
    assert candidate.parameters == {"units": 3, "batch_size": 8}
    assert candidate.model.layers[-1].units == 5


@pytest.mark.parametrize(
    "look",
    [
        lambda p: p["depth"],
        lambda p: p.get("depth"),
        lambda p: p.pop("depth"),
        lambda p: {**p},
        lambda p: p | {"more": 1},
        lambda p: dict(p),
        lambda p: list(p.items()),
        lambda p: p.copy()["depth"],
    ],
)
def test_it_is_known_what_build_looks_at(look):
    parameters = Parameters({"depth": 1})
    assert not parameters.read
    look(parameters)
    assert parameters.read == {"depth"}


def test_a_name_that_nobody_looks_at_is_refused():
    sentence = r"space\['batchsize'\] changes nothing, as build does not look at it"
    with pytest.raises(ValueError, match=sentence):
        built(model_of, [{"batchsize": 8}, {"batchsize": 16}])
    # One trial that looks at it is enough, and one that failed might have.
    assert built(lambda p: model_of({"units": p["a"] and p["b"]}), [{"a": 1, "b": 2}])
    deep = built(
        lambda p: model_of({"units": p["a"] or p["b"]}),
        [{"a": 1, "b": 2}, {"a": 0, "b": 2}],
    )
    assert len(deep) == 2

    def fail(parameters):
        raise LookupError

    (failed,) = built(fail, [{"a": 1}])
    assert isinstance(failed.error, LookupError) and failed.model is None


def test_what_build_returns_goes_over_the_space_and_that_over_what_is_shared():
    shared = {"batch_size": 1, "shuffle": False, "optimizer": ADAM}
    space = {"batch_size": 2, "shuffle": True, "units": 4}
    own = {"batch_size": 3, "callbacks": []}
    assert fit_options(shared, space, own) == {
        "batch_size": 3, "shuffle": True, "optimizer": ADAM, "callbacks": []
    }  # fmt: skip


def test_a_learning_rate_is_the_optimizers_whatever_its_kind():
    rate = {"learning_rate": 0.25}
    assert fit_options({}, rate, {}) == {"optimizer": schuss.SGD(0.25)}
    momentum = schuss.SGD(1.0, momentum=0.5)
    shared = fit_options({"optimizer": momentum}, rate, {})
    assert shared == {"optimizer": schuss.SGD(0.25, momentum=0.5)}
    tried = fit_options({"optimizer": momentum}, rate | {"optimizer": ADAM}, {})
    assert tried == {"optimizer": schuss.Adam(0.25)}
    own = fit_options({}, rate, {"optimizer": ADAM})  # build knows what it does
    assert own == {"optimizer": ADAM}
    decay = schuss.InverseTimeDecay(0.1, rate=0.5)
    assert fit_options({}, {"learning_rate": decay}, {})["optimizer"] == schuss.SGD(
        decay
    )


def test_an_optimizer_without_a_rate_has_none_to_try():
    pytest.importorskip("scipy")
    (candidate,) = built(
        model_of, [{"optimizer": schuss.LBFGS(), "learning_rate": 0.1}]
    )
    assert candidate.model is None and "which has none; leave" in str(candidate.error)


def test_metrics_are_kept_for_all_trials():
    options = check_options({"metrics": iter(["roc_auc"])})
    assert options["metrics"] == ("roc_auc",)
    assert check_options({"metrics": ["f1"]}) == {"metrics": ["f1"]}
    assert set(TRIED) - {"learning_rate"} <= set(OPTIONS)


@pytest.mark.parametrize(
    ("space", "error", "sentence"),
    [
        ({"batch_size": [8, 0]}, ValueError, r"space\['batch_size'\]: batch_size is 0"),
        (
            {"batch_size": schuss.IntUniform(0, 9)},
            ValueError,
            r"space\['batch_size'\]: batch_size is 0",
        ),
        (
            {"batch_size": schuss.Uniform(1, 9)},
            TypeError,
            r"space\['batch_size'\]: batch_size is 1.0; give a whole",
        ),
        (
            {"learning_rate": schuss.Uniform(-1, 1)},
            ValueError,
            r"space\['learning_rate'\]: learning_rate is -1",
        ),
        ({"learning_rate": ["big"]}, TypeError, "learning_rate is 'big'; give a num"),
        ({"learning_rate": [None]}, TypeError, "learning_rate is None; give a number"),
        ({"optimizer": ["adam"]}, TypeError, r"space\['optimizer'\]: optimizer is 'ad"),
        ({"regularizer": [0.1]}, TypeError, r"space\['regularizer'\]: regularizer is"),
        ({"shuffle": [None]}, TypeError, "shuffle is None"),
        ({"gradient_tolerance": [-1]}, ValueError, "gradient_tolerance is -1"),
    ],
)
def test_values_that_fit_would_refuse_are_refused(space, error, sentence):
    with pytest.raises(error, match=sentence):
        check_tried(as_space(space))


def test_values_that_fit_takes_pass():
    check_tried(
        as_space(
            {
                "units": ["whatever", None],
                "batch_size": [1, None],
                "learning_rate": [0.1, schuss.InverseTimeDecay(0.1, rate=0.5)],
                "optimizer": [None, ADAM, schuss.SGD()],
                "regularizer": [None, schuss.L2(0.1)],
                "shuffle": [True, False],
                "gradient_tolerance": [None, 0],
            }
        )
    )
