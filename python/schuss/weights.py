"""A model's parameters before training: drawn, or given by the user and checked."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.engines import Parameters, check_table
from schuss.examples import as_array
from schuss.initializers import default_initializer, initial_weights
from schuss.layers import Dense


def first_weights(
    layers: Sequence[Dense], inputs: int, seed: int, dtype: str
) -> list[Parameters]:
    """Return every layer's first weights and bias.

    Parameters
    ----------
    layers : sequence of Dense
    inputs : int
        Columns of X.
    seed : int
        Each layer draws from a stream of its own.
    dtype : str

    Returns
    -------
    list of (ndarray (inputs, units), ndarray (units,))

    Raises
    ------
    TypeError, ValueError
        If weights that a layer was given do not fit.
    """
    pairs: list[tuple[ArrayLike, ArrayLike]] = []
    width = inputs
    for index, layer in enumerate(layers):
        rng = np.random.default_rng([seed, 0, index])
        name = layer.initializer or default_initializer(layer.activation)
        drawn = initial_weights(name, width, layer.units, rng)
        pairs.append(
            (
                drawn if layer.weights is None else layer.weights,
                np.zeros(layer.units) if layer.bias is None else layer.bias,
            )
        )
        width = layer.units
    return fitting_weights(layers, inputs, pairs, dtype)


def as_pairs(
    weights: Iterable[tuple[ArrayLike, ArrayLike]], layers: int
) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Return weights and biases as a list of pairs of arrays, one per layer.

    Parameters
    ----------
    weights : iterable of (array_like, array_like)
    layers : int
        How many there must be.

    Returns
    -------
    list of (ndarray of 2 dimensions, ndarray)

    Raises
    ------
    TypeError, ValueError
        If they are not that.
    """
    given = [tuple(pair) for pair in weights]
    if len(given) != layers:
        raise ValueError(
            f"got weights for {len(given)} layers; the model has {layers}."
        )
    pairs = []
    for index, pair in enumerate(given):
        if len(pair) != 2:
            raise ValueError(
                f"layer {index} got {len(pair)} arrays; give a pair (weights, bias)."
            )
        matrix = as_array(pair[0], f"weights of layer {index}")
        if matrix.ndim != 2:
            raise ValueError(
                f"weights of layer {index} have shape {matrix.shape}; give 2 "
                "dimensions."
            )
        pairs.append((matrix, as_array(pair[1], f"bias of layer {index}")))
    return pairs


def fitting_weights(
    layers: Sequence[Dense],
    inputs: int,
    given: Iterable[tuple[ArrayLike, ArrayLike]],
    dtype: str,
) -> list[Parameters]:
    """Return given weights and biases as arrays of `dtype` that are known to fit.

    Parameters
    ----------
    layers : sequence of Dense
    inputs : int
        Columns of X.
    given : iterable of (array_like, array_like)
        One pair per layer.
    dtype : str

    Returns
    -------
    list of (ndarray (inputs, units), ndarray (units,))

    Raises
    ------
    TypeError, ValueError
        If a shape or a value is wrong.
    """
    fitting = []
    for index, (layer, (weights, bias)) in enumerate(zip(layers, given, strict=True)):
        fitting.append(
            (
                _fitting(
                    f"weights of layer {index}", weights, (inputs, layer.units), dtype
                ),
                _fitting(f"bias of layer {index}", bias, (layer.units,), dtype),
            )
        )
        inputs = layer.units
    return fitting


def _fitting(
    name: str, values: ArrayLike, shape: tuple[int, ...], dtype: str
) -> NDArray[Any]:
    array = as_array(values, name)
    if array.shape != shape:
        raise ValueError(f"{name} have shape {array.shape}; give shape {shape}.")
    check_table(array.reshape(1, -1), name, 0, dtype)
    return np.require(array, np.dtype(dtype), ["C", "A"])
