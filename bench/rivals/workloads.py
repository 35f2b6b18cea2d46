"""Says what is trained: the networks, their data and the weights they start from."""

from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Layers = list[tuple[NDArray[Any], NDArray[Any]]]

# The losses may be so far from their median, as a share of it. After an epoch in the
# rows' own order only rounding tells contestants apart, which hundreds of steps make
# larger; in the rounds each shuffles by itself, and the order moves the loss.
ORDERED_TOLERANCE = 0.01
SHUFFLED_TOLERANCE = 0.15

_ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Workload:
    """A network and how it is trained: ReLU between layers, softmax cross-entropy.

    Inputs are bytes which become `scale` * x. `epochs` make up one timed block; the
    quick ones are for smoke tests, on the first `quick_rows` rows.
    """

    name: str
    widths: tuple[int, ...]
    batch_size: int
    learning_rate: float
    momentum: float
    scale: float
    epochs: int
    quick_epochs: int
    quick_rows: int


WORKLOADS = {
    "digits": Workload(
        name="digits",
        widths=(64, 256, 128, 10),
        batch_size=64,
        learning_rate=0.001,
        momentum=0.9,
        scale=1 / 16,
        epochs=60,
        quick_epochs=5,
        quick_rows=1797,
    ),
    "mnist": Workload(
        name="mnist",
        widths=(784, 256, 128, 10),
        batch_size=128,
        learning_rate=0.01,
        momentum=0.9,
        scale=1 / 255,
        epochs=3,
        quick_epochs=2,
        quick_rows=6000,
    ),
}


@dataclass(frozen=True)
class Task:
    """A workload with its data, uint8 and int64, and the weights all start from."""

    workload: Workload
    X: NDArray[np.uint8]
    y: NDArray[np.int64]
    first: Layers

    def scaled(self) -> NDArray[np.float32]:
        """Return X as the rivals like it best: float32, already scaled."""
        return self.X * np.float32(self.workload.scale)

    def loss(self, layers: Layers) -> float:
        """Return the mean loss over all rows, in NumPy for every contestant."""
        total = 0.0
        for start in range(0, len(self.X), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            total += self._losses(layers, rows).sum()
        return total / len(self.X)

    def _losses(self, layers: Layers, rows: slice) -> NDArray[np.float64]:
        x = self.X[rows] * self.workload.scale
        for weights, bias in layers[:-1]:
            x = np.maximum(x @ weights + bias, 0)
        weights, bias = layers[-1]
        logits = x @ weights + bias
        logits -= logits.max(axis=1, keepdims=True)
        chosen = logits[np.arange(len(logits)), self.y[rows]]
        losses: NDArray[np.float64] = np.log(np.exp(logits).sum(axis=1)) - chosen
        return losses

    def write(self, path: Path) -> None:
        """Write everything into one file, for the contestants' processes."""
        arrays = {f"weights_{i}": pair[0] for i, pair in enumerate(self.first)}
        arrays |= {f"bias_{i}": pair[1] for i, pair in enumerate(self.first)}
        arrays |= {name: np.array(v) for name, v in asdict(self.workload).items()}
        np.savez(path, allow_pickle=False, X=self.X, y=self.y, **arrays)

    @classmethod
    def read(cls, path: Path) -> "Task":
        """Read what `write` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            names = Workload.__dataclass_fields__
            fields = {name: stored[name].tolist() for name in names}
            fields["widths"] = tuple(fields["widths"])
            layers = range(len(fields["widths"]) - 1)
            first = [(stored[f"weights_{i}"], stored[f"bias_{i}"]) for i in layers]
            return cls(Workload(**fields), stored["X"], stored["y"], first)


def first_weights(widths: tuple[int, ...], seed: int = 0) -> Layers:
    """Draw He-normal weights and zero biases, float32."""
    rng = np.random.default_rng(seed)
    layers = []
    for inputs, outputs in pairwise(widths):
        weights = rng.normal(0, np.sqrt(2 / inputs), (inputs, outputs))
        layers.append((weights.astype(np.float32), np.zeros(outputs, np.float32)))
    return layers
