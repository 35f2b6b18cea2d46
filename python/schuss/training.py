"""The training loop: when steps happen; what happens in them is the network's."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.engines import Network, Parameters
from schuss.history import History
from schuss.optimizers import SGD
from schuss.progress import Progress

# One call into the network takes about this long, so that Ctrl-C and the progress line
# are served in time while the crossing itself (some microseconds) costs nothing.
SECONDS_PER_CALL = 0.1


@dataclass
class Plan:
    """What a fit was asked to do, every argument checked.

    Parameters
    ----------
    X, targets : ndarray
        Training data, as `Network.train` takes it.
    validation : pair of ndarray, or None
    epochs, batch_size : int
    optimizer : SGD
    l2 : float
    layers : int
        Of the network.
    seed : int
    first_epoch : int
        Epochs of earlier fits; the shuffle goes on from there.
    shuffle : bool
    """

    X: NDArray[Any]
    targets: NDArray[Any]
    validation: tuple[NDArray[Any], NDArray[Any]] | None
    epochs: int
    batch_size: int
    optimizer: SGD
    l2: float
    layers: int
    seed: int
    first_epoch: int
    shuffle: bool

    @property
    def steps(self) -> int:
        """Steps per epoch."""
        return -(-len(self.X) // self.batch_size)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Return the order of the rows in an epoch, the same for a seed and an epoch."""
        if not self.shuffle:
            return np.arange(len(self.X))
        rng = np.random.default_rng([self.seed, 1, self.first_epoch + epoch])
        return rng.permutation(len(self.X))

    def learning_rates(self, epoch: int) -> NDArray[np.float64]:
        """Return the learning rate of every step of an epoch."""
        rate = self.optimizer.learning_rate
        if not callable(rate):
            return np.full(self.steps, float(rate))
        first = epoch * self.steps
        rates = [float(rate(first + step, epoch)) for step in range(self.steps)]
        for step, value in enumerate(rates):
            if not 0 <= value < np.inf:
                raise ValueError(
                    f"the schedule gave the learning rate {value} for step "
                    f"{first + step} of epoch {epoch}; give a finite number of at least 0."
                )
        return np.array(rates)


def train(
    network: Network, plan: Plan, history: History, progress: Progress | None
) -> None:
    """Train for the planned epochs, adding each to `history` as it ends.

    Parameters
    ----------
    network : Network
    plan : Plan
    history : History
    progress : Progress or None

    Raises
    ------
    FloatingPointError
        If a loss or a weight stops being finite. The network then has the weights it
        had at the start of that epoch.
    """
    network.start(plan.optimizer.name, plan.optimizer.settings, plan.l2)
    for epoch in range(plan.epochs):
        started = time.perf_counter()
        values = _train_epoch(network, plan, epoch, progress)
        if plan.validation:
            values |= _validate(network, *plan.validation)
        history.add(**values, seconds=time.perf_counter() - started)
        if progress:
            progress.epoch(epoch, values)


def _train_epoch(
    network: Network, plan: Plan, epoch: int, progress: Progress | None
) -> dict[str, float]:
    before = [network.parameters(layer) for layer in range(plan.layers)]
    order, rates = plan.order(epoch), plan.learning_rates(epoch)
    total, correct, done = 0.0, 0, 0
    for steps in _runs_of(plan.steps):
        rows = order[steps.start * plan.batch_size : steps.stop * plan.batch_size]
        losses, hits = network.train(
            plan.X, plan.targets, rows, plan.batch_size, rates[steps]
        )
        if not np.isfinite(losses[-1]):
            step = steps.start + len(losses) - 1
            _give_up(network, before, f"the loss became {losses[-1]}", epoch, step, rates)
        sizes = np.full(len(losses), plan.batch_size)
        sizes[-1] = len(rows) - plan.batch_size * (len(losses) - 1)
        total += float(losses @ sizes)
        correct += hits
        done += len(rows)
        if progress:
            progress.step(epoch, done, total / done)
    after = [network.parameters(layer) for layer in range(plan.layers)]
    if not all(np.isfinite(array).all() for pair in after for array in pair):
        what = "a weight stopped being finite"
        _give_up(network, before, what, epoch, plan.steps - 1, rates)
    values = {"loss": total / done}
    if plan.targets.ndim == 1:
        values["accuracy"] = correct / done
    return values | {"learning_rate": float(rates[-1])}


def _runs_of(steps: int) -> Iterator[slice]:
    """Cut an epoch's steps into runs of about SECONDS_PER_CALL, one crossing each."""
    first, size = 0, 1
    while first < steps:
        started = time.perf_counter()
        last = min(first + size, steps)
        yield slice(first, last)
        seconds = max(time.perf_counter() - started, 1e-6)
        fitting = int((last - first) * SECONDS_PER_CALL / seconds)
        size = max(1, min(fitting, 64 * size))
        first = last


def _give_up(
    network: Network,
    before: list[Parameters],
    what: str,
    epoch: int,
    step: int,
    rates: NDArray[np.float64],
) -> None:
    for layer, (weights, bias) in enumerate(before):
        network.set_parameters(layer, weights, bias)
    raise FloatingPointError(
        f"{what} in epoch {epoch + 1}, batch {step + 1}, at learning rate "
        f"{rates[step]:.6g}; use a smaller learning rate or inputs of a smaller scale. "
        f"The model has the weights it had before that epoch."
    )


def _validate(
    network: Network, X: NDArray[Any], targets: NDArray[Any]
) -> dict[str, float]:
    loss, correct = network.evaluate(X, targets)
    values = {"val_loss": loss}
    if targets.ndim == 1:
        values["val_accuracy"] = correct / len(X)
    return values
