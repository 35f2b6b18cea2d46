"""What stands between dense layers, as a network uses it: a step down and one up."""

from collections.abc import Sequence

from schuss.reference.elementary import Array
from schuss.reference.noise import dropout, gaussian_noise

__all__ = ["STAGES", "Stage"]


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


STAGES = {"dropout": Dropout, "gaussian_noise": GaussianNoise}
