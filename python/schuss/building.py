"""From hyper-parameters to candidates: what build returns, and what fit is given."""

import threading
from collections import UserDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from schuss.candidates import Best, Candidate
from schuss.layers import Dense
from schuss.model import Model
from schuss.optimizers import SGD, Optimizer
from schuss.spaces import Distribution

# What a space may have for fit. The rate is the optimizer's, of whatever kind that is.
TRIED = (
    "batch_size",
    "gradient_tolerance",
    "learning_rate",
    "optimizer",
    "regularizer",
    "shuffle",
)
OPTIONS = (*(name for name in TRIED if name != "learning_rate"), "max_time", "metrics")

Built = Model | tuple[Model, Mapping[str, Any]]


class Parameters(UserDict[str, Any]):
    """The hyper-parameters of a trial as `build` gets them.

    Attributes
    ----------
    read : set of str
        The names that were looked at.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.read: set[str] = set()
        super().__init__(values)

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def __or__(self, other: Any) -> Any:
        return dict(self) | dict(other)


def check_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return keywords for all fits.

    Parameters
    ----------
    given : mapping of str to object
        What the caller of `schuss.tune` gave for `Model.fit`.

    Returns
    -------
    dict of str to object

    Raises
    ------
    TypeError
        If one is none of `OPTIONS`.
    """
    if "callbacks" in given:
        raise TypeError(
            "callbacks cannot be shared by all trials; let build return new ones: a "
            'pair of the model and {"callbacks": [...]}.'
        )
    _check_names("tune got", given, OPTIONS)
    options = dict(given)
    if hasattr(options.get("metrics"), "__next__"):
        options["metrics"] = tuple(options["metrics"])  # all trials need them
    return options


def check_tried(space: Mapping[str, list[Any] | Distribution]) -> None:
    """Refuse what `Model.fit` would refuse, before anything is trained.

    Parameters
    ----------
    space : dict
        Of `as_space`; of a distribution the ends are looked at.

    Raises
    ------
    TypeError, ValueError
        If a value for fit is none, naming the hyper-parameter.
    """
    model = Model([Dense(1)], loss="mean_squared_error")
    for name in TRIED:
        choices = space.get(name, [])
        if isinstance(choices, Distribution):
            choices = [choices.low, choices.high]
        for value in choices:
            try:
                options = fit_options({}, {name: value}, {})
                model.fit([[0.0]], [0.0], epochs=0, verbose=False, **options)
            except (TypeError, ValueError) as error:
                raise type(error)(f"space[{name!r}]: {error}") from None


def fit_options(
    shared: Mapping[str, Any], parameters: Mapping[str, Any], own: Mapping[str, Any]
) -> dict[str, Any]:
    """Return keywords for the fit of a trial.

    Parameters
    ----------
    shared : mapping of str to object
        Of all trials.
    parameters : mapping of str to object
        Hyper-parameters; those of `TRIED` go over what is shared.
    own : mapping of str to object
        What `build` returned; it goes over both.

    Returns
    -------
    dict of str to object

    Raises
    ------
    TypeError, ValueError
        If there is a learning rate that is none, or an optimizer that has none.
    """
    tried = {name: parameters[name] for name in TRIED if name in parameters}
    given = {"optimizer": SGD(), **shared, **tried, **own}
    rate = given.pop("learning_rate", None)
    optimizer: Any = given["optimizer"] if given["optimizer"] is not None else SGD()
    known = isinstance(optimizer, Optimizer)  # else fit says so
    if "learning_rate" not in tried or "optimizer" in own or not known:
        return given
    if not hasattr(optimizer, "learning_rate"):
        raise ValueError(
            f"learning_rate is {rate!r}, but the optimizer is {optimizer!r}, which has "
            "none; leave one of them out of the space."
        )
    return given | {"optimizer": replace(optimizer, learning_rate=rate)}


def build_candidates(
    build: Callable[[Parameters], Built],
    tried: Sequence[dict[str, Any]],
    options: Mapping[str, Any],
    monitor: str,
    mode: str | None,
    stop: threading.Event,
) -> list[Candidate]:
    """Return a candidate for every trial, built or with the error that building was.

    Parameters
    ----------
    build : callable
    tried : sequence of dict of str to object, at least one
        The hyper-parameters of every trial.
    options : mapping of str to object
        Of `check_options`.
    monitor, mode
        As for `Monitor`.
    stop : threading.Event
        As for `Best`.

    Returns
    -------
    list of Candidate

    Raises
    ------
    TypeError, ValueError
        If `build` is no function or returns something else than new models, or if a
        hyper-parameter is looked at by nobody.
    """
    if not callable(build):
        raise TypeError(f"build is {build!r}; give a function that returns a Model.")
    candidates, seen, read = [], dict[Model, int](), set(TRIED)
    for number, parameters in enumerate(tried):
        best, given = Best(monitor, mode, stop), Parameters(parameters)
        model: Model | None = None
        own, error = dict[str, Any](), None
        try:
            made = build(given)
        except Exception as raised:
            error = raised
        else:
            model, own = _parts(made)
            if number != seen.setdefault(model, number):
                raise ValueError(
                    f"build returned the same model for trials {seen[model]} and "
                    f"{number}; return a new one each time."
                )
        read |= given.read if model else parameters.keys()  # it may not have got there
        try:
            fit = fit_options(options, parameters, own)
        except (TypeError, ValueError) as raised:
            model, fit, error = None, {}, error or raised
        candidates.append(Candidate(number, parameters, model, fit, best, error))
    for name in tried[0]:
        if name not in read:
            raise ValueError(
                f"space[{name!r}] changes nothing, as build does not look at it and "
                f"fit has {', '.join(TRIED)}; correct the name or leave it out."
            )
    return candidates


def _parts(made: object) -> tuple[Model, dict[str, Any]]:
    """Return the model, and the keywords for its fit, of what `build` returned."""
    model, own = made if isinstance(made, tuple) and len(made) == 2 else (made, {})
    if not isinstance(model, Model) or not isinstance(own, Mapping):
        raise TypeError(
            f"build returned {made!r}; return a schuss.Model, or a pair of one and a "
            "dict of keywords for its fit."
        )
    _check_names("build returned", own, (*OPTIONS, "callbacks"))
    return model, dict(own)


def _check_names(who: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    for name in given:
        if name not in known:
            raise TypeError(f"{who} {name!r} for fit; give {', '.join(known)}.")
