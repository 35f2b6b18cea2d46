"""Dense neural networks on a CPU: C++ kernels, and the NumPy meaning of each beside it.

Start with `Model`. `schuss.reference` says in NumPy what every kernel computes;
`show_config` says what this build and this machine have.
"""

from schuss import datasets, metrics, reference
from schuss._core import __version__
from schuss.averaging import EMA
from schuss.callbacks import Callback, StopTraining
from schuss.config import (
    available_isas,
    get_isa,
    get_threads,
    set_isa,
    set_threads,
    show_config,
)
from schuss.cycles import CosineDecay, CosineRestarts, CosLog4, OneCycle
from schuss.fitting import Fit
from schuss.gradient_check import GradientCheck
from schuss.history import History
from schuss.layers import Dense, Layer, Rescaling
from schuss.lbfgs import LBFGS
from schuss.learning_rate_search import LearningRateSearch, find_learning_rate
from schuss.model import Model
from schuss.monitors import EarlyStopping, ReduceOnPlateau
from schuss.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop, Rprop
from schuss.regularizers import L2
from schuss.schedules import ExponentialDecay, InverseTimeDecay, StepDecay, Warmup
from schuss.stages import (
    Activation,
    BatchNorm,
    Dropout,
    GaussianNoise,
    LayerNorm,
    PReLU,
    Residual,
    Stage,
)

__all__ = [
    "EMA",
    "L2",
    "LBFGS",
    "SGD",
    "Activation",
    "Adagrad",
    "Adam",
    "AdamW",
    "BatchNorm",
    "Callback",
    "CosLog4",
    "CosineDecay",
    "CosineRestarts",
    "Dense",
    "Dropout",
    "EarlyStopping",
    "ExponentialDecay",
    "Fit",
    "GaussianNoise",
    "GradientCheck",
    "History",
    "InverseTimeDecay",
    "Layer",
    "LayerNorm",
    "LearningRateSearch",
    "Model",
    "OneCycle",
    "PReLU",
    "RMSprop",
    "ReduceOnPlateau",
    "Rescaling",
    "Residual",
    "Rprop",
    "Stage",
    "StepDecay",
    "StopTraining",
    "Warmup",
    "__version__",
    "available_isas",
    "datasets",
    "find_learning_rate",
    "get_isa",
    "get_threads",
    "metrics",
    "reference",
    "set_isa",
    "set_threads",
    "show_config",
]
