"""Layers that bring what passes to mean 0 and variance 1: descriptions."""

from dataclasses import dataclass
from typing import ClassVar

from schuss.checks import SMALLEST, settle
from schuss.stages import Stage


@dataclass(frozen=True)
class LayerNorm(Stage):
    """Brings every row to mean 0 and variance 1, then to a scale that is learned.

    h = gain z + shift with z = (x - mean) / sqrt(variance + epsilon), where mean and
    variance are those of the row, and every column has a gain and a shift of its own.
    It does the same in training and prediction, and for any number of rows; it may
    stand before or after an activation, or on the inputs. The regularizer and weight
    decay leave gain and shift alone.

    Source: J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", 2016.

    Parameters
    ----------
    epsilon : float, above 0
        What keeps rows of equal numbers from a division by 0.

    Raises
    ------
    TypeError, ValueError
        If `epsilon` is no number or not above 0.
    """

    epsilon: float = 1e-5
    name: ClassVar[str] = "layer_norm"
    names: ClassVar[tuple[str, ...]] = ("gain", "shift")
    learned: ClassVar[int] = 2
    first: ClassVar[tuple[float, ...]] = (1.0, 0.0)

    def __post_init__(self) -> None:
        settle(self, "epsilon", SMALLEST)

    @property
    def settings(self) -> list[float]:
        """Epsilon."""
        return [self.epsilon]


@dataclass(frozen=True)
class BatchNorm(Stage):
    """Brings every column to mean 0 and variance 1, then to a scale that is learned.

    h = gain z + shift with z = (x - mean) / sqrt(variance + epsilon), where mean and
    variance are those of the column over the rows of the batch. Predictions and
    evaluations go by running ones, which follow those of every step: running <-
    momentum running + (1 - momentum) now, of the variance with rows / (rows - 1) times
    the batch's, as is expected of more rows. They are a part of `Model.weights`, beside
    gain and shift, and change only in training. Sources: S. Ioffe and C. Szegedy,
    "Batch normalization", 2015.

    A batch of more than 512 rows is normalized in equal parts of at most so many, each
    by its own mean and variance: memory does not grow with the batch, and large batches
    generalize no worse for it (E. Hoffer, I. Hubara and D. Soudry, "Train longer,
    generalize better", 2017, who call the parts ghost batches). The last batch of an
    epoch may be shorter than the others; one of a single row tells no variance, and
    leaves the running ones alone.

    It may stand before an activation, as its authors have it, or after one, or on the
    inputs. `Model.gradients` and `Model.check_gradients` go by the rows they are given,
    as a step would.

    Parameters
    ----------
    momentum : float, in [0, 1)
        What is kept of the running mean and variance at each step.
    epsilon : float, above 0
        What keeps columns of equal numbers from a division by 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """

    momentum: float = 0.9
    epsilon: float = 1e-5
    name: ClassVar[str] = "batch_norm"
    unsteady: ClassVar[str] = "goes by other running statistics after every step"
    names: ClassVar[tuple[str, ...]] = ("gain", "shift", "mean", "variance")
    learned: ClassVar[int] = 2
    first: ClassVar[tuple[float, ...]] = (1.0, 0.0, 0.0, 1.0)

    def __post_init__(self) -> None:
        settle(self, "momentum", 0, 1)
        settle(self, "epsilon", SMALLEST)

    @property
    def settings(self) -> list[float]:
        """Momentum and epsilon."""
        return [self.momentum, self.epsilon]
