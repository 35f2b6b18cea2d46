"""What a search over all rows writes down: the objective after each iteration."""

from typing import Any

from schuss.callbacks import Callback
from schuss.fitting import Fit
from schuss.history import History
from schuss.sklearn.journal import squares
from schuss.sklearn.objectives import Objective


class Iterations(Callback):
    """Keeps the objective after each iteration of L-BFGS; arguments as for `Journal`.

    Parameters
    ----------
    estimator : estimator
    objective : Objective
    constant, penalty : float
    """

    def __init__(
        self, estimator: Any, objective: Objective, *, constant: float, penalty: float
    ) -> None:
        self._estimator = estimator
        self._value, self._constant, self._penalty = objective.value, constant, penalty
        self.begun = False
        self.curve: list[float] = []

    def on_fit_begin(self, fit: Fit) -> None:
        """Keep the fit.

        Parameters
        ----------
        fit : Fit
        """
        self._fit, self.begun = fit, True

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Account for an iteration.

        Parameters
        ----------
        epoch : int
        logs : dict of str to float
        """
        weights = squares(self._fit) if self._penalty else 0.0
        loss = self._value * logs["loss"] + self._constant + self._penalty * weights
        self.curve.append(loss)
        if self._estimator.verbose:
            print(f"Iteration {len(self.curve)}, loss = {loss:.8f}")

    def on_fit_end(self, history: History | None) -> None:
        """Let the fit and its data go.

        Parameters
        ----------
        history : History or None
        """
        del self._fit

    def diverged(self) -> bool:
        """Return that no weights were kept."""
        return False

    def report(self) -> None:
        """Set the attributes of the estimator."""
        estimator = self._estimator
        estimator.n_iter_ = len(self.curve)
        estimator.loss_curve_ = self.curve
        if self.curve:
            estimator.loss_ = self.curve[-1]
