"""The meaning of one training step: the native network's twin, step for step."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from schuss.reference.activation import ACTIVATIONS
from schuss.reference.dense import dense_backward, dense_forward
from schuss.reference.elementary import Array
from schuss.reference.logits import argmax
from schuss.reference.loss import LOSSES, MEANS, custom
from schuss.reference.memory import Memory
from schuss.reference.rearrange import gather
from schuss.reference.stages import (
    DIFFERENTIATE,
    PREDICT,
    TRAIN,
    Activated,
    Kind,
    Stage,
    connect,
    make_stage,
)
from schuss.reference.training import Rows, Training


class Network(Memory):
    """A dense network with the methods of the native one; its passes are here.

    Parameters
    ----------
    inputs : int, at least 1
    layers : sequence of (int, str)
        Outputs and activation of each layer.
    loss : str
    scale, offset : float
        Inputs become scale * x + offset.
    dtype : "float32" or "float64"
    stages : sequence of (int, str or pair of callables, sequence of float, int)
        What stands between layers: before which (their number: after the last), kind,
        settings, and the key by which it draws; places in order. The kind of an
        activation of the user's own is a pair of what computes f(x) and f'(x).
    loss_settings : sequence of float
        What the loss takes after the targets.
    custom_loss : callable of (outputs, targets), optional
        Returns the rows' losses and their gradients; instead of the loss by name.

    Attributes
    ----------
    outputs : list of ndarray, shapes (batch, width)
        Of the last forward pass: what every layer was given, then the last output.
    kept : list of ndarray, shapes (batch, width)
        Of the last forward pass, what each layer's way back is given: its output, or
        x W + b where the activation keeps its input.
    deltas : list of ndarray, shapes (batch, width)
        Of the last backward pass: d(loss) / d(output) of every layer.
    custom_activations : list of Activated
        Those of the user's own, in order; what they keep is what they were given.
    """

    isa = "numpy"

    def __init__(
        self,
        inputs: int,
        layers: Sequence[tuple[int, str]],
        loss: str,
        scale: float = 1.0,
        offset: float = 0.0,
        dtype: DTypeLike = "float32",
        stages: Sequence[tuple[int, Kind, Sequence[float], int]] = (),
        loss_settings: Sequence[float] = (),
        custom_loss: Callable[..., tuple[Array, Array]] | None = None,
    ) -> None:
        self.rescaling = (scale, offset)
        self.activations = [activation for _, activation in layers]
        self._loss = custom(custom_loss) if custom_loss else LOSSES[loss]
        self._mean = MEANS.get(loss)
        self._loss_settings = loss_settings
        self._places: list[list[Stage]] = [[] for _ in range(len(layers) + 1)]
        self.custom_activations: list[Activated] = []
        for place, kind, settings, stage_key in stages:
            stage = make_stage(kind, settings, stage_key)
            self._places[place].append(stage)
            if isinstance(stage, Activated) and not isinstance(kind, str):
                self.custom_activations.append(stage)
        connect(itertools.chain.from_iterable(self._places))
        self._acting: list[list[Stage]] = self._places
        widths = [inputs, *(outputs for outputs, _ in layers)]
        super().__init__(widths, self._places, dtype)
        self.outputs: list[Array] = []
        self.kept: list[Array] = []
        self.deltas: list[Array] = []

    def forward(self, x: Array, purpose: int = PREDICT, step: int = 0) -> Array:
        """Down: return the output for the rows of x, of shape (batch, inputs).

        The purpose is one of `schuss.reference.stages`; steps are counted from 1.
        """
        self.outputs, self.kept = [], []
        self._acting = [
            [stage for stage in place if purpose == TRAIN or not stage.draws]
            for place in self._places
        ]
        for owner, vectors in zip(self._owners, self._parameters, strict=True):
            if owner:
                owner.vectors = vectors
        for place, name in enumerate(self.activations):
            for stage in self._acting[place]:
                x = stage.forward(x, purpose, step)
            self.outputs.append(x)
            activation = ACTIVATIONS[name]
            weights, bias = self._parameters[self._dense[place]]
            sums = dense_forward(x, weights, bias)
            x = activation.forward(sums)
            self.kept.append(sums if activation.keeps_input else x)
        for stage in self._acting[-1]:
            x = stage.forward(x, purpose, step)
        self.outputs.append(x)
        for layer, owner in enumerate(self._owners):
            if owner:  # what it learns on the way
                self._parameters[layer] = owner.vectors
        return x

    def backward(self, delta: Array) -> Array:
        """Up: leave every layer's delta and gradients, given the last delta.

        What is returned is d(loss) / d(x) for the x that went forward.
        """
        self.deltas = [delta] * len(self._dense)
        for layer in reversed(range(len(self._dense))):
            for stage in reversed(self._acting[layer + 1]):
                delta = stage.backward(delta)
            self.deltas[layer] = delta
            d_weights, d_bias, delta = dense_backward(
                self.outputs[layer],
                self._parameters[self._dense[layer]][0],
                self.kept[layer],
                delta,
                self.activations[layer],
            )
            self._gradients[self._dense[layer]] = (d_weights, d_bias)
        for stage in reversed(self._acting[0]):
            delta = stage.backward(delta)
        for layer, owner in enumerate(self._owners):
            if owner:
                rest = owner.vectors[owner.learned :]
                zeros = (np.zeros_like(vector) for vector in rest)
                self._gradients[layer] = (*owner.gradients, *zeros)
        return delta

    def loss(
        self, output: Array, targets: NDArray[Any], weights: Array | None = None
    ) -> tuple[float, Array]:
        """Turn: return the mean loss of outputs, and its gradient."""
        return self._loss(output, targets, *self._loss_settings, weights=weights)

    def step(
        self,
        x: Array,
        targets: NDArray[Any],
        learning_rate: float,
        number: int = 1,
        weights: Array | None = None,
    ) -> float:
        """Return the loss of one step, the `number`-th: down, turn, up, once."""
        loss, delta = self.loss(self.forward(x, TRAIN, number), targets, weights)
        self.backward(delta)
        self.update(learning_rate, number)
        return loss

    def training(
        self,
        X: NDArray[Any],
        targets: NDArray[Any],
        batch_size: int,
        key: int | None = None,
        first_epoch: int = 0,
        weights: Array | None = None,
        validation: Sequence[Rows] = (),
    ) -> Training:
        """Return what trains this network on a table; see `Training`."""
        return Training(
            self, X, targets, batch_size, key, first_epoch, weights, validation
        )

    def evaluate(
        self, X: NDArray[Any], targets: NDArray[Any], weights: Array | None = None
    ) -> tuple[float, int]:
        """Return the mean loss over a table, and how many rows are right."""
        output = self.predict(X)
        return self.loss(output, targets, weights)[0], self.hits(output, targets)

    def differentiate(
        self, X: NDArray[Any], targets: NDArray[Any], weights: Array | None = None
    ) -> float:
        """Return the mean loss over a table; its gradient is left in `gradients`.

        As in a training, but without noise.
        """
        output = self.forward(self.gathered(X, np.arange(len(X))), DIFFERENTIATE)
        loss, delta = self.loss(output, targets, weights)
        self.backward(delta)
        return loss

    def predict(self, X: NDArray[Any], wanted: int = 0) -> NDArray[Any]:
        """Return what is wanted for a table.

        0: the outputs (rows, outputs); 1: what the loss takes them to say that targets
        are on average; 2: the class (rows,) of the largest.
        """
        output = self.forward(self.gathered(X, np.arange(len(X))))
        if wanted == 2:
            return argmax(output)
        return self._mean(output) if wanted == 1 and self._mean else output

    def gathered(self, X: NDArray[Any], rows: NDArray[np.int64]) -> Array:
        """Return rows of a table, converted and rescaled."""
        return gather(X, rows, *self.rescaling, dtype=self.dtype)

    def hits(self, output: Array, targets: NDArray[Any]) -> int:
        """Return how many rows are classified rightly; 0 if targets are no labels."""
        return int(np.sum(argmax(output) == targets)) if targets.ndim == 1 else 0
