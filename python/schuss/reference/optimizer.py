"""The meaning of the optimizers' updates.

All of them take l2, the strength of the penalty l2 |w|^2, whose gradient 2 l2 w joins
that of the loss; weight_decay, which takes learning_rate weight_decay w away beside the
step (I. Loshchilov and F. Hutter, 2019); and l1, that of the penalty l1 |w|_1, by which
w is `shrunk` after the step. The equations below leave the latter two out.

How far, l1 r, follows from where w is to rest: where it minimizes loss and penalty. The
gradient of the loss is then -l1 sign(w), and so r must be how far a gradient that stays
1 moves w in a step. r is learning_rate / (1 - momentum) for `sgd`, and for the others
divided by what the rule divides by, as `weighed`. With plain descent that is ISTA
(I. Daubechies, M. Defrise and C. De Mol, 2004), with a diagonal metric the composite
step of J. Duchi, E. Hazan and Y. Singer, 2011. A threshold of learning_rate l1 alone
would make l1 another strength for every optimizer: a tenth with a momentum of 0.9.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from schuss.reference.decay import kept, shrunk, weighed
from schuss.reference.elementary import Array

__all__ = [
    "OPTIMIZERS",
    "adagrad",
    "adam",
    "rmsprop",
    "rprop",
    "sgd",
]


def sgd(
    parameters: Array,
    gradients: Array,
    velocity: Array,
    learning_rate: float,
    momentum: float = 0.0,
    nesterov: float = 0.0,
    l2: float = 0.0,
    step: int = 1,
    weight_decay: float = 0.0,
    l1: float = 0.0,
) -> tuple[Array, Array]:
    """Return parameters and velocity after one step of gradient descent.

    g = gradient + 2 l2 w, the gradient of loss + l2 |w|^2; v <- momentum v + g;
    w <- w - learning_rate v, or, with Nesterov's look-ahead,
    w <- w - learning_rate (g + momentum v). Without momentum v stays as it is. Sources:
    B. T. Polyak, 1964; Y. Nesterov, 1983, in the form of I. Sutskever et al., 2013.

    Parameters
    ----------
    parameters, gradients, velocity : ndarray, all of one shape and dtype
    learning_rate : float, above 0
    momentum : float, in [0, 1)
    nesterov : float
        0 for no, 1 for yes.
    l2, weight_decay, l1 : float, at least 0
    step : int, at least 1
        Makes no difference here.

    Returns
    -------
    parameters, velocity : ndarray
        New arrays.
    """
    kind = parameters.dtype.type
    direction = gradients + kind(2 * l2) * parameters
    if momentum:
        g, velocity = direction, kind(momentum) * velocity + direction
        direction = g + kind(momentum) * velocity if nesterov else velocity
    parameters = kept(parameters, learning_rate, weight_decay)
    parameters = parameters - kind(learning_rate) * direction
    reach = kind(learning_rate) / (1 - kind(momentum))
    return shrunk(parameters, l1, reach), velocity


def adam(
    parameters: Array,
    gradients: Array,
    mean: Array,
    square: Array,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    l2: float = 0.0,
    step: int = 1,
    weight_decay: float = 0.0,
    l1: float = 0.0,
) -> tuple[Array, Array, Array]:
    """Return parameters, mean and square after one step of Adam.

    g = gradient + 2 l2 w; m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2;
    w <- w - learning_rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon) at
    step t. Source: D. P. Kingma and J. Ba, 2015.

    Parameters
    ----------
    parameters, gradients, mean, square : ndarray, all of one shape and dtype
        Mean and square are the running means m of the gradient and v of its square.
    learning_rate : float, above 0
    beta1, beta2 : float, in [0, 1)
    epsilon : float, above 0
    l2, weight_decay, l1 : float, at least 0
    step : int, at least 1
        Counts the steps since mean and square were zero, this one included.

    Returns
    -------
    parameters, mean, square : ndarray
        New arrays.
    """
    kind = parameters.dtype.type
    beta1, beta2 = float(kind(beta1)), float(kind(beta2))
    g = gradients + kind(2 * l2) * parameters
    mean = kind(beta1) * mean + kind(1 - beta1) * g
    square = kind(beta2) * square + kind(1 - beta2) * (g * g)
    rate = kind(learning_rate / (1 - beta1**step))
    divisor = np.sqrt(square * kind(1 / (1 - beta2**step))) + kind(epsilon)
    parameters = kept(parameters, learning_rate, weight_decay)
    parameters = parameters - rate * mean / divisor
    reach = kind(learning_rate) / weighed(divisor, l1)
    return shrunk(parameters, l1, reach), mean, square


def rmsprop(
    parameters: Array,
    gradients: Array,
    square: Array,
    velocity: Array,
    learning_rate: float,
    rho: float,
    momentum: float,
    epsilon: float,
    l2: float = 0.0,
    step: int = 1,
    weight_decay: float = 0.0,
    l1: float = 0.0,
) -> tuple[Array, Array, Array]:
    """Return parameters, square and velocity after one step of RMSprop.

    g = gradient + 2 l2 w; v <- rho v + (1 - rho) g^2; u <- momentum u +
    g / (sqrt(v) + epsilon); w <- w - learning_rate u. Without momentum w moves by
    learning_rate g / (sqrt(v) + epsilon), and u stays as it is. Source: T. Tieleman and
    G. Hinton, 2012, "Lecture 6.5, rmsprop".

    Parameters
    ----------
    parameters, gradients, square, velocity : ndarray, all of one shape and dtype
        Square is the running mean v of the gradient's square, velocity is u.
    learning_rate : float, above 0
    rho, momentum : float, in [0, 1)
    epsilon : float, above 0
    l2, weight_decay, l1 : float, at least 0
    step : int, at least 1
        Makes no difference here.

    Returns
    -------
    parameters, square, velocity : ndarray
        New arrays.
    """
    kind = parameters.dtype.type
    rho = float(kind(rho))
    g = gradients + kind(2 * l2) * parameters
    square = kind(rho) * square + kind(1 - rho) * (g * g)
    divisor = np.sqrt(square) + kind(epsilon)
    direction = g / divisor
    if momentum:
        velocity = direction = kind(momentum) * velocity + direction
    parameters = kept(parameters, learning_rate, weight_decay)
    parameters = parameters - kind(learning_rate) * direction
    reach = kind(learning_rate) / (1 - kind(momentum)) / weighed(divisor, l1)
    return shrunk(parameters, l1, reach), square, velocity


def adagrad(
    parameters: Array,
    gradients: Array,
    total: Array,
    learning_rate: float,
    initial_accumulator: float,
    epsilon: float,
    l2: float = 0.0,
    step: int = 1,
    weight_decay: float = 0.0,
    l1: float = 0.0,
) -> tuple[Array, Array]:
    """Return parameters and the sum of squares after one step of Adagrad.

    g = gradient + 2 l2 w; s <- s + g^2;
    w <- w - learning_rate g / (sqrt(initial_accumulator + s) + epsilon). Source:
    J. Duchi, E. Hazan and Y. Singer, 2011.

    Parameters
    ----------
    parameters, gradients, total : ndarray, all of one shape and dtype
        Total is s, the sum of all gradients' squares.
    learning_rate : float, above 0
    initial_accumulator : float, at least 0
    epsilon : float, above 0
    l2, weight_decay, l1 : float, at least 0
    step : int, at least 1
        Makes no difference here.

    Returns
    -------
    parameters, total : ndarray
        New arrays.
    """
    kind = parameters.dtype.type
    g = gradients + kind(2 * l2) * parameters
    total = total + g * g
    divisor = np.sqrt(kind(initial_accumulator) + total) + kind(epsilon)
    parameters = kept(parameters, learning_rate, weight_decay)
    parameters = parameters - kind(learning_rate) * g / divisor
    reach = kind(learning_rate) / weighed(divisor, l1)
    return shrunk(parameters, l1, reach), total


def rprop(
    parameters: Array,
    gradients: Array,
    previous: Array,
    sizes: Array,
    learning_rate: float,
    eta_minus: float,
    eta_plus: float,
    step_min: float,
    step_max: float,
    l2: float = 0.0,
    step: int = 1,
    weight_decay: float = 0.0,
    l1: float = 0.0,
) -> tuple[Array, Array, Array]:
    """Return parameters, gradient and sizes after one step of Rprop.

    g = gradient + 2 l2 w. Where g has the sign of the last step's, size <- eta_plus
    size; where it has the other, size <- eta_minus size and g <- 0, so that w rests
    once; size stays within [step_min, step_max]; w <- w - sign(g) size. Sources:
    M. Riedmiller and H. Braun, 1993; this form is iRprop- of C. Igel and M. Huesken,
    2003. Steps that do not tell how large g is leave nothing to derive a threshold for
    l1 from. So g <- g + l1 sign(w), where w = 0 takes from |g| what l1 can, and a step
    that would pass zero ends there (G. Andrew and J. Gao, 2007).

    Parameters
    ----------
    parameters, gradients, previous, sizes : ndarray, all of one shape and dtype
        Previous is g as the last step left it; sizes are ignored at step 1.
    learning_rate : float, above 0
        Every size before step 1.
    eta_minus : float, in (0, 1)
    eta_plus : float, above 1
    step_min, step_max : float, above 0
    l2, weight_decay, l1 : float, at least 0
    step : int, at least 1
        Counts the steps since previous was zero, this one included.

    Returns
    -------
    parameters, previous, sizes : ndarray
        New arrays.
    """
    kind = parameters.dtype.type
    g = gradients + kind(2 * l2) * parameters
    if l1:
        pulled = g + kind(l1) * np.sign(parameters)
        g = np.where(parameters == 0, shrunk(g, l1, kind(1)), pulled)
    turn = np.sign(g) * np.sign(previous)
    if step == 1:
        sizes = np.full_like(parameters, learning_rate)
    smaller = np.where(turn < 0, kind(eta_minus) * sizes, sizes)
    sizes = np.where(turn > 0, kind(eta_plus) * sizes, smaller)
    sizes = np.clip(sizes, kind(step_min), kind(step_max))
    g = np.where(turn < 0, kind(0), g)
    moved = kept(parameters, learning_rate, weight_decay) - np.sign(g) * sizes
    if l1:
        moved = np.where(np.sign(moved) * np.sign(parameters) < 0, kind(0), moved)
    return moved, g, sizes


class Optimizer(NamedTuple):
    """An update, and the number of arrays of state it keeps per parameter."""

    update: Callable[..., tuple[Array, ...]]
    slots: int


OPTIMIZERS = {
    "sgd": Optimizer(sgd, slots=1),
    "adam": Optimizer(adam, slots=2),
    "rmsprop": Optimizer(rmsprop, slots=2),
    "adagrad": Optimizer(adagrad, slots=1),
    "rprop": Optimizer(rprop, slots=2),
}
