"""A callback by which Optuna ends a fit that does worse than others of its study."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from schuss.monitors import Monitor

DIRECTIONS = {"MINIMIZE": ("min", "lower"), "MAXIMIZE": ("max", "higher")}


class OptunaPruning(Monitor):
    """Tells a trial of Optuna's how its fit goes, and ends it if the study says so.

    After each epoch the value is reported; where the study's pruner finds the trial
    hopeless, ``optuna.TrialPruned`` goes out of `Model.fit`, which Optuna understands.
    An objective that returns `best` is judged by what its pruner has seen, also beside
    `EarlyStopping`. A trial that diverges raises FloatingPointError, which
    ``study.optimize(..., catch=FloatingPointError)`` takes for a failure.

    It needs Optuna: ``pip install "schuss[optuna]"``; `schuss.tune` does without.
    Source: T. Akiba, S. Sano, T. Yanase, T. Ohta and M. Koyama, "Optuna: A
    Next-generation Hyperparameter Optimization Framework", 2019.

    Parameters
    ----------
    trial : optuna.Trial
        Of a study with one direction. An ``optuna.trial.FixedTrial`` is never pruned.
    monitor : str
        A key of the history.

    Attributes
    ----------
    best : float
        The best value so far; NaN if there is none.
    best_epoch : int or None
        When that was.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described. `fit` says so if the history will have no
        such value, or if the study looks for the worst.
    ImportError
        If there is no Optuna.

    Examples
    --------
    >>> import optuna, schuss
    >>> X, y = schuss.datasets.load_digits()
    >>> def objective(trial):
    ...     units = trial.suggest_int("units", 8, 64, log=True)
    ...     rate = trial.suggest_float("learning_rate", 1e-3, 1.0, log=True)
    ...     layers = [schuss.Dense(units, "relu"), schuss.Dense(10)]
    ...     model = schuss.Model([schuss.Rescaling(1 / 16), *layers])
    ...     pruning = schuss.OptunaPruning(trial, monitor="val_loss")
    ...     history = model.fit(
    ...         X,
    ...         y,
    ...         optimizer=schuss.SGD(rate),
    ...         validation_fraction=0.2,
    ...         callbacks=[pruning],
    ...         verbose=False,
    ...     )
    ...     return pruning.best
    >>> study = optuna.create_study(pruner=optuna.pruners.SuccessiveHalvingPruner())
    >>> study.optimize(objective, n_trials=8)
    >>> sorted(study.best_params)
    ['learning_rate', 'units']
    """

    def __init__(self, trial: Any, monitor: str = "val_loss") -> None:
        super().__init__(monitor, 0, 0.0, None)
        self._pruned = _optuna().TrialPruned
        if not callable(getattr(trial, "should_prune", None)):
            raise TypeError(f"trial is {trial!r}; give the one that the objective got.")
        study = getattr(trial, "study", None)  # none of a FixedTrial
        self._directions = [each.name for each in study.directions] if study else []
        if len(self._directions) > 1:
            raise ValueError(
                f"the study of the trial has {len(self._directions)} directions, and "
                "Optuna prunes where there is one; leave OptunaPruning out."
            )
        self._trial = trial

    def settle(self, keys: Mapping[str, str | None]) -> None:
        """Find out which values are better; the study must think so, too."""
        for direction in self._directions:
            self.mode, better = DIRECTIONS[direction]
            if keys.get(self.monitor) not in (None, better):
                raise ValueError(
                    f"the study has the direction {direction.lower()!r}, but a "
                    f"{keys[self.monitor]} {self.monitor!r} is better; create the "
                    "study with the other one."
                )
        if not self._directions and keys.get(self.monitor, "") is None:
            raise ValueError(
                f"without a study nothing says whether a higher or a lower "
                f"{self.monitor!r} is better; give a schuss.metrics.Metric that does."
            )
        super().settle(keys)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Report the value; raise ``optuna.TrialPruned`` if there is no hope."""
        self.improved(epoch, logs)
        self._trial.report(logs[self.monitor], epoch)
        if self._trial.should_prune():
            del self._fit
            raise self._pruned(
                f"pruned after epoch {epoch}, with {self.monitor} of "
                f"{logs[self.monitor]:.6g}"
            )


def _optuna() -> Any:
    try:
        return import_module("optuna")
    except ImportError as error:
        raise ImportError(
            'OptunaPruning needs Optuna; pip install "schuss[optuna]", or use '
            "schuss.tune."
        ) from error
