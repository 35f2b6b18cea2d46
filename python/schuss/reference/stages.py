"""What stands between dense layers, as a network uses it: a step down and one up."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

import numpy as np

from schuss.reference import normalization
from schuss.reference.activation import ACTIVATIONS, Activation, custom_activation
from schuss.reference.elementary import Array
from schuss.reference.noise import dropout, gaussian_noise
from schuss.reference.prelu import prelu, prelu_backward

__all__ = [
    "DIFFERENTIATE",
    "PREDICT",
    "STAGES",
    "TRAIN",
    "Activated",
    "Stage",
    "connect",
    "make_stage",
]

# A name, or what computes f(x) and f'(x) for an activation of the user's own.
Kind = str | tuple[Callable[[Array], Array], Callable[[Array], Array]]

# What rows pass a network for. Noise is for the last alone.
PREDICT, DIFFERENTIATE, TRAIN = range(3)


class Stage:
    """One stage of a network; this one does nothing.

    Parameters
    ----------
    settings : sequence of float
    key : int, at least 0 and below 2^64
        Determines what it draws.

    Attributes
    ----------
    draws : bool
        Whether it draws random numbers, and acts in training alone.
    names : tuple of str
        Of the vectors it has, a number per column each.
    learned : int
        How many of them, the first, are learned by gradients.
    vectors, gradients : tuple of ndarray, shape (columns,)
        The vectors, which belong to the network, and after a step up the gradients of
        those that are learned.
    """

    draws: ClassVar[bool] = False
    names: ClassVar[tuple[str, ...]] = ()
    learned: ClassVar[int] = 0

    def __init__(self, settings: Sequence[float], key: int) -> None:
        self.settings, self.key = list(settings), key
        self.step = 0
        self.vectors: tuple[Array, ...] = ()
        self.gradients: tuple[Array, ...] = ()

    def forward(self, x: Array, purpose: int, step: int) -> Array:
        """Down: return y for the rows of x, in the `step`-th step."""
        self.step = step
        return x

    def backward(self, d_y: Array) -> Array:
        """Up: return dL/dx, given dL/dy of the last way down."""
        return d_y


class Dropout(Stage):
    """`dropout`, both ways; settings: rate."""

    draws = True

    def forward(self, x: Array, purpose: int, step: int) -> Array:
        """Return y."""
        self.step = step
        return dropout(x, self.settings[0], self.key, step)

    def backward(self, d_y: Array) -> Array:
        """Return dL/dx: what was dropped takes no part."""
        return dropout(d_y, self.settings[0], self.key, self.step)


class GaussianNoise(Stage):
    """`gaussian_noise`, through which gradients pass unchanged; settings: deviation."""

    draws = True

    def forward(self, x: Array, purpose: int, step: int) -> Array:
        """Return y."""
        return gaussian_noise(x, self.settings[0], self.key, step)


class Branch(Stage):
    """Where a way around some layers begins, at the end of which is a `Join`."""

    x: Array
    d_join: Array

    def forward(self, x: Array, purpose: int, step: int) -> Array:
        """Return x, which is kept."""
        self.x = x
        return x

    def backward(self, d_y: Array) -> Array:
        """Return the sum of both ways' gradients."""
        return d_y + self.d_join


class Join(Stage):
    """Adds what went into a `Branch`, of which `connect` tells it."""

    branch: Branch

    def forward(self, x: Array, purpose: int, step: int) -> Array:
        """Return x + what went into the branch."""
        return x + self.branch.x

    def backward(self, d_y: Array) -> Array:
        """Return dL/dy, which is the gradient of both ways."""
        self.branch.d_join = d_y
        return d_y


class LayerNorm(Stage):
    """`layer_norm`; settings: epsilon."""

    names = ("gain", "shift")
    learned = 2

    def forward(self, x: Array, purpose: int, step: int) -> Array:
        """Return y."""
        gain, shift = self.vectors
        y, self._z, self._inverse = normalization.layer_norm(
            x, gain, shift, self.settings[0]
        )
        return y

    def backward(self, d_y: Array) -> Array:
        """Return dL/dx."""
        self.gradients = (
            normalization.column_product_sum(self._z, d_y),
            np.sum(d_y, axis=0),
        )
        return normalization.layer_norm_backward(
            self.vectors[0], self._z, self._inverse, d_y
        )


