"""What a student would write: formulas of activations and losses, and their values."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schuss import reference
from schuss.losses import Loss

Values = Mapping[str, Any]


class Line(NamedTuple):
    """A quantity, its formula, and what it is, given those before it."""

    name: str
    formula: str
    value: Callable[[Values], Any]


class ActivationFormulas(NamedTuple):
    """Of h = f(u), in {u} and {h}.

    Attributes
    ----------
    value : str
        Of h; in terms of {gate} for x times a gate.
    slope : str
        dh/du.
    gate : tuple of (str, str, callable of u), optional
        What opens, its formula and its value.
    """

    value: str
    slope: str
    gate: tuple[str, str, Callable[[Any], Any]] | None = None


def _cubic(u: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(reference.sigmoid(np.sqrt(8 / np.pi) * (u + 0.044715 * u**3)))


_GATED = "{u} * {gate}"
_GATED_SIGMOID = "{gate} + {u} * {gate} * (1 - {gate})"

ACTIVATIONS = {
    "identity": ActivationFormulas("{u}", "1"),
    "step": ActivationFormulas("1 if {u} >= 0, else 0", "0"),
    "hard_sigmoid": ActivationFormulas(
        "min(max(({u} + 3) / 6, 0), 1)", "1/6 if 0 < {h} < 1, else 0"
    ),
    "sigmoid": ActivationFormulas("1 / (1 + exp(-{u}))", "{h} * (1 - {h})"),
    "tanh": ActivationFormulas("tanh({u})", "1 - {h} * {h}"),
    "relu": ActivationFormulas("max(0, {u})", "1 if {u} > 0, else 0"),
    "leaky_relu": ActivationFormulas(
        "{u} if {u} > 0, else 0.01 {u}", "1 if {u} > 0, else 0.01"
    ),
    "elu": ActivationFormulas(
        "{u} if {u} > 0, else exp({u}) - 1", "1 if {u} > 0, else {h} + 1"
    ),
    "selu": ActivationFormulas(
        "1.05070099 {u} if {u} > 0, else 1.75809934 (exp({u}) - 1)",
        "1.05070099 if {u} > 0, else {h} + 1.75809934",
    ),
    "softplus": ActivationFormulas("ln(1 + exp({u}))", "1 - exp(-{h})"),
    "gelu": ActivationFormulas(
        _GATED,
        "{gate} + {u} * exp(-{u} * {u} / 2) / sqrt(2 pi)",
        ("Phi({u})", "(1 + erf({u} / sqrt(2))) / 2", reference.normal_cdf),
    ),
    "gelu_tanh": ActivationFormulas(
        _GATED,
        _GATED_SIGMOID + " * sqrt(8 / pi) * (1 + 0.134145 {u} * {u})",
        (
            "g({u})",
            "1 / (1 + exp(-sqrt(8 / pi) ({u} + 0.044715 {u} * {u} * {u})))",
            _cubic,
        ),
    ),
    "silu": ActivationFormulas(
        _GATED,
        _GATED_SIGMOID,
        ("g({u})", "1 / (1 + exp(-{u}))", reference.sigmoid),
    ),
    "mish": ActivationFormulas(
        _GATED,
        "{gate} + {u} * (1 - {gate} * {gate}) / (1 + exp(-{u}))",
        (
            "t({u})",
            "tanh(ln(1 + exp({u})))",
            lambda u: np.tanh(reference.softplus(u)),
        ),
    ),
}


class LossFormulas(NamedTuple):
    """Of a loss l, in what a network puts out, y* and c*.

    Attributes
    ----------
    output : "s" or "y_hat"
        What a network's outputs are called.
    value : str
        Of l.
    backward : tuple of Line
        Slopes of l, the last of them by the output.
    settings : tuple of str
        What the loss's own numbers are called; "q" for one number per output.
    forward : tuple of Line
        What l is made of.
    mean : str
        Of y_hat, where it is not the output.
    """

    output: str
    value: str
    backward: tuple[Line, ...]
    settings: tuple[str, ...] = ()
    forward: tuple[Line, ...] = ()
    mean: str = ""

    @property
    def counts_outputs(self) -> bool:
        """Whether there is a K in them, the number of outputs."""
        lines = (*self.forward, *self.backward)
        return any("K" in told for told in (self.value, *(x.formula for x in lines)))


def _slope(formula: str, value: Callable[[Values], Any]) -> Line:
    return Line("dl/dy_hat", formula, value)


def _of_logits(formula: str, value: Callable[[Values], Any]) -> Line:
    return Line("dl/ds", formula, value)


def _share(v: Values) -> float:
    return float(1 / v["y*"].size)


def _largest(scores: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(np.eye(scores.size)[np.argmax(scores)])


def _by_probability(v: Values) -> Any:
    with np.errstate(divide="ignore"):  # of a probability that is 0 in doubles
        truth = v.get("t", v["y*"])
        return reference.cross_entropy_backward(v["y_hat"][None], truth[None])[0]


def _probable(v: Values) -> Any:
    truth = v.get("t", v["y*"])
    return v["y_hat"] * truth.sum() - truth


_ERROR = Line("e", "y_hat - y*", lambda v: v["y_hat"] - v["y*"])
_MEAN_SLOPE = _of_logits(
    "1/K (y_hat - y*)", lambda v: _share(v) * (v["y_hat"] - v["y*"])
)
_SOFTMAX = LossFormulas(
    "s",
    "-sum_c y*_c * ln y_hat_c",
    (
        _slope("-y* / y_hat", _by_probability),
        _of_logits("dl/dy_hat dy_hat/ds = y_hat - y*", _probable),
    ),
    mean="exp(s) / sum_k exp(s_k)",
)
_RIVAL = _of_logits("r - y*", lambda v: v["r"] - v["y*"])

LOSSES = {
    "softmax_cross_entropy": _SOFTMAX,
    "mean_squared_error": LossFormulas(
        "y_hat",
        "1/K sum_k (y_hat_k - y*_k)^2",
        (_slope("2/K (y_hat - y*)", lambda v: 2 * _share(v) * (v["y_hat"] - v["y*"])),),
    ),
    "mean_absolute_error": LossFormulas(
        "y_hat",
        "1/K sum_k |e_k|",
        (_slope("1/K sign(e)", lambda v: _share(v) * np.sign(v["e"])),),
        forward=(_ERROR,),
    ),
    "huber": LossFormulas(
        "y_hat",
        "1/K sum_k (e_k^2 / 2 if |e_k| <= tau, else tau (|e_k| - tau / 2))",
        (
            _slope(
                "1/K max(-tau, min(tau, e))",
                lambda v: _share(v) * np.clip(v["e"], -v["tau"], v["tau"]),
            ),
        ),
        settings=("tau",),
        forward=(_ERROR,),
    ),
    "pinball": LossFormulas(
        "y_hat",
        "1/K sum_k max(-q_k * e_k, (1 - q_k) * e_k)",
        (
            _slope(
                "1/K (1 - q if e > 0, else -q if e < 0, else 0)",
                lambda v: _share(v) * ((v["e"] > 0) - v["q"] * (v["e"] != 0)),
            ),
        ),
        settings=("q",),
        forward=(_ERROR,),
    ),
    "binary_cross_entropy": LossFormulas(
        "s",
        "-1/K sum_k (y*_k * ln y_hat_k + (1 - y*_k) * ln(1 - y_hat_k))",
        (_MEAN_SLOPE,),
        mean="1 / (1 + exp(-s))",
    ),
    "poisson": LossFormulas(
        "s", "1/K sum_k (y_hat_k - y*_k * s_k)", (_MEAN_SLOPE,), mean="exp(s)"
    ),
    "perceptron": LossFormulas(
        "s",
        "max_c s_c - s_c*",
        (Line("r", "1 where s is largest, else 0", lambda v: _largest(v["s"])), _RIVAL),
    ),
    "hinge": LossFormulas(
        "s",
        "max_c m_c - s_c*",
        (Line("r", "1 where m is largest, else 0", lambda v: _largest(v["m"])), _RIVAL),
        forward=(Line("m", "s + 1 - y*", lambda v: v["s"] + 1 - v["y*"]),),
    ),
}


def formulas_of(loss: Loss, *, labelled: bool) -> LossFormulas:
    """Return those of a loss.

    Parameters
    ----------
    loss : Loss
    labelled : bool
        Whether the truth is a label.

    Returns
    -------
    LossFormulas

    Raises
    ------
    ValueError
        If the loss is a function of the user's.
    """
    if loss.name not in LOSSES:
        raise ValueError(
            f"the loss is {loss!r}, whose equations nobody knows; explain a step with "
            "a loss that has a name."
        )
    found = LOSSES[loss.name]
    if found is not _SOFTMAX:
        return found
    if any(loss.settings):
        smooth = "(1 - label_smoothing) y* + label_smoothing / K"
        truth = Line("t", smooth, lambda v: v["y*"] + v["label_smoothing"] * _even(v))
        return found._replace(
            value="-sum_c t_c * ln y_hat_c",
            backward=tuple(
                line._replace(formula=line.formula.replace("y*", "t"))
                for line in found.backward
            ),
            settings=("label_smoothing",),
            forward=(truth,),
        )
    if not labelled:
        return found
    at_label = "-1 / y_hat_c* at c*, else 0"
    by_probability = found.backward[0]._replace(formula=at_label)
    return found._replace(
        value="-ln y_hat_c*", backward=(by_probability, *found.backward[1:])
    )


def _even(v: Values) -> NDArray[Any]:
    return np.asarray(_share(v) * v["y*"].sum() - v["y*"])
