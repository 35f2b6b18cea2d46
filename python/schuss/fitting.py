"""A fit that is under way: where it is, and what may be changed about it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from schuss.checks import check_number
from schuss.engines import Averaged, Network, Parameters, State
from schuss.history import History
from schuss.optimizers import Optimizer
from schuss.plan import Plan

if TYPE_CHECKING:
    from schuss.model import Model


@dataclass(frozen=True)
class Position:
    """Where a fit ended, for one that goes on from there.

    Parameters
    ----------
    optimizer : Optimizer
        Whose state the network has.
    epoch, step : int
        The next ones, by which a schedule goes.
    learning_rate_factor : float
        As for `Fit`.
    """

    optimizer: Optimizer
    epoch: int
    step: int
    learning_rate_factor: float


@dataclass(frozen=True)
class Snapshot:
    """All that training has changed, at one moment.

    Parameters
    ----------
    weights : tuple of tuples of ndarray
        Of every layer that has any.
    state : State
        Of the optimizer.
    average : Averaged
        Of the weights, if there is one.
    epochs : int
        Of this fit, that were finished.
    """

    weights: list[Parameters]
    state: State
    average: Averaged
    epochs: int


class Fit:
    """A fit under way, as callbacks see it.

    Parameters
    ----------
    network : Network
    plan : Plan
    model : Model, optional
        To be read; what it predicts is what it has learned so far.

    Attributes
    ----------
    model : Model
    resumed : bool
        Whether it goes on exactly where the fit before it ended.
    epochs : int
        Those that are finished.
    lost : bool
        Whether the optimizer has a state that its weights do not go with.
    validates_average : bool
        Whether validation sets see the average of the weights.
    """

    def __init__(
        self, network: Network, plan: Plan, model: "Model | None" = None
    ) -> None:
        self.network, self.plan, self.model = network, plan, model
        self.resumed = plan.resumed
        self.epochs, self.lost = 0, False
        self.validates_average = False
        self._ended: Snapshot | None = None
        self._history = History(plan.initial_epoch)
        self._factor = plan.learning_rate_factor
        self._steps_before = 0

    @property
    def history(self) -> History:
        """Of the epochs that are finished."""
        self._history.finish()
        return self._history

    @property
    def learning_rate_factor(self) -> float:
        """What every learning rate of the optimizer is multiplied by; 1 at first.

        A callback may set it to a number above 0; it counts from the next step.
        """
        return self._factor

    @learning_rate_factor.setter
    def learning_rate_factor(self, factor: float) -> None:
        if not self.plan.has_rate:
            raise ValueError(
                f"learning_rate_factor cannot be {factor!r}: the optimizer "
                f"{self.plan.optimizer!r} has no learning rate; leave it alone."
            )
        self._factor = check_number("learning_rate_factor", factor, 0, strict=True)

    def add(
        self, values: Mapping[str, float | NDArray[np.float64]], epochs: int = 1
    ) -> None:
        """Add epochs that are finished to the history."""
        self._history.add(**values)
        self.epochs += epochs

    def last(self, back: int = 1) -> dict[str, float]:
        """Return an epoch of those that were added last, as `History.last` does."""
        return self._history.last(back)

    def start(self) -> None:
        """Start the optimizer, with the state it has if the fit is resumed."""
        optimizer = self.plan.optimizer
        state = self.network.state() if self.resumed else None
        self.network.start(optimizer.name, optimizer.settings, **self.plan.rules)
        if state:
            self.network.set_state(*state)
        self._steps_before = state[0] if state else 0

    def weights(self) -> list[Parameters]:
        """Return copies of the weights of every layer that has any."""
        if self._ended:
            return self._ended.weights
        return [self.network.parameters(layer) for layer in range(self.plan.layers)]

    def set_weights(self, weights: Sequence[Parameters]) -> None:
        """Set what `weights` returns."""
        for layer, arrays in enumerate(weights):
            self.network.set_parameters(layer, *arrays)

    def average(self) -> Averaged:
        """Return the steps averaged over, and the average of the weights."""
        return self._ended.average if self._ended else self.network.average()

    def validated_weights(self) -> list[Parameters]:
        """Return copies of the weights that validation sets see."""
        return self.average()[1] if self.validates_average else self.weights()

    @contextmanager
    def validated(self) -> Iterator[Network]:
        """Give the network for a while the weights that validation sets are to see."""
        if not self.validates_average:
            yield self.network
            return
        weights = self.weights()
        try:
            self.set_weights(self.validated_weights())
            yield self.network
        finally:
            self.set_weights(weights)

    def end(self) -> None:
        """Keep what callbacks may ask for after the network has gone on."""
        if self.network.average()[0]:
            self._ended = self.snapshot()

    def snapshot(self) -> Snapshot:
        """Return copies of the weights and of the optimizer's state."""
        network = self.network
        return Snapshot(self.weights(), network.state(), network.average(), self.epochs)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this fit; the history stays.

        Parameters
        ----------
        snapshot : Snapshot
        """
        self.set_weights(snapshot.weights)
        self.network.set_state(*snapshot.state)
        if snapshot.average[1]:
            self.network.set_average(*snapshot.average)
        self.epochs = snapshot.epochs

    def position(self) -> Position | None:
        """Return where a fit that is resumed would go on, if there is such a place."""
        plan = self.plan
        if self.lost:
            return None
        return Position(
            plan.optimizer,
            plan.initial_epoch + self.epochs,
            plan.first_step + self.network.steps_taken() - self._steps_before,
            self._factor,
        )
