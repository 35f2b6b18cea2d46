"""The list of activations, and what each way back is given."""

from collections.abc import Callable
from typing import NamedTuple

from schuss.reference import gated, monotone
from schuss.reference.elementary import Array

__all__ = ["ACTIVATIONS", "custom_activation"]


class Activation(NamedTuple):
    """A function of a layer's sums x W + b, and the step back through it.

    Attributes
    ----------
    forward : callable
        x -> f(x).
    backward : callable
        (kept, gradient) -> gradient * f'(x).
    keeps_input : bool
        Whether `kept` is x; otherwise it is f(x).
    """

    forward: Callable[[Array], Array]
    backward: Callable[[Array, Array], Array]
    keeps_input: bool = False


def custom_activation(
    value: Callable[[Array], Array], derivative: Callable[[Array], Array]
) -> Activation:
    """Return the activation that functions of the user's compute.

    Parameters
    ----------
    value, derivative : callable of x, an ndarray of shape (rows, columns)
        Return f(x) and f'(x) in the shape and dtype of x.

    Returns
    -------
    Activation
    """

    def backward(x: Array, gradient: Array) -> Array:
        return gradient * derivative(x)

    return Activation(value, backward, keeps_input=True)


ACTIVATIONS = {
    "identity": Activation(monotone.identity, monotone.identity_backward),
    "step": Activation(monotone.step, monotone.step_backward),
    "hard_sigmoid": Activation(monotone.hard_sigmoid, monotone.hard_sigmoid_backward),
    "sigmoid": Activation(monotone.sigmoid, monotone.sigmoid_backward),
    "tanh": Activation(monotone.tanh, monotone.tanh_backward),
    "relu": Activation(monotone.relu, monotone.relu_backward),
    "leaky_relu": Activation(monotone.leaky_relu, monotone.leaky_relu_backward),
    "elu": Activation(monotone.elu, monotone.elu_backward),
    "selu": Activation(monotone.selu, monotone.selu_backward),
    "softplus": Activation(monotone.softplus, monotone.softplus_backward),
    "gelu": Activation(gated.gelu, gated.gelu_backward, keeps_input=True),
    "gelu_tanh": Activation(
        gated.gelu_tanh, gated.gelu_tanh_backward, keeps_input=True
    ),
    "silu": Activation(gated.silu, gated.silu_backward, keeps_input=True),
    "mish": Activation(gated.mish, gated.mish_backward, keeps_input=True),
}
