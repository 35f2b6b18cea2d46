"""The training loop: when steps happen; what happens in them is the network's."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.engines import Network, Parameters
from schuss.history import History
from schuss.plan import Plan
from schuss.progress import Progress

# One call into the network takes about this long, so that Ctrl-C and the progress line
# are served in time while the crossing itself (some microseconds) costs nothing.
SECONDS_PER_CALL = 0.1


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
        rows = order[steps.start * plan.rows_per_step : steps.stop * plan.rows_per_step]
        losses, hits = network.train(
            plan.X, plan.targets, rows, plan.rows_per_step, rates[steps]
        )
        if not np.isfinite(losses[-1]):
            step = steps.start + len(losses) - 1
            _give_up(
                network, before, f"the loss became {losses[-1]}", epoch, step, rates
            )
        sizes = np.full(len(losses), plan.rows_per_step)
        sizes[-1] = len(rows) - plan.rows_per_step * (len(losses) - 1)
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
