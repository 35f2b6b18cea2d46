"""What a search leaves behind: its trials, and the best model."""

import math
from dataclasses import dataclass, field, fields, is_dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from schuss.checks import check_known
from schuss.figures import draw_trials
from schuss.history import History
from schuss.model import Model

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Trial:
    """Hyper-parameters that were tried, and what came of them.

    Attributes
    ----------
    number : int
        Counted from 0.
    parameters : dict of str to object
        What `build` was called with.
    epochs : int
        Those that were finished.
    score : float
        The best value of what was monitored; NaN if there is an error.
    best_epoch : int or None
        When that was, counted from 0.
    seconds : float
        The time its training took, beside others.
    history : History
        Of all its epochs.
    error : str or None
        What ended it, if it did not end well.
    """

    number: int
    parameters: dict[str, Any]
    epochs: int
    score: float
    best_epoch: int | None
    seconds: float
    history: History = field(repr=False)
    error: str | None = None


@dataclass(frozen=True, eq=False)
class Tuning:
    """What a search found.

    Attributes
    ----------
    trials : tuple of Trial
        Sorted by number.
    best_trial : Trial
        That of the best score; of equal ones the first.
    best_model : Model
        Its model, with the weights of its best epoch; a fit that is resumed starts the
        optimizer afresh.
    monitor : str
        The key of the history that tells the score.
    mode : "min" or "max"
        Which scores are better: lower or higher.
    interrupted : bool
        Whether Ctrl-C ended the search, so that trials are missing.
    """

    trials: tuple[Trial, ...] = field(repr=False)
    best_trial: Trial
    best_model: Model = field(repr=False)
    monitor: str
    mode: str
    interrupted: bool = False

    @property
    def best_parameters(self) -> dict[str, Any]:
        """Hyper-parameters of the best trial."""
        return self.best_trial.parameters

    @property
    def best_score(self) -> float:
        """The score of the best trial."""
        return self.best_trial.score

    def table(self) -> list[dict[str, Any]]:
        """Return a row per trial, the best first, those that failed last.

        Returns
        -------
        list of dict of str to object
            "trial", its number; the score, called as what was monitored; "best_epoch",
            "epochs", "seconds"; the hyper-parameters, called "param_" and their name;
            "error". ``print(tuning)`` writes it for people.
        """
        sign = -1.0 if self.mode == "max" else 1.0
        ranked = sorted(
            self.trials,
            key=lambda t: (t.error is not None, 0 if t.error else sign * t.score),
        )
        return [
            {
                "trial": trial.number,
                self.monitor: trial.score,
                "best_epoch": trial.best_epoch,
                "epochs": trial.epochs,
                "seconds": trial.seconds,
                **{f"param_{key}": value for key, value in trial.parameters.items()},
                "error": trial.error,
            }
            for trial in ranked
        ]

    def __str__(self) -> str:
        """Write `table` for people, in a few letters each."""
        failed = any(trial.error for trial in self.trials)
        left_out = {"best_epoch"} if failed else {"best_epoch", "error"}
        rows = [
            {key: _short(value) for key, value in row.items() if key not in left_out}
            for row in self.table()
        ]
        names = [key.removeprefix("param_") for key in rows[0]]
        lines = _aligned([names, *(list(row.values()) for row in rows)], failed)
        if self.interrupted:
            lines.append("interrupted: trials that had not finished are missing")
        return "\n".join(lines)

    def to_pandas(self) -> Any:
        """Return `table` as one of pandas.

        Returns
        -------
        pandas.DataFrame
            Its index is the number of the trial.

        Raises
        ------
        ImportError
            If there is no pandas.
        """
        try:
            pandas = import_module("pandas")
        except ImportError as error:
            raise ImportError("to_pandas needs pandas; pip install pandas.") from error
        return pandas.DataFrame(self.table()).set_index("trial")

    def plot(self, parameter: str | None = None, ax: "Axes | None" = None) -> "Figure":
        """Draw the scores, by trial or by a hyper-parameter, with matplotlib.

        Parameters
        ----------
        parameter : str, optional
            The name of one; by default the number of the trial.
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default in a figure of its own.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            If there is no matplotlib.
        TypeError
            If `ax` is none of its axes.
        ValueError
            If there is no such hyper-parameter.
        """
        if parameter is not None:
            check_known("parameter", parameter, self.best_parameters)
        scored = [trial for trial in self.trials if not math.isnan(trial.score)]
        values = [
            trial.number if parameter is None else trial.parameters[parameter]
            for trial in scored
        ]
        scores = np.array([trial.score for trial in scored])
        best = scored.index(self.best_trial)
        return draw_trials(values, scores, best, parameter, self.monitor, ax)


def _short(value: object) -> str:
    """Return a value in few letters: of a description, what is not as by default."""
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.4g}"
    if is_dataclass(value) and not isinstance(value, type):
        given = {each: repr(getattr(value, each.name)) for each in fields(value)}
        told = [f"{e.name}={own}" for e, own in given.items() if own != repr(e.default)]
        return f"{type(value).__name__}({', '.join(told)})"
    return " ".join(str(value).split())


def _aligned(table: list[list[str]], sentences: bool) -> list[str]:
    """Return lines of right-aligned columns, but the last if it is of sentences."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    if sentences:
        widths[-1] = 0
    lines = []
    for row in table:
        cells = [f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return lines
