"""Optimizers that scale each parameter's step by the gradients it has seen."""

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from schuss.checks import settle
from schuss.optimizers import LearningRate, Optimizer, settle_rates


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
    clip_norm, clip_value : float, above 0, optional
        Limits of the gradient, as in `schuss.SGD`.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """

    learning_rate: float | LearningRate = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    _: KW_ONLY
    clip_norm: float | None = None
    clip_value: float | None = None
    name: ClassVar[str] = "adam"

    def __post_init__(self) -> None:
        settle_rates(self)
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
    clip_norm, clip_value : float, above 0, optional
        Limits of the gradient, as in `schuss.SGD`.

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
    clip_norm, clip_value : float, above 0, optional
        Limits of the gradient, as in `schuss.SGD`.

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
    _: KW_ONLY
    clip_norm: float | None = None
    clip_value: float | None = None
    name: ClassVar[str] = "rmsprop"

    def __post_init__(self) -> None:
        settle_rates(self)
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
    clip_norm, clip_value : float, above 0, optional
        Limits of the gradient, as in `schuss.SGD`.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    """

    learning_rate: float | LearningRate = 0.01
    initial_accumulator: float = 0.0
    epsilon: float = 1e-10
    weight_decay: float = 0.0
    _: KW_ONLY
    clip_norm: float | None = None
    clip_value: float | None = None
    name: ClassVar[str] = "adagrad"

    def __post_init__(self) -> None:
        settle_rates(self)
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
