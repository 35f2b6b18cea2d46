"""The training loop: when steps happen; what happens in them is the network's."""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.engines import Network, Result
from schuss.history import History
from schuss.plan import Plan
from schuss.progress import Progress

# One call into the network takes about this long, so that Ctrl-C and the progress line
# are served in time while the crossing itself (some microseconds) costs nothing. It may
# cover many epochs, or a part of one.
SECONDS_PER_CALL = 0.1


class Rates:
    """The learning rates of coming steps, asked of a schedule epoch by epoch.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known = np.zeros(0)
        self._first = self._epochs = 0

    def take(self, first: int, last: int) -> NDArray[np.float64]:
        """Return those of the steps [first, last), the next ones.

        A schedule that gives nonsense is heard of only when the epoch is due for which
        it does: until then, fewer rates are returned.

        Parameters
        ----------
        first, last : int

        Returns
        -------
        ndarray of float64, shape (at least 1 and at most last - first,)

        Raises
        ------
        Exception
            What the schedule, or the check of its number, raised.
        """
        plan = self._plan
        if not callable(plan.optimizer.learning_rate):
            return np.broadcast_to(float(plan.optimizer.learning_rate), (last - first,))
        parts = [self._known[first - self._first :]]
        while self._epochs * plan.steps < last:
            try:
                parts.append(plan.learning_rates(self._epochs))
            except Exception:
                if self._epochs * plan.steps == first:
                    raise
                break
            self._epochs += 1
        self._known, self._first = np.concatenate(parts), first
        return self._known[: last - first]


class Pace:
    """How many steps the next call should take to last SECONDS_PER_CALL."""

    def __init__(self) -> None:
        self.steps = 1

    def learn(self, steps: int, seconds: float) -> None:
        """Take note of a call's length.

        Parameters
        ----------
        steps : int, at least 1
        seconds : float
        """
        fitting = int(steps * SECONDS_PER_CALL / max(seconds, 1e-6))
        self.steps = max(1, min(fitting, 64 * steps))


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
    optimizer = plan.optimizer
    network.start(optimizer.name, optimizer.settings, plan.l2, optimizer.weight_decay)
    training = network.training(
        plan.X, plan.targets, plan.rows_per_step, plan.key, plan.first_epoch
    )
    pace, schedule, first, ended = Pace(), Rates(plan), 0, time.perf_counter()
    while first < plan.epochs * plan.steps:
        rates = schedule.take(first, _end_of_call(plan, first, pace.steps))
        started = time.perf_counter()
        result = training.run(rates)
        now = time.perf_counter()
        pace.learn(len(rates), now - started)
        _add_epochs(network, plan, history, result, rates, first)
        if epochs := len(result[0]):
            now = time.perf_counter()
            history.add(seconds=np.full(epochs, (now - ended) / epochs))
            ended = now
        if result[4]:
            _give_up(plan, result, rates, first)
        first += len(rates)
        if progress:
            _show(progress, plan, history, first, result)


def _end_of_call(plan: Plan, first: int, steps: int) -> int:
    """Return where a call that starts at `first` ends: validation wants all of it."""
    epoch_end = (first // plan.steps + 1) * plan.steps
    last = min(first + steps, plan.epochs * plan.steps)
    return min(last, epoch_end) if plan.validation else last


def _add_epochs(
    network: Network,
    plan: Plan,
    history: History,
    result: Result,
    rates: NDArray[np.float64],
    first: int,
) -> None:
    losses, correct = result[:2]
    if not len(losses):
        return
    history.add(loss=losses)
    if plan.targets.ndim == 1:
        history.add(accuracy=correct / len(plan.X))
    # The last step of each epoch, counted within this call.
    ends = plan.steps - first % plan.steps - 1 + plan.steps * np.arange(len(losses))
    history.add(learning_rate=rates[ends])
    if plan.validation:
        history.add(**_validate(network, *plan.validation))


def _show(
    progress: Progress, plan: Plan, history: History, steps: int, result: Result
) -> None:
    epoch, step = divmod(steps, plan.steps)
    for ended in progress.due(epoch - len(result[0]), epoch):
        progress.epoch(ended, history.last(epoch - ended))
    if step:
        progress.step(epoch, step * plan.rows_per_step, result[2])


def _give_up(
    plan: Plan, result: Result, rates: NDArray[np.float64], first: int
) -> None:
    taken, problem = result[3:]
    step = max(taken - 1, 0)
    epoch, batch = divmod(first + step, plan.steps)
    raise FloatingPointError(
        f"{problem} in epoch {epoch + 1}, batch {batch + 1}, at learning rate "
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
