"""Every equation of one step of training, with the numbers a model has for it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schuss import reference
from schuss.engines import MEANS
from schuss.examples import as_array
from schuss.explanation import Equation, Explanation
from schuss.formulas import ACTIVATIONS, ActivationFormulas, formulas_of
from schuss.layers import Dense
from schuss.lbfgs import LBFGS
from schuss.moves import Move, Parameter, Told
from schuss.optimizers import SGD, Optimizer
from schuss.preprocessing.frames import is_frame
from schuss.reading import as_target_array
from schuss.regularizers import Regularizer, Strengths

if TYPE_CHECKING:
    from schuss.inspection import Inspection


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
    row = x if is_frame(x) else as_array(x, "x")
    truth = as_target_array(y, "y")
    if isinstance(row, np.ndarray) and row.ndim == 1 and not row.dtype.names:
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
    rule = SGD() if optimizer is None else optimizer
    if isinstance(rule, LBFGS):
        raise ValueError(
            f"optimizer is {rule!r}, which searches at many points before it moves; "
            "give another."
        )
    formulas_of(model.loss, labelled=True)
    table = model._examples(row)
    if len(table) != 1:
        raise ValueError(
            f"x has {len(table)} rows; give one example, for instance X[0] and y[0]."
        )
    targets = model._given(row, truth, None).targets
    if np.isnan(targets).any():
        raise ValueError("y has missing numbers; give an example without.")
    known = targets if targets.ndim == 1 else truth
    twins = [model._twin(engine) for engine in (model.engine, "reference")]
    loss = model._reader.labelled_loss
    for twin in twins:  # which get what the network is given
        twin.loss = loss
        twin.preprocessing = twin.classes = twin.feature_names = None
    ours, theirs = (
        list(_Step(twin, table, known, targets, rule, regularizer).equations())
        for twin in twins
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
        y: NDArray[Any],
        targets: NDArray[Any],
        optimizer: Optimizer,
        regularizer: Regularizer | None,
    ) -> None:
        self._model, self._x, self._y, self._targets = model, x, y, targets
        self._optimizer, self._regularizer = optimizer, regularizer
        self._loss = formulas_of(model.loss, labelled=targets.ndim == 1)
        depth = len(model.layers)
        hidden = ["h"] if depth == 2 else [str(n) for n in range(1, depth)]
        self._marks = [*hidden, "y"]
        lone = depth == 2
        self._h = ["h" if lone else f"h^{mark}" for mark in hidden]
        self._u = ["u" if lone else f"u^{mark}" for mark in hidden]
        self._h.append(self._loss.output)
        identity = model.layers[-1].activation == "identity"
        self._u.append(self._h[-1] if identity else "v")
        self._values: dict[str, NDArray[Any]] = {}

    def equations(self) -> Iterator[Equation]:
        for part in (self._given, self._forward, self._backward, self._update):
            for name, formula, value in part():
                self._values[name] = array = np.asarray(value, np.float64)
                yield Equation(part.__name__[1:], name, formula, array, array)

    def _given(self) -> Iterator[Told]:
        yield "x", "", self._x[0]
        units = self._model.layers[-1].units
        if self._targets.ndim == 1:
            yield "c*", "", self._targets[0]
            yield "y*", "", np.eye(units)[self._targets[0]]
        else:
            yield "y*", "", self._targets[0]
        if self._loss.counts_outputs:
            yield "K", "", units
        settings, names = self._model.loss.settings, self._loss.settings
        if names == ("q",):
            yield "q", "", settings
        else:
            for name, number in zip(names, settings, strict=False):
                yield name, "", number
        for name, array in self._parameters():
            yield name, "", array

    def _parameters(self) -> Iterator[tuple[str, NDArray[Any]]]:
        for mark, (weights, bias) in zip(self._marks, self._model.weights, strict=True):
            yield f"W^{mark}", weights
            yield f"b^{mark}", bias

    def _forward(self) -> Iterator[Told]:
        model, below = self._model, "x"
        rescaling = model.structure.rescaling
        scale, offset = rescaling.scale, rescaling.offset
        if (scale, offset) != (1, 0):
            below = "x'"
            rows = np.zeros(1, np.int64)
            rescaled = reference.gather(self._x, rows, scale, offset, model.dtype)
            shift = f" {'-' if offset < 0 else '+'} {abs(offset):g}" if offset else ""
            yield below, f"{scale:g} x{shift}", rescaled[0]
        self._below = [below, *self._h]
        for layer, mark in enumerate(self._marks):
            u = self._u[layer]
            sums = model._lower(layer, sums=True)(self._x)[0]
            yield u, f"{self._below[layer]} W^{mark} + b^{mark}", sums
            yield from self._activation(layer)
        if self._loss.mean:
            yield "y_hat", self._loss.mean, model._built().predict(self._x, MEANS)[0]
        for name, formula, value in self._loss.forward:
            yield name, formula, value(self._values)
        yield "l", self._loss.value, model.evaluate(self._x, self._y)["loss"]

    def _activation(self, layer: int) -> Iterator[Told]:
        u, h = self._u[layer], self._h[layer]
        if u == h:
            return
        formulas = ACTIVATIONS[self._model.layers[layer].activation]
        if formulas.gate:
            name, formula, value = formulas.gate
            yield name.format(u=u), formula.format(u=u), value(self._values[u])
        told = formulas.value.format(u=u, gate=_gate(formulas, u))
        yield h, told, self._model._lower(layer)(self._x)[0]

    def _backward(self) -> Iterator[Told]:
        for name, formula, value in self._loss.backward:
            yield name, formula, value(self._values)
        gradients = self._model.gradients(self._x, self._y)
        for layer in reversed(range(len(self._marks))):
            mark, (d_weights, d_bias) = self._marks[layer], gradients[layer]
            delta, u, h = f"delta^{mark}", self._u[layer], self._h[layer]
            if layer + 1 < len(self._marks):
                above = self._marks[layer + 1]
                signal = f"delta^{above} (W^{above})^T"
                weights = self._values[f"W^{above}"]
                yield f"dl/d{h}", signal, self._values[f"delta^{above}"] @ weights.T
            if u != h:
                name = self._model.layers[layer].activation
                formulas = ACTIVATIONS[name]
                told = formulas.slope.format(u=u, h=h, gate=_gate(formulas, u))
                yield f"d{h}/d{u}", told, self._slope(layer, name)
            # Of one example the gradient of the bias is delta itself.
            yield delta, f"dl/d{h}" + (f" * d{h}/d{u}" if u != h else ""), d_bias
            below = self._below[layer]
            below = below if below in ("x", "h") else f"({below})"
            yield f"dl/dW^{mark}", f"{below}^T {delta}", d_weights
            yield f"dl/db^{mark}", delta, d_bias

    def _slope(self, layer: int, name: str) -> NDArray[Any]:
        activation = reference.ACTIVATIONS[name]
        names = self._u if activation.keeps_input else self._h
        kept = self._values[names[layer]]
        return activation.backward(kept, np.ones_like(kept))

    def _update(self) -> Iterator[Told]:
        rule, penalty, model = self._optimizer, self._regularizer, self._model
        model.fit(
            self._x,
            self._y,
            epochs=1,
            batch_size=None,
            optimizer=rule,
            regularizer=penalty,
            verbose=False,
        )
        strengths = penalty.strengths if penalty else Strengths()
        move = Move(rule, strengths, model.history["learning_rate"][0])
        lines = list(self._moves(move))
        told = " ".join(formula for _, formula, _ in lines)
        for name, number in move.numbers.items():
            if re.search(rf"(?<![\w^]){re.escape(name)}(?![\w^])", told):
                yield name, "", number
        yield from lines
        after = model.evaluate(self._x, self._y)["loss"]
        yield "new l", "l with the new weights", after

    def _moves(self, move: Move) -> Iterator[Told]:
        model = self._model
        factors = [layer.learning_rate_factor for layer in model.layers]
        _, slots = model._built().state()
        parameters = [
            Parameter(
                name,
                float(factors[number // 2]),
                self._values[name],
                self._values[f"dl/d{name}"],
                [slot[number // 2][number % 2].astype(np.float64) for slot in slots],
                after,
            )
            for number, (name, after) in enumerate(self._parameters())
        ]
        yield from move.together(parameters)
        for parameter in parameters:
            yield from move.of(parameter)


def _gate(formulas: ActivationFormulas, u: str) -> str:
    return formulas.gate[0].format(u=u) if formulas.gate else ""
