"""What every kernel means, in NumPy alone: the same names, arguments and results.

A function here is the definition; the C++ kernel of the same name in
``schuss._core.kernels`` is its fast twin, and the tests hold one against the other.
`Network` is the meaning of one training step, made of these functions.
"""

from schuss.reference.activation import (
    ACTIVATIONS,
    exp,
    identity,
    identity_backward,
    log,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    step,
    step_backward,
    tanh,
    tanh_backward,
)
from schuss.reference.chain_rule import (
    cross_entropy,
    cross_entropy_backward,
    softmax_backward,
)
from schuss.reference.dense import dense_backward, dense_forward, gemm
from schuss.reference.loss import (
    LOSSES,
    argmax,
    log_softmax,
    mean_squared_error,
    softmax,
    softmax_cross_entropy,
)
from schuss.reference.network import Network
from schuss.reference.optimizer import OPTIMIZERS, sgd
from schuss.reference.rearrange import column_sum, first_nonfinite, gather, transpose

KERNELS = (
    "argmax",
    "column_sum",
    "dense_backward",
    "dense_forward",
    "exp",
    "first_nonfinite",
    "gather",
    "gemm",
    "log",
    "log_softmax",
    "softmax",
    "transpose",
    *(name for name in ACTIVATIONS),
    *(name + "_backward" for name in ACTIVATIONS),
    *LOSSES,
    *OPTIMIZERS,
)

__all__ = [
    "ACTIVATIONS",
    "KERNELS",
    "LOSSES",
    "OPTIMIZERS",
    "Network",
    "argmax",
    "column_sum",
    "cross_entropy",
    "cross_entropy_backward",
    "dense_backward",
    "dense_forward",
    "exp",
    "first_nonfinite",
    "gather",
    "gemm",
    "identity",
    "identity_backward",
    "log",
    "log_softmax",
    "mean_squared_error",
    "relu",
    "relu_backward",
    "sgd",
    "sigmoid",
    "sigmoid_backward",
    "softmax",
    "softmax_backward",
    "softmax_cross_entropy",
    "step",
    "step_backward",
    "tanh",
    "tanh_backward",
    "transpose",
]
