"""The meaning of one training step: the native network's twin, step for step."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from schuss.reference.activation import ACTIVATIONS
from schuss.reference.dense import dense_backward, dense_forward
from schuss.reference.elementary import Array
from schuss.reference.logits import argmax
from schuss.reference.loss import LOSSES, MEANS
from schuss.reference.norms import clip, max_norm, shrinking, sum_of_squares
from schuss.reference.optimizer import OPTIMIZERS, Optimizer
from schuss.reference.rearrange import gather
from schuss.reference.stages import STAGES, Stage
from schuss.reference.training import Training

Parameters = tuple[Array, Array]
State = tuple[int, list[list[Parameters]]]


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
    stages : sequence of (int, str, sequence of float, int)
        What stands between layers: before which (their number: after the last), kind,
        settings, and the key by which it draws; places in order.
    loss_settings : sequence of float
        What the loss takes after the targets.

    Attributes
    ----------
    outputs : list of ndarray, shapes (batch, width)
        Of the last forward pass: what every layer was given, then the last output.
    kept : list of ndarray, shapes (batch, width)
        Of the last forward pass, what each layer's way back is given: its output, or
        x W + b where the activation keeps its input.
    deltas : list of ndarray, shapes (batch, width)
        Of the last backward pass: d(loss) / d(output) of every layer.
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
        stages: Sequence[tuple[int, str, Sequence[float], int]] = (),
        loss_settings: Sequence[float] = (),
    ) -> None:
        self.dtype = np.dtype(dtype)
        self.rescaling = (scale, offset)
        self.activations = [activation for _, activation in layers]
        self._loss, self._mean = LOSSES[loss], MEANS[loss]
        self._loss_settings = loss_settings
        self._places: list[list[Stage]] = [[] for _ in range(len(layers) + 1)]
        for place, kind, settings, stage_key in stages:
            self._places[place].append(STAGES[kind](settings, stage_key))
        self._acting: list[list[Stage]] = self._places
        widths = [inputs, *(outputs for outputs, _ in layers)]
        self._parameters: list[Parameters] = [
            (np.zeros((fan_in, fan_out), dtype), np.zeros(fan_out, dtype))
            for fan_in, fan_out in itertools.pairwise(widths)
        ]
        self._gradients = list(self._parameters)
        self._state: list[list[list[Array]]] = []
        self.gradient_norm = 0.0
        self.steps = 0
        self.outputs: list[Array] = []
        self.kept: list[Array] = []
        self.deltas: list[Array] = []

    def parameters(self, layer: int) -> Parameters:
        """Return copies of a layer's weights (inputs, outputs) and bias (outputs,)."""
        weights, bias = self._parameters[layer]
        return weights.copy(), bias.copy()

    def gradients(self, layer: int) -> Parameters:
        """Return a layer's gradients, as the last backward pass left them."""
        return self._gradients[layer]

    def set_parameters(self, layer: int, weights: Array, bias: Array) -> None:
        """Set a layer's weights (inputs, outputs) and bias (outputs,)."""
        kind = self.dtype
        self._parameters[layer] = (weights.astype(kind), bias.astype(kind))

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
        """Start an optimizer: its state becomes zero.

        Parameters
        ----------
        optimizer : str
        settings : sequence of float
        l2, weight_decay, l1 : float, at least 0
            Hold weights small, and leave biases alone.
        bias_l1, bias_l2 : float, at least 0
            The same for biases.
        max_norm : float, above 0
            What the norm of each unit's weights is at most after a step.
        clip_norm, clip_value : float, above 0
            What the norm of all gradients together, and each number of them, is at
            most when a step begins.
        learning_rate_factors : sequence of float, at least 0
            One per layer; a layer with 0 is frozen, and its gradients do not count.
            None: all are 1.
        """
        self._optimizer: Optimizer = OPTIMIZERS[optimizer]
        self._settings = settings
        self._pulls = ((l2, weight_decay, l1), (bias_l2, 0.0, bias_l1))
        self._max_norm, self._clip = max_norm, (clip_norm, clip_value)
        self._factors = list(learning_rate_factors) or [1.0] * self.depth
        self._state = [
            [[np.zeros_like(array)] * self._optimizer.slots for array in layer]
            for layer in self._parameters
        ]
        self.steps = 0

    def state(self) -> State:
        """Return the steps taken and, per array of state, copies of each layer's."""
        layers = [
            [(a.copy(), b.copy()) for a, b in zip(*pair, strict=True)]
            for pair in self._state
        ]
        return self.steps, [list(slot) for slot in zip(*layers, strict=True)]

    def set_state(self, steps: int, slots: Sequence[Sequence[Parameters]]) -> None:
        """Set what `state` returns, for an optimizer that was started."""
        kind = self.dtype
        self._state = [
            [[pair[which].astype(kind) for pair in layer] for which in range(2)]
            for layer in zip(*slots, strict=True)
        ] or self._state
        self.steps = steps

    def steps_taken(self) -> int:
        """Return the number of steps since the optimizer was started."""
        return self.steps

    def forward(self, x: Array, step: int = 0) -> Array:
        """Down: return the output for the rows of x, of shape (batch, inputs).

        In a step of a training, counted from 1, noise is added; it is not in step 0.
        """
        self.outputs, self.kept = [], []
        self._acting = [
            [stage for stage in place if step or not stage.draws]
            for place in self._places
        ]
        for place, name in enumerate(self.activations):
            for stage in self._acting[place]:
                x = stage.forward(x, step)
            self.outputs.append(x)
            activation = ACTIVATIONS[name]
            sums = dense_forward(x, *self._parameters[place])
            x = activation.forward(sums)
            self.kept.append(sums if activation.keeps_input else x)
        for stage in self._acting[-1]:
            x = stage.forward(x, step)
        self.outputs.append(x)
        return x

    def backward(self, delta: Array) -> Array:
        """Up: leave every layer's delta and gradients, given the last delta.

        What is returned is d(loss) / d(x) for the x that went forward.
        """
        self.deltas = [delta] * len(self._parameters)
        for layer in reversed(range(len(self._parameters))):
            for stage in reversed(self._acting[layer + 1]):
                delta = stage.backward(delta)
            self.deltas[layer] = delta
            d_weights, d_bias, delta = dense_backward(
                self.outputs[layer],
                self._parameters[layer][0],
                self.kept[layer],
                delta,
                self.activations[layer],
            )
            self._gradients[layer] = (d_weights, d_bias)
        return delta

    def clipped(self) -> list[Parameters]:
        """Return the gradients as a step takes them; leave their norm of before."""
        limit, most = self._clip
        if not self.measures and np.isinf(most):
            return self._gradients
        scale = 1.0
        if self.measures:
            layers = zip(self._gradients, self._factors, strict=True)
            moving = [pair for pair, factor in layers if factor]
            squares = [sum_of_squares(array) for pair in moving for array in pair]
            norm = np.sqrt(np.sum(squares))
            self.gradient_norm, scale = float(norm), float(shrinking(norm, limit))
        return [
            (clip(weights, scale, most), clip(bias, scale, most))
            for weights, bias in self._gradients
        ]

    def update(self, learning_rate: float, number: int = 1) -> None:
        """Once: move all parameters along their gradients, for the `number`-th time."""
        gradients = self.clipped()
        for layer, factor in enumerate(self._factors):
            if factor == 0:
                continue
            moved = []
            for kind, array in enumerate(self._parameters[layer]):
                l2, weight_decay, l1 = self._pulls[kind]
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
                moved.append(array)
            weights, bias = moved
            if np.isfinite(self._max_norm):
                weights = max_norm(weights, self._max_norm)
            self._parameters[layer] = (weights, bias)

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
        loss, delta = self.loss(self.forward(x, number), targets, weights)
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
    ) -> Training:
        """Return what trains this network on a table; see `Training`."""
        return Training(self, X, targets, batch_size, key, first_epoch, weights)

    def evaluate(
        self, X: NDArray[Any], targets: NDArray[Any], weights: Array | None = None
    ) -> tuple[float, int]:
        """Return the mean loss over a table, and how many rows are right."""
        output = self.predict(X)
        return self.loss(output, targets, weights)[0], self.hits(output, targets)

    def differentiate(
        self, X: NDArray[Any], targets: NDArray[Any], weights: Array | None = None
    ) -> float:
        """Return the mean loss over a table; its gradient is left in `gradients`."""
        output = self.forward(self.gathered(X, np.arange(len(X))))
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
        return self._mean(output) if wanted == 1 else output

    @property
    def measures(self) -> bool:
        """Whether steps need the norm of the gradients."""
        return bool(np.isfinite(self._clip[0]))

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self._parameters)

    def gathered(self, X: NDArray[Any], rows: NDArray[np.int64]) -> Array:
        """Return rows of a table, converted and rescaled."""
        return gather(X, rows, *self.rescaling, dtype=self.dtype)

    def hits(self, output: Array, targets: NDArray[Any]) -> int:
        """Return how many rows are classified rightly; 0 if targets are no labels."""
        return int(np.sum(argmax(output) == targets)) if targets.ndim == 1 else 0
