"""What the parameters of all estimators may be, and how they are kept."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, Options, StrOptions

from schuss import reference
from schuss.activations import CustomActivation
from schuss.optimizers import Optimizer

ACTIVATIONS = {*reference.ACTIVATIONS, "logistic"}

CONSTRAINTS: dict[str, list[Any]] = {
    "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
    "activation": [StrOptions(ACTIVATIONS), CustomActivation, list, tuple],
    "solver": [StrOptions({"lbfgs", "sgd", "adam"})],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"}), callable],
    "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
    "power_t": [Interval(Real, 0, None, closed="left")],
    "max_iter": [Interval(Integral, 1, None, closed="left")],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [Interval(Real, 0, None, closed="left")],
    "verbose": ["verbose"],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "beta_1": [Interval(Real, 0, 1, closed="left")],
    "beta_2": [Interval(Real, 0, 1, closed="left")],
    "epsilon": [Interval(Real, 0, None, closed="neither")],
    "n_iter_no_change": [
        Interval(Integral, 1, None, closed="left"),
        Options(Real, {np.inf}),
    ],
    "max_fun": [Interval(Integral, 1, None, closed="left")],
    "optimizer": [Optimizer, None],
    "dropout": [Interval(Real, 0, 1, closed="left"), list, tuple],
    "weight_decay": [Interval(Real, 0, None, closed="left")],
    "clip_norm": [Interval(Real, 0, None, closed="neither"), None],
    "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    "class_weight": [dict, list, StrOptions({"balanced"}), None],
    "callbacks": [list, tuple, None],
    "max_time": [Interval(Real, 0, None, closed="neither"), None],
    "n_threads": [Interval(Integral, 1, 256, closed="both"), None],
    "progress": ["boolean"],
}


def keep(estimator: Any, arguments: Mapping[str, Any]) -> None:
    """Set an estimator's attributes to the arguments of its `__init__`.

    Parameters
    ----------
    estimator : estimator
    arguments : mapping of str to object
        What `locals()` is there.
    """
    for name, value in arguments.items():
        if name not in ("self", "__class__"):
            setattr(estimator, name, value)


def per_layer(name: str, given: Any, layers: int) -> list[Any]:
    """Return one value for each hidden layer.

    Parameters
    ----------
    name : str
        What the parameter is called in the message.
    given : object, or list of them
    layers : int

    Returns
    -------
    list

    Raises
    ------
    ValueError
        If there are more or fewer.
    """
    if not isinstance(given, list | tuple):
        return [given] * layers
    if len(given) != layers:
        raise ValueError(
            f"{name} is {given!r}, and there are {layers} hidden layers; give one for "
            "each, or one for all."
        )
    return list(given)
