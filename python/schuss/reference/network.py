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
from schuss.reference.optimizer import OPTIMIZERS, Optimizer
from schuss.reference.rearrange import gather
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
    loss_settings : sequence of float
        What the loss takes after the targets.
    custom_loss : callable of (outputs, targets), optional
        Returns the rows' losses and their gradients; instead of the loss by name.

    Attributes
    ----------
    outputs : list of ndarray, shapes (batch, width)
        Of the last forward pass: the inputs, then every layer's output.
    kept : list of ndarray, shapes (batch, width)
        Of the last forward pass, what each layer's way back is given: its output, or
        x W + b where the activation keeps its input.
    deltas : list of ndarray, shapes (batch, width)
        Of the last backward pass: d(loss) / d(output) of every layer.
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
        loss_settings: Sequence[float] = (),
        custom_loss: Callable[..., tuple[Array, Array]] | None = None,
    ) -> None:
        self.dtype = np.dtype(dtype)
        self.rescaling = (scale, offset)
        self.activations = [activation for _, activation in layers]
        self._loss = custom(custom_loss) if custom_loss else LOSSES[loss]
        self._mean = MEANS.get(loss)
        self._loss_settings = loss_settings
        widths = [inputs, *(outputs for outputs, _ in layers)]
        self._parameters: list[Parameters] = [
            (np.zeros((fan_in, fan_out), dtype), np.zeros(fan_out, dtype))
            for fan_in, fan_out in itertools.pairwise(widths)
        ]
        self._gradients = list(self._parameters)
        self._state: list[list[list[Array]]] = []
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
    ) -> None:
        """Start an optimizer: its state becomes zero.

        The last two hold weights small, and leave biases alone.
        """
        self._optimizer: Optimizer = OPTIMIZERS[optimizer]
        self._settings, self._l2, self._decay = settings, l2, weight_decay
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

    def forward(self, x: Array) -> Array:
        """Down: return the output for the rows of x, of shape (batch, inputs)."""
        self.outputs, self.kept = [x], []
        for (weights, bias), name in zip(
            self._parameters, self.activations, strict=True
        ):
            activation, sums = ACTIVATIONS[name], dense_forward(x, weights, bias)
            x = activation.forward(sums)
            self.outputs.append(x)
            self.kept.append(sums if activation.keeps_input else x)
        return x

    def backward(self, delta: Array) -> None:
        """Up: leave every layer's delta and gradients, given the last delta."""
        self.deltas = [delta] * len(self._parameters)
        for layer in reversed(range(len(self._parameters))):
            self.deltas[layer] = delta
            d_weights, d_bias, delta = dense_backward(
                self.outputs[layer],
                self._parameters[layer][0],
                self.kept[layer],
                delta,
                self.activations[layer],
            )
            self._gradients[layer] = (d_weights, d_bias)

    def update(self, learning_rate: float, number: int = 1) -> None:
        """Once: move all parameters along their gradients, for the `number`-th time."""
        for layer, arrays in enumerate(self._parameters):
            moved = []
            for kind, array in enumerate(arrays):
                array, *self._state[layer][kind] = self._optimizer.update(
                    array,
                    self._gradients[layer][kind],
                    *self._state[layer][kind],
                    learning_rate,
                    *self._settings,
                    self._l2 if kind == 0 else 0.0,
                    number,
                    self._decay if kind == 0 else 0.0,
                )
                moved.append(array)
            self._parameters[layer] = (moved[0], moved[1])

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
        loss, delta = self.loss(self.forward(x), targets, weights)
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
        return self._mean(output) if wanted == 1 and self._mean else output

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
