"""Callbacks that wait for an improvement: to stop, or to take smaller steps."""

import math
from collections.abc import Mapping

from schuss.callbacks import Callback, StopTraining
from schuss.checks import check_known, check_number
from schuss.fitting import Fit, Snapshot
from schuss.history import History

MODES = ("min", "max")


class Monitor(Callback):
    """What callbacks share that watch one value of the history.

    Parameters
    ----------
    monitor : str
        Its key.
    patience : int, at least 0
        Epochs in a row without an improvement that are too many; 0 is as 1.
    min_delta : float, at least 0
        A value must be better than the best by more than this to be an improvement.
    mode : "min" or "max", optional
        What is better: lower or higher. Known of losses and of the metrics by name.

    Attributes
    ----------
    best : float
        The best value so far; NaN if there is none.
    best_epoch : int or None
        When that was.
    wait : int
        Epochs since then.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    def __init__(
        self, monitor: str, patience: int, min_delta: float, mode: str | None
    ) -> None:
        if not isinstance(monitor, str):
            raise TypeError(
                f'monitor is {monitor!r}; give a key of the history, as "val_loss".'
            )
        if mode is not None:
            check_known("mode", mode, MODES)
        self.monitor = monitor
        self.patience = check_number("patience", patience, 0, whole=True)
        self.min_delta = check_number("min_delta", min_delta, 0)
        self.mode = mode
        self._sign = 1.0
        self.best, self.wait = math.nan, 0
        self.best_epoch: int | None = None

    def settle(self, keys: Mapping[str, str | None]) -> None:
        """Find out which values are better.

        Parameters
        ----------
        keys : mapping of str to "lower", "higher" or None
            What the history will have, and which is better where that is known.

        Raises
        ------
        ValueError
            If the monitored value will not be there, or nothing says what is better.
        """
        check_known("monitor", self.monitor, keys)
        better = keys[self.monitor]
        if self.mode is None and better is None:
            raise ValueError(
                f"nothing says whether a higher or a lower {self.monitor!r} is better; "
                'give mode="max" or mode="min".'
            )
        highest = self.mode == "max" if self.mode else better == "higher"
        self._sign = -1.0 if highest else 1.0

    def on_fit_begin(self, fit: Fit) -> None:
        """Begin anew, unless the fit goes on where the one before it ended."""
        self._fit = fit
        if not fit.resumed:
            self.best, self.best_epoch, self.wait = math.nan, None, 0

    def on_fit_end(self, history: History) -> None:
        """Let the fit and its data go."""
        del self._fit

    def improved(self, epoch: int, logs: Mapping[str, float]) -> bool:
        """Take note of an epoch's value; return whether it is an improvement."""
        value = logs[self.monitor]
        first = math.isnan(self.best) and not math.isnan(value)
        if first or self._sign * (self.best - value) > self.min_delta:
            self.best, self.best_epoch, self.wait = value, epoch, 0
            return True
        self.wait += 1
        return False


class EarlyStopping(Monitor):
    """Ends a fit once a value has not improved for some epochs.

    Source: L. Prechelt, 1998.

    Parameters
    ----------
    monitor : str
        Its key in the history.
    patience : int, at least 0
        After so many epochs in a row without an improvement the fit ends.
    min_delta : float, at least 0
        A value must be better than the best by more than this to be an improvement.
    mode : "min" or "max", optional
        What is better: lower or higher. Known of losses and of the metrics by name.
    restore_best : bool
        Whether the model gets the weights of the best epoch when the fit ends, early
        or not; the optimizer then has the state of that epoch, too.

    Attributes
    ----------
    best : float
        The best value; NaN if there was none.
    best_epoch : int or None
        When that was, as `on_epoch_end` counts.
    wait : int
        Epochs since then.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        *,
        patience: int = 5,
        min_delta: float = 0.0,
        mode: str | None = None,
        restore_best: bool = True,
    ) -> None:
        super().__init__(monitor, patience, min_delta, mode)
        if not isinstance(restore_best, bool):
            raise TypeError(f"restore_best is {restore_best!r}; give True or False.")
        self.restore_best = restore_best
        self._snapshot: Snapshot | None = None

    def on_fit_begin(self, fit: Fit) -> None:
        """Begin anew, unless the fit goes on where the one before it ended."""
        super().on_fit_begin(fit)
        # Of this fit only: an epoch that was the best before is where it goes on from.
        self._snapshot = fit.snapshot() if self._holds_best() else None

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Keep the weights of the best epoch; stop if that is long ago."""
        if self.improved(epoch, logs):
            self._snapshot = self._fit.snapshot() if self.restore_best else None
        elif self.wait >= self.patience:
            raise StopTraining(
                f"{self.monitor} has not improved on {self.best:.6g} for {self.wait} "
                f"epoch{'s' if self.wait > 1 else ''}"
            )

    def on_fit_end(self, history: History) -> None:
        """Give the model the weights of the best epoch."""
        if self._snapshot and self.wait:
            self._fit.restore(self._snapshot)
            self.wait = 0
        elif self.wait >= self.patience:
            self.wait = 0
        self._snapshot = None
        super().on_fit_end(history)

    def _holds_best(self) -> bool:
        return self.restore_best and self.best_epoch is not None and not self.wait


class ReduceOnPlateau(Monitor):
    """Multiplies the learning rate by a factor once a value has stopped to improve.

    With a schedule, what the schedule gives is multiplied.

    Parameters
    ----------
    monitor : str
        Its key in the history.
    factor : float, between 0 and 1, both excluded
    patience : int, at least 0
        After so many epochs in a row without an improvement the rate is reduced.
    min_delta : float, at least 0
        A value must be better than the best by more than this to be an improvement.
    mode : "min" or "max", optional
        What is better: lower or higher. Known of losses and of the metrics by name.
    cooldown : int, at least 0
        Epochs after a reduction that are not counted.
    min_rate : float, at least 0
        The learning rate is not reduced below this.

    Attributes
    ----------
    best : float
        The best value; NaN if there was none.
    best_epoch : int or None
        When that was, as `on_epoch_end` counts.
    wait : int
        Epochs since then, or since the last reduction.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        *,
        factor: float = 0.1,
        patience: int = 5,
        min_delta: float = 0.0,
        mode: str | None = None,
        cooldown: int = 0,
        min_rate: float = 0.0,
    ) -> None:
        super().__init__(monitor, patience, min_delta, mode)
        self.factor = check_number("factor", factor, 0, 1, strict=True)
        self.cooldown = check_number("cooldown", cooldown, 0, whole=True)
        self.min_rate = check_number("min_rate", min_rate, 0)

    def settle(self, keys: Mapping[str, str | None]) -> None:
        """Find out which values are better; there must be a rate to reduce, too."""
        super().settle(keys)
        if "learning_rate" not in keys:
            raise ValueError(
                "ReduceOnPlateau reduces learning rates, and the optimizer has none; "
                "leave it out."
            )

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Reduce the learning rate if the last improvement is long ago."""
        if self.improved(epoch, logs) or self.wait < max(self.patience, 1):
            return
        self.wait = -self.cooldown
        rate = logs["learning_rate"]
        if rate > self.min_rate:
            factor = max(self.factor, self.min_rate / rate)
            self._fit.learning_rate_factor *= factor
