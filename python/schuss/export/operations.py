"""A model as a plain list of operations: what every target is written from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss import reference
from schuss.architecture import Architecture
from schuss.engines import Parameters
from schuss.layers import Dense
from schuss.normalization import BatchNorm, LayerNorm
from schuss.stages import Activation, Branch, Join, PReLU, Stage

Array = NDArray[Any]

# What the outputs of the last layer go through to be what the loss takes them for.
FINALS = {
    "softmax_cross_entropy": "softmax",
    "binary_cross_entropy": "sigmoid",
    "poisson": "exp",
}


@dataclass(frozen=True)
class Rescale:
    """The inputs' scale x + offset."""

    scale: float
    offset: float


@dataclass(frozen=True)
class Product:
    """What a dense layer does before its activation, x W + b.

    With `scales`, W is `weights`, which are then int8, times the scale of each column.
    """

    weights: Array
    bias: Array
    scales: Array | None = None


@dataclass(frozen=True)
class Apply:
    """An activation, by its name."""

    name: str


@dataclass(frozen=True)
class Slopes:
    """A PReLU: x, or slope x where x < 0."""

    slopes: Array


@dataclass(frozen=True)
class Affine:
    """A batch normalization as it predicts: scale x + shift, column by column.

    The shift is a difference, of which `terms` has the sizes added: rounding goes by
    them.
    """

    scale: Array
    shift: Array
    terms: Array


@dataclass(frozen=True)
class Normalize:
    """A layer normalization: gain (x - mean) / sqrt(variance + epsilon) + shift."""

    gain: Array
    shift: Array
    epsilon: float


@dataclass(frozen=True)
class Keep:
    """Keeps what passes, for the `Add` that belongs to it."""


@dataclass(frozen=True)
class Add:
    """Adds what the last `Keep` has kept, and is not added yet."""


Operation = Rescale | Product | Apply | Slopes | Affine | Normalize | Keep | Add


@dataclass(frozen=True)
class Exported:
    """What a model computes when it predicts, with arrays of its precision.

    Attributes
    ----------
    inputs, outputs : int
    dtype : "float32" or "float64"
    operations : list of Operation
        From a row of inputs to the outputs of the last layer.
    final : "softmax", "sigmoid", "exp" or "identity"
        What makes probabilities or means of the outputs.
    predicts : "classes", "bits" or "numbers"
        As `schuss.losses.Loss` has it.
    classes : ndarray, shape (outputs,), or None
        What the classes are called, if not 0, 1, ...
    feature_names : list of str or None
        What the inputs are called.
    """

    inputs: int
    outputs: int
    dtype: str
    operations: list[Operation]
    final: str
    predicts: str
    classes: Array | None = None
    feature_names: list[str] | None = None

    @property
    def has_probabilities(self) -> bool:
        """Whether the outputs tell probabilities."""
        return self.final in ("softmax", "sigmoid")

    @property
    def widths(self) -> list[int]:
        """Inputs, then the outputs of every dense layer."""
        products = (each for each in self.operations if isinstance(each, Product))
        return [self.inputs, *(len(product.bias) for product in products)]

    @property
    def title(self) -> str:
        """The widths, as in 784-256-10."""
        return "-".join(map(str, self.widths))


def export(model: Architecture) -> Exported:
    """Return what a model computes when it predicts.

    Parameters
    ----------
    model : Model
        Which may train on: what is returned are copies.

    Returns
    -------
    Exported

    Raises
    ------
    RuntimeError
        If the model has no weights.
    ValueError
        If it has something that no file can express.
    """
    weights = model.weights  # or a sentence that there are none
    check_given_numbers(model)
    rescaling = model.structure.rescaling
    kind = np.dtype(model.dtype).type
    operations: list[Operation] = []
    if (rescaling.scale, rescaling.offset) != (1.0, 0.0):
        scale, offset = float(kind(rescaling.scale)), float(kind(rescaling.offset))
        operations.append(Rescale(scale, offset))
    arrays = iter(weights)
    for item in model.structure.items:
        operations += _operations(item, next(arrays) if item.names else ())
    classes = getattr(model, "classes", None)
    names = getattr(model, "feature_names", None)
    return Exported(
        inputs=_inputs(model, weights),
        outputs=model.structure.outputs,
        dtype=model.dtype,
        operations=operations,
        final=FINALS.get(model.loss.name, "identity"),
        predicts=model.loss.predicts,
        classes=None if classes is None else np.asarray(classes),
        feature_names=None if names is None else [str(name) for name in names],
    )


def check_given_numbers(model: Architecture) -> None:
    """Refuse a model that makes numbers of what it is given.

    Parameters
    ----------
    model : Model

    Raises
    ------
    ValueError
        If it has a preprocessing.
    """
    if getattr(model, "preprocessing", None) is not None:
        raise ValueError(
            "the model has a preprocessing, which exports do not contain; export a "
            "model that is given numbers, and prepare its inputs where it runs."
        )


def _inputs(model: Architecture, weights: list[Parameters]) -> int:
    first = next(n for n, layer in enumerate(model.layers) if isinstance(layer, Dense))
    return len(weights[first][0])


def _operations(item: Dense | Stage, arrays: Parameters) -> Iterator[Operation]:
    """Yield what a layer does in a prediction; noise does nothing."""
    if isinstance(item, Dense):
        yield Product(*arrays)
        if item.activation != "identity":
            yield _apply(item.activation)
    elif isinstance(item, Activation):
        yield _apply(item.activation)
    elif isinstance(item, PReLU):
        yield Slopes(*arrays)
    elif isinstance(item, LayerNorm):
        gain, shift = arrays
        yield Normalize(gain, shift, float(gain.dtype.type(item.epsilon)))
    elif isinstance(item, BatchNorm):
        yield _affine(arrays, item.epsilon)
    elif isinstance(item, Branch | Join):
        yield Keep() if isinstance(item, Branch) else Add()
    elif not item.draws:
        raise ValueError(
            f"the layer {item!r} has no meaning outside of schuss; export a model "
            "without it."
        )


def _apply(name: object) -> Apply:
    if not isinstance(name, str) or name not in reference.ACTIVATIONS:
        raise ValueError(
            f"the activation {name!r} is a function of your own, which a file cannot "
            "contain; export a model whose activations have names."
        )
    return Apply(name)


def _affine(arrays: Parameters, epsilon: float) -> Affine:
    """Return a batch normalization by its running moments, folded in float64."""
    kind = arrays[0].dtype
    gain, shift, mean, variance = (array.astype(np.float64) for array in arrays)
    scale = gain / np.sqrt(variance + epsilon)
    if not np.all(np.abs(scale * mean) + np.abs(scale) < np.finfo(kind).max / 2):
        raise ValueError(
            "a BatchNorm has gains so large beside its variances that their ratio is "
            f"no {kind}; train it on, or set other weights."
        )
    shifted = (shift - scale * mean).astype(kind)
    terms = np.abs(shift) + np.abs(scale * mean)
    return Affine(scale.astype(kind), shifted, terms)
