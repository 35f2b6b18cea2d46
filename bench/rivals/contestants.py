"""Lists who takes part, and finds the class that trains for each."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from bench.rivals.workloads import Layers


class Trainer(Protocol):
    """What a contestant offers; made from (task, threads, **one of its options)."""

    options: Sequence[dict[str, Any]]

    def reset(self) -> None:
        """Go back to the first weights."""

    def train(self, epochs: int, shuffle: bool) -> None:
        """Train for some epochs; making the order and the batches is part of it."""

    def weights(self) -> Layers:
        """Return the weights and biases as they are now."""

    @staticmethod
    def about() -> dict[str, str]:
        """Return versions and what else the result depends on."""


class Contestant(NamedTuple):
    """A title for the table, and where its trainer is."""

    title: str
    module: str
    trainer: str


CONTESTANTS = {
    "schuss": Contestant("schuss", "with_schuss", "Native"),
    "reference": Contestant("schuss, NumPy reference", "with_schuss", "Reference"),
    "sklearn": Contestant("scikit-learn MLPClassifier", "with_sklearn", "Sklearn"),
    "torch": Contestant("PyTorch, eager", "with_torch", "Torch"),
}


def find_trainer(name: str) -> type[Trainer]:
    """Import a contestant's trainer; ImportError if its library is not installed."""
    contestant = CONTESTANTS[name]
    module = import_module(f"bench.rivals.{contestant.module}")
    return cast(type[Trainer], getattr(module, contestant.trainer))
