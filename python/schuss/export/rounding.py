"""How far any computation of an export, in its precision, may be from the exact one.

u is the unit roundoff. A chain of n operations errs by at most gamma(n) = n u /
(1 - n u), relative to the sum of its absolute terms (N. J. Higham, "Accuracy and
Stability of Numerical Algorithms", 2002, lemma 3.1), in whatever order it is done.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schuss import reference
from schuss.export.operations import (
    Add,
    Affine,
    Apply,
    Exported,
    Keep,
    Normalize,
    Operation,
    Product,
    Rescale,
    Slopes,
)

Array = NDArray[Any]

# The largest |f'| of an activation, where it is above 1.
STEEPEST = {"selu": 1.76, "gelu": 1.13, "gelu_tanh": 1.13, "silu": 1.1, "mish": 1.09}
# An activation is made of at most three functions of a library, each of which errs by
# at most 4 units in the last place, 8 u, and of eight operations, none of them on
# numbers above 1 + |x|: by 32 u (1 + |x|) in all. Some have an operation or two.
OF_ACTIVATION = 32
OF_SIMPLE_ACTIVATION = {"relu": 0, "leaky_relu": 2, "hard_sigmoid": 4}


class Bounded(NamedTuple):
    """Numbers in more than their precision, and what computed ones may be off by."""

    values: Array
    errors: Array


def exact_outputs(
    exported: Exported,
    X: Array,
    doubts: Sequence[Array] | None = None,
) -> Bounded:
    """Return the outputs of the last layer, and how far computed ones may be off.

    Parameters
    ----------
    exported : Exported
    X : ndarray, shape (rows, inputs)
        Of its dtype.
    doubts : sequence of ndarray, shape (outputs,), optional
        Of each dense layer, what the weights of each unit may be off by; nothing by
        default.

    Returns
    -------
    Bounded, of shape (rows, outputs)
        In float64, for float64 in long double.
    """
    u = float(np.finfo(exported.dtype).eps) / 2
    wide = np.float64 if exported.dtype == "float32" else np.longdouble
    x = np.asarray(X).astype(wide)
    now, kept = Bounded(x, np.zeros_like(x)), []
    left = iter(doubts or ())
    for operation in exported.operations:
        if isinstance(operation, Keep):
            kept.append(now)
        elif isinstance(operation, Add):
            x, e = kept.pop()
            size = np.abs(x) + np.abs(now.values) + e + now.errors
            now = Bounded(x + now.values, e + now.errors + u * size)
        elif isinstance(operation, Product):
            now = _product(operation, now, u, next(left) if doubts else 0.0)
        else:
            now = _elementwise(operation, now, u)
    return now


def exact_means(exported: Exported, outputs: Bounded) -> Bounded:
    """Return what the outputs go through last, softmax or the like, likewise.

    Parameters
    ----------
    exported : Exported
    outputs : Bounded, of shape (rows, outputs)

    Returns
    -------
    Bounded, of shape (rows, outputs)
    """
    u = float(np.finfo(exported.dtype).eps) / 2
    tiny = float(np.finfo(exported.dtype).tiny)
    x, e = outputs
    if exported.final == "softmax":
        # Computed powers err by e^(e + u |x - max|) and their function, the sum by the
        # most of them and a chain.
        y = reference.softmax(x)
        off = e + u * np.abs(x - x.max(axis=1, keepdims=True))
        most = off.max(axis=1, keepdims=True)
        relative = np.expm1(off + most + gamma(exported.outputs + 20, u))
        return Bounded(y, y * relative + tiny)
    if exported.final == "sigmoid":
        y = reference.sigmoid(x)
        return Bounded(y, e / 4 + OF_ACTIVATION * u * y + tiny)
    if exported.final == "exp":
        y = np.exp(x)
        return Bounded(y, y * np.expm1(e + 8 * u) + tiny)
    return outputs


def gamma(n: int, u: float) -> float:
    """Return the relative error of a chain of n operations."""
    return n * u / (1 - n * u)


def _product(product: Product, given: Bounded, u: float, doubt: Any) -> Bounded:
    x, e = given
    weights = product.weights.astype(x.dtype)
    if product.scales is not None:
        weights = weights * product.scales
    size = np.abs(weights)
    y = x @ weights + product.bias
    terms = (np.abs(x) + e) @ (size + doubt) + np.abs(product.bias)
    errors = e @ size + (np.abs(x) + e).sum(axis=1, keepdims=True) * doubt
    # Of a product with a scale one operation more; and both may come before the bias.
    return Bounded(y, errors + gamma(len(weights) + 4, u) * terms)


def _elementwise(operation: Operation, given: Bounded, u: float) -> Bounded:
    x, e = given
    far = np.abs(x) + e
    if isinstance(operation, Rescale):
        scale, offset = operation.scale, operation.offset
        terms = scale * far + abs(offset)
        return Bounded(scale * x + offset, scale * e + gamma(2, u) * terms)
    if isinstance(operation, Affine):
        # Beside the two operations there are those of scale and shift, or, if it is
        # done as it was trained, 1 / sqrt(variance + epsilon) and four more.
        size = np.abs(operation.scale)
        errors = size * e + gamma(12, u) * (size * far + operation.terms)
        return Bounded(operation.scale * x + operation.shift, errors)
    if isinstance(operation, Slopes):
        slopes = np.maximum(1, np.abs(operation.slopes))
        y = reference.prelu(x, operation.slopes)
        return Bounded(y, slopes * (e + u * far))
    if isinstance(operation, Normalize):
        return _normalize(operation, given, u)
    assert isinstance(operation, Apply)
    y = reference.ACTIVATIONS[operation.name].forward(x)
    if operation.name == "step":
        return Bounded(y, (np.abs(x) <= e).astype(x.dtype))
    steepest = STEEPEST.get(operation.name, 1)
    operations = OF_SIMPLE_ACTIVATION.get(operation.name, OF_ACTIVATION)
    return Bounded(y, steepest * e + operations * u * (1 + far))


def _normalize(operation: Normalize, given: Bounded, u: float) -> Bounded:
    """Return gain z + shift with z = c / s, c = x - mean, s^2 = mean(c^2) + epsilon.

    The errors d of c move s by at most their root mean square r (it is a norm), so that
    z moves by at most (d + |z| r) / (s - r).
    """
    x, e = given
    columns = x.shape[1]
    centred = x - x.mean(axis=1, keepdims=True)
    s = np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + operation.epsilon)
    z = centred / s
    far = np.abs(x) + e
    means = far.mean(axis=1, keepdims=True)
    d = e + e.mean(axis=1, keepdims=True) + gamma(columns + 2, u) * (far + means)
    r = np.sqrt(np.mean(d**2, axis=1, keepdims=True))
    left = s - r
    moved = np.divide(d + np.abs(z) * r, left, np.full_like(x, np.inf), where=left > 0)
    moved = moved + gamma(columns + 12, u) * (np.abs(z) + moved)
    gain, shift = np.abs(operation.gain), np.abs(operation.shift)
    errors = gain * moved + gamma(2, u) * (gain * (np.abs(z) + moved) + shift)
    return Bounded(operation.gain * z + operation.shift, errors)
