"""The layers of a model in order: what a network is made from."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace

import numpy as np

from schuss.activations import CustomActivation, Pair
from schuss.initializers import default_initializer
from schuss.layers import Dense, Layer, Rescaling
from schuss.normalization import BatchNorm
from schuss.stages import (
    Activation,
    Branch,
    Join,
    PReLU,
    Residual,
    Stage,
)

# Place, kind, settings and key of what stands between dense layers; the kind of an
# activation of the user's own are its functions.
StageGiven = tuple[int, str | Pair, list[float], int]


class Structure:
    """The layers of a model, checked.

    Parameters
    ----------
    layers : sequence of Layer

    Attributes
    ----------
    given : tuple of Layer
        All of them, as they were given.
    rescaling : Rescaling
        Which does nothing by default.
    items : list of Dense or Stage
        All others, in order; those of a `Residual` between a `Branch` and a `Join`. An
        `Activation` right after a `Dense` without one is a part of it.
    dense : list of Dense
    layers : list of Dense or Stage
        Those that have arrays, as `Model.weights` has them.

    Raises
    ------
    TypeError
        If an item is no layer, or a Rescaling is not the first.
    ValueError
        If there is no Dense, the last layer is one that draws random numbers, or a
        `Residual` has another number of outputs than of inputs.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        given = list(layers)
        leading = bool(given) and isinstance(given[0], Rescaling)
        first, rest = (given[0], given[1:]) if leading else (Rescaling(), given)
        known = all(isinstance(layer, Dense | Stage | Residual) for layer in rest)
        if not known or not isinstance(first, Rescaling):
            raise TypeError(
                f"layers are {given!r}; give schuss.Dense layers, and others, of which "
                "a schuss.Rescaling may be the first."
            )
        self.given = tuple(given)
        self.rescaling = first
        self.items = _joined(list(_flat(rest)))
        self.dense = [item for item in self.items if isinstance(item, Dense)]
        self.layers = [item for item in self.items if item.names]
        if not self.dense:
            what = f"layers are {given!r}" if rest else "layers is empty"
            raise ValueError(f"{what}; give at least one schuss.Dense.")
        last = next(item for item in reversed(self.items) if not isinstance(item, Join))
        if isinstance(last, Stage) and last.draws:
            raise ValueError(
                f"the last layer is {last!r}, which would disturb the outputs that the "
                "loss judges; put it before a schuss.Dense."
            )
        self.check_widths()

    def check_widths(self, inputs: int = 0) -> None:
        """Refuse a Residual that has another number of outputs than of inputs.

        Parameters
        ----------
        inputs : int
            Of the first layer; 0 while they are not known.

        Raises
        ------
        ValueError
            If there is one.
        """
        width, entered = inputs, []
        for item in self.items:
            if isinstance(item, Dense):
                width = item.units
            elif isinstance(item, Branch):
                entered.append(width)
            elif isinstance(item, Join):
                before = entered.pop()
                if before and width != before:
                    raise ValueError(
                        f"a Residual adds its {before} inputs to its {width} outputs; "
                        f"give the last Dense in it {before} units."
                    )

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return self.dense[-1].units

    def until(self, dense: int, activation: str | None = None) -> "Structure":
        """Return the part whose outputs are those of a dense layer.

        Parameters
        ----------
        dense : int
            Its number among the dense layers.
        activation : str, optional
            What it gets instead of its own.
        """
        last = self.dense[dense]
        places = [n for n, item in enumerate(self.items) if isinstance(item, Dense)]
        items = self.items[: places[dense]]
        part = copy(self)
        part.items = _without_open_branches(items)
        part.items.append(replace(last, activation=activation or last.activation))
        part.dense = [item for item in part.items if isinstance(item, Dense)]
        part.layers = [item for item in part.items if item.names]
        return part

    def require_steady(self, optimizer: str) -> None:
        """Refuse an optimizer that wants the same loss from the same weights.

        Parameters
        ----------
        optimizer : str
            Its name.

        Raises
        ------
        ValueError
            If a layer draws random numbers in every step, or gathers statistics.
        """
        for item in self.items:
            if isinstance(item, Stage) and item.unsteady:
                raise ValueError(
                    f"{optimizer} wants the same loss from the same weights, but "
                    f"{item!r} {item.unsteady}; give another optimizer, or leave that "
                    "layer out."
                )

    @property
    def by_batch(self) -> bool:
        """Whether what comes of a row depends on the others of its batch."""
        return any(isinstance(item, BatchNorm) for item in self.items)

    def check_batch(self, rows: int) -> None:
        """Refuse steps of one row where a layer goes by the rows of a batch.

        Parameters
        ----------
        rows : int
            Of every batch but the last.

        Raises
        ------
        ValueError
            If they are too few.
        """
        if rows == 1 and self.by_batch:
            raise ValueError(
                "a step has 1 row, which is its own mean, so that a BatchNorm would "
                "leave nothing of it; give a batch_size of at least 2."
            )

    @property
    def shapes(self) -> list[tuple[int, str]]:
        """Units and activation of the dense layers, for a network.

        To it, an activation of the user's own is a stage that follows the layer.
        """
        names = [layer.activation for layer in self.dense]
        return [
            (layer.units, name if isinstance(name, str) else "identity")
            for layer, name in zip(self.dense, names, strict=True)
        ]

    @property
    def custom_activations(self) -> list[tuple[CustomActivation, str]]:
        """The user's own activations in order, and what their layers are called."""
        return [
            (item.activation, _named(place, item))
            for place, item in self._placed()
            if isinstance(item, Dense | Activation)
            and isinstance(item.activation, CustomActivation)
        ]

    def _placed(self) -> Iterator[tuple[int, Dense | Stage]]:
        """Yield each item, and how many dense layers there are up to it."""
        place = 0
        for item in self.items:
            place += isinstance(item, Dense)
            yield place, item

    def stages(self, seed: int) -> list[StageGiven]:
        """Return what stands between the dense layers, for a network.

        Parameters
        ----------
        seed : int
            Each stage draws from a stream of its own.

        Returns
        -------
        list of (int, str or pair of callables, list of float, int)
            Before which dense layer (their number: after the last), kind, settings and
            key.
        """
        drawn = 0
        stages: list[StageGiven] = []
        for place, item in self._placed():
            own = getattr(item, "activation", None)
            if isinstance(own, CustomActivation):
                stages.append((place, own.functions(_named(place, item)), [], 0))
            elif isinstance(item, Stage):
                sequence = np.random.SeedSequence([seed, 4, drawn])
                key = int(sequence.generate_state(1, "u8")[0])
                stages.append((place, item.kind, item.settings, key))
            drawn += isinstance(item, Stage)
        return stages


