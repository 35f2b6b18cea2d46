"""Dense neural networks on a CPU: C++ kernels, and the NumPy meaning of each beside it.

Start with `Model`. `schuss.reference` says in NumPy what every kernel computes;
`show_config` says what this build and this machine have.
"""

from importlib import import_module
from typing import Any

from schuss._core import __version__

# Where public names are at home, as `__init__.pyi` says, too. A module is loaded when
# the first of its names is asked for: all of them together take fifty times as long as
# `import schuss`.
_NAMES = {
    "activations": "CustomActivation",
    "adaptive": "Adagrad Adam AdamW RMSprop Rprop",
    "averaging": "EMA",
    "callbacks": "Callback StopTraining",
    "config": "available_isas get_isa get_threads set_isa set_threads show_config",
    "conversion": "from_sklearn from_torch",
    "cycles": "CosLog4 CosineDecay CosineRestarts OneCycle",
    "explanation": "Explanation",
    "fitting": "Fit",
    "gradient_check": "GradientCheck",
    "history": "History",
    "layers": "Dense Layer Rescaling",
    "lbfgs": "LBFGS",
    "learning_rate_search": "LearningRateSearch find_learning_rate",
    "loading": "load",
    "losses": "BinaryCrossEntropy CustomLoss CustomLossOfLabels Hinge Huber "
    "MeanAbsoluteError MeanSquaredError Perceptron Pinball Poisson "
    "SoftmaxCrossEntropy",
    "model": "Model",
    "monitors": "EarlyStopping ReduceOnPlateau",
    "normalization": "BatchNorm LayerNorm",
    "optimizers": "SGD",
    "predictor": "Predictor",
    "preprocessing": "TabularPreprocessor",
    "pruning": "OptunaPruning",
    "regularizers": "L1 L2 MaxNorm Regularizer",
    "schedules": "ExponentialDecay InverseTimeDecay StepDecay Warmup",
    "spaces": "IntUniform LogUniform Uniform",
    "stages": "Activation Dropout GaussianNoise PReLU Residual Stage",
    "trials": "Trial Tuning",
    "tuning": "tune",
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names.split()}
_PARTS = ("datasets", "losses", "metrics", "plots", "reference")

__all__ = ["__version__", *_HOMES, *_PARTS]


def __getattr__(name: str) -> Any:
    """Load what a public name stands for."""
    if name in _PARTS:
        return import_module(f"schuss.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'schuss' has no attribute {name!r}")
    value = getattr(import_module(f"schuss.{_HOMES[name]}"), name)
    globals()[name] = value  # and is not asked for again
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
