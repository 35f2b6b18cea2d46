"""What a fit leaves behind: one number per epoch for everything that was watched."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NOTHING = np.zeros(0)


class History(dict[str, Any]):
    """Arrays of float64 with one entry per finished epoch.

    Keys: "loss" and, for class labels, "accuracy", both as the epoch went by;
    "learning_rate" of its last step; "batch_gradient_norm" where the optimizer clips by
    the norm, the mean over the epoch's steps of the norm before that; "gradient_norm"
    where `fit` was given a gradient_tolerance; for each validation set, "val" if it has
    no name of its own, "val_loss", "val_accuracy" and every metric after it; "seconds"
    it took, validation included. With `schuss.LBFGS` there is "gradient_norm" and no
    "learning_rate", and all are of the weights an epoch ended with.

    Attributes
    ----------
    first_epoch : int
        The number of the first of them, as schedules and callbacks count.
    stop_reason : str
        Why there are no more epochs.
    """

    def __init__(self, first_epoch: int = 0) -> None:
        super().__init__()
        self.first_epoch = first_epoch
        self.stop_reason = ""
        self._parts: dict[str, list[Any]] = {}
        self._joined = True

    def add(self, **values: Any) -> None:
        """Add one epoch, or several.

        Parameters
        ----------
        **values : float, or ndarray of float64
            For each key a number, or as many numbers as there are epochs.
        """
        for key, value in values.items():
            if key not in self._parts:
                self._parts[key], self[key] = [], _NOTHING
            part = value if isinstance(value, np.ndarray) else (value,)
            self._parts[key].append(part)
        self._joined = False

    def last(self, back: int = 1) -> dict[str, float]:
        """Return an epoch of those that were added last.

        Parameters
        ----------
        back : int
            1 for the last of them, 2 for the one before it, and so on.

        Returns
        -------
        dict of str to float
        """
        return {key: float(parts[-1][-back]) for key, parts in self._parts.items()}

    def finish(self) -> None:
        """Join what was added, so that it can be read; more may come."""
        if self._joined:
            return
        self._joined = True
        for key, parts in self._parts.items():
            self[key] = np.concatenate(parts, dtype=np.float64)
            self._parts[key] = [self[key]]

    def plot(self, metric: str = "loss", ax: "Axes | None" = None) -> "Figure":
        """Draw a metric by epoch, of training and validation, with matplotlib.

        Parameters
        ----------
        metric, ax
            As for `schuss.plots.learning_curves`.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError, TypeError, ValueError
            As there.
        """
        from schuss.plots import learning_curves

        return learning_curves(self, metric, ax=ax)

    def to_pandas(self) -> Any:
        """Return a table with a row per epoch and a column per key.

        Returns
        -------
        pandas.DataFrame
            Its index is the number of the epoch, as schedules and callbacks count.

        Raises
        ------
        ImportError
            If there is no pandas.
        """
        try:
            pandas = import_module("pandas")
        except ImportError as error:
            raise ImportError("to_pandas needs pandas; pip install pandas.") from error
        epochs = range(self.first_epoch, self.first_epoch + len(self.get("loss", ())))
        return pandas.DataFrame(dict(self), index=pandas.Index(epochs, name="epoch"))
