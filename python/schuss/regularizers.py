"""What holds weights small: descriptions of the penalties added to the loss."""

from dataclasses import dataclass

from schuss.checks import settle


@dataclass(frozen=True)
class L2:
    """The penalty alpha |w|^2, on weights and not on biases.

    Its gradient is 2 alpha w: what other libraries call a weight decay of d in SGD is
    alpha = d / 2 here. Losses are reported without the penalty. The `weight_decay` of
    `schuss.AdamW` and others is another thing, decoupled from the gradient; in SGD
    without momentum the two are one where weight_decay = 2 alpha.

    Parameters
    ----------
    alpha : float, at least 0

    Raises
    ------
    TypeError, ValueError
        If `alpha` is no number or out of its range.
    """

    alpha: float

    def __post_init__(self) -> None:
        settle(self, "alpha", 0)
