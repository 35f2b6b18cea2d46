"""How a model's weights move: what optimizers share, and gradient descent."""

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Protocol

from schuss.checks import settle


class LearningRate(Protocol):
    """What gives a learning rate for every step: any callable of step and epoch."""

    def __call__(self, step: int, epoch: int) -> float:
        """Return the learning rate, at least 0; both counts start at 0."""


class Optimizer:
    """What all optimizers share.

    Attributes
    ----------
    name : str
        The kernel that makes the updates.
    learning_rate : float or LearningRate
    settings : list of float
        The numbers the kernel takes after the learning rate, in order.
    weight_decay : float
        Decoupled decay of weights, and not of biases: beside its step the optimizer
        takes learning_rate weight_decay w away from w, where `schuss.L2` adds
        2 alpha w to the gradient. In SGD without momentum weight_decay = 2 alpha and
        alpha = weight_decay / 2 make the same steps. Elsewhere they differ: what is
        added to the gradient goes through momentum, and is divided by the root of
        squares where there is one. Source: I. Loshchilov and F. Hutter, 2019.
    clip_norm, clip_value : float or None
        What gradients are clipped to; see `SGD`.
    """

    name: ClassVar[str]
    learning_rate: float | LearningRate
    weight_decay: float = 0.0
    clip_norm: float | None = None
    clip_value: float | None = None

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes after the learning rate, in order."""
        raise NotImplementedError


def settle_rates(optimizer: Optimizer) -> None:
    """Check what nearly all optimizers have.

    Parameters
    ----------
    optimizer : Optimizer

    Raises
    ------
    TypeError, ValueError
        If something is no number or out of its range.
    """
    if not callable(optimizer.learning_rate):
        settle(optimizer, "learning_rate", 0, strict=True)
    settle(optimizer, "weight_decay", 0)
    limits = {"clip_norm": optimizer.clip_norm, "clip_value": optimizer.clip_value}
    given = [name for name, limit in limits.items() if limit is not None]
    for name in given:
        settle(optimizer, name, 0, strict=True)
    if len(given) > 1:
        raise ValueError(
            f"clip_norm is {optimizer.clip_norm} and clip_value "
            f"{optimizer.clip_value}; give one of them."
        )


@dataclass(frozen=True)
class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if wanted.

    v <- momentum v + g and w <- w - learning_rate v, where g is the mean gradient over
    the batch. Sources: B. T. Polyak, 1964; Y. Nesterov, 1983.

    Parameters
    ----------
    learning_rate : float above 0, or a callable of (step, epoch)
        A schedule such as `schuss.ExponentialDecay` is such a callable.
    momentum : float, in [0, 1)
    nesterov : bool
        Whether the step looks ahead, w <- w - learning_rate (g + momentum v).
    weight_decay : float, at least 0
        Decoupled decay of weights. Without momentum it is `schuss.L2` of half of it;
        with momentum it is not, and what other libraries' SGD calls weight decay d is
        the penalty L2(d / 2).
    clip_norm : float, above 0, optional
        If the norm of the gradient, of all layers together, is larger, the gradient is
        scaled down to it before anything else is done with it. What counts is the
        gradient of the batch's mean loss; regularizers pull as they would. The history
        then has the mean over each epoch's steps of the norm before clipping, as
        "batch_gradient_norm"; a limit that is never reached shows it and changes
        nothing. Gradients whose norm is not finite end the fit. A step that has to wait
        for its norm takes longer, by a pass over gradients and weights. Source:
        R. Pascanu, T. Mikolov and Y. Bengio, 2013.
    clip_value : float, above 0, optional
        Instead: each number of the gradient is cut off at it and at minus it.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """

    learning_rate: float | LearningRate = 0.1
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    _: KW_ONLY
    clip_norm: float | None = None
    clip_value: float | None = None
    name: ClassVar[str] = "sgd"

    def __post_init__(self) -> None:
        settle_rates(self)
        settle(self, "momentum", 0, 1)
        if not isinstance(self.nesterov, bool):
            raise TypeError(f"nesterov is {self.nesterov!r}; give True or False.")

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes after the learning rate: momentum, nesterov."""
        return [float(self.momentum), float(self.nesterov)]
