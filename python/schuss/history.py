"""What a fit leaves behind: one number per epoch for everything that was watched."""

from typing import Any

import numpy as np

_NOTHING = np.zeros(0)


class History(dict[str, Any]):
    """Arrays of float64 with one entry per finished epoch.

    Keys: "loss" and, for class labels, "accuracy", both as the epoch went by;
    "val_loss" and "val_accuracy" after it, with validation data; "learning_rate" of
    its last step; "seconds" it took, validation included.
    """

    def __init__(self) -> None:
        super().__init__()
        self._parts: dict[str, list[Any]] = {}

    def add(self, **values: Any) -> None:
        """Add one epoch, or several.

        Parameters
        ----------
        **values : float, or ndarray of float64
            For each key a number, or as many numbers as there are epochs.
        """
        for key, value in values.items():
            self._parts.setdefault(key, []).append(np.atleast_1d(value))
            self.setdefault(key, _NOTHING)

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
        """Join what was added, when no epoch is to come."""
        for key, parts in self._parts.items():
            self[key] = np.concatenate(parts, dtype=np.float64)
