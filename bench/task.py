"""Holds what contestants work on: a workload, its table, and the first weights."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.workloads import SQUARED_ERROR, Workload, find

Inputs = NDArray[np.uint8] | NDArray[np.float32]
Targets = NDArray[np.int64] | NDArray[np.float32]
Layers = list[tuple[NDArray[Any], NDArray[Any]]]

# The loss is taken over so many rows, evenly spread: enough to tell work from other
# work, and few enough to cost nothing beside the training.
_JUDGED_ROWS = 8192


class Table(NamedTuple):
    """Inputs, which become `scale` times themselves, and targets; what they are."""

    X: Inputs
    y: Targets
    scale: float
    what: str

    def head(self, rows: int | None) -> "Table":
        """Return the first rows only."""
        return self._replace(X=self.X[:rows], y=self.y[:rows])


@dataclass(frozen=True)
class Task:
    """A workload by name with its table and the weights all start from."""

    name: str
    table: Table
    first: Layers

    @property
    def workload(self) -> Workload:
        """What is trained."""
        return find(self.name)

    @property
    def rows(self) -> int:
        """The number of rows of the table."""
        return len(self.table.X)

    @property
    def batch_size(self) -> int:
        """The rows of one step; all of them if the workload says full batch."""
        return min(self.workload.batch_size or self.rows, self.rows)

    @property
    def full_batch(self) -> bool:
        """Whether a step takes all rows, so that their order means nothing."""
        return self.workload.batch_size is None

    def scaled(self) -> NDArray[np.float32]:
        """Return X as the rivals like it best: float32, already scaled."""
        if self.table.X.dtype == np.float32:
            return np.ascontiguousarray(self.table.X)
        return self.table.X * np.float32(self.table.scale)

    def outputs(self, x: Any, layers: Layers) -> Any:
        """Return the last layer's outputs, in NumPy, for every contestant."""
        for weights, bias in layers[:-1]:
            x = _ACTIVATIONS[self.workload.activation](x @ weights + bias)
        weights, bias = layers[-1]
        return (x @ weights + bias).astype(np.float64)

    def loss(self, layers: Layers) -> float:
        """Return the mean loss over rows of the table."""
        rows = slice(None, None, -(-self.rows // _JUDGED_ROWS))
        x, y = self.table.X[rows] * np.float32(self.table.scale), self.table.y[rows]
        outputs = self.outputs(x, layers)
        if self.workload.loss == SQUARED_ERROR:
            return float(((outputs - y) ** 2).mean())
        outputs -= outputs.max(axis=1, keepdims=True)
        chosen = np.take_along_axis(outputs, y[:, None], axis=1)[:, 0]
        return float((np.log(np.exp(outputs).sum(axis=1)) - chosen).mean())

    def probabilities(self, x: Any) -> Any:
        """Return what the first weights predict."""
        outputs = self.outputs(x.astype(np.float64), self.first)
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def write(self, path: Path) -> None:
        """Write everything into one file, for the contestants' processes."""
        table = self.table
        arrays = {f"weights_{i}": pair[0] for i, pair in enumerate(self.first)}
        arrays |= {f"bias_{i}": pair[1] for i, pair in enumerate(self.first)}
        arrays |= {"scale": np.array(table.scale), "name": np.array(self.name)}
        np.savez(path, allow_pickle=False, X=table.X, y=table.y, **arrays)

    @classmethod
    def read(cls, path: Path) -> "Task":
        """Read what `write` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            table = Table(stored["X"], stored["y"], float(stored["scale"]), "")
            layers = range(sum(name.startswith("bias_") for name in stored))
            first = [(stored[f"weights_{i}"], stored[f"bias_{i}"]) for i in layers]
            return cls(str(stored["name"]), table, first)


def _sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]:
    half = np.float32(0.5)
    result: NDArray[np.float32] = half + half * np.tanh(half * x)
    return result


_ACTIVATIONS: dict[str, Any] = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
}


def first_weights(widths: tuple[int, ...], seed: int = 0) -> Layers:
    """Draw He-normal weights and zero biases, float32."""
    rng = np.random.default_rng(seed)
    layers = []
    for inputs, outputs in pairwise(widths):
        weights = rng.normal(0, np.sqrt(2 / inputs), (inputs, outputs))
        layers.append((weights.astype(np.float32), np.zeros(outputs, np.float32)))
    return layers
