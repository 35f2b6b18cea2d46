"""Examples that are evaluated after every epoch and never trained on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss.checks import check_number
from schuss.datasets.split import stratified_rows
from schuss.engines import Network, Rows
from schuss.evaluation import measure
from schuss.examples import Examples
from schuss.losses import LOSSES, Loss
from schuss.metrics import Metric
from schuss.metrics.metric import check_targets
from schuss.reading import Reader
from schuss.weighting import sliced

Pair = tuple[ArrayLike, ArrayLike] | tuple[ArrayLike, ArrayLike, ArrayLike | None]


@dataclass(frozen=True)
class Validation:
    """What is evaluated after every epoch.

    Parameters
    ----------
    sets : tuple of Examples
    metrics : tuple of Metric
    loss : Loss
        The network's.
    classes : ndarray or None
        Labels of the outputs, if they are other than 0, 1, ...

    Raises
    ------
    ValueError
        If two values would have one name, or a metric wants labels and there are none.
    """

    sets: tuple[Examples, ...]
    metrics: tuple[Metric, ...] = ()
    loss: Loss = LOSSES["softmax_cross_entropy"]
    classes: NDArray[Any] | None = None

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
        for name, _, targets, _ in self.sets:
            keys[f"{name}_loss"] = "lower"
            if targets.ndim == 1:
                keys[f"{name}_accuracy"] = "higher"
            keys |= {f"{name}_{metric.name}": metric.better for metric in self.metrics}
        return keys

    @property
    def rows(self) -> list[Rows]:
        """Of the sets: X, targets and weights, as `Network.training` takes them."""
        return [examples[1:] for examples in self.sets]

    def evaluations(self, network: Network) -> NDArray[np.float64]:
        """Return the mean loss and the number of hits of every set.

        Parameters
        ----------
        network : Network

        Returns
        -------
        ndarray of float64, shape (1, sets, 2)
            As a training returns them for its epochs.
        """
        return np.array([[network.evaluate(*rows) for rows in self.rows]])

    def scores(
        self, network: Network, evaluations: NDArray[np.float64]
    ) -> dict[str, Any]:
        """Return the values of every set.

        Parameters
        ----------
        network : Network
            Whose predictions metrics measure.
        evaluations : ndarray of float64, shape (epochs, sets, 2)
            Mean losses and numbers of hits.

        Returns
        -------
        dict of str to float or ndarray of float64
            A number for every epoch, or for the last of them alone: a metric.

        Raises
        ------
        Exception
            What a metric raises.
        """
        values: dict[str, Any] = {}
        for index, examples in enumerate(self.sets):
            name, X, targets, _ = examples
            values[f"{name}_loss"] = evaluations[:, index, 0]
            if targets.ndim == 1:
                values[f"{name}_accuracy"] = evaluations[:, index, 1] / len(X)
            measured = measure(network, examples, self.loss, self.metrics, self.classes)
            values |= {f"{name}_{key}": value for key, value in measured.items()}
        return values

    def _check_names(self) -> None:
        seen = {"learning_rate", "gradient_norm"}
        for name, *_ in self.sets:
            own = {f"{name}_{key.name}" for key in self.metrics}
            own |= {f"{name}_loss", f"{name}_accuracy"}
            if twice := sorted(own & seen):
                raise ValueError(
                    f"two values of the history would be called {twice[0]!r}; name "
                    "validation sets or metrics anew."
                )
            seen |= own


def as_validation(
    data: Pair | Mapping[str, Pair] | None, reader: Reader
) -> tuple[Examples, ...]:
    """Return validation data with X and y as a network takes them.

    Parameters
    ----------
    data : tuple of array_like, mapping of str to such tuples, or None
        X, y and, if rows have weights, these. A tuple alone is called "val".
    reader : Reader
        That has looked at the training data.

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
        return (_examples("val", "validation ", data, reader),)
    sets = []
    for name, pair in data.items():
        if not isinstance(name, str) or not name:
            raise TypeError(
                f"a validation set is called {name!r}; give names that are strings, "
                "and not empty."
            )
        _check_pair(pair, f"validation_data[{name!r}]")
        sets.append(_examples(name, f"validation {name!r} ", pair, reader))
    return tuple(sets)


def held_out(
    fraction: float,
    examples: Examples,
    seed: int,
    classes: NDArray[Any] | None = None,
) -> tuple[Examples, Examples]:
    """Take a share of the rows away from training, to validate on.

    Parameters
    ----------
    fraction, seed, classes
        As for `held_out_rows`.
    examples : Examples

    Returns
    -------
    left : Examples
        Copies of the rows that are left.
    held : Examples
        Copies of the others, called "val".

    Raises
    ------
    TypeError, ValueError
        As `held_out_rows` does.
    """
    name, X, targets, weights = examples
    left, taken = held_out_rows(fraction, targets, seed, classes)
    return (
        Examples(name, X[left], targets[left], sliced(weights, left)),
        Examples("val", X[taken], targets[taken], sliced(weights, taken)),
    )


def held_out_rows(
    fraction: float,
    targets: NDArray[Any],
    seed: int,
    classes: NDArray[Any] | None = None,
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
    classes : ndarray, optional
        Labels as the user has them, for messages.

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
        left, taken = stratified_rows(targets, fraction, rng, classes)
    else:
        order = rng.permutation(rows)
        count = min(max(round(rows * fraction), 1), rows - 1)
        left, taken = order[count:], order[:count]
    return np.sort(left), np.sort(taken)


def _check_pair(data: object, name: str) -> None:
    if not isinstance(data, tuple | list) or len(data) not in (2, 3):
        raise TypeError(f"{name} is no pair; give (X, y) or (X, y, sample_weight).")


def _examples(name: str, about: str, pair: Pair, reader: Reader) -> Examples:
    weights = pair[2] if len(pair) == 3 else None
    examples = reader.ready(reader.given(name, pair[0], pair[1], weights, about))
    return reader.weighed(examples, f"{about}sample_weight")
