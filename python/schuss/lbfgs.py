"""L-BFGS for full batches: the description of an optimizer that is SciPy's."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

from schuss.checks import settle
from schuss.optimizers import Optimizer


@dataclass(frozen=True)
class LBFGS(Optimizer):
    """Limited-memory BFGS: steps along -H g, H being learned from the last steps.

    w <- w - t H g, where g is the gradient of the loss over all rows and of the
    regularizer. H, an estimate of the inverse of the Hessian, is not stored but made
    anew from the last `memory` pairs s = (change of w), y = (change of g), each by
    H <- (I - s y' / y's) H (I - y s' / y's) + s s' / y's, and t is found by a line
    search for the conditions of Wolfe. Where the objective is convex and smooth it ends
    at the minimum, in tens or hundreds of passes where descent needs many thousands.

    The search is SciPy's L-BFGS-B in float64, without bounds; the loss and its gradient
    are the model's, in the model's precision. It needs SciPy: ``pip install
    "schuss[lbfgs]"``. Sources: J. Nocedal, 1980; D. C. Liu and J. Nocedal, 1989;
    C. Zhu, R. H. Byrd, P. Lu and J. Nocedal, 1997.

    One epoch of `Model.fit` is one iteration, which is a pass over all rows or several.
    ``batch_size=None`` is needed, `gradient_tolerance` says how near to the minimum is
    near enough, and a fit cannot be resumed: another begins from the weights there are,
    with nothing learned. The history has "loss", without the penalty, "accuracy" for
    labels and "gradient_norm" at the weights each iteration ended with, and no
    "learning_rate". Accuracy costs a further pass down per iteration.

    Parameters
    ----------
    memory : int, at least 1
        Pairs that are kept, each of the size of two gradients in float64.
    tolerance : float, at least 0
        The fit also ends once an iteration lowers the objective f by no more than
        tolerance max(|f before|, |f after|, 1). At 0 that is when it lowers it no more.
    line_search : int, at least 1
        Passes that one line search may take before it gives up.
    gradient_tolerance : float, at least 0
        The fit also ends with an iteration after which no number of the objective's
        gradient is larger; `fit` has a tolerance of the same name for its norm.
    evaluations : int, at least 1, optional
        After so many passes the iteration that is under way is the last.

    Raises
    ------
    TypeError, ValueError
        If an argument is no number or out of its range.
    ImportError
        If there is no SciPy.
    """

    memory: int = 10
    tolerance: float = 0.0
    line_search: int = 20
    gradient_tolerance: float = 0.0
    evaluations: int | None = None
    name: ClassVar[str] = "lbfgs"

    def __post_init__(self) -> None:
        settle(self, "memory", 1, whole=True)
        settle(self, "tolerance", 0)
        settle(self, "line_search", 1, whole=True)
        settle(self, "gradient_tolerance", 0)
        if self.evaluations is not None:
            settle(self, "evaluations", 1, whole=True)
        scipy_optimize()


def scipy_optimize() -> Any:
    """Return `scipy.optimize`.

    Raises
    ------
    ImportError
        If there is no SciPy.
    """
    try:
        return import_module("scipy.optimize")
    except ImportError as error:
        raise ImportError(
            'LBFGS needs SciPy; pip install "schuss[lbfgs]", or SciPy alone.'
        ) from error
