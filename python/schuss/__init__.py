"""Dense neural networks on a CPU: C++ kernels, and the NumPy meaning of each beside it.

Start with `Model`. `schuss.reference` says in NumPy what every kernel computes;
`show_config` says what this build and this machine have.
"""

from schuss import datasets, reference
from schuss._core import __version__
from schuss.config import (
    available_isas,
    get_isa,
    get_threads,
    set_isa,
    set_threads,
    show_config,
)
from schuss.gradient_check import GradientCheck
from schuss.history import History
from schuss.layers import Dense, Layer, Rescaling
from schuss.model import Model
from schuss.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop, Rprop
from schuss.regularizers import L2
from schuss.schedules import ExponentialDecay, InverseTimeDecay, StepDecay

__all__ = [
    "L2",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Dense",
    "ExponentialDecay",
    "GradientCheck",
    "History",
    "InverseTimeDecay",
    "Layer",
    "Model",
    "RMSprop",
    "Rescaling",
    "Rprop",
    "StepDecay",
    "__version__",
    "available_isas",
    "datasets",
    "get_isa",
    "get_threads",
    "reference",
    "set_isa",
    "set_threads",
    "show_config",
]
