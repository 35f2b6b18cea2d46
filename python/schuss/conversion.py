"""Models from fitted ones of scikit-learn and PyTorch, by looking at the objects.

Neither library is imported: whoever has such an object has it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.layers import Dense, Layer
from schuss.losses.custom import Function
from schuss.losses.loss import Loss
from schuss.model import Model
from schuss.normalization import BatchNorm, LayerNorm
from schuss.stages import Activation, Dropout, PReLU

SKLEARN_ACTIVATIONS = {
    "identity": "identity",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
}
# What an MLP does to its outputs is a part of the loss here.
SKLEARN_LOSSES = {
    "softmax": "softmax_cross_entropy",
    "logistic": "binary_cross_entropy",
    "identity": "mean_squared_error",
    "exp": "poisson",
}
# Of modules without parameters the name, and the settings that it must have.
TORCH_ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "ReLU": ("relu", {}),
    "LeakyReLU": ("leaky_relu", {"negative_slope": 0.01}),
    "ELU": ("elu", {"alpha": 1.0}),
    "SELU": ("selu", {}),
    "SiLU": ("silu", {}),
    "Mish": ("mish", {}),
    "Sigmoid": ("sigmoid", {}),
    "Tanh": ("tanh", {}),
    "Hardsigmoid": ("hard_sigmoid", {}),
    "Softplus": ("softplus", {"beta": 1.0, "threshold": 20.0}),
}
GELUS = {"none": "gelu", "tanh": "gelu_tanh"}

Arrays = tuple[NDArray[Any], ...]
Converted = tuple[Layer, Arrays]


def from_sklearn(mlp: Any) -> Model:
    """Return a model with the layers and weights of a fitted MLP of scikit-learn.

    Its outputs are logits where an `MLPClassifier` has probabilities, which are those
    of `Model.predict_proba`. The loss is the one that was minimized, but for factors
    (scikit-learn halves squares) and the penalty.

    Parameters
    ----------
    mlp : sklearn.neural_network.MLPClassifier or MLPRegressor
        Fitted, for classes, for two classes or several labels at once, or for numbers.
        Its precision is kept.

    Returns
    -------
    Model
        With labels that are not 0 to classes - 1 as its attribute ``classes``, which
        `Model.predict` returns. Two classes have one output, though, of which
        `Model.predict_proba` is the probability of the second; `Model.predict` returns
        its place in ``classes``, 1, or that of the other. Columns are known by the
        names they have.

    Raises
    ------
    TypeError
        If it is something else, or has an activation that is not known here.
    ValueError
        If it is not fitted.

    Examples
    --------
    ``schuss.from_sklearn(MLPClassifier().fit(X, y)).predict_proba(X)``
    """
    kinds = {
        kind.__name__
        for kind in type(mlp).__mro__
        if kind.__module__.startswith("sklearn.neural_network")
    }
    if not kinds & {"MLPClassifier", "MLPRegressor"}:
        raise TypeError(
            f"from_sklearn got {type(mlp).__name__} of {type(mlp).__module__}; give a "
            "fitted MLPClassifier or MLPRegressor of scikit-learn (of a pipeline, its "
            "last step)."
        )
    if not hasattr(mlp, "coefs_"):
        raise ValueError(f"the {type(mlp).__name__} is not fitted; call its fit first.")
    name, out = mlp.activation, mlp.out_activation_
    if name not in SKLEARN_ACTIVATIONS or out not in SKLEARN_LOSSES:
        raise TypeError(
            f"the {type(mlp).__name__} has activations {name!r} and {out!r}; give one "
            f"with {', '.join(SKLEARN_ACTIVATIONS)} and {', '.join(SKLEARN_LOSSES)}."
        )
    *hidden, last = [weights.shape[1] for weights in mlp.coefs_]
    layers = [Dense(units, SKLEARN_ACTIVATIONS[name]) for units in hidden]
    dtype = mlp.coefs_[0].dtype.name
    model = Model([*layers, Dense(last)], loss=SKLEARN_LOSSES[out], dtype=dtype)
    model.set_weights(list(zip(mlp.coefs_, mlp.intercepts_, strict=True)))
    _set_classes(model, getattr(mlp, "classes_", None))
    model.feature_names = list(getattr(mlp, "feature_names_in_", ())) or None
    return model


def _set_classes(model: Any, given: Any) -> None:
    """Keep labels, unless they are 0 to classes - 1 as a model has them anyway."""
    if given is None:
        return
    classes = np.asarray(given)
    if classes.dtype.kind == "f":  # whole numbers, as no others are classes there
        classes = classes.astype(np.int64)
    if classes.dtype.kind == "b" or not np.array_equal(classes, range(len(classes))):
        model.classes = classes


def from_torch(
    sequential: Any, *, loss: str | Loss | Function = "softmax_cross_entropy"
) -> Model:
    """Return a model with the layers and weights of a Sequential of PyTorch.

    It predicts what the Sequential does after ``eval()``. What a model is trained for
    is no part of a Sequential: say it with `loss`.

    Parameters
    ----------
    sequential : torch.nn.Sequential
        Of Linear, activations that schuss has, PReLU, Dropout, LayerNorm, BatchNorm1d
        and Sequentials of such, on any device, in float32 or float64; Identity, and
        Flatten in front, do nothing.
    loss : str, Loss or callable
        As for `Model`.

    Returns
    -------
    Model
        In the precision of the Sequential.

    Raises
    ------
    TypeError
        If it is something else, or has a module that is not known here.
    ValueError
        If a module has settings that schuss has not, or there is no Linear.

    Examples
    --------
    ``schuss.from_torch(nn.Sequential(nn.Linear(64, 30), nn.ReLU(), nn.Linear(30, 9)))``
    """
    if not _is_sequential(sequential):
        raise TypeError(
            f"from_torch got {type(sequential).__name__}; give a torch.nn.Sequential."
        )
    modules = list(_flat(sequential))
    while modules and _kind(modules[0]) == "Flatten":
        _require(modules.pop(0), start_dim=1, end_dim=-1)
    width = next((each.in_features for each in modules if _kind(each) == "Linear"), 0)
    if not width:
        raise ValueError("the Sequential has no Linear; give one with at least one.")
    layers, weights = list[Layer](), list[Arrays]()
    for module in modules:
        layer, arrays = _converted(module, width)
        width = layer.units if isinstance(layer, Dense) else width
        layers.append(layer)
        weights += [arrays] if arrays else []
    model = Model(layers, loss=loss, dtype=_dtype(sequential))
    model.set_weights(weights)
    return model


def _dtype(sequential: Any) -> str:
    found = sorted({str(each.dtype) for each in sequential.parameters()})
    if found not in (["torch.float32"], ["torch.float64"]):
        raise ValueError(
            f"the Sequential has parameters of {', '.join(found)}; call its float() "
            "first."
        )
    return found[0].removeprefix("torch.")


def _is_sequential(module: Any) -> bool:
    """Whether it runs its modules one after the other, as a subclass need not."""
    for kind in type(module).__mro__:
        if kind.__name__ == "Sequential" and kind.__module__.startswith("torch.nn."):
            return type(module).forward is kind.__dict__["forward"]
    return False


def _kind(module: Any) -> str:
    """Return the name of a module's class, if it is PyTorch's own."""
    kind = type(module)
    return kind.__name__ if kind.__module__.startswith("torch.nn.") else ""


def _flat(sequential: Any) -> Iterator[Any]:
    for module in sequential:
        if _is_sequential(module):
            yield from _flat(module)
        elif _kind(module) != "Identity":
            yield module


def _require(module: Any, **settings: Any) -> None:
    for name, value in settings.items():
        if getattr(module, name) != value:
            raise ValueError(
                f"{module!r} has {name} {getattr(module, name)!r}, and schuss has "
                f"{value!r}; convert a Sequential without it."
            )


def _array(tensor: Any) -> NDArray[Any]:
    return np.asarray(tensor.detach().cpu().numpy())


def _or(tensor: Any, otherwise: NDArray[Any]) -> NDArray[Any]:
    return otherwise if tensor is None else _array(tensor)


def _converted(module: Any, width: int) -> Converted:
    """Return the layer that does what a module does to so many columns."""
    if _kind(module) not in MODULES:
        raise TypeError(
            f"the Sequential has {module!r}, which schuss does not know there; give "
            f"one of {', '.join(MODULES)}, or Flatten in front."
        )
    return MODULES[_kind(module)](module, width)


def _linear(module: Any, width: int) -> Converted:
    units = module.out_features
    bias = _or(module.bias, np.zeros(units))
    return Dense(units), (_array(module.weight).T, bias)


def _activation(module: Any, width: int) -> Converted:
    name, settings = TORCH_ACTIVATIONS[_kind(module)]
    _require(module, **settings)
    return Activation(name), ()


def _gelu(module: Any, width: int) -> Converted:
    return Activation(GELUS[module.approximate]), ()


def _dropout(module: Any, width: int) -> Converted:
    return Dropout(module.p), ()


def _prelu(module: Any, width: int) -> Converted:
    slope = _array(module.weight)  # of every column, or one for all
    return PReLU(), (np.repeat(slope, width) if len(slope) == 1 else slope,)


def _layer_norm(module: Any, width: int) -> Converted:
    _require(module, normalized_shape=(width,))
    return LayerNorm(module.eps), _affine(module, width)


def _batch_norm(module: Any, width: int) -> Converted:
    _require(module, num_features=width, track_running_stats=True)
    if module.momentum is None:
        raise ValueError(
            f"{module!r} has momentum None, a mean over all batches, and schuss has "
            "a running mean; give it a momentum."
        )
    running = _array(module.running_mean), _array(module.running_var)
    # What is kept of the mean, where PyTorch has what is new.
    norm = BatchNorm(1 - module.momentum, module.eps)
    return norm, (*_affine(module, width), *running)


def _affine(module: Any, width: int) -> Arrays:
    return _or(module.weight, np.ones(width)), _or(module.bias, np.zeros(width))


MODULES: dict[str, Callable[[Any, int], Converted]] = {
    "Linear": _linear,
    **dict.fromkeys(TORCH_ACTIVATIONS, _activation),
    "GELU": _gelu,
    "PReLU": _prelu,
    "Dropout": _dropout,
    "LayerNorm": _layer_norm,
    "BatchNorm1d": _batch_norm,
}
