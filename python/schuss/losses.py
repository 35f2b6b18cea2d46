"""What a model is trained for: descriptions of the losses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Loss:
    """A loss, by name, and what its targets are.

    Parameters
    ----------
    name : str
        The kernel that computes it.
    of_classes : bool
        Whether targets are class labels (or distributions over classes) and outputs
        are logits; otherwise both are plain numbers.
    """

    name: str
    of_classes: bool


SOFTMAX_CROSS_ENTROPY = Loss("softmax_cross_entropy", of_classes=True)
MEAN_SQUARED_ERROR = Loss("mean_squared_error", of_classes=False)

LOSSES = {loss.name: loss for loss in (SOFTMAX_CROSS_ENTROPY, MEAN_SQUARED_ERROR)}