def _named(place: int, item: Dense | Stage) -> str:
    """Return what an item with an activation is called in messages."""
    if isinstance(item, Dense):
        return f"layer {place - 1}"
    return f"the Activation {f'after layer {place - 1}' if place else 'of the inputs'}"


def _without_open_branches(items: list[Dense | Stage]) -> list[Dense | Stage]:
    """Return the items without branches that are not yet added to anything."""
    open_: list[int] = []
    for index, item in enumerate(items):
        if isinstance(item, Branch):
            open_.append(index)
        elif isinstance(item, Join):
            open_.pop()
    return [item for index, item in enumerate(items) if index not in open_]


def _joined(items: list[Dense | Stage]) -> list[Dense | Stage]:
    """Return the items with activations in their dense layers, where they can be.

    An activation that comes later suits the first weights to it all the same.
    """
    joined: list[Dense | Stage] = []
    bare = -1  # the place of a dense layer that no activation followed yet
    for item in items:
        before = joined[bare] if bare >= 0 else None
        if isinstance(before, Dense) and isinstance(item, Activation | PReLU):
            # A PReLU is a kin of the leaky ReLU.
            own = item.activation if isinstance(item, Activation) else "leaky_relu"
            suiting = before.initializer or default_initializer(own)
            joined[bare] = replace(before, initializer=suiting)
            if isinstance(item, Activation) and bare == len(joined) - 1:
                joined[bare] = replace(before, activation=own)
                bare = -1
                continue
            bare = -1
        joined.append(item)
        if isinstance(item, Dense):
            bare = len(joined) - 1 if item.activation == "identity" else -1
    return joined


def _flat(layers: Iterable[Layer]) -> Iterator[Dense | Stage]:
    for layer in layers:
        if isinstance(layer, Residual):
            yield Branch()
            yield from _flat(layer.layers)
            yield Join()
        elif isinstance(layer, Dense | Stage):
            yield layer
