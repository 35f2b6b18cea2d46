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
    weight_decay : float
        Decoupled decay of weights, and not of biases: beside its step the optimizer
        takes learning_rate weight_decay w away from w, where `schuss.L2` adds
        2 alpha w to the gradient. In SGD without momentum weight_decay = 2 alpha and
        alpha = weight_decay / 2 make the same steps. Elsewhere they differ: what is
        added to the gradient goes through momentum, and is divided by the root of
        squares where there is one. Source: I. Loshchilov and F. Hutter, 2019.
    """

    name: ClassVar[str]
    learning_rate: float | LearningRate
    weight_decay: float = 0.0

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes after the learning rate, in order."""
        raise NotImplementedError


def _settle_rates(optimizer: Optimizer) -> None:
    """Check what nearly all optimizers have."""
    if not callable(optimizer.learning_rate):
        settle(optimizer, "learning_rate", 0, strict=True)
    settle(optimizer, "weight_decay", 0)


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

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """

    learning_rate: float | LearningRate = 0.1
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    name: ClassVar[str] = "sgd"

    def __post_init__(self) -> None:
        _settle_rates(self)
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
        _settle_rates(self)
        settle(self, "beta1", 0, 1)
        settle(self, "beta2", 0, 1)
        settle(self, "epsilon", 0, strict=True)

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes: beta1, beta2, epsilon."""
        return [float(self.beta1), float(self.beta2), float(self.epsilon)]


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay.

    Adam's step, and w <- w - learning_rate weight_decay w beside it, on weights and not
    on biases. The decay of `schuss.L2`, which is part of the gradient, would be divided
    by sqrt(v) like the rest, and so hold the weights least whose gradients are largest.
    Source: I. Loshchilov and F. Hutter, 2019.

    Parameters
    ----------
    learning_rate : float above 0, or a callable of (step, epoch)
        A schedule such as `schuss.ExponentialDecay` is such a callable; it scales the
        decay, too.
    beta1, beta2 : float, in [0, 1)
    epsilon : float, above 0
    weight_decay : float, at least 0
        In SGD without momentum it would be `schuss.L2` of half of it.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """

    weight_decay: float = 0.01


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """RMSprop: steps scaled by the running mean of the gradient's square.

    v <- rho v + (1 - rho) g^2 and w <- w - learning_rate g / (sqrt(v) + epsilon), where
    g is the mean gradient over the batch; with momentum u <- momentum u +
    g / (sqrt(v) + epsilon) and w <- w - learning_rate u. v and u start at 0. Source:
    T. Tieleman and G. Hinton, 2012, "Lecture 6.5, rmsprop".

    Parameters
    ----------
    learning_rate : float above 0, or a callable of (step, epoch)
        A schedule such as `schuss.ExponentialDecay` is such a callable.
    rho : float, in [0, 1)
        What is kept of the mean at each step; PyTorch calls it alpha.
    momentum : float, in [0, 1)
    epsilon : float, above 0
    weight_decay : float, at least 0
        Decoupled decay of weights, w <- w - learning_rate weight_decay w.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """

    learning_rate: float | LearningRate = 0.001
    rho: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    name: ClassVar[str] = "rmsprop"

    def __post_init__(self) -> None:
        _settle_rates(self)
        settle(self, "rho", 0, 1)
        settle(self, "momentum", 0, 1)
        settle(self, "epsilon", 0, strict=True)

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes: rho, momentum, epsilon."""
        return [float(self.rho), float(self.momentum), float(self.epsilon)]


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """Adagrad: steps scaled by the sum of all squares of the gradient.

    s <- s + g^2, from 0, and
    w <- w - learning_rate g / (sqrt(initial_accumulator + s) + epsilon), where g is the
    mean gradient over the batch. Source: J. Duchi, E. Hazan and Y. Singer, 2011.

    Parameters
    ----------
    learning_rate : float above 0, or a callable of (step, epoch)
        A schedule such as `schuss.ExponentialDecay` is such a callable.
    initial_accumulator : float, at least 0
        Squares that count as seen before the first step; 0.1 keeps it from having the
        length of the learning rate whatever the gradient.
    epsilon : float, above 0
    weight_decay : float, at least 0
        Decoupled decay of weights, w <- w - learning_rate weight_decay w.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """

    learning_rate: float | LearningRate = 0.01
    initial_accumulator: float = 0.0
    epsilon: float = 1e-10
    weight_decay: float = 0.0
    name: ClassVar[str] = "adagrad"

    def __post_init__(self) -> None:
        _settle_rates(self)
        settle(self, "initial_accumulator", 0)
        settle(self, "epsilon", 0, strict=True)

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes: initial_accumulator, epsilon."""
        return [float(self.initial_accumulator), float(self.epsilon)]


@dataclass(frozen=True)
class Rprop(Optimizer):
    """Resilient backpropagation: only the sign of the gradient counts.

    Every parameter has its own step size, at first the learning rate. Where g has the
    sign it had a step before, size <- eta_plus size; where the sign turned,
    size <- eta_minus size and g <- 0; then w <- w - sign(g) size. It is meant for full
    batches, `batch_size=None`: between small ones signs turn by chance, and all sizes
    shrink. Sources: M. Riedmiller and H. Braun, 1993; this form is iRprop- of C. Igel
    and M. Huesken, 2003.

    Parameters
    ----------
    learning_rate : float, above 0
        No schedule: it is only where the step sizes begin.
    eta_minus : float, in (0, 1)
    eta_plus : float, above 1
    step_min : float, above 0
    step_max : float, at least step_min
        The step sizes stay between the two.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """

    learning_rate: float = 0.01
    eta_minus: float = 0.5
    eta_plus: float = 1.2
    step_min: float = 1e-6
    step_max: float = 50.0
    name: ClassVar[str] = "rprop"

    def __post_init__(self) -> None:
        settle(self, "learning_rate", 0, strict=True)
        settle(self, "eta_minus", 0, 1, strict=True)
        settle(self, "eta_plus", 1, strict=True)
        settle(self, "step_min", 0, strict=True)
        settle(self, "step_max", self.step_min)

    @property
    def settings(self) -> list[float]:
        """The numbers the kernel takes: eta_minus, eta_plus, step_min, step_max."""
        return [self.eta_minus, self.eta_plus, self.step_min, self.step_max]
