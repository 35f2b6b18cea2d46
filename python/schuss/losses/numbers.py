"""Losses that look at each output by itself: of numbers, counts and events."""

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from schuss.checks import check_known, check_number, settle
from schuss.losses.loss import Loss


@dataclass(frozen=True)
class NumericLoss(Loss):
    """The mean over a row's outputs of a loss of each.

    Parameters
    ----------
    missing : "mask", optional
        Takes targets that are NaN for missing ones, which count nothing: the loss is
        then the mean over all targets that are there, each with its row's weight. By
        default they are refused.

    Raises
    ------
    ValueError
        If `missing` is anything else.
    """

    _: KW_ONLY
    missing: str | None = None
    takes: ClassVar[str] = "numbers"
    predicts: ClassVar[str] = "numbers"

    def __post_init__(self) -> None:
        if self.missing is not None:
            check_known("missing", self.missing, ["mask"])

    @property
    def masks(self) -> bool:
        """Whether targets that are NaN are missing ones."""
        return self.missing is not None


@dataclass(frozen=True)
class MeanSquaredError(NumericLoss):
    """The mean over a row's outputs of (y - t)^2, for numbers t.

    Source: C. F. Gauss, 1809.

    Parameters
    ----------
    missing : "mask", optional
        As for all losses of numbers: whether targets may be NaN, which count nothing.
    """

    name: ClassVar[str] = "mean_squared_error"


@dataclass(frozen=True)
class MeanAbsoluteError(NumericLoss):
    """The mean over a row's outputs of |y - t|, for numbers t.

    What it leads to are conditional medians. Source: R. J. Boscovich, 1757.

    Parameters
    ----------
    missing : "mask", optional
        As for `MeanSquaredError`.
    """

    name: ClassVar[str] = "mean_absolute_error"


@dataclass(frozen=True)
class Huber(NumericLoss):
    """The mean over a row's outputs of Huber's loss of e = y - t, for numbers t.

    It is e^2 / 2 where |e| <= delta, and delta (|e| - delta / 2) elsewhere, so that no
    target pulls harder than delta. Source: P. J. Huber, "Robust Estimation of a
    Location Parameter", 1964.

    Parameters
    ----------
    delta : float, above 0
    missing : "mask", optional
        As for `MeanSquaredError`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    delta: float = 1.0
    name: ClassVar[str] = "huber"

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(self, "delta", 0, strict=True)

    @property
    def settings(self) -> list[float]:
        """The number the kernel takes after the targets: delta."""
        return [self.delta]


@dataclass(frozen=True)
class Pinball(NumericLoss):
    """The loss of quantiles q: the mean of max(q (t - y), (q - 1) (t - y)).

    A model has one output for each quantile, and a single number t per row as target;
    it predicts all quantiles. With 1/2 it is half of the mean absolute error. Source:
    R. Koenker and G. Bassett, "Regression Quantiles", 1978.

    Parameters
    ----------
    quantiles : iterable of float, between 0 and 1, both excluded
        One for each output.
    missing : "mask", optional
        As for `MeanSquaredError`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    quantiles: Iterable[float] = (0.5,)
    name: ClassVar[str] = "pinball"

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.quantiles, str) or not isinstance(self.quantiles, Iterable):
            raise TypeError(
                f"quantiles is {self.quantiles!r}; give a list of numbers between 0 "
                "and 1."
            )
        numbers = tuple(
            check_number("a quantile", q, 0, 1, strict=True) for q in self.quantiles
        )
        if not numbers:
            raise ValueError("quantiles are none; give one for each output.")
        object.__setattr__(self, "quantiles", numbers)

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes after the targets: the quantiles."""
        return list(self.quantiles)

    def columns(self, outputs: int) -> int:
        """Return 1: all quantiles are of one number.

        Parameters
        ----------
        outputs : int
            Of the model.
        """
        return 1

    def check_outputs(self, outputs: int) -> None:
        """Check that there is an output for each quantile.

        Parameters
        ----------
        outputs : int

        Raises
        ------
        ValueError
            If not.
        """
        if len(self.settings) != outputs:
            raise ValueError(
                f"there are {len(self.settings)} quantiles, but the model has "
                f"{outputs} outputs; give one for each."
            )


@dataclass(frozen=True)
class BinaryCrossEntropy(NumericLoss):
    """The mean over a row's outputs of -w t ln p - (1 - t) ln(1 - p), for events.

    Outputs y are logits, p = 1 / (1 + exp(-y)), and tell independent events: one, or
    several labels that a row may have at once. Targets t are 0 or 1, or probabilities;
    `predict` returns 0 or 1 for each output, and `predict_proba` p. Source: D. R. Cox,
    "The Regression Analysis of Binary Sequences", 1958.

    Parameters
    ----------
    positive_weight : float, or iterable of float, at least 0, optional
        w, how much a row counts in which the event happens beside one in which it does
        not: one number for all outputs, or one for each; 1 by default. With that of the
        rows without the event, divided by that of those with it, both count alike; p is
        then no frequency of the event any more, but larger. (PyTorch's `pos_weight`.)
    missing : "mask", optional
        As for `MeanSquaredError`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    One row in ten is an event, and counts as much as nine:

    >>> import numpy as np
    >>> import schuss
    >>> X = np.arange(200.0)[:, None] / 100 - 1
    >>> y = X[:, 0] >= 0.8
    >>> loss = schuss.BinaryCrossEntropy(positive_weight=9)
    >>> model = schuss.Model([schuss.Dense(1)], loss=loss)
    >>> history = model.fit(X, y, epochs=20, verbose=False)
    """

    positive_weight: float | Iterable[float] | None = None
    name: ClassVar[str] = "binary_cross_entropy"
    lowest: ClassVar[float] = 0
    highest: ClassVar[float] = 1
    predicts: ClassVar[str] = "bits"
    has_probabilities: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        given = self.positive_weight
        if given is None:
            return
        if isinstance(given, Iterable) and not isinstance(given, str):
            numbers = tuple(
                check_number(f"positive_weight[{k}]", weight, 0)
                for k, weight in enumerate(given)
            )
            object.__setattr__(self, "positive_weight", numbers)
        else:
            settle(self, "positive_weight", 0)

    def settings_of(self, outputs: int) -> list[float]:
        """Return the numbers the kernel takes after the targets: w of each output.

        Parameters
        ----------
        outputs : int
            Of the model.
        """
        given = self.positive_weight
        if given is None:
            return []
        return list(given) if isinstance(given, Iterable) else [given] * outputs

    def check_outputs(self, outputs: int) -> None:
        """Check that there is an output for each weight.

        Parameters
        ----------
        outputs : int

        Raises
        ------
        ValueError
            If not.
        """
        given = self.positive_weight
        if isinstance(given, tuple) and len(given) != outputs:
            raise ValueError(
                f"positive_weight has {len(given)} numbers, but the model has "
                f"{outputs} outputs; give one for each, or a single one for all."
            )


@dataclass(frozen=True)
class Poisson(NumericLoss):
    """The mean over a row's outputs of exp(y) - t y, for counts t.

    That is -ln of the probability of the count t if its mean is exp(y), without ln t!,
    which no weight changes; it may be below 0. Targets are numbers of at least 0;
    `predict` returns exp(y). Source: J. A. Nelder and R. W. M. Wedderburn, "Generalized
    Linear Models", 1972.

    Parameters
    ----------
    missing : "mask", optional
        As for `MeanSquaredError`.
    """

    name: ClassVar[str] = "poisson"
    lowest: ClassVar[float] = 0
