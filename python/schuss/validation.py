"""Examples that are evaluated after every epoch and never trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.checks import check_number
from schuss.datasets.split import stratified_rows
from schuss.engines import Network
from schuss.evaluation import evaluate
from schuss.examples import as_examples, as_targets
from schuss.losses import Loss
from schuss.metrics import Metric
from schuss.metrics.metric import check_targets

Pair = tuple[ArrayLike, ArrayLike]


class Examples(NamedTuple):
    """A validation set, as both engines take it.

    Attributes
    ----------
    name : str
        What its values in the history begin with.
    X, targets : ndarray
    """

    name: str
    X: NDArray[Any]
    targets: NDArray[Any]


@dataclass(frozen=True)
class Validation:
    """What is evaluated after every epoch.

    Parameters
    ----------
    sets : tuple of Examples
    metrics : tuple of Metric
    of_classes : bool
        Whether the network's outputs are logits.

    Raises
    ------
    ValueError
        If two values would have one name, or a metric wants labels and there are none.
    """

    sets: tuple[Examples, ...]
    metrics: tuple[Metric, ...] = ()
    of_classes: bool = True

    def __post_init__(self) -> None:
        if self.metrics and not self.sets:
            raise ValueError(
                "metrics are evaluated on validation data, and there is none; give "
                "validation_data or validation_fraction, too."
            )
        for examples in self.sets:
            check_targets(
                self.metrics, examples.targets, f"y of validation set {examples.name!r}"
            )
        self._check_names()

    @property
    def keys(self) -> dict[str, str | None]:
        """Of the values in the history; which of them is better, where it is known."""
        keys: dict[str, str | None] = {}
        for name, _, targets in self.sets:
            keys[f"{name}_loss"] = "lower"
            if targets.ndim == 1:
                keys[f"{name}_accuracy"] = "higher"
            keys |= {f"{name}_{metric.name}": metric.better for metric in self.metrics}
        return keys

    def scores(self, network: Network) -> dict[str, float]:
        """Return the values of every set.

        Parameters
        ----------
        network : Network

        Returns
        -------
        dict of str to float

        Raises
        ------
        Exception
            What a metric raises.
        """
        return {
            f"{name}_{key}": value
            for name, X, targets in self.sets
            for key, value in evaluate(
                network, X, targets, self.of_classes, self.metrics
            ).items()
        }

    def _check_names(self) -> None:
        seen = {"learning_rate", "gradient_norm"}
        for name, _, _ in self.sets:
            own = {f"{name}_{key.name}" for key in self.metrics}
            own |= {f"{name}_loss", f"{name}_accuracy"}
            if twice := sorted(own & seen):
                raise ValueError(
                    f"two values of the history would be called {twice[0]!r}; name "
                    "validation sets or metrics anew."
                )
            seen |= own


def as_validation(
    data: Pair | Mapping[str, Pair] | None,
    columns: int,
    outputs: int,
    loss: Loss,
    dtype: str,
) -> tuple[Examples, ...]:
    """Return validation data with X and y as `as_examples` and `as_targets` do.

    Parameters
    ----------
    data : pair of array_like, mapping of str to such pairs, or None
        A pair alone is called "val".
    columns : int
        Of the training data, which each X must have.
    outputs, loss, dtype
        As for `as_targets`.

    Returns
    -------
    tuple of Examples

    Raises
    ------
    TypeError, ValueError
        If it is not that.
    """
    if data is None:
        return ()
    if not isinstance(data, Mapping):
        _check_pair(data, "validation_data")
        return (_examples("val", "validation", data, columns, outputs, loss, dtype),)
    sets = []
    for name, pair in data.items():
        if not isinstance(name, str) or not name:
            raise TypeError(
                f"a validation set is called {name!r}; give names that are strings, "
                "and not empty."
            )
        _check_pair(pair, f"validation_data[{name!r}]")
        about = f"validation {name!r}"
        sets.append(_examples(name, about, pair, columns, outputs, loss, dtype))
    return tuple(sets)


def held_out(
    fraction: float, X: NDArray[Any], targets: NDArray[Any], seed: int
) -> tuple[NDArray[Any], NDArray[Any], Examples]:
    """Take a share of the rows away from training, to validate on.

    Parameters
    ----------
    fraction, seed
        As for `held_out_rows`.
    X, targets : ndarray
        As both engines take them.

    Returns
    -------
    X, targets : ndarray
        Copies of the rows that are left.
    held : Examples
        Copies of the others, called "val".

    Raises
    ------
    TypeError, ValueError
        As `held_out_rows` does.
    """
    left, taken = held_out_rows(fraction, targets, seed)
    return X[left], targets[left], Examples("val", X[taken], targets[taken])


def held_out_rows(
    fraction: float, targets: NDArray[Any], seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Divide row numbers; of labels, each class gives the same share.

    Parameters
    ----------
    fraction : float, between 0 and 1, both excluded
        At least one row, of labels one of each class, goes to either side.
    targets : ndarray
        As both engines take them.
    seed : int
        The same seed takes the same rows.

    Returns
    -------
    left, taken : ndarray of intp
        Both sorted.

    Raises
    ------
    TypeError, ValueError
        If the fraction is none, there is but one row, or a class has a single member.
    """
    fraction = check_number("validation_fraction", fraction, 0, 1, strict=True)
    rows = len(targets)
    if rows < 2:
        raise ValueError(
            "validation_fraction divides the rows of X, and there is 1; give 2 or more."
        )
    rng = np.random.default_rng([seed, 3])
    if targets.ndim == 1:
        left, taken = stratified_rows(targets, fraction, rng)
    else:
        order = rng.permutation(rows)
        count = min(max(round(rows * fraction), 1), rows - 1)
        left, taken = order[count:], order[:count]
    return np.sort(left), np.sort(taken)


def _check_pair(data: object, name: str) -> None:
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise TypeError(f"{name} is no pair; give (X, y).")


def _examples(
    name: str,
    about: str,
    pair: Pair,
    columns: int,
    outputs: int,
    loss: Loss,
    dtype: str,
) -> Examples:
    X = as_examples(pair[0], f"{about} X", columns, dtype)
    y = as_targets(pair[1], f"{about} y", len(X), outputs, loss, dtype)
    return Examples(name, X, y)
