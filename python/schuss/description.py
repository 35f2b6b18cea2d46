"""Descriptions as plain data, as JSON has it, and back: a closed list of classes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

import numpy as np

from schuss.adaptive import Adagrad, Adam, AdamW, RMSprop, Rprop
from schuss.cycles import CosineDecay, CosineRestarts, CosLog4, OneCycle
from schuss.layers import Dense, Rescaling
from schuss.lbfgs import LBFGS
from schuss.losses import LOSSES
from schuss.normalization import BatchNorm, LayerNorm
from schuss.optimizers import SGD
from schuss.regularizers import L1, L2, MaxNorm, Regularizer, Sum
from schuss.schedules import ExponentialDecay, InverseTimeDecay, StepDecay, Warmup
from schuss.stages import Activation, Dropout, GaussianNoise, PReLU, Residual

CLASS = "class"
ARRAYS = ("weights", "bias")  # of a Dense
LABELLED = ("class_weight",)  # settings that may have labels for keys
KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        *(Dense, Rescaling, Residual, Activation, PReLU),
        *(Dropout, GaussianNoise, LayerNorm, BatchNorm),
        *map(type, LOSSES.values()),
        *(SGD, Adam, AdamW, RMSprop, Adagrad, Rprop, LBFGS),
        *(InverseTimeDecay, ExponentialDecay, StepDecay, Warmup),
        *(CosineDecay, CosineRestarts, OneCycle, CosLog4),
        *(L1, L2, MaxNorm, Sum),
    )
}


def refuse(value: object) -> Any:
    """Refuse what no plain data says.

    Parameters
    ----------
    value : object

    Raises
    ------
    ValueError
        Always.
    """
    raise ValueError(
        f"{value!r} is of your own making, which a description cannot hold; use what "
        "schuss has, or pickle the model."
    )


def describe(value: object, other: Callable[[object], Any] = refuse) -> Any:
    """Return a layer, loss, optimizer, schedule or regularizer as plain data.

    Parameters
    ----------
    value : object
        One of `KINDS`, or what their settings may be.
    other : callable of object
        What is made of anything else; by default it is refused.

    Returns
    -------
    dict, list, str, int, float, bool or None
        A dict has the name of the class as "class", and all settings by their names.

    Raises
    ------
    ValueError
        If there is something else.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [describe(item, other) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(key): describe(item, other) for key, item in value.items()}
    name = type(value).__name__
    if KINDS.get(name) is not type(value):
        return other(value)
    settings = {each.name: getattr(value, each.name) for each in _settings(value)}
    if isinstance(value, Dense):
        for array in ARRAYS:
            if settings[array] is not None:
                settings[array] = np.asarray(settings[array])
    return {CLASS: name} | {
        key: describe(setting, other) for key, setting in settings.items()
    }


def restore(description: Any) -> Any:
    """Return what `describe` was given; settings that are left out have their defaults.

    Parameters
    ----------
    description : object

    Raises
    ------
    TypeError, ValueError
        If a class is none of `KINDS`, or a setting is unknown, missing or refused.
    """
    if isinstance(description, list):
        return [restore(item) for item in description]
    if not isinstance(description, Mapping):
        return description
    if CLASS not in description:
        raise ValueError(
            f"a description has the keys {', '.join(map(repr, description))}, and no "
            f'class; name that of what is described, as {{"{CLASS}": "Dense"}}.'
        )
    name = description[CLASS]
    if not isinstance(name, str) or name not in KINDS:
        raise ValueError(f"class is {name!r}; give one of {', '.join(sorted(KINDS))}.")
    kind = KINDS[name]
    given = {
        key: _by_label(item) if key in LABELLED else restore(item)
        for key, item in description.items()
        if key != CLASS
    }
    known = {each.name: each for each in _settings(kind)}
    for setting in given:
        if setting not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"{name} has no setting {setting!r}; {has}.")
    for setting, each in known.items():
        if setting not in given and each.default is MISSING:
            raise ValueError(f"{name} has no {setting}; add it.")
    if kind is Sum:
        return _sum(given["terms"])
    return kind(**given)


def _settings(described: Any) -> tuple[Field[Any], ...]:
    return fields(described) if hasattr(described, "__dataclass_fields__") else ()


def _by_label(given: Any) -> Any:
    """Return a mapping with whole numbers for the keys that are the text of one."""
    if not isinstance(given, Mapping):
        return restore(given)
    numbers = {key: int(key) for key in given if re.fullmatch("0|-?[1-9][0-9]*", key)}
    return {numbers.get(key, key): restore(item) for key, item in given.items()}


def _sum(terms: Any) -> Sum:
    if not isinstance(terms, list) or not terms:
        raise TypeError(f"terms are {terms!r}; give a list of regularizers.")
    for term in terms:
        if not isinstance(term, Regularizer):
            raise TypeError(f"terms has {term!r}; give regularizers.")
    return Sum(tuple(terms))
