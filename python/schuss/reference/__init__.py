"""What every kernel means, in NumPy alone: the same names, arguments and results.

A function here is the definition; the C++ kernel of the same name in
``schuss._core.kernels`` is its fast twin, and the tests hold one against the other.
`Network` is the meaning of one training step, made of these functions.
"""

# ruff: noqa: F403, F405
from schuss.reference import (
    activation,
    chain_rule,
    dense,
    elementary,
    gated,
    logits,
    loss,
    margin_losses,
    monotone,
    narrow,
    noise,
    normalization,
    norms,
    numeric_losses,
    optimizer,
    rearrange,
)
from schuss.reference.activation import *
from schuss.reference.chain_rule import *
from schuss.reference.dense import *
from schuss.reference.elementary import *
from schuss.reference.gated import *
from schuss.reference.logits import *
from schuss.reference.loss import *
from schuss.reference.margin_losses import *
from schuss.reference.monotone import *
from schuss.reference.moving_average import *
from schuss.reference.narrow import *
from schuss.reference.network import Network
from schuss.reference.noise import *
from schuss.reference.normalization import *
from schuss.reference.norms import *
from schuss.reference.numeric_losses import *
from schuss.reference.optimizer import *
from schuss.reference.prelu import *
from schuss.reference.rearrange import *
from schuss.reference.shuffle import *
from schuss.reference.training import Training

KERNELS = (
    "add",
    "argmax",
    "batch_norm",
    "batch_norm_backward",
    "clip",
    "column_moments",
    "column_product_sum",
    "column_sum",
    "dense_backward",
    "dense_backward_input",
    "dense_backward_weights",
    "dense_forward",
    "dropout",
    "exp",
    "first_nonfinite",
    "gather",
    "gaussian_noise",
    "gemm",
    "gemm_transposed",
    "interleave",
    "layer_norm",
    "layer_norm_backward",
    "log",
    "log_softmax",
    "max_norm",
    "moving_average",
    "multiply_add",
    "normal_cdf",
    "prelu",
    "prelu_backward",
    "shuffle",
    "softmax",
    "sparse_product",
    "sum_of_squares",
    "train_narrow",
    "transpose",
    *ACTIVATIONS,
    *(name + "_backward" for name in ACTIVATIONS),
    *LOSSES,
    *OPTIMIZERS,
)

__all__ = ["KERNELS", "Network", "Training", "shuffle"]
__all__ += activation.__all__
__all__ += chain_rule.__all__
__all__ += dense.__all__
__all__ += elementary.__all__
__all__ += gated.__all__
__all__ += logits.__all__
__all__ += loss.__all__
__all__ += margin_losses.__all__
__all__ += monotone.__all__
__all__ += ["moving_average"]
__all__ += narrow.__all__
__all__ += noise.__all__
__all__ += normalization.__all__
__all__ += norms.__all__
__all__ += numeric_losses.__all__
__all__ += optimizer.__all__
__all__ += ["prelu", "prelu_backward"]
__all__ += rearrange.__all__
