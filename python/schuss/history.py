"""What a fit leaves behind: one number per epoch for everything that was watched."""

from typing import Any

import numpy as np


class History(dict[str, Any]):
    """Arrays of float64 with one entry per finished epoch.

    Keys: "loss" and, for class labels, "accuracy", both as the epoch went by;
    "val_loss" and "val_accuracy" after it, with validation data; "learning_rate" of
    its last step; "seconds" it took, validation included.
    """

    def add(self, **values: float) -> None:
        """Add an epoch.

        Parameters
        ----------
        **values : float
            A number for each key.
        """
        for key, value in values.items():
            self.setdefault(key, []).append(value)

    def finish(self) -> None:
        """Turn what was added into arrays, when no epoch is to come."""
        for key, values in self.items():
            self[key] = np.array(values, dtype=np.float64)
