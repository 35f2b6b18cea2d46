"""Trains and predicts with NumPy alone: the loop one would write with care.

float32 throughout, buffers made once, products and updates in place with `out=`, the
order permuted once per epoch. The products are those of NumPy's BLAS.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.contestants import Axes
from bench.task import Layers, Task
from bench.workloads import SQUARED_ERROR

Floats = NDArray[np.float32]
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8


def about() -> dict[str, str]:
    """Return the version of NumPy and of its BLAS."""
    build: Any = np.show_config(mode="dicts")
    blas = build["Build Dependencies"]["blas"]
    return {"NumPy": f"{np.__version__} ({blas['name']} {blas['version']})"}


def activate(name: str, z: Floats) -> None:
    """Put the activation of z in its place."""
    if name == "relu":
        np.maximum(z, 0, out=z)
    elif name == "tanh":
        np.tanh(z, out=z)
    else:
        np.negative(z, out=z)
        np.exp(z, out=z)
        z += 1
        np.reciprocal(z, out=z)


def softmax(z: Floats) -> None:
    """Put the softmax of every row of z in its place."""
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)


class Trainer:
    """Forward, backward and update, written out."""

    unit = 1

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying."""
        return {} if task.full_batch else {"gather": ("batch", "table")}

    @staticmethod
    def refuses(task: Task) -> str:
        """Return why this task cannot be done here, or nothing."""
        return ""

    def __init__(self, task: Task, threads: int, gather: str = "none") -> None:
        self._task, self._gather = task, gather
        self._X, self._y = task.scaled(), task.table.y
        self._rng = np.random.default_rng(0)
        self._layers: Layers = [(w.copy(), b.copy()) for w, b in task.first]
        self._gradients = [(w.copy(), b.copy()) for w, b in task.first]
        self._moments = [[a.copy() for a in (w, w, b, b)] for w, b in task.first]
        size, widths = task.batch_size, task.workload.widths
        self._outputs = [np.empty((size, n), np.float32) for n in widths[1:]]
        self._deltas = [np.empty((size, n), np.float32) for n in widths[1:-1]]
        self._places = np.arange(size)

    def reset(self) -> None:
        """Go back to the first weights and an optimizer that knows nothing."""
        for mine, first in zip(self._layers, self._task.first, strict=True):
            for array, begin in zip(mine, first, strict=True):
                array[...] = begin
        for arrays in self._moments:
            for array in arrays:
                array.fill(0)
        self._steps = 0

    def train(self, epochs: int, shuffle: bool) -> None:
        """Train; this alone is timed."""
        for _ in range(epochs):
            for x, y in self._batches(shuffle):
                self._step(x, y)

    def weights(self) -> Layers:
        """Return every layer's weights, inputs by outputs, and bias."""
        return self._layers

    def _batches(self, shuffle: bool) -> Iterator[tuple[Any, Any]]:
        X, y, rows, size = self._X, self._y, self._task.rows, self._task.batch_size
        order = self._rng.permutation(rows) if shuffle else None
        if order is not None and self._gather == "table":
            X, y, order = X[order], y[order], None
        for start in range(0, rows, size):
            some: Any = slice(start, start + size)
            if order is not None:
                some = order[some]
            yield X[some], y[some]

    def _step(self, x: Floats, y: Any) -> None:
        count = len(x)
        outputs = [buffer[:count] for buffer in self._outputs]
        activation = self._task.workload.activation
        for (weights, bias), before, out in zip(
            self._layers, [x, *outputs], outputs, strict=False
        ):
            np.matmul(before, weights, out=out)
            out += bias
            if out is not outputs[-1]:
                activate(activation, out)
        self._turn(outputs[-1], y)
        delta = outputs[-1]
        for index in reversed(range(len(self._layers))):
            before = outputs[index - 1] if index else x
            d_weights, d_bias = self._gradients[index]
            np.matmul(before.T, delta, out=d_weights)
            delta.sum(axis=0, out=d_bias)
            if index:
                lower = self._deltas[index - 1][:count]
                np.matmul(delta, self._layers[index][0].T, out=lower)
                self._through(before, lower)
                delta = lower
        self._update()

    def _turn(self, outputs: Floats, y: Any) -> None:
        """Put the gradient of the mean loss in the place of the outputs."""
        if self._task.workload.loss == SQUARED_ERROR:
            outputs -= y
            outputs *= np.float32(2 / outputs.size)
            return
        softmax(outputs)
        outputs[self._places[: len(y)], y] -= 1
        outputs *= np.float32(1 / len(y))

    def _through(self, output: Floats, delta: Floats) -> None:
        activation = self._task.workload.activation
        if activation == "relu":
            delta *= output > 0
        elif activation == "tanh":
            delta *= 1 - output * output
        else:
            delta *= output * (1 - output)

    def _update(self) -> None:
        rate = self._task.workload.learning_rate
        if self._task.workload.optimizer == "sgd":
            for mine, gradients in zip(self._layers, self._gradients, strict=True):
                for array, gradient in zip(mine, gradients, strict=True):
                    gradient *= np.float32(rate)
                    array -= gradient
            return
        self._steps += 1
        rate = np.float32(rate / (1 - _BETA1**self._steps))
        root = np.float32(1 / np.sqrt(1 - _BETA2**self._steps))
        for (w, b), (dw, db), (mw, vw, mb, vb) in zip(
            self._layers, self._gradients, self._moments, strict=True
        ):
            _adam(w, dw, mw, vw, rate, root)
            _adam(b, db, mb, vb, rate, root)


def _adam(
    array: Floats, g: Floats, m: Floats, v: Floats, rate: np.float32, root: np.float32
) -> None:
    m *= np.float32(_BETA1)
    m += np.float32(1 - _BETA1) * g
    np.multiply(g, g, out=g)
    g *= np.float32(1 - _BETA2)
    v *= np.float32(_BETA2)
    v += g
    np.sqrt(v, out=g)
    g *= root
    g += np.float32(_EPSILON)
    np.divide(m, g, out=g)
    g *= rate
    array -= g


class Predictor:
    """Products and activations in place."""

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying."""
        return {}

    @staticmethod
    def refuses(task: Task) -> str:
        """Return why this task cannot be done here, or nothing."""
        return ""

    def __init__(self, task: Task, threads: int) -> None:
        self._layers, self._activation = task.first, task.workload.activation

    def predict(self, x: Floats) -> Floats:
        """Return the probabilities of every row."""
        for weights, bias in self._layers[:-1]:
            x = x @ weights
            x += bias
            activate(self._activation, x)
        weights, bias = self._layers[-1]
        x = x @ weights
        x += bias
        softmax(x)
        return x
