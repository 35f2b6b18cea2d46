"""What the reference's network holds: parameters, gradients, optimizer state."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from schuss.reference.elementary import Array
from schuss.reference.moving_average import Average
from schuss.reference.norms import clip, max_norm, shrinking, sum_of_squares
from schuss.reference.optimizer import OPTIMIZERS, Optimizer
from schuss.reference.stages import Stage

Parameters = tuple[Array, ...]
State = tuple[int, list[list[Parameters]]]
Averaged = tuple[int, list[Parameters]]


class Memory:
    """Parameters, their gradients, and an optimizer that moves the ones by the others.

    Parameters
    ----------
    widths : sequence of int
        Of the inputs and of every dense layer's outputs.
    places : sequence of sequence of Stage
        What stands before each dense layer, and after the last.
    dtype : "float32" or "float64"

    Attributes
    ----------
    gradient_norm : float
        Of the gradients of the last step, before they were clipped by it.
    """

    def __init__(
        self,
        widths: Sequence[int],
        places: Sequence[Sequence[Stage]],
        dtype: DTypeLike,
    ) -> None:
        self.dtype = np.dtype(dtype)
        self._parameters: list[Parameters] = []
        self._owners: list[Stage | None] = []  # of the parameters; None: a dense layer
        self._dense: list[int] = []  # where each dense layer's parameters are
        self._lay_out(widths, places)
        self._gradients = list(self._parameters)
        self._state: list[list[list[Array]]] = []
        self.gradient_norm = 0.0
        self.steps = 0
        self._average: Average | None = None

    def _lay_out(
        self, widths: Sequence[int], places: Sequence[Sequence[Stage]]
    ) -> None:
        for place, width in enumerate(widths):
            for stage in places[place]:
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

    @property
    def measures(self) -> bool:
        """Whether steps need the norm of the gradients."""
        return bool(np.isfinite(self._clip[0]))

    @property
    def depth(self) -> int:
        """The number of layers that have parameters."""
        return len(self._parameters)
