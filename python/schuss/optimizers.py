"""How a model's weights move: descriptions of the optimizers."""

from dataclasses import dataclass
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
    """

    name: ClassVar[str]
    learning_rate: float | LearningRate

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes after the learning rate, in order."""
        raise NotImplementedError


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

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """

    learning_rate: float | LearningRate = 0.1
    momentum: float = 0.0
    nesterov: bool = False
    name: ClassVar[str] = "sgd"

    def __post_init__(self) -> None:
        if not callable(self.learning_rate):
            settle(self, "learning_rate", 0, strict=True)
        settle(self, "momentum", 0, 1)
        if not isinstance(self.nesterov, bool):
            raise TypeError(f"nesterov is {self.nesterov!r}; give True or False.")

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes after the learning rate: momentum, nesterov."""
        return [float(self.momentum), float(self.nesterov)]


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam: steps scaled by running means of the gradient and of its square.

    m <- beta1 m + (1 - beta1) g, v <- beta2 v + (1 - beta2) g^2 and, at step t,
    w <- w - learning_rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon),
    where g is the mean gradient over the batch. Source: D. P. Kingma and J. Ba, 2015.

    Parameters
    ----------
    learning_rate : float above 0, or a callable of (step, epoch)
        A schedule such as `schuss.ExponentialDecay` is such a callable.
    beta1, beta2 : float, in [0, 1)
    epsilon : float, above 0

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """

    learning_rate: float | LearningRate = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    name: ClassVar[str] = "adam"

    def __post_init__(self) -> None:
        if not callable(self.learning_rate):
            settle(self, "learning_rate", 0, strict=True)
        settle(self, "beta1", 0, 1)
        settle(self, "beta2", 0, 1)
        settle(self, "epsilon", 0, strict=True)

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes: beta1, beta2, epsilon."""
        return [float(self.beta1), float(self.beta2), float(self.epsilon)]
