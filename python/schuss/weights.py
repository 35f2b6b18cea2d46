"""A model's parameters before training: drawn, or given by the user and checked."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.engines import Parameters, check_table
from schuss.examples import as_array
from schuss.initializers import default_initializer, initial_weights
from schuss.layers import Dense
from schuss.stages import Stage

Layers = Sequence[Dense | Stage]


def first_weights(
    layers: Layers, inputs: int, seed: int, dtype: str
) -> list[Parameters]:
    """Return every layer's first weights and bias, or other arrays.

    Parameters
    ----------
    layers : sequence of Dense or Stage
    inputs : int
        Columns of X.
    seed : int
        Each dense layer draws from a stream of its own.
    dtype : str

    Returns
    -------
    list of tuples of ndarray

    Raises
    ------
    TypeError, ValueError
        If weights that a layer was given do not fit.
    """
    arrays: list[tuple[ArrayLike, ...]] = []
    width, drawn = inputs, 0
    for layer in layers:
        if isinstance(layer, Dense):
            arrays.append(_first_of_dense(layer, width, [seed, 0, drawn]))
            width, drawn = layer.units, drawn + 1
        else:
            arrays.append(tuple(np.full(width, value) for value in layer.first))
    return fitting_weights(layers, inputs, arrays, dtype)


def _first_of_dense(
    layer: Dense, inputs: int, seed: list[int]
) -> tuple[ArrayLike, ...]:
    name = layer.initializer or default_initializer(layer.activation)
    weights, bias = layer.weights, layer.bias
    if weights is None:
        rng = np.random.default_rng(seed)
        weights = initial_weights(name, inputs, layer.units, rng)
    return weights, np.zeros(layer.units) if bias is None else bias


def as_arrays(
    weights: Iterable[Iterable[ArrayLike]], layers: Layers
) -> list[tuple[NDArray[Any], ...]]:
    """Return weights and biases, or other arrays, as tuples of arrays, one per layer.

    Parameters
    ----------
    weights : iterable of iterables of array_like
    layers : sequence of Dense or Stage
        For each of which there must be one.

    Returns
    -------
    list of tuples of ndarray, the first of which has its number of dimensions

    Raises
    ------
    TypeError, ValueError
        If they are not that.
    """
    given = [tuple(own) for own in weights]
    if len(given) != len(layers):
        raise ValueError(
            f"got weights for {len(given)} layers; the model has {len(layers)}."
        )
    arrays = []
    for index, (own, layer) in enumerate(zip(given, layers, strict=True)):
        names = layer.names
        if len(own) != len(names):
            kind = "a pair" if len(names) == 2 else f"{len(names)}"
            raise ValueError(
                f"layer {index} got {len(own)} arrays; give {kind} "
                f"({', '.join(names)})."
            )
        first = as_array(own[0], f"{names[0]} of layer {index}")
        dimensions = len(layer.shapes(1)[0])
        if first.ndim != dimensions:
            raise ValueError(
                f"{names[0]} of layer {index} have shape {first.shape}; give "
                f"{dimensions} dimension{'s' * (dimensions > 1)}."
            )
        rest = zip(names[1:], own[1:], strict=True)
        others = (as_array(array, f"{name} of layer {index}") for name, array in rest)
        arrays.append((first, *others))
    return arrays


def fitting_weights(
    layers: Layers, inputs: int, given: Iterable[Iterable[ArrayLike]], dtype: str
) -> list[Parameters]:
    """Return given weights and biases, or other arrays, of `dtype`, known to fit.

    Parameters
    ----------
    layers : sequence of Dense or Stage
    inputs : int
        Columns of X.
    given : iterable of iterables of array_like
        Of each layer as many as it has.
    dtype : str

    Returns
    -------
    list of tuples of ndarray

    Raises
    ------
    TypeError, ValueError
        If a shape or a value is wrong.
    """
    fitting = []
    for index, (layer, own) in enumerate(zip(layers, given, strict=True)):
        parts = zip(layer.names, own, layer.shapes(inputs), strict=True)
        fitting.append(
            tuple(
                _fitting(f"{name} of layer {index}", array, shape, dtype)
                for name, array, shape in parts
            )
        )
        if "variance" in layer.names and np.any(fitting[-1][-1] < 0):
            raise ValueError(
                f"variance of layer {index} has numbers below 0; give others."
            )
        inputs = layer.units if isinstance(layer, Dense) else inputs
    return fitting


def _fitting(
    name: str, values: ArrayLike, shape: tuple[int, ...], dtype: str
) -> NDArray[Any]:
    array = as_array(values, name)
    if array.shape != shape:
        raise ValueError(f"{name} have shape {array.shape}; give shape {shape}.")
    check_table(array.reshape(1, -1), name, 0, dtype)
    return np.require(array, np.dtype(dtype), ["C", "A"])
