"""The training loop: when steps happen; what happens in them is the network's."""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.callbacks import Callbacks
from schuss.engines import Result, Training
from schuss.fitting import Fit
from schuss.objective import Objective
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

    def take(self, first: int, last: int, factor: float) -> NDArray[np.float64]:
        """Return those of the steps [first, last), the next ones, times a factor.

        A schedule that gives nonsense is heard of only when the epoch is due for which
        it does: until then, fewer rates are returned.

        Parameters
        ----------
        first, last : int
        factor : float

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
            rate = np.array(plan.optimizer.learning_rate * factor)
            # As np.broadcast_to, which takes ten times as long.
            return np.ndarray((last - first,), np.float64, rate, strides=(0,))
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
        return self._known[: last - first] * factor


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


class Loop:
    """The calls into the network that a fit is made of, one after the other.

    Parameters
    ----------
    fit : Fit
    callbacks : Callbacks
    progress : Progress or None
    """

    def __init__(
        self, fit: Fit, callbacks: Callbacks, progress: Progress | None
    ) -> None:
        self._fit, self._plan = fit, fit.plan
        self._callbacks, self._progress = callbacks, progress
        self._pace, self._schedule = Pace(), Rates(fit.plan)
        self._objective = Objective(fit.network, fit.plan)
        self._first = 0
        # Of the gradients of the epoch's steps, where they are measured.
        self._norms, self._norm = np.zeros(0), 0.0
        self._started = self._ended = time.perf_counter()

    def run(self) -> str:
        """Train for the planned epochs, or until somebody wants to stop.

        Returns
        -------
        str
            Why it ended.
        """
        plan, fit = self._plan, self._fit
        fit.start()
        reason = self._callbacks.fit_begin(fit)
        held = plan.validation if not fit.validates_average else None
        training = fit.network.training(
            plan.X,
            plan.targets,
            plan.rows_per_step,
            plan.key,
            plan.first_epoch,
            plan.weights,
            held.rows if held else (),
        )
        while not reason and self._first < plan.epochs * plan.steps:
            factor = fit.learning_rate_factor
            rates = self._schedule.take(self._first, self._end_of_call(), factor)
            started = time.perf_counter()
            result = training.run(rates)
            self._pace.learn(len(rates), time.perf_counter() - started)
            if plan.measures:
                norms = training.gradient_norms()
                self._norms, self._norm = np.append(self._norms, norms), norms[-1]
            self._account(training, result, rates)
            reason = self._serve(result, rates)
        self._callbacks.fit_end(fit.history)
        return reason or f"all {plan.epochs} epochs were trained"

    def _late(self) -> bool:
        limit = self._plan.max_time
        return limit is not None and time.perf_counter() - self._started >= limit

    def _end_of_call(self) -> int:
        """Return where the next call ends: who looks at epochs wants all of one."""
        plan, first = self._plan, self._first
        if self._callbacks.after_batches:
            return first + 1
        last = min(first + self._pace.steps, plan.epochs * plan.steps)
        measured = plan.validation and (
            plan.validation.metrics or self._fit.validates_average
        )
        watched = measured or plan.gradient_tolerance is not None
        if watched or self._callbacks.after_epochs or self._late():
            return min(last, (first // plan.steps + 1) * plan.steps)
        return last

    def _account(
        self, training: Training, result: Result, rates: NDArray[np.float64]
    ) -> None:
        """Add the epochs that ended in a call to the history."""
        plan, fit, (losses, correct) = self._plan, self._fit, result[:2]
        if epochs := len(losses):
            values: dict[str, Any] = {"loss": losses}
            if plan.targets.ndim == 1:
                values["accuracy"] = correct / len(plan.X)
            # The last step of each epoch, counted within this call.
            end = plan.steps - self._first % plan.steps - 1
            values["learning_rate"] = rates[end :: plan.steps][:epochs].copy()
            if plan.measures:
                whole, self._norms = np.split(self._norms, [epochs * plan.steps])
                values["batch_gradient_norm"] = whole.reshape(epochs, -1).mean(axis=1)
            if plan.gradient_tolerance is not None:
                values["gradient_norm"] = self._objective.gradient_norm()
            if plan.validation:
                with fit.validated() as network:
                    evaluations = (
                        plan.validation.evaluations(network)
                        if fit.validates_average
                        else training.evaluations()
                    )
                    values |= plan.validation.scores(network, evaluations)
            now = time.perf_counter()
            values["seconds"] = np.full(epochs, (now - self._ended) / epochs)
            self._ended = now
            fit.add(values, epochs)
        if result[4]:
            self._give_up(result, rates)
        self._first += len(rates)

    def _serve(self, result: Result, rates: NDArray[np.float64]) -> str | None:
        """Tell of a call; return why it should be the last, if it should."""
        plan, fit, epochs = self._plan, self._fit, len(result[0])
        epoch, step = divmod(self._first, plan.steps)
        if self._progress:
            self._show(self._progress, epoch, step, result)
        reason = None
        if self._callbacks.after_batches:
            logs = {"loss": result[2], "learning_rate": float(rates[-1])}
            if plan.measures:
                logs["batch_gradient_norm"] = self._norm
            reason = self._callbacks.batch_end((step or plan.steps) - 1, logs)
        if epochs and self._callbacks.after_epochs:
            number = plan.initial_epoch + epoch - 1
            asked = self._callbacks.epoch_end(number, fit.last())
            reason = reason or asked
        if epochs and plan.gradient_tolerance is not None and not reason:
            reason = plan.converged(fit.last()["gradient_norm"])
        if not step and not reason and self._late() and epoch < plan.epochs:
            reason = f"max_time of {plan.max_time:g} s was reached"
        return reason

    def _show(self, progress: Progress, epoch: int, step: int, result: Result) -> None:
        epoch += self._plan.initial_epoch
        for ended in progress.due(epoch - len(result[0]), epoch):
            progress.epoch(ended, self._fit.last(epoch - ended))
        if step:
            progress.step(epoch, step * self._plan.rows_per_step, result[2])

    def _give_up(self, result: Result, rates: NDArray[np.float64]) -> None:
        self._fit.lost = True
        taken, problem = result[3:]
        if isinstance(problem, BaseException):  # of a callable of the user's
            raise problem
        step = max(taken - 1, 0)
        epoch, batch = divmod(self._first + step, self._plan.steps)
        raise FloatingPointError(
            f"{problem} in epoch {self._plan.initial_epoch + epoch + 1}, batch "
            f"{batch + 1}, at learning rate {rates[step]:.6g}; use a smaller learning "
            "rate or inputs of a smaller scale. The model has the weights it had "
            "before that epoch."
        )


def train(
    fit: Fit, callbacks: Callbacks | None = None, progress: Progress | None = None
) -> str:
    """Train for the planned epochs, adding each to the fit's history as it ends.

    Parameters
    ----------
    fit : Fit
    callbacks : Callbacks, optional
    progress : Progress, optional

    Returns
    -------
    str
        Why it ended.

    Raises
    ------
    FloatingPointError
        If a loss or a weight stops being finite. The network then has the weights it
        had at the start of that epoch.
    Exception
        What a schedule, a metric or a callback raises.
    """
    return Loop(fit, callbacks or Callbacks(), progress).run()
