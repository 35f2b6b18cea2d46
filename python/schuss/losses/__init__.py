"""What a model is trained for: descriptions of the losses."""

from schuss.checks import check_known
from schuss.losses.classes import Hinge, Perceptron, SoftmaxCrossEntropy
from schuss.losses.custom import CustomLoss, CustomLossOfLabels
from schuss.losses.loss import Loss
from schuss.losses.numbers import (
    BinaryCrossEntropy,
    Huber,
    MeanAbsoluteError,
    MeanSquaredError,
    Pinball,
    Poisson,
)

__all__ = [
    "LOSSES",
    "BinaryCrossEntropy",
    "CustomLoss",
    "CustomLossOfLabels",
    "Hinge",
    "Huber",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Perceptron",
    "Pinball",
    "Poisson",
    "SoftmaxCrossEntropy",
    "as_loss",
]

LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        SoftmaxCrossEntropy(),
        MeanSquaredError(),
        MeanAbsoluteError(),
        Huber(),
        Pinball(),
        BinaryCrossEntropy(),
        Poisson(),
        Perceptron(),
        Hinge(),
    )
}


def as_loss(given: object, outputs: int) -> Loss:
    """Return what a user gave as a loss, known to suit a model.

    Parameters
    ----------
    given : str, Loss, or callable as `CustomLoss` takes it
    outputs : int
        Of the model.

    Returns
    -------
    Loss

    Raises
    ------
    ValueError
        If it is none, or none for so many outputs.
    """
    if callable(given) and not isinstance(given, Loss | type):
        given = CustomLoss(given)
    if not isinstance(given, Loss):
        check_known("loss", given, LOSSES)
        given = LOSSES[str(given)]
    given.check_outputs(outputs)
    return given
