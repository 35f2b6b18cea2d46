"""What a fit looks at after every epoch: losses, scores, and whether to go on."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from schuss.callbacks import Callback, StopTraining
from schuss.fitting import Fit, Snapshot
from schuss.history import History
from schuss.sklearn.objectives import Objective
from schuss.sklearn.solvers import Solver


def squares(fit: Fit) -> float:
    """Return the sum of the squares of all weights, biases not among them.

    Parameters
    ----------
    fit : Fit
    """
    assert fit.model is not None
    return math.fsum(float(np.vdot(w, w)) for w, _ in fit.model.weights)


class Journal(Callback):
    """Keeps an estimator's attributes, epoch by epoch, as scikit-learn defines them.

    Parameters
    ----------
    estimator : estimator
        Whose attributes go on where they are, unless the fit is a first one.
    objective : Objective
    solver : Solver
    rows, steps : int
        That are trained on, and taken in an epoch.
    constant : float
        Of the reported loss.
    penalty : float
        What the sum of the squares of all weights is multiplied by in it.
    score : callable of a model, optional
        Of the rows held out.
    first : bool
        Whether nothing goes on.
    """

    def __init__(
        self,
        estimator: Any,
        objective: Objective,
        solver: Solver,
        rows: int,
        steps: int,
        *,
        constant: float,
        penalty: float,
        score: Callable[[Any], float] | None,
        first: bool,
    ) -> None:
        before = {} if first else vars(estimator)
        self._estimator, self._solver = estimator, solver
        self._rows, self._steps = rows, steps
        self._value, self._constant, self._penalty = objective.value, constant, penalty
        self._score = score
        self._best: Snapshot | None = None
        self._squares: list[float] = []
        self.begun = self.stopped = False
        self.epochs = 0
        self.seen = before.get("t_", 0)
        self.curve: list[float] = list(before.get("loss_curve_") or [])
        self.scores: list[float] = list(before.get("validation_scores_") or [])
        early = estimator.early_stopping
        self.best_loss = before.get("best_loss_", None if early else math.inf)
        self.best_score = before.get(
            "best_validation_score_", -math.inf if early else None
        )
        self.waited = before.get("_no_improvement_count", 0)

    def on_fit_begin(self, fit: Fit) -> None:
        """Look at the weights a fit begins with, and give back a state that was kept.

        Parameters
        ----------
        fit : Fit
        """
        self._fit, self.begun = fit, True
        state = self._solver.state
        if state is not None and not fit.resumed:
            fit.restore(replace(fit.snapshot(), state=state))
        if self._score and self._estimator.early_stopping:
            self._best = fit.snapshot()
        if self._penalty:
            self._squares = [squares(fit)]

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Account for an epoch; stop once it has brought no improvement for long.

        Parameters
        ----------
        epoch : int
        logs : dict of str to float
        """
        self.epochs += 1
        self.seen += self._rows
        loss = self._value * logs["loss"] + self._constant + self._penalized()
        self.curve.append(loss)
        self._say("Iteration %d, loss = %.8f", self.epochs, loss)
        better = self._compare(loss)
        self.waited = 0 if better else self.waited + 1
        self._turn()
        if self.waited > self._estimator.n_iter_no_change:
            self._stop_or_slow_down()

    def on_fit_end(self, history: History | None) -> None:
        """Keep the best weights, if they were looked for, and the optimizer's state.

        Parameters
        ----------
        history : History or None
        """
        if self._best:
            self._fit.restore(self._best)
        self._solver.state = self._fit.snapshot().state
        del self._fit

    def diverged(self) -> bool:
        """Account for an epoch that had no end; return whether weights were kept."""
        if not self._best:
            return False
        self.epochs += 1
        self.seen += self._rows
        self.curve.append(math.nan)
        self.scores.append(math.nan)
        self.on_fit_end(None)
        return True

    def report(self) -> None:
        """Set the attributes of the estimator."""
        estimator = self._estimator
        estimator.n_iter_, estimator.t_ = self.epochs, self.seen
        estimator.loss_curve_ = self.curve
        if self.curve:
            estimator.loss_ = self.curve[-1]
        estimator.best_loss_ = self.best_loss
        estimator.validation_scores_ = self.scores or None
        estimator.best_validation_score_ = self.best_score
        estimator._no_improvement_count = self.waited

    def _penalized(self) -> float:
        """Return the penalty of the weights that the epoch's steps began with.

        Several steps make for a mean of their squares, of which that of both ends is an
        estimate; to read all weights after each step would take a third of a small
        network's time. `Stepwise` does.
        """
        if not self._penalty:
            return 0.0
        old = self._squares
        self._squares = [squares(self._fit)]
        if self._steps > 1:
            old = [*old, *self._squares]
        return self._penalty * math.fsum(old) / len(old)

    def _scored(self) -> float:
        """Return the score by the weights that validation sets are to see."""
        assert self._score is not None
        with self._fit.validated():
            return self._score(self._fit.model)

    def _compare(self, loss: float) -> bool:
        """Return whether the epoch is an improvement; remember the best."""
        tol = self._estimator.tol
        if not (self._score and self._estimator.early_stopping):
            if self._score:
                self.scores.append(self._scored())
            best = math.inf if self.best_loss is None else self.best_loss
            self.best_loss = min(loss, best)
            return not loss > best - tol
        score = self._scored()
        self.scores.append(score)
        self._say("Validation score: %f", score)
        best = -math.inf if self.best_score is None else self.best_score
        if score > best:
            self.best_score, self._best = score, self._fit.snapshot()
        return not score < best + tol

    def _turn(self) -> None:
        """Set the learning rate of the epoch to come."""
        estimator = self._estimator
        if estimator.solver == "sgd" and estimator.learning_rate == "invscaling":
            first = float(estimator.learning_rate_init)
            self._set_rate(first / (self.seen + 1) ** estimator.power_t)

    def _set_rate(self, rate: float) -> None:
        """Set the learning rate; what momentum has gathered keeps that of its time.

        scikit-learn's velocity is a sum of steps, learning rates included, schuss's one
        of gradients.
        """
        before, self._solver.learning_rate = self._solver.learning_rate, rate
        if self._estimator.momentum:
            now = self._fit.snapshot()
            steps, slots = now.state
            kept = [
                [tuple(array * (before / rate) for array in layer) for layer in slot]
                for slot in slots
            ]
            self._fit.restore(replace(now, state=(steps, kept)))

    def _stop_or_slow_down(self) -> None:
        estimator, solver = self._estimator, self._solver
        what = "Training loss"
        if estimator.early_stopping:
            what = "Validation score"
        reason = "%s did not improve more than tol=%f for %d consecutive epochs."
        values = what, estimator.tol, estimator.n_iter_no_change
        adaptive = estimator.solver == "sgd" and estimator.learning_rate == "adaptive"
        if adaptive and solver.learning_rate > 1e-6:
            rate = solver.learning_rate / 5
            self._set_rate(rate)
            self._say(f"{reason} Setting learning rate to %f", *values, rate)
            self.waited = 0
            return
        small = " Learning rate too small." if adaptive else ""
        self._say(f"{reason}{small} Stopping.", *values)
        self.stopped = True
        raise StopTraining(reason % values)

    def _say(self, text: str, *values: object) -> None:
        if self._estimator.verbose:
            print(text % values)


class Stepwise(Journal):
    """The same with the exact penalty of every step."""

    def on_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        """Look at the weights that the next step begins with.

        Parameters
        ----------
        batch : int
        logs : dict of str to float
        """
        self._squares.append(squares(self._fit))

    def _penalized(self) -> float:
        *before, last = self._squares
        self._squares = [last]
        return self._penalty * math.fsum(before) / len(before)
