"""Dense neural networks on a CPU: C++ kernels, and the NumPy meaning of each beside it.

Start with `Model`. `schuss.reference` says in NumPy what every kernel computes;
`show_config` says what this build and this machine have.
"""

from schuss import datasets, losses, metrics, plots, reference
from schuss._core import __version__ as __version__
from schuss.activations import CustomActivation
from schuss.adaptive import Adagrad, Adam, AdamW, RMSprop, Rprop
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
from schuss.conversion import from_sklearn, from_torch
from schuss.cycles import CosineDecay, CosineRestarts, CosLog4, OneCycle
from schuss.explanation import Explanation
from schuss.fitting import Fit
from schuss.gradient_check import GradientCheck
from schuss.history import History
from schuss.layers import Dense, Layer, Rescaling
from schuss.lbfgs import LBFGS
from schuss.learning_rate_search import LearningRateSearch, find_learning_rate
from schuss.loading import load
from schuss.losses import (
    BinaryCrossEntropy,
    CustomLoss,
    CustomLossOfLabels,
    Hinge,
    Huber,
    MeanAbsoluteError,
    MeanSquaredError,
    Perceptron,
    Pinball,
    Poisson,
    SoftmaxCrossEntropy,
)
from schuss.model import Model
from schuss.monitors import EarlyStopping, ReduceOnPlateau
from schuss.normalization import BatchNorm, LayerNorm
from schuss.optimizers import SGD
from schuss.predictor import Predictor
from schuss.preprocessing import TabularPreprocessor
from schuss.pruning import OptunaPruning
from schuss.regularizers import L1, L2, MaxNorm, Regularizer
from schuss.schedules import ExponentialDecay, InverseTimeDecay, StepDecay, Warmup
from schuss.spaces import IntUniform, LogUniform, Uniform
from schuss.stages import (
    Activation,
    Dropout,
    GaussianNoise,
    PReLU,
    Residual,
    Stage,
)
from schuss.trials import Trial, Tuning
from schuss.tuning import tune

__all__ = [
    "EMA",
    "L1",
    "L2",
    "LBFGS",
    "SGD",
    "Activation",
    "Adagrad",
    "Adam",
    "AdamW",
    "BatchNorm",
    "BinaryCrossEntropy",
    "Callback",
    "CosLog4",
    "CosineDecay",
    "CosineRestarts",
    "CustomActivation",
    "CustomLoss",
    "CustomLossOfLabels",
    "Dense",
    "Dropout",
    "EarlyStopping",
    "Explanation",
    "ExponentialDecay",
    "Fit",
    "GaussianNoise",
    "GradientCheck",
    "Hinge",
    "History",
    "Huber",
    "IntUniform",
    "InverseTimeDecay",
    "Layer",
    "LayerNorm",
    "LearningRateSearch",
    "LogUniform",
    "MaxNorm",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Model",
    "OneCycle",
    "OptunaPruning",
    "PReLU",
    "Perceptron",
    "Pinball",
    "Poisson",
    "Predictor",
    "RMSprop",
    "ReduceOnPlateau",
    "Regularizer",
    "Rescaling",
    "Residual",
    "Rprop",
    "SoftmaxCrossEntropy",
    "Stage",
    "StepDecay",
    "StopTraining",
    "TabularPreprocessor",
    "Trial",
    "Tuning",
    "Uniform",
    "Warmup",
    "__version__",
    "available_isas",
    "datasets",
    "find_learning_rate",
    "from_sklearn",
    "from_torch",
    "get_isa",
    "get_threads",
    "load",
    "losses",
    "metrics",
    "plots",
    "reference",
    "set_isa",
    "set_threads",
    "show_config",
    "tune",
]