class BatchNorm(Stage):
    """`batch_norm`; settings: momentum, epsilon.

    A training goes by the moments of the batch, each of its `normalization.parts` by
    its own, and lets the running ones follow them: before <- momentum before +
    (1 - momentum) now, with rows / (rows - 1) times the variance, which is what is
    expected of more rows. A part of one row changes nothing.
    """

    names = ("gain", "shift", "mean", "variance")
    learned = 2

    def forward(self, x: Array, purpose: int, step: int) -> Array:
        """Return y."""
        gain, shift, *running = self.vectors
        self._fixed: Array | None = None  # dy/dx of a prediction
        epsilon = x.dtype.type(self.settings[1])
        if purpose == PREDICT:
            inverse = 1 / np.sqrt(running[1] + epsilon)
            y, self._z = normalization.batch_norm(x, running[0], inverse, gain, shift)
            self._fixed = gain * inverse
            return y
        y, self._z, self._inverses = np.empty_like(x), np.empty_like(x), []
        for part in normalization.parts(len(x)):
            mean, variance = normalization.column_moments(x[part])
            inverse = 1 / np.sqrt(variance + epsilon)
            y[part], self._z[part] = normalization.batch_norm(
                x[part], mean, inverse, gain, shift
            )
            self._inverses.append(inverse)
            if purpose == TRAIN:
                self._learn(mean, variance, len(x[part]))
        return y

    def backward(self, d_y: Array) -> Array:
        """Return dL/dx."""
        if self._fixed is not None:
            self.gradients = (
                normalization.column_product_sum(self._z, d_y),
                np.sum(d_y, axis=0),
            )
            return self._fixed * d_y
        d_x, sums = np.empty_like(d_y), []
        parts = normalization.parts(len(d_y))
        for part, inverse in zip(parts, self._inverses, strict=True):
            z, delta = self._z[part], d_y[part]
            d_gain = normalization.column_product_sum(z, delta)
            d_shift = np.sum(delta, axis=0)
            d_x[part] = normalization.batch_norm_backward(
                self.vectors[0], inverse, z, delta, d_gain, d_shift
            )
            sums.append((d_gain, d_shift))
        d_gains, d_shifts = zip(*sums, strict=True)
        self.gradients = (np.sum(d_gains, axis=0), np.sum(d_shifts, axis=0))
        return d_x

    def _learn(self, mean: Array, variance: Array, rows: int) -> None:
        if rows == 1:
            return
        kind = mean.dtype.type
        momentum, correction = kind(self.settings[0]), kind(rows / (rows - 1))
        before = self.vectors[2:]
        now = (mean, correction * variance)
        mixed = [
            momentum * a + (1 - momentum) * b for a, b in zip(before, now, strict=True)
        ]
        self.vectors = (*self.vectors[:2], *mixed)


class Rectifier(Stage):
    """`prelu`; it has no settings."""

    names = ("slope",)
    learned = 1

    def forward(self, x: Array, purpose: int, step: int) -> Array:
        """Return y."""
        self._x = x
        return prelu(x, self.vectors[0])

    def backward(self, d_y: Array) -> Array:
        """Return dL/dx."""
        below = np.minimum(self._x, 0)
        self.gradients = (normalization.column_product_sum(below, d_y),)
        return prelu_backward(self._x, self.vectors[0], d_y)


class Activated(Stage):
    """An activation of its own.

    Attributes
    ----------
    kept : ndarray, shape (rows, columns)
        Of the last way down, what the way back is given.
    """

    kept: Array

    def __init__(self, activation: Activation) -> None:
        super().__init__((), 0)
        self._activation = activation

    def forward(self, x: Array, purpose: int, step: int) -> Array:
        """Return y."""
        y = self._activation.forward(x)
        self.kept = x if self._activation.keeps_input else y
        return y

    def backward(self, d_y: Array) -> Array:
        """Return dL/dx."""
        return self._activation.backward(self.kept, d_y)


STAGES: dict[str, type[Stage]] = {
    "dropout": Dropout,
    "gaussian_noise": GaussianNoise,
    "branch": Branch,
    "join": Join,
    "layer_norm": LayerNorm,
    "batch_norm": BatchNorm,
    "prelu": Rectifier,
}


def make_stage(kind: Kind, settings: Sequence[float], key: int) -> Stage:
    """Return a stage of `STAGES`, or an activation."""
    if not isinstance(kind, str):
        return Activated(custom_activation(*kind))
    if kind in ACTIVATIONS:
        return Activated(ACTIVATIONS[kind])
    return STAGES[kind](settings, key)


def connect(stages: Iterable[Stage]) -> None:
    """Tell every join of a network, whose stages come in order, of its branch."""
    open_: list[Branch] = []
    for stage in stages:
        if isinstance(stage, Branch):
            open_.append(stage)
        elif isinstance(stage, Join):
            stage.branch = open_.pop()
