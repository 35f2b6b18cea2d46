"""From an estimator's parameters to layers, and to the weights they begin with."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.activations import CustomActivation
from schuss.layers import Dense, Layer
from schuss.sklearn.parameters import per_layer
from schuss.stages import Dropout


def hidden_sizes(given: Any) -> list[int]:
    """Return the numbers of units of the hidden layers.

    Parameters
    ----------
    given : int, or array_like of int
        `hidden_layer_sizes`.

    Returns
    -------
    list of int

    Raises
    ------
    ValueError
        If one is not above 0.
    """
    sizes = list(given) if hasattr(given, "__iter__") else [given]
    if np.any(np.array(sizes) <= 0):
        raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
    return [int(size) for size in sizes]


def activations(given: Any, layers: int) -> list[str | CustomActivation]:
    """Return what schuss takes as the activation of each hidden layer.

    Parameters
    ----------
    given : str or CustomActivation, or list of them
    layers : int

    Returns
    -------
    list of str or CustomActivation

    Raises
    ------
    ValueError
        If there are more or fewer.
    """
    known = per_layer("activation", given, layers)
    return ["sigmoid" if each == "logistic" else each for each in known]


def make_layers(sizes: list[int], outputs: int, estimator: Any) -> list[Layer]:
    """Return the layers of a network.

    Parameters
    ----------
    sizes : list of int
        Units of the hidden layers.
    outputs : int
    estimator : estimator

    Returns
    -------
    list of schuss layers

    Raises
    ------
    TypeError, ValueError
        If activations or rates of dropout are none, or not as many.
    """
    known = activations(estimator.activation, len(sizes))
    rates = per_layer("dropout", estimator.dropout, len(sizes))
    made: list[Layer] = []
    for units, activation, rate in zip(sizes, known, rates, strict=True):
        made.append(Dense(units, activation))
        if rate:
            made.append(Dropout(float(rate)))
    return [*made, Dense(outputs)]


def first_weights(
    units: list[int], activation: Any, dtype: str, rng: np.random.RandomState
) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Return the weights and biases that scikit-learn draws.

    Uniform within sqrt(6 / (inputs + outputs)) of 0, or sqrt(2 / ...) where the
    activation is logistic; the last layer goes by the one before it. Source: X. Glorot
    and Y. Bengio, 2010.

    Parameters
    ----------
    units : list of int
        Of the inputs and of each layer.
    activation : str or CustomActivation, or list of them
    dtype : str
    rng : RandomState

    Returns
    -------
    list of pairs of ndarray
    """
    known = activations(activation, len(units) - 2) or ["identity"]
    pairs = []
    for place, (inputs, outputs) in enumerate(pairwise(units)):
        own = known[min(place, len(known) - 1)]
        factor = 2.0 if own == "sigmoid" else 6.0
        bound = np.sqrt(factor / (inputs + outputs))
        weights = rng.uniform(-bound, bound, (inputs, outputs))
        bias = rng.uniform(-bound, bound, outputs)
        pairs.append((weights.astype(dtype), bias.astype(dtype)))
    return pairs
