"""What holds weights small: descriptions of penalties and limits, and their sums."""

import math
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from schuss.checks import settle


class Strengths(NamedTuple):
    """What a regularizer comes to: sums of penalties, and the tightest limit.

    Attributes
    ----------
    l1, l2 : float
        Of weights.
    bias_l1, bias_l2 : float
        Of biases.
    max_norm : float
        Infinite without a limit.
    """

    l1: float = 0.0
    l2: float = 0.0
    bias_l1: float = 0.0
    bias_l2: float = 0.0
    max_norm: float = math.inf


class Regularizer:
    """What all regularizers share: they are added, as ``L1(1e-4) + L2(1e-3)``.

    `Model.fit` minimizes (mean loss of a batch) + (penalties), and reports losses
    without the penalties. Strengths so do not depend on the size of a batch. Elsewhere
    the same objective is written otherwise:

    - PyTorch, ``weight_decay=d`` of SGD, Adam, RMSprop and Adagrad: ``L2(d / 2,
      biases=True)``; there, biases are decayed by default, too.
    - PyTorch, ``AdamW(weight_decay=d)``: ``AdamW(weight_decay=d)``, which decays no
      biases.
    - Keras, ``kernel_regularizer=L1(a)`` or ``L2(a)``: ``L1(a)``, ``L2(a)``.
    - scikit-learn, ``MLPClassifier(alpha=a)`` and ``MLPRegressor``: ``L2(a / (2 n))``,
      n rows in a batch; there, it depends on the batch.
    - scikit-learn, ``LogisticRegression(C=c)``: ``L2(1 / (2 c n))``, n rows in all; the
      same with ``l1_ratio=1``: ``L1(1 / (c n))``.
    - scikit-learn, ``Ridge(alpha=a)``: ``L2(a / n)``.
    - scikit-learn, ``Lasso(alpha=a)``: ``L1(2 a)``.
    - scikit-learn, ``ElasticNet(alpha=a, l1_ratio=r)``: ``L1(2 a r) + L2(a (1 - r))``.

    The last three hold for "mean_squared_error" with one output: scikit-learn halves
    the squares, or adds them up. (`MLPRegressor` halves them as well: ``L2(a / n)``
    for it.) Read from right to left, the list converts back.
    """

    @property
    def strengths(self) -> Strengths:
        """What it comes to."""
        raise NotImplementedError

    def __add__(self, other: object) -> "Regularizer":
        """Return both together: strengths add up, of two limits the smaller holds."""
        if not isinstance(other, Regularizer):
            return NotImplemented
        return Sum((*_terms(self), *_terms(other)))


def _terms(regularizer: Regularizer) -> tuple[Regularizer, ...]:
    return regularizer.terms if isinstance(regularizer, Sum) else (regularizer,)


@dataclass(frozen=True)
class Sum(Regularizer):
    """Several regularizers together, as ``+`` makes them.

    Parameters
    ----------
    terms : tuple of Regularizer
    """

    terms: tuple[Regularizer, ...]

    def __repr__(self) -> str:
        """Return what the sum was written as."""
        return " + ".join(map(repr, self.terms))

    @property
    def strengths(self) -> Strengths:
        """What its terms come to together."""
        return reduce(_together, (term.strengths for term in self.terms))


def _together(a: Strengths, b: Strengths) -> Strengths:
    return Strengths(
        a.l1 + b.l1,
        a.l2 + b.l2,
        a.bias_l1 + b.bias_l1,
        a.bias_l2 + b.bias_l2,
        min(a.max_norm, b.max_norm),
    )


def _settle_penalty(penalty: "L1 | L2") -> None:
    settle(penalty, "alpha", 0)
    if not isinstance(penalty.biases, bool):
        raise TypeError(f"biases is {penalty.biases!r}; give True or False.")


@dataclass(frozen=True)
class L1(Regularizer):
    """The penalty alpha |w|_1, on weights and not on biases unless asked.

    It makes weights exactly zero, as no step along a gradient would: after each step of
    the optimizer w <- sign(w) max(|w| - alpha r, 0), the proximal map, where r is how
    far a gradient that stays 1 moves w in a step. So weights rest where mean loss +
    alpha |w|_1 is least, whatever the optimizer: no learning rate, momentum or scale of
    squares makes alpha another strength. r is learning_rate / (1 - momentum) for
    `schuss.SGD`; learning_rate / max(sqrt(v) + epsilon, alpha / 4) for `schuss.Adam`, v
    being corrected; likewise for `schuss.Adagrad` and, over 1 - momentum, for
    `schuss.RMSprop`. `schuss.Rprop`, whose steps do not tell how large gradients are,
    adds alpha sign(w) to them and stops at zero. `schuss.LBFGS` refuses it. With `L2`
    it is the elastic net. Sources: R. Tibshirani, 1996; I. Daubechies, M. Defrise and
    C. De Mol, 2004; J. Duchi, E. Hazan and Y. Singer, 2011; H. Zou and T. Hastie, 2005.

    Parameters
    ----------
    alpha : float, at least 0
        See `Regularizer` for what other libraries call it.
    biases : bool
        Whether it acts on biases as well.

    Raises
    ------
    TypeError, ValueError
        If `alpha` is no number or out of its range, or `biases` no truth value.
    """

    alpha: float
    biases: bool = False

    def __post_init__(self) -> None:
        _settle_penalty(self)

    @property
    def strengths(self) -> Strengths:
        """What it comes to."""
        return Strengths(l1=self.alpha, bias_l1=self.alpha * self.biases)


@dataclass(frozen=True)
class L2(Regularizer):
    """The penalty alpha |w|^2, on weights and not on biases unless asked.

    Its gradient is 2 alpha w: what other libraries call a weight decay of d in SGD is
    alpha = d / 2 here. Losses are reported without the penalty. The `weight_decay` of
    `schuss.AdamW` and others is another thing, decoupled from the gradient; in SGD
    without momentum the two are one where weight_decay = 2 alpha.

    Parameters
    ----------
    alpha : float, at least 0
        See `Regularizer` for what other libraries call it.
    biases : bool
        Whether it acts on biases as well.

    Raises
    ------
    TypeError, ValueError
        If `alpha` is no number or out of its range, or `biases` no truth value.
    """

    alpha: float
    biases: bool = False

    def __post_init__(self) -> None:
        _settle_penalty(self)

    @property
    def strengths(self) -> Strengths:
        """What it comes to."""
        return Strengths(l2=self.alpha, bias_l2=self.alpha * self.biases)


@dataclass(frozen=True)
class MaxNorm(Regularizer):
    """A limit of the norm of the weights that come into each unit.

    After each step the weights of a unit that is beyond it, a column of W, are scaled
    down to the limit, but for roundings. Biases do not count and are left alone.
    Sources: N. Srebro and A. Shraibman, 2005; N. Srivastava et al., "Dropout", 2014,
    section 5.1, where 3 or 4 was typical.

    Parameters
    ----------
    limit : float, above 0

    Raises
    ------
    TypeError, ValueError
        If `limit` is no number or out of its range.
    """

    limit: float

    def __post_init__(self) -> None:
        settle(self, "limit", 0, strict=True)

    @property
    def strengths(self) -> Strengths:
        """What it comes to."""
        return Strengths(max_norm=self.limit)
