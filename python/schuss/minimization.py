"""The fit by L-BFGS: SciPy asks for losses and gradients, and iterations are epochs."""

import math
import time
from typing import Any

import numpy as np

from schuss.callbacks import Callbacks
from schuss.fitting import Fit
from schuss.lbfgs import LBFGS, scipy_optimize
from schuss.objective import Objective, Slope, Vector, norm
from schuss.progress import Progress


class _Enough(Exception):  # noqa: N818, it is a request and no error
    """Ends the search from within; its text is the reason."""


class Minimization:
    """The iterations that a fit by L-BFGS is made of.

    Parameters
    ----------
    fit : Fit
        Whose optimizer is an `LBFGS`.
    callbacks : Callbacks
    progress : Progress or None
    """

    def __init__(
        self, fit: Fit, callbacks: Callbacks, progress: Progress | None
    ) -> None:
        self._fit, self._plan = fit, fit.plan
        self._callbacks, self._progress = callbacks, progress
        self._objective = Objective(fit.network, fit.plan)
        self._best = self._tried = self._objective.point
        self._slope: Slope | None = None
        self._started = self._ended = time.perf_counter()

    def run(self) -> str:
        """Minimize for the planned epochs, or until somebody wants to stop.

        Returns
        -------
        str
            Why it ended.
        """
        plan = self._plan
        # Of the state of an optimizer before, nothing is true any more.
        self._fit.network.start("sgd", [0.0, 0.0])
        reason = self._callbacks.fit_begin(self._fit)
        self._best = self._objective.point  # a callback may have moved it
        if not reason and plan.epochs:
            try:
                reason = self._minimize()
            except _Enough as enough:
                reason = str(enough)
            finally:  # the point tried last is none that anybody accepted
                self._objective.point = self._best
        self._callbacks.fit_end(self._fit.history)
        return reason or f"all {plan.epochs} epochs were trained"

    def _minimize(self) -> str | None:
        plan, optimizer = self._plan, self._plan.optimizer
        assert isinstance(optimizer, LBFGS)
        enough = plan.epochs * (optimizer.line_search + 2) + 1
        found = scipy_optimize().minimize(
            self._value_and_gradient,
            self._best,
            jac=True,
            method="L-BFGS-B",
            callback=self._iterated,
            options={
                "maxcor": optimizer.memory,
                "maxls": optimizer.line_search,
                "ftol": optimizer.tolerance,
                "gtol": optimizer.gradient_tolerance,
                "maxiter": plan.epochs,
                "maxfun": optimizer.evaluations or enough,
            },
        )
        return self._reason(found, optimizer)

    def _reason(self, found: Any, optimizer: LBFGS) -> str | None:
        if self._fit.epochs == self._plan.epochs:
            return None
        if not np.any(found.jac):
            return "the gradient is zero"
        if found.status == 1:
            return f"all {optimizer.evaluations} evaluations were made"
        if np.max(np.abs(found.jac)) <= optimizer.gradient_tolerance:
            return (
                "no number of the gradient is larger than the gradient_tolerance of "
                f"{optimizer.gradient_tolerance:g}"
            )
        if found.status == 0:
            return (
                "the objective fell by no more than the tolerance of "
                f"{optimizer.tolerance:g} in an iteration"
            )
        return (
            "the line search found no lower objective, as happens where roundoff hides "
            "what is left to gain"
        )

    def _value_and_gradient(self, point: Vector) -> tuple[float, Vector]:
        self._tried = point.copy()
        with np.errstate(all="ignore"):  # a point beyond float32 has an infinite loss
            self._objective.point = point
        self._slope = slope = self._objective.slope()
        if not (math.isfinite(slope.value) and math.isfinite(norm(slope.gradient))):
            raise FloatingPointError(
                f"the loss stopped being finite in epoch {self._epoch + 1}; use inputs "
                "of a smaller scale. The model has the weights it had before that "
                "epoch."
            )
        return slope.value, slope.gradient

    def _iterated(self, point: Vector) -> None:
        """Account for an iteration that ended at a point, which was tried last."""
        if self._slope is None or not np.array_equal(point, self._tried):
            self._value_and_gradient(point)
        slope, plan, fit = self._slope, self._plan, self._fit
        assert slope is not None
        values = {"loss": slope.loss}
        if plan.targets.ndim == 1:
            hits = fit.network.evaluate(plan.X, plan.targets, plan.weights)[1]
            values["accuracy"] = hits / len(plan.X)
        values["gradient_norm"] = norm(slope.gradient)
        if plan.validation:
            sets = [fit.network.evaluate(*rows) for rows in plan.validation.rows]
            values |= plan.validation.scores(fit.network, np.array([sets]))
        now = time.perf_counter()
        values["seconds"], self._ended = now - self._ended, now
        self._best = point.copy()
        fit.add(values)
        if reason := self._serve():
            raise _Enough(reason)

    def _serve(self) -> str | None:
        """Tell of an iteration; return why it should be the last, if it should."""
        plan, logs, epoch = self._plan, self._fit.last(), self._epoch - 1
        if self._progress:
            self._progress.epoch(epoch, logs)
        reason = self._callbacks.batch_end(0, {"loss": logs["loss"]})
        asked = self._callbacks.epoch_end(epoch, logs)
        reason = reason or asked or plan.converged(logs["gradient_norm"])
        limit = plan.max_time
        late = limit is not None and time.perf_counter() - self._started >= limit
        if not reason and late and self._fit.epochs < plan.epochs:
            reason = f"max_time of {limit:g} s was reached"
        return reason

    @property
    def _epoch(self) -> int:
        """The number of the epoch that is under way."""
        return self._plan.initial_epoch + self._fit.epochs


def minimize(
    fit: Fit, callbacks: Callbacks | None = None, progress: Progress | None = None
) -> str:
    """Minimize the objective of a fit by L-BFGS; as `schuss.training.train` does.

    Parameters
    ----------
    fit : Fit
        Whose optimizer is an `LBFGS`.
    callbacks : Callbacks, optional
    progress : Progress, optional

    Returns
    -------
    str
        Why it ended.

    Raises
    ------
    FloatingPointError
        If a loss is not finite. The network then has the weights of the last iteration.
    Exception
        What a metric or a callback raises; likewise.
    """
    return Minimization(fit, callbacks or Callbacks(), progress).run()
