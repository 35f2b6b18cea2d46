"""Trains and predicts with JAX: one jitted scan over an epoch, or over many small ones.

The table lies on the device as float32, parameters are donated, the order of the next
epochs comes from NumPy while the last ones still run, and one call trains as many
epochs as belong to some ten thousand rows. Tried: how far the scan is unrolled, and
collecting each batch inside the scan against shuffling the table once per epoch.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np
from jax import numpy as jnp

from bench.contestants import Axes
from bench.task import Layers, Task
from bench.workloads import SQUARED_ERROR

_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
}
_ROWS_PER_CALL, _FLOPS_PER_CALL = 1 << 16, 1 << 28
_SMALL = 1 << 18  # flops of a step; above it, a loop's own cost is nothing
_ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}


def about() -> dict[str, str]:
    """Return versions and what else the result depends on."""
    return {"JAX": jax.__version__}


class Trainer:
    """Pure functions of (parameters, optimizer's state), differentiated by JAX."""

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying: unrolling only where steps are short."""
        small = task.workload.flops_per_example * task.batch_size < _SMALL
        unroll = (8, 1, 2, 4, 16, 32) if small else (1, 2, 4)
        if task.full_batch:
            return {"unroll": unroll} if small else {"unroll": (1, 2)}
        return {"gather": ("batch", "epoch"), "unroll": unroll}

    @staticmethod
    def refuses(task: Task) -> str:
        """Return why this task cannot be done here, or nothing."""
        return ""

    def __init__(
        self, task: Task, threads: int, unroll: int, gather: str = "none"
    ) -> None:
        self._task, self._unroll, self._gather = task, unroll, gather
        self._X = jnp.asarray(task.scaled())
        y = task.table.y
        self._y = jnp.asarray(y.astype(np.int32) if y.dtype == np.int64 else y)
        flops = task.workload.flops_per_example * task.rows
        unit = min(1024, _ROWS_PER_CALL // task.rows, _FLOPS_PER_CALL // flops)
        self.unit = max(1, unit)
        self._rng = np.random.default_rng(0)
        self._many = jax.jit(self._epochs, donate_argnums=0, static_argnums=3)

    def reset(self) -> None:
        """Go back to the first weights and an optimizer that knows nothing."""
        parameters = [tuple(map(jnp.array, pair)) for pair in self._task.first]
        if self._task.workload.optimizer == "sgd":
            self._carry: Any = (parameters, ())
            return
        zeros = partial(jax.tree.map, jnp.zeros_like)
        self._carry = (
            parameters,
            (zeros(parameters), zeros(parameters), jnp.zeros(())),
        )

    def train(self, epochs: int, shuffle: bool) -> None:
        """Train; this alone is timed."""
        while epochs:
            some = self.unit if epochs >= self.unit else 1
            orders = None if self._task.full_batch else self._orders(some, shuffle)
            self._carry = self._many(self._carry, (self._X, self._y), orders, some)
            epochs -= some
        jax.block_until_ready(self._carry)

    def weights(self) -> Layers:
        """Return every layer's weights, inputs by outputs, and bias."""
        return [(np.asarray(w), np.asarray(b)) for w, b in self._carry[0]]

    def _orders(self, epochs: int, shuffle: bool) -> Any:
        order = np.arange(self._task.rows, dtype=np.int32)
        if not shuffle:
            return np.tile(order, (epochs, 1))
        return np.stack([self._rng.permutation(order) for _ in range(epochs)])

    def _epochs(self, carry: Any, table: Any, orders: Any, epochs: int) -> Any:
        if orders is None:
            step = partial(self._step, *table)
            scan = jax.lax.scan(
                lambda carry, _: (step(carry), None),
                carry,
                length=epochs,
                unroll=min(self._unroll, epochs),
            )
            return scan[0]
        epoch = partial(self._epoch, table)
        return jax.lax.scan(lambda c, order: (epoch(c, order), None), carry, orders)[0]

    def _epoch(self, table: Any, carry: Any, order: Any) -> Any:
        size = self._task.batch_size
        whole = len(order) // size * size

        def collect(index: Any) -> Any:
            return tuple(a.at[index].get(mode="promise_in_bounds") for a in table)

        if self._gather == "epoch":
            shuffled = collect(order)
            batches = tuple(a[:whole].reshape(-1, size, *a.shape[1:]) for a in shuffled)
            carry = self._scan(lambda c, xy: self._step(*xy, c), carry, batches)
            tail = tuple(a[whole:] for a in shuffled)
        else:
            batches = order[:whole].reshape(-1, size)
            carry = self._scan(
                lambda c, index: self._step(*collect(index), c), carry, batches
            )
            tail = collect(order[whole:]) if whole < len(order) else ()
        return self._step(*tail, carry) if whole < len(order) else carry

    def _scan(self, step: Callable[..., Any], carry: Any, batches: Any) -> Any:
        return jax.lax.scan(
            lambda c, batch: (step(c, batch), None), carry, batches, unroll=self._unroll
        )[0]

    def _step(self, x: Any, y: Any, carry: Any) -> Any:
        parameters, state = carry
        gradients = jax.grad(self._loss)(parameters, x, y)
        rate = self._task.workload.learning_rate
        if not state:
            return jax.tree.map(lambda p, g: p - rate * g, parameters, gradients), state
        return _adam(parameters, gradients, state, rate)

    def _loss(self, parameters: Any, x: Any, y: Any) -> Any:
        outputs = forward(parameters, x, self._task.workload.activation)
        if self._task.workload.loss == SQUARED_ERROR:
            return jnp.mean((outputs - y) ** 2)
        # One-hot, as the gradient of an indexed read would be a slow scatter.
        truth = jax.nn.one_hot(y, outputs.shape[1])
        return -jnp.mean(jnp.sum(jax.nn.log_softmax(outputs) * truth, axis=1))


def forward(parameters: Any, x: Any, activation: str) -> Any:
    """Return the outputs of the last layer."""
    for weights, bias in parameters[:-1]:
        x = _ACTIVATIONS[activation](x @ weights + bias)
    weights, bias = parameters[-1]
    return x @ weights + bias


def _adam(parameters: Any, gradients: Any, state: Any, rate: float) -> Any:
    first, second, count = state
    one, two, epsilon = _ADAM.values()
    count = count + 1
    first = jax.tree.map(lambda m, g: one * m + (1 - one) * g, first, gradients)
    second = jax.tree.map(lambda v, g: two * v + (1 - two) * g * g, second, gradients)
    rate = rate / (1 - one**count)
    root = jax.lax.rsqrt(1 - two**count)
    parameters = jax.tree.map(
        lambda p, m, v: p - rate * m / (jnp.sqrt(v) * root + epsilon),
        parameters,
        first,
        second,
    )
    return parameters, (first, second, count)


class Predictor:
    """One jitted function, the weights among its arguments or constants of it."""

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying."""
        return {"weights": ("arguments", "constants"), "compiled": ("ahead", "jit")}

    @staticmethod
    def refuses(task: Task) -> str:
        """Return why this task cannot be done here, or nothing."""
        return ""

    def __init__(self, task: Task, threads: int, weights: str, compiled: str) -> None:
        parameters = [tuple(map(jnp.array, pair)) for pair in task.first]
        activation = task.workload.activation

        def probabilities(parameters: Any, x: Any) -> Any:
            return jax.nn.softmax(forward(parameters, x, activation))

        self._inside = weights == "constants"
        function = partial(probabilities, parameters) if self._inside else probabilities
        self._function: Any = jax.jit(function)
        self._parameters, self._compiled = parameters, None
        self._ahead = compiled == "ahead"

    def predict(self, x: Any) -> Any:
        """Return the probabilities of every row."""
        arguments = (x,) if self._inside else (self._parameters, x)
        if self._ahead:
            if self._compiled is None:
                self._compiled = self._function.lower(*arguments).compile()
            return np.asarray(self._compiled(*arguments))
        return np.asarray(self._function(*arguments))
