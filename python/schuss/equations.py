"""Every equation of one step of training, with the numbers a model has for it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss import reference
from schuss.examples import as_array
from schuss.explanation import Equation, Explanation
from schuss.layers import Dense
from schuss.losses import MeanSquaredError, SoftmaxCrossEntropy
from schuss.optimizers import SGD, Optimizer
from schuss.regularizers import L2, Regularizer

if TYPE_CHECKING:
    from schuss.inspection import Inspection

# What a student would write; other activations go by their names.
VALUE = {"sigmoid": "1 / (1 + exp(-{u}))", "relu": "max(0, {u})", "identity": "{u}"}
SLOPE = {
    "sigmoid": "{h} (1 - {h})",
    "tanh": "1 - {h} * {h}",
    "relu": "1 if {u} > 0, else 0",
    "identity": "1",
}


def explain(
    model: "Inspection",
    x: ArrayLike,
    y: ArrayLike,
    optimizer: Optimizer | None,
    regularizer: Regularizer | None,
) -> Explanation:
    """Explain a step; arguments and errors are those of `Model.explain_step`.

    Returns
    -------
    Explanation
    """
    row, truth = as_array(x, "x"), as_array(y, "y")
    if row.ndim == 1:
        row, truth = row[None], truth[None]
    elif truth.ndim == 0:
        truth = truth[None]
    others = [item for item in model.structure.items if not isinstance(item, Dense)]
    if others:
        raise ValueError(
            "a step is explained for dense layers alone, and the model has "
            f"{others[0]!r}; leave it out."
        )
    for own, named in model.structure.custom_activations:
        raise ValueError(
            f"activation {own.name!r} of {named} has no equation that could be "
            "written; give one by name."
        )
    if model.loss not in (SoftmaxCrossEntropy(), MeanSquaredError()):
        raise ValueError(
            f"the loss is {model.loss!r}; a step is explained for "
            "SoftmaxCrossEntropy() and MeanSquaredError() alone."
        )
    table = model._examples(row)
    if len(table) != 1:
        raise ValueError(
            f"x has {len(table)} rows; give one example, for instance X[0] and y[0]."
        )
    targets = model._given(row, truth, None).targets
    rule = SGD() if optimizer is None else optimizer
    ours, theirs = (
        list(_Step(twin, table, targets, rule, regularizer).equations())
        for twin in (model._twin(model.engine), model._twin("reference"))
    )
    equations = tuple(
        Equation(*equation[:4], other.value)
        for equation, other in zip(ours, theirs, strict=True)
    )
    told = repr(rule) + (f" with {regularizer!r}" if regularizer else "")
    return Explanation(equations, model.engine, model.dtype, told)


class _Step:
    """The step of one model, which it moves."""

    def __init__(
        self,
        model: Any,
        x: NDArray[Any],
        targets: NDArray[Any],
        optimizer: Optimizer,
        regularizer: Regularizer | None,
    ) -> None:
        self._model, self._x, self._targets = model, x, targets
        self._optimizer, self._regularizer = optimizer, regularizer
        self._of_classes = model.loss.takes == "classes"
        depth = len(model.layers)
        hidden = ["h"] if depth == 2 else [str(n) for n in range(1, depth)]
        self._marks = [*hidden, "y"]
        lone = depth == 2
        self._h = ["h" if lone else f"h^{mark}" for mark in hidden]
        self._u = ["u" if lone else f"u^{mark}" for mark in hidden]
        self._h.append("s" if self._of_classes else "y_hat")
        identity = model.layers[-1].activation == "identity"
        self._u.append(self._h[-1] if identity else "v")
        self._values: dict[str, NDArray[Any]] = {}

    def equations(self) -> Iterator[Equation]:
        for part in (self._given, self._forward, self._backward, self._update):
            for name, formula, value in part():
                self._values[name] = array = np.asarray(value, np.float64)
                yield Equation(part.__name__[1:], name, formula, array, array)

    def _given(self) -> Iterator[tuple[str, str, ArrayLike]]:
        yield "x", "", self._x[0]
        units = self._model.layers[-1].units
        if self._targets.ndim == 1:
            yield "c*", "", self._targets[0]
            yield "y*", "", np.eye(units)[self._targets[0]]
        else:
            yield "y*", "", self._targets[0]
        for mark, (weights, bias) in zip(self._marks, self._model.weights, strict=True):
            yield f"W^{mark}", "", weights
            yield f"b^{mark}", "", bias

    def _forward(self) -> Iterator[tuple[str, str, ArrayLike]]:
        model, below = self._model, "x"
        scale, offset = (
            model.structure.rescaling.scale,
            model.structure.rescaling.offset,
        )
        if (scale, offset) != (1, 0):
            below = "x'"
            rows = np.zeros(1, np.int64)
            rescaled = reference.gather(self._x, rows, scale, offset, model.dtype)
            shift = f" {offset:+g}" if offset else ""
            yield below, f"{scale:g} x{shift}", rescaled[0]
        self._below = [below, *self._h]
        for layer, mark in enumerate(self._marks):
            u, h = self._u[layer], self._h[layer]
            sums = model._lower(layer, sums=True)(self._x)[0]
            yield u, f"{self._below[layer]} W^{mark} + b^{mark}", sums
            if u != h:
                name = model.layers[layer].activation
                formula = VALUE.get(name, name + "({u})").format(u=u)
                yield h, formula, model._lower(layer)(self._x)[0]
        if self._of_classes:
            yield "y_hat", "exp(s) / sum_k exp(s_k)", model.predict_proba(self._x)[0]
        yield "l", self._loss(), model.evaluate(self._x, self._targets)["loss"]

    def _loss(self) -> str:
        if not self._of_classes:
            return "1/K sum_k (y_hat_k - y*_k)^2"
        one_hot = self._targets.ndim == 1
        return "-ln y_hat_c*" if one_hot else "-sum_c y*_c ln y_hat_c"

    def _backward(self) -> Iterator[tuple[str, str, ArrayLike]]:
        yield from self._turn()
        model = self._model
        gradients = model.gradients(self._x, self._targets)
        for layer in reversed(range(len(self._marks))):
            mark, (d_weights, d_bias) = self._marks[layer], gradients[layer]
            delta, u, h = f"delta^{mark}", self._u[layer], self._h[layer]
            if layer + 1 < len(self._marks):
                above = self._marks[layer + 1]
                signal = f"delta^{above} (W^{above})^T"
                weights = self._values[f"W^{above}"]
                yield f"dl/d{h}", signal, self._values[f"delta^{above}"] @ weights.T
            if u != h:
                name = model.layers[layer].activation
                formula = SLOPE.get(name, "f'({u})").format(u=u, h=h)
                yield f"d{h}/d{u}", formula, self._slope(layer, name)
            # Of one example the gradient of the bias is delta itself.
            yield delta, f"dl/d{h}" + (f" * d{h}/d{u}" if u != h else ""), d_bias
            below = self._below[layer]
            below = below if below in ("x", "h") else f"({below})"
            yield f"dl/dW^{mark}", f"{below}^T {delta}", d_weights
            yield f"dl/db^{mark}", delta, d_bias

    def _turn(self) -> Iterator[tuple[str, str, ArrayLike]]:
        """Yield the gradients of the loss, with the factors of its chain."""
        predicted, truth = self._values["y_hat"][None], self._values["y*"][None]
        if not self._of_classes:
            slope = 2 / truth.size * (predicted - truth)
            yield "dl/dy_hat", "2/K (y_hat - y*)", slope[0]
            return
        one_hot = self._targets.ndim == 1
        formula = "-1 / y_hat_c* at c*, 0 elsewhere" if one_hot else "-y* / y_hat"
        with np.errstate(divide="ignore"):  # of a probability that is 0 in doubles
            slope = reference.cross_entropy_backward(predicted, truth)
        yield "dl/dy_hat", formula, slope[0]
        fused = predicted * truth.sum() - truth
        yield "dl/ds", "dl/dy_hat dy_hat/ds = y_hat - y*", fused[0]

    def _slope(self, layer: int, name: str) -> NDArray[Any]:
        activation = reference.ACTIVATIONS[name]
        names = self._u if activation.keeps_input else self._h
        kept = self._values[names[layer]]
        return activation.backward(kept, np.ones_like(kept))

    def _update(self) -> Iterator[tuple[str, str, ArrayLike]]:
        rule, penalty = self._optimizer, self._regularizer
        self._model.fit(
            self._x,
            self._targets,
            epochs=1,
            batch_size=None,
            optimizer=rule,
            regularizer=penalty,
            verbose=False,
        )
        plain = _is_plain(rule, penalty, self._model.layers)
        l2 = penalty if plain and isinstance(penalty, L2) else None
        if plain:
            yield "eta", "", self._model.history["learning_rate"][0]
        if l2:
            yield "alpha", "", l2.alpha
        for mark, pair in zip(self._marks, self._model.weights, strict=True):
            for name, moved in zip((f"W^{mark}", f"b^{mark}"), pair, strict=True):
                slope = f"dl/d{name}"
                if l2 and name.startswith("W"):
                    slope = f"({slope} + 2 alpha {name})"
                formula = f"{name} - eta {slope}" if plain else "after the step"
                yield f"new {name}", formula, moved
        after = self._model.evaluate(self._x, self._targets)["loss"]
        yield "new l", "l with the new weights", after


def _is_plain(
    rule: Optimizer, penalty: Regularizer | None, layers: Sequence[Dense]
) -> bool:
    """Whether w moves by eta times its slope and 2 alpha w, and by nothing else."""
    if not isinstance(rule, SGD) or rule != SGD(rule.learning_rate, rule.momentum):
        return False  # from rest, momentum changes nothing; any other option does
    if any(layer.learning_rate_factor != 1 for layer in layers):
        return False
    return penalty is None or (isinstance(penalty, L2) and penalty == L2(penalty.alpha))
