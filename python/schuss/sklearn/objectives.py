"""How scikit-learn's losses are written in schuss's, and what stands between them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.losses import (
    LOSSES,
    BinaryCrossEntropy,
    CustomLossOfLabels,
    Loss,
    MeanSquaredError,
    Poisson,
    SoftmaxCrossEntropy,
    as_loss,
)

LossGiven = str | Loss | Callable[..., Any]

# Those of numbers by the names that scikit-learn's estimators have for them.
NUMERIC = {
    "squared_error": "mean_squared_error",
    "absolute_error": "mean_absolute_error",
    "huber": "huber",
    "poisson": "poisson",
}
OF_CLASSES = ("log_loss", "hinge", "perceptron")

OUT_ACTIVATIONS = {
    "softmax_cross_entropy": "softmax",
    "binary_cross_entropy": "logistic",
    "poisson": "exp",
}


@dataclass(frozen=True)
class Objective:
    """A loss, and how scikit-learn's differs from it by constant factors.

    scikit-learn adds up the losses of several outputs where schuss takes their mean,
    and halves squares. What it reports for several outputs of numbers is half the mean
    of the squares, while it steps along the gradient of half of their sum.

    Parameters
    ----------
    loss : schuss loss
    outputs : int
        Of the network.
    gradient : float
        scikit-learn's gradient is this times that of `loss`.
    value : float
        The loss it reports is this times `loss`, and a constant.
    deviance : bool
        Whether the constant makes a perfect prediction of counts cost 0.
    """

    loss: Loss
    outputs: int
    gradient: float = 1.0
    value: float = 1.0
    deviance: bool = False

    @property
    def out_activation(self) -> str:
        """scikit-learn's name for what turns outputs into means."""
        return OUT_ACTIVATIONS.get(self.loss.name, "identity")

    @property
    def of_labels(self) -> bool:
        """Whether targets are numbers of classes."""
        return self.loss.takes in ("classes", "labels")

    def constant(
        self, targets: NDArray[Any], weights: NDArray[np.float64] | None
    ) -> float:
        """Return what scikit-learn's reported loss has beside `value` times `loss`.

        Of Poisson's loss that is the mean of t ln t - t, summed over outputs.

        Parameters
        ----------
        targets : ndarray
        weights : ndarray of float64, shape (rows,), or None
        """
        if not self.deviance:
            return 0.0
        t = targets.reshape(len(targets), -1).astype(np.float64)
        rows = (t * np.log(np.where(t > 0, t, 1)) - t).sum(axis=1)
        return float(np.average(rows, weights=weights))


def classification(
    given: LossGiven,
    classes: int,
    multilabel: bool,
    label_smoothing: float,
) -> Objective:
    """Return the objective of a classifier.

    Parameters
    ----------
    given : str, schuss loss, or callable
    classes : int
    multilabel : bool
        Whether a row may be of several classes.
    label_smoothing : float

    Returns
    -------
    Objective

    Raises
    ------
    ValueError
        If smoothing or several labels do not go with the loss.
    """
    if given == "log_loss":
        if classes > 2 and not multilabel:
            return Objective(SoftmaxCrossEntropy(label_smoothing), classes)
        outputs = classes if multilabel else 1
        return Objective(BinaryCrossEntropy(), outputs, outputs, outputs)
    if label_smoothing:
        raise ValueError(
            f"label_smoothing is {label_smoothing} and loss {given!r}; smooth labels "
            'go with loss="log_loss", or with schuss.SoftmaxCrossEntropy itself.'
        )
    if callable(given) and not isinstance(given, Loss):
        given = CustomLossOfLabels(given)
    bits = isinstance(given, Loss) and given.predicts == "bits"
    if multilabel and not bits:
        raise ValueError(
            f"y has several labels per row and loss is {given!r}; give "
            'loss="log_loss", or a schuss.BinaryCrossEntropy.'
        )
    if bits and not multilabel and classes > 2:
        raise ValueError(
            f"y has {classes} classes and loss is {given!r}, which tells two apart; "
            'give loss="log_loss".'
        )
    outputs = classes if multilabel else 1 if bits else max(classes, 2)
    return Objective(as_loss(given, outputs), outputs)


def regression(given: LossGiven, columns: int) -> Objective:
    """Return the objective of a regressor.

    Parameters
    ----------
    given : str, schuss loss, or callable
    columns : int
        Of y.

    Returns
    -------
    Objective

    Raises
    ------
    ValueError
        If the loss does not suit so many columns.
    """
    if given == "squared_error":
        return Objective(MeanSquaredError(), columns, columns / 2, 0.5)
    if given == "poisson":
        return Objective(Poisson(), columns, columns, columns, deviance=True)
    if isinstance(given, str):
        return Objective(LOSSES[NUMERIC[given]], columns)
    outputs = columns
    if isinstance(given, Loss) and given.columns(columns) == 1:
        outputs = max(len(given.settings), 1)  # all of them of one number
    return Objective(as_loss(given, outputs), outputs)
