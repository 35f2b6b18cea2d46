"""What all losses are described by."""

import math
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray


class Loss:
    """What all losses share.

    A batch's loss is the mean over its rows, sum_i w_i l_i / B, where the weights w_i
    of the rows have mean 1 over all of the data: the gradient of any batch, of B = 1
    row as well, is then on average that of sum_i w_i l_i / sum_i w_i over all rows, and
    a learning rate means the same for any batch size and for weights of any scale.

    Attributes
    ----------
    name : str
        The kernel that computes it.
    takes : "classes", "labels" or "numbers"
        What targets are: labels of classes or distributions over them, labels alone, or
        numbers.
    lowest, highest : float
        Between which numbers must be.
    predicts : "classes", "bits" or "numbers"
        What `Model.predict` returns: a label per row, 0 or 1 per output, or a number
        per output.
    has_probabilities : bool
        Whether outputs tell probabilities.
    settings : list of float
        The numbers the kernel takes after the targets, in order.
    """

    name: ClassVar[str]
    takes: ClassVar[str]
    lowest: ClassVar[float] = -math.inf
    highest: ClassVar[float] = math.inf
    predicts: ClassVar[str]
    has_probabilities: ClassVar[bool] = False

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes after the targets, in order."""
        return []

    def settings_of(self, outputs: int) -> list[float]:
        """Return them for a model that has so many outputs.

        Parameters
        ----------
        outputs : int
        """
        return self.settings

    @property
    def custom(self) -> Callable[..., tuple[Any, Any]] | None:
        """What computes it, if that is no kernel."""
        return None

    def check_outputs(self, outputs: int) -> None:
        """Check that the loss suits so many outputs.

        Parameters
        ----------
        outputs : int

        Raises
        ------
        ValueError
            If it does not.
        """

    def check_gradient(self, outputs: NDArray[Any], targets: NDArray[Any]) -> None:
        """Check the gradient of some rows, if it is not known to be right.

        Parameters
        ----------
        outputs, targets : ndarray

        Raises
        ------
        ValueError
            If it is wrong.
        """

    def columns(self, outputs: int) -> int:
        """Return how many columns a table of targets has.

        Parameters
        ----------
        outputs : int
            Of the model.
        """
        return outputs

    @property
    def masks(self) -> bool:
        """Whether targets that are NaN are missing ones."""
        return False

    def labelled(self, labels: Iterable[object]) -> "Loss":
        """Return the loss for a model whose outputs have these labels.

        Parameters
        ----------
        labels : iterable
            In the order of the outputs.

        Raises
        ------
        ValueError
            If the loss speaks of others.
        """
        return self

    def weights(
        self, targets: NDArray[Any], sample_weight: NDArray[np.float64] | None
    ) -> NDArray[np.float64] | None:
        """Return what the loss itself makes of the rows' weights.

        Parameters
        ----------
        targets : ndarray
            As both engines take them.
        sample_weight : ndarray of float64, shape (rows,), or None
            The user's; None: all of them 1.

        Returns
        -------
        ndarray of float64, shape (rows,), or None
        """
        return sample_weight
