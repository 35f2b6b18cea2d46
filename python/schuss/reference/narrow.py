"""The meaning of many steps of a small network in one call."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.reference.elementary import Array
from schuss.reference.logits import argmax
from schuss.reference.network import Network

__all__ = ["train_narrow"]

Arrays = tuple[Array, ...]


def train_narrow(
    x: Array,
    targets: NDArray[Any],
    weights: Sequence[Array],
    biases: Sequence[Array],
    activations: Sequence[str],
    loss: str,
    optimizer: str,
    settings: Sequence[float],
    learning_rates: Sequence[float],
    batch_size: int,
    l2: float,
    by_output: Sequence[bool],
    weight_decay: float = 0.0,
    loss_settings: Sequence[float] = (),
    row_weights: Array | None = None,
) -> tuple[Arrays, Arrays, float, int, int]:
    """Return what steps make of a small network, each on the next rows of x.

    The last step takes the rows that are left. They end after the first whose loss is
    not finite; the parameters mean nothing then.

    Parameters
    ----------
    x : ndarray, shape (rows, inputs)
    targets : ndarray of integers, shape (rows,), or of numbers, (rows, outputs)
    weights, biases : sequence of ndarray, shapes (inputs, outputs) and (outputs,)
        Of each layer.
    activations : sequence of str
    loss, optimizer : str
    settings : sequence of float
        The optimizer's; its state is zero at first.
    learning_rates : sequence of float
        One for each step.
    batch_size : int, at least 1
    l2 : float, at least 0
        Acts on weights alone.
    by_output : sequence of bool
        How each layer's weights are to stand in memory; makes no difference here.
    weight_decay : float, at least 0
        Decoupled; acts on weights alone.
    loss_settings : sequence of float
        What the loss takes after the targets.
    row_weights : ndarray, shape (rows,), or None

    Returns
    -------
    weights, biases : tuple of ndarray
    loss : float
        The sum of the rows' losses.
    correct : int
        How many rows were classified rightly before their update; 0 if targets are no
        labels.
    steps : int
        How many were taken.
    """
    layers = [(len(bias), name) for bias, name in zip(biases, activations, strict=True)]
    network = Network(
        x.shape[1], layers, loss, dtype=x.dtype, loss_settings=loss_settings
    )
    for layer, pair in enumerate(zip(weights, biases, strict=True)):
        network.set_parameters(layer, *pair)
    network.start(optimizer, settings, l2, weight_decay)
    total, correct, steps = 0.0, 0, 0
    for first, rate in zip(range(0, len(x), batch_size), learning_rates, strict=True):
        rows = slice(first, first + batch_size)
        few = None if row_weights is None else row_weights[rows]
        mean = network.step(x[rows], targets[rows], rate, steps + 1, few)
        total += mean * len(x[rows])
        if targets.ndim == 1:
            correct += int(np.sum(argmax(network.outputs[-1]) == targets[rows]))
        steps += 1
        if not np.isfinite(mean):
            break
    pairs = [network.parameters(layer) for layer in range(len(layers))]
    return tuple(w for w, _ in pairs), tuple(b for _, b in pairs), total, correct, steps
