"""What a fit leaves behind: one number per epoch for everything that was watched."""

import numpy as np
from numpy.typing import NDArray


class History(dict[str, NDArray[np.float64]]):
    """Arrays with one entry per finished epoch.

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
            self[key] = np.append(self.get(key, np.empty(0)), value)
