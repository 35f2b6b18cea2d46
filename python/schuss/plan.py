"""What one call of fit is to do: data, epochs, batches, and every learning rate."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.checks import check_number, settle
from schuss.lbfgs import LBFGS
from schuss.optimizers import Optimizer
from schuss.regularizers import Regularizer, Strengths
from schuss.validation import Validation


@dataclass(frozen=True)
class Plan:
    """The arguments of a fit, each of them checked.

    Parameters
    ----------
    X, targets : ndarray
        Training data, as `Network.train` takes it.
    validation : Validation or None
    epochs : int, at least 0
    batch_size : int, at least 1, or None for all rows
    optimizer : Optimizer
    regularizer : Regularizer or None
    layers : int
        Of the network.
    seed : int
    first_epoch : int
        Epochs of earlier fits; the shuffle goes on from there.
    shuffle : bool
    max_time : float above 0, in seconds, or None
        Epochs that end later are the last.
    resumed : bool
        Whether the optimizer keeps the state it has.
    initial_epoch : int, at least 0
    initial_step : int, at least 0, or None for that at which this epoch begins
        What a schedule counts from.
    learning_rate_factor : float
        What rates are multiplied by at first.
    gradient_tolerance : float, at least 0, or None
        The fit ends once the gradient's norm over all rows is no larger.
    learning_rate_factors : sequence of float or None
        Of the layers, None of one that has no such factor; empty: all are 1.
    weights : ndarray of float64, shape (rows,), or None
        Of the rows; see `schuss.weighting.weighed`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """

    X: NDArray[Any]
    targets: NDArray[Any]
    validation: Validation | None
    epochs: int
    batch_size: int | None
    optimizer: Optimizer
    regularizer: Regularizer | None
    layers: int
    seed: int
    first_epoch: int
    shuffle: bool
    max_time: float | None = None
    resumed: bool = False
    initial_epoch: int = 0
    initial_step: int | None = None
    learning_rate_factor: float = 1.0
    gradient_tolerance: float | None = None
    learning_rate_factors: Sequence[float | None] = ()
    weights: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        settle(self, "epochs", 0, whole=True)
        if self.batch_size is not None:
            settle(self, "batch_size", 1, whole=True)
        if self.max_time is not None:
            settle(self, "max_time", 0, strict=True)
        settle(self, "initial_epoch", 0, whole=True)
        if not isinstance(self.optimizer, Optimizer):
            raise TypeError(
                f"optimizer is {self.optimizer!r}; give a schuss.SGD or the like."
            )
        if not isinstance(self.shuffle, bool | np.bool):
            raise TypeError(f"shuffle is {self.shuffle!r}; give True or False.")
        given = self.regularizer
        if given is not None and not isinstance(given, Regularizer):
            raise TypeError(
                f"regularizer is {given!r}; give a schuss.L2 or the like, or a sum of "
                "them."
            )
        if not self.moving:
            raise ValueError(
                "every layer has a learning_rate_factor of 0; leave one of them free."
            )
        if self.gradient_tolerance is not None:
            settle(self, "gradient_tolerance", 0)
            self._need_all_rows("gradient_tolerance looks at the gradient of")
            self._need_no_limit("gradient_tolerance waits for a gradient")
        if not self.has_rate:
            self._need_all_rows("LBFGS makes its steps from the gradient of")
            self._need_no_limit("LBFGS searches where the gradient is")
            self._need_smoothness()

    def _need_all_rows(self, who: str) -> None:
        if self.steps > 1:
            raise ValueError(
                f"batch_size is {self.batch_size}, but {who} all rows at once; give "
                "batch_size=None."
            )

    def _need_no_limit(self, who: str) -> None:
        if self.strengths.max_norm < math.inf:
            raise ValueError(
                f"regularizer is {self.regularizer!r}, but {who} that vanishes, as it "
                "need not at the limit of a MaxNorm; leave one of them out."
            )

    def _need_smoothness(self) -> None:
        if self.strengths.l1 or self.strengths.bias_l1:
            raise ValueError(
                f"regularizer is {self.regularizer!r}, but LBFGS needs a gradient "
                "everywhere, and L1 has none at zero; give L2, or another optimizer."
            )
        for factor in self.learning_rate_factors:
            if factor not in (None, 0, 1):
                raise ValueError(
                    f"a layer has learning_rate_factor {factor:g}, but LBFGS has no "
                    "learning rate; give 1, or 0 to freeze the layer."
                )

    @cached_property
    def moving(self) -> list[int]:
        """The layers that are not frozen."""
        factors = self.learning_rate_factors or [1.0] * self.layers
        return [layer for layer, factor in enumerate(factors) if factor != 0]

    @cached_property
    def rows_per_step(self) -> int:
        """Rows of every batch but the last."""
        return min(self.batch_size or len(self.X), len(self.X))

    @cached_property
    def steps(self) -> int:
        """Steps per epoch."""
        return -(-len(self.X) // self.rows_per_step)

    @property
    def first_step(self) -> int:
        """The number of the first step, for a schedule."""
        if self.initial_step is None:
            return self.initial_epoch * self.steps
        return self.initial_step

    @property
    def has_rate(self) -> bool:
        """Whether the optimizer has a learning rate: L-BFGS searches for its own."""
        return not isinstance(self.optimizer, LBFGS)

    @cached_property
    def strengths(self) -> Strengths:
        """Of the regularizer's penalties, and its limit."""
        return self.regularizer.strengths if self.regularizer else Strengths()

    @property
    def rules(self) -> dict[str, Any]:
        """What `Network.start` takes beside the optimizer's name and settings."""
        optimizer = self.optimizer
        return self.strengths._asdict() | {
            "weight_decay": optimizer.weight_decay,
            "clip_norm": optimizer.clip_norm or math.inf,
            "clip_value": optimizer.clip_value or math.inf,
            "learning_rate_factors": [
                factor for factor in self.learning_rate_factors if factor is not None
            ],
        }

    @property
    def measures(self) -> bool:
        """Whether every step measures its gradient."""
        return self.optimizer.clip_norm is not None

    @property
    def key(self) -> int | None:
        """What determines, with its number, the order of an epoch's rows."""
        if not self.shuffle:
            return None
        return int(np.random.SeedSequence([self.seed, 1]).generate_state(1, "u8")[0])

    @property
    def keys(self) -> dict[str, str | None]:
        """Of the history; which of two values is better, "lower" or "higher", or None.

        None is for what is neither, or where nobody said it.
        """
        keys: dict[str, str | None] = {"loss": "lower"}
        if self.has_rate:
            keys["learning_rate"] = None
        if self.targets.ndim == 1:
            keys["accuracy"] = "higher"
        if self.gradient_tolerance is not None or not self.has_rate:
            keys["gradient_norm"] = "lower"
        if self.measures:
            keys["batch_gradient_norm"] = "lower"
        return keys | (self.validation.keys if self.validation else {})

    def converged(self, gradient_norm: float) -> str | None:
        """Return why to stop, if this norm of the gradient is small enough.

        Parameters
        ----------
        gradient_norm : float
        """
        limit = self.gradient_tolerance
        if limit is None or not gradient_norm <= limit:
            return None
        return (
            f"the gradient's norm, {gradient_norm:.3g}, has fallen to "
            f"gradient_tolerance {limit:g}"
        )

    def learning_rates(self, epoch: int) -> NDArray[np.float64]:
        """Return the learning rate of every step of an epoch, as the optimizer has it.

        Parameters
        ----------
        epoch : int
            Of this fit, counted from 0.

        Raises
        ------
        TypeError, ValueError
            If a schedule gives something else than a number of at least 0.
        """
        rate = self.optimizer.learning_rate
        if not callable(rate):
            return np.broadcast_to(float(rate), (self.steps,))
        first = self.first_step + epoch * self.steps
        epoch += self.initial_epoch
        return np.array(
            [
                check_number(
                    f"what the schedule gave for step {first + step}, epoch {epoch},",
                    rate(first + step, epoch),
                    0,
                )
                for step in range(self.steps)
            ]
        )
