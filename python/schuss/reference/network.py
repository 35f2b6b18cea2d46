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
from schuss.reference.moving_average import Average
from schuss.reference.norms import clip, max_norm, shrinking, sum_of_squares
from schuss.reference.optimizer import OPTIMIZERS, Optimizer
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

Parameters = tuple[Array, ...]
State = tuple[int, list[list[Parameters]]]
Averaged = tuple[int, list[Parameters]]


class Network:
    """A dense network with the methods of the native one.

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
    gradient_norm : float
        Of the gradients of the last step, before they were clipped by it.
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
        self.dtype = np.dtype(dtype)
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
        self._parameters: list[Parameters] = []
        self._owners: list[Stage | None] = []  # of the parameters; None: a dense layer
        self._dense: list[int] = []  # where each dense layer's parameters are
        self._lay_out([inputs, *(outputs for outputs, _ in layers)])
        self._gradients = list(self._parameters)
        self._state: list[list[list[Array]]] = []
        self.gradient_norm = 0.0
        self.steps = 0
        self._average: Average | None = None
        self.outputs: list[Array] = []
        self.kept: list[Array] = []
        self.deltas: list[Array] = []

    def _lay_out(self, widths: Sequence[int]) -> None:
        for place, width in enumerate(widths):
            for stage in self._places[place]:
                if stage.names:
                    self._owners.append(stage)
                    vectors = [np.zeros(width, self.dtype) for _ in stage.names]
                    self._parameters.append(tuple(vectors))
            if place + 1 < len(widths):
                self._dense.append(len(self._parameters))
                self._owners.append(None)
                shapes = [(width, widths[place + 1]), (widths[place + 1],)]
                zeros = [np.zeros(shape, self.dtype) for shape in shapes]
                self._parameters.append(tuple(zeros))

    def parameters(self, layer: int) -> Parameters:
        """Return copies of the parameters of a layer that has some, counted in order.

        Weights (inputs, outputs) and bias (outputs,) of a dense one, else vectors.
        """
        return tuple(array.copy() for array in self._parameters[layer])

    def gradients(self, layer: int) -> Parameters:
        """Return a layer's gradients, as the last backward pass left them."""
        return self._gradients[layer]

    def set_parameters(self, layer: int, *arrays: Array) -> None:
        """Set what `parameters` returns."""
        self._parameters[layer] = tuple(array.astype(self.dtype) for array in arrays)

    def start(
        self,
        optimizer: str,
        settings: Sequence[float],
        l2: float = 0.0,
        weight_decay: float = 0.0,
        *,
        l1: float = 0.0,
        bias_l1: float = 0.0,
        bias_l2: float = 0.0,
        max_norm: float = np.inf,
        clip_norm: float = np.inf,
        clip_value: float = np.inf,
        learning_rate_factors: Sequence[float] = (),
    ) -> None:
        """Start an optimizer: its state becomes zero, and there is no average.

        Parameters
        ----------
        optimizer : str
        settings : sequence of float
        l2, weight_decay, l1 : float, at least 0
            Hold weights small, and leave biases and other vectors alone.
        bias_l1, bias_l2 : float, at least 0
            The same for biases.
        max_norm : float, above 0
            What the norm of each unit's weights is at most after a step.
        clip_norm, clip_value : float, above 0
            What the norm of all gradients together, and each number of them, is at
            most when a step begins.
        learning_rate_factors : sequence of float, at least 0
            One per dense layer; one with 0 is frozen, and its gradients do not count.
            None: all are 1.
        """
        self._optimizer: Optimizer = OPTIMIZERS[optimizer]
        self._settings = settings
        self._pulls = ((l2, weight_decay, l1), (bias_l2, 0.0, bias_l1))
        self._max_norm, self._clip = max_norm, (clip_norm, clip_value)
        of_dense = iter(learning_rate_factors or [1.0] * len(self._dense))
        self._factors = [1.0 if owner else next(of_dense) for owner in self._owners]
        self._state = [
            [[np.zeros_like(array)] * self._optimizer.slots for array in layer]
            for layer in self._parameters
        ]
        self.steps = 0
        self._average = None

    def state(self) -> State:
        """Return the steps taken and, per array of state, copies of each layer's."""
        layers = [
            [tuple(array.copy() for array in slot) for slot in zip(*own, strict=True)]
            for own in self._state
        ]
        return self.steps, [list(slot) for slot in zip(*layers, strict=True)]

    def set_state(self, steps: int, slots: Sequence[Sequence[Parameters]]) -> None:
        """Set what `state` returns, for an optimizer that was started."""
        kind = self.dtype
        self._state = [
            [[array.astype(kind) for array in own] for own in zip(*layer, strict=True)]
            for layer in zip(*slots, strict=True)
        ] or self._state
        self.steps = steps

    def steps_taken(self) -> int:
        """Return the number of steps since the optimizer was started."""
        return self.steps

    def start_average(self, decay: float) -> None:
        """Begin an average of all parameters with the next step; see `Average`."""
        self._average = Average(self._parameters, decay)

    def average(self) -> Averaged:
        """Return the steps averaged over, and the average of each layer's parameters.

        Without an average there are no steps and no layers.
        """
        return (self._average.steps, self._average.layers) if self._average else (0, [])

    def set_average(self, steps: int, layers: Sequence[Parameters]) -> None:
        """Set what `average` returns, for an average that was started."""
        if not self._average:
            raise ValueError("there is no average yet; start one")
        self._average.steps = steps
        self._average.layers = [
            tuple(array.astype(self.dtype) for array in arrays) for arrays in layers
        ]

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

    def clipped(self) -> list[Parameters]:
        """Return the gradients as a step takes them; leave their norm of before."""
        limit, most = self._clip
        if not self.measures and np.isinf(most):
            return self._gradients
        scale = 1.0
        if self.measures:
            layers = zip(self._gradients, self._factors, strict=True)
            moving = [own for own, factor in layers if factor]
            squares = [sum_of_squares(array) for own in moving for array in own]
            norm = np.sqrt(np.sum(squares))
            self.gradient_norm, scale = float(norm), float(shrinking(norm, limit))
        return [
            tuple(clip(array, scale, most) for array in own) for own in self._gradients
        ]

    def update(self, learning_rate: float, number: int = 1) -> None:
        """Once: move all parameters along their gradients, for the `number`-th time."""
        gradients = self.clipped()
        for layer, factor in enumerate(self._factors):
            if factor == 0:
                continue
            owner, moved = self._owners[layer], list(self._parameters[layer])
            learned = owner.learned if owner else len(moved)
            pulls = ((0.0, 0.0, 0.0),) * learned if owner else self._pulls
            for kind, array in enumerate(moved[:learned]):
                l2, weight_decay, l1 = pulls[kind]
                array, *self._state[layer][kind] = self._optimizer.update(
                    array,
                    gradients[layer][kind],
                    *self._state[layer][kind],
                    learning_rate * factor,
                    *self._settings,
                    l2,
                    number,
                    weight_decay,
                    l1,
                )
                moved[kind] = array
            if not owner and np.isfinite(self._max_norm):
                moved[0] = max_norm(moved[0], self._max_norm)
            self._parameters[layer] = tuple(moved)
        if self._average:
            self._average.add(self._parameters)

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

    @property
    def measures(self) -> bool:
        """Whether steps need the norm of the gradients."""
        return bool(np.isfinite(self._clip[0]))

    @property
    def depth(self) -> int:
        """The number of layers that have parameters."""
        return len(self._parameters)

    def gathered(self, X: NDArray[Any], rows: NDArray[np.int64]) -> Array:
        """Return rows of a table, converted and rescaled."""
        return gather(X, rows, *self.rescaling, dtype=self.dtype)

    def hits(self, output: Array, targets: NDArray[Any]) -> int:
        """Return how many rows are classified rightly; 0 if targets are no labels."""
        return int(np.sum(argmax(output) == targets)) if targets.ndim == 1 else 0
