"""The layers of a model in order: what a network is made from."""

from collections.abc import Sequence

import numpy as np

from schuss.layers import Dense, Layer, Rescaling
from schuss.stages import Stage

# Place, kind, settings and key of what stands between dense layers.
StageGiven = tuple[int, str, list[float], int]


class Structure:
    """The layers of a model, checked.

    Parameters
    ----------
    layers : sequence of Layer

    Attributes
    ----------
    rescaling : Rescaling
        Which does nothing by default.
    items : list of Dense or Stage
        All others, in order.
    dense : list of Dense

    Raises
    ------
    TypeError
        If an item is no layer, or a Rescaling is not the first.
    ValueError
        If there is no Dense, or the last layer is one that draws random numbers.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        given = list(layers)
        leading = bool(given) and isinstance(given[0], Rescaling)
        first, rest = (given[0], given[1:]) if leading else (Rescaling(), given)
        items = [item for item in rest if isinstance(item, Dense | Stage)]
        if len(items) < len(rest) or not isinstance(first, Rescaling):
            raise TypeError(
                f"layers are {given!r}; give schuss.Dense layers, and others, of which "
                "a schuss.Rescaling may be the first."
            )
        self.rescaling = first
        self.items = items
        self.dense = [item for item in items if isinstance(item, Dense)]
        if not self.dense:
            what = f"layers are {given!r}" if items else "layers is empty"
            raise ValueError(f"{what}; give at least one schuss.Dense.")
        if isinstance(items[-1], Stage) and items[-1].draws:
            raise ValueError(
                f"the last layer is {items[-1]!r}, which would disturb the outputs "
                "that the loss judges; put it before a schuss.Dense."
            )

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return self.dense[-1].units

    def until(self, layers: Sequence[Dense]) -> "Structure":
        """Return the part that ends with some of the dense layers, or others instead.

        Parameters
        ----------
        layers : sequence of Dense
            One for each of the first dense layers, up to the last that is wanted.
        """
        items: list[Layer] = [self.rescaling]
        left = list(layers)
        for item in self.items:
            if not left:
                break
            items.append(left.pop(0) if isinstance(item, Dense) else item)
        return Structure(items)

    def require_steady(self, optimizer: str) -> None:
        """Refuse an optimizer that wants the same loss from the same weights.

        Parameters
        ----------
        optimizer : str
            Its name.

        Raises
        ------
        ValueError
            If a layer draws random numbers in every step.
        """
        for item in self.items:
            if isinstance(item, Stage) and item.draws:
                raise ValueError(
                    f"{optimizer} wants the same loss from the same weights, but "
                    f"{item!r} draws anew in every step; give another optimizer, or "
                    "leave that layer out."
                )

    def stages(self, seed: int) -> list[StageGiven]:
        """Return what stands between the dense layers, for a network.

        Parameters
        ----------
        seed : int
            Each stage draws from a stream of its own.

        Returns
        -------
        list of (int, str, list of float, int)
            Before which dense layer (their number: after the last), kind, settings and
            key.
        """
        place = 0
        stages: list[StageGiven] = []
        for item in self.items:
            if isinstance(item, Dense):
                place += 1
                continue
            sequence = np.random.SeedSequence([seed, 4, len(stages)])
            key = int(sequence.generate_state(1, "u8")[0])
            stages.append((place, item.name, item.settings, key))
        return stages
