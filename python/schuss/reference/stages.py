"""What stands between dense layers, as a network uses it: a step down and one up."""

from collections.abc import Iterable, Sequence

from schuss.reference.elementary import Array
from schuss.reference.noise import dropout, gaussian_noise

__all__ = ["STAGES", "Stage", "connect"]


class Stage:
    """One stage of a network; this one does nothing.

    Parameters
    ----------
    settings : sequence of float
    key : int, at least 0 and below 2^64
        Determines what it draws.

    Attributes
    ----------
    draws : bool
        Whether it draws random numbers, and acts in training alone.
    """

    draws = False

    def __init__(self, settings: Sequence[float], key: int) -> None:
        self.settings, self.key = list(settings), key
        self.step = 0

    def forward(self, x: Array, step: int) -> Array:
        """Down: return y for the rows of x, in the `step`-th step."""
        self.step = step
        return x

    def backward(self, d_y: Array) -> Array:
        """Up: return dL/dx, given dL/dy of the last way down."""
        return d_y


class Dropout(Stage):
    """`dropout`, both ways; settings: rate."""

    draws = True

    def forward(self, x: Array, step: int) -> Array:
        """Return y."""
        self.step = step
        return dropout(x, self.settings[0], self.key, step)

    def backward(self, d_y: Array) -> Array:
        """Return dL/dx: what was dropped takes no part."""
        return dropout(d_y, self.settings[0], self.key, self.step)


class GaussianNoise(Stage):
    """`gaussian_noise`, through which gradients pass unchanged; settings: deviation."""

    draws = True

    def forward(self, x: Array, step: int) -> Array:
        """Return y."""
        return gaussian_noise(x, self.settings[0], self.key, step)


class Branch(Stage):
    """Where a way around some layers begins, at the end of which is a `Join`."""

    x: Array
    d_join: Array

    def forward(self, x: Array, step: int) -> Array:
        """Return x, which is kept."""
        self.x = x
        return x

    def backward(self, d_y: Array) -> Array:
        """Return the sum of both ways' gradients."""
        return d_y + self.d_join


class Join(Stage):
    """Adds what went into a `Branch`, of which `connect` tells it."""

    branch: Branch

    def forward(self, x: Array, step: int) -> Array:
        """Return x + what went into the branch."""
        return x + self.branch.x

    def backward(self, d_y: Array) -> Array:
        """Return dL/dy, which is the gradient of both ways."""
        self.branch.d_join = d_y
        return d_y


STAGES: dict[str, type[Stage]] = {
    "dropout": Dropout,
    "gaussian_noise": GaussianNoise,
    "branch": Branch,
    "join": Join,
}


def connect(stages: Iterable[Stage]) -> None:
    """Tell every join of a network, whose stages come in order, of its branch."""
    open_: list[Branch] = []
    for stage in stages:
        if isinstance(stage, Branch):
            open_.append(stage)
        elif isinstance(stage, Join):
            stage.branch = open_.pop()
