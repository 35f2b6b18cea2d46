"""scikit-learn's solvers as schuss's optimizers, and what a fit leaves to the next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schuss import SGD, Adam, AdamW
from schuss.engines import State
from schuss.lbfgs import LBFGS
from schuss.optimizers import Optimizer
from schuss.sklearn.objectives import Objective

STOCHASTIC = ("sgd", "adam")

# By which SciPy's L-BFGS-B ends unless it is told otherwise: 1e7 roundings of float64.
FACTOR = 2.220446049250313e-09


@dataclass
class Solver:
    """What goes on from one `partial_fit` to the next, and into a pickle.

    Parameters
    ----------
    optimizer : schuss optimizer
    learning_rate : float
        The current one, as scikit-learn's solvers have it.
    state : State, optional
        Of the optimizer, when the last fit ended.
    """

    optimizer: Optimizer
    learning_rate: float
    state: State | None = None

    def __call__(self, step: int, epoch: int) -> float:
        """Return the current learning rate, for an optimizer of gradient 1."""
        return self.learning_rate


def make_solver(estimator: Any, objective: Objective) -> Solver:
    """Return what an estimator's parameters ask for, at rest.

    schuss's gradient g is scikit-learn's, divided by c = `objective.gradient`. SGD with
    a learning rate c times as large makes the same steps, and so does Adam with an
    epsilon c times as small: m / (sqrt(v) + epsilon) stays as it is if all are.

    Parameters
    ----------
    estimator : estimator
    objective : Objective

    Returns
    -------
    Solver

    Raises
    ------
    TypeError, ValueError
        If parameters do not go together.
    """
    given = estimator.optimizer
    solver = Solver(given, float(estimator.learning_rate_init))
    if given is not None:
        _refuse_twice(estimator)
        return solver
    c = objective.gradient
    decay = float(estimator.weight_decay)
    clip = None if estimator.clip_norm is None else estimator.clip_norm / c
    if estimator.solver == "lbfgs":
        if decay or clip:
            raise ValueError(
                'solver="lbfgs" knows neither weight_decay nor clip_norm; give alpha, '
                "or another solver."
            )
        solver.optimizer = LBFGS(
            tolerance=FACTOR / c,
            gradient_tolerance=float(estimator.tol) / c,
            evaluations=int(estimator.max_fun),
        )
    elif estimator.solver == "sgd":
        solver.optimizer = SGD(
            _rate(estimator, solver, c),
            momentum=float(estimator.momentum),
            nesterov=bool(estimator.nesterovs_momentum),
            weight_decay=decay / c,
            clip_norm=clip,
        )
    else:
        kind = AdamW if decay else Adam
        decoupled = {"weight_decay": decay} if decay else {}
        solver.optimizer = kind(
            _rate(estimator, solver, 1.0),
            float(estimator.beta_1),
            float(estimator.beta_2),
            float(estimator.epsilon) / c,
            clip_norm=clip,
            **decoupled,
        )
    return solver


def _refuse_twice(estimator: Any) -> None:
    for name in ("weight_decay", "clip_norm"):
        if value := getattr(estimator, name):
            raise ValueError(
                f"there are an optimizer and {name}={value}; give it to the optimizer."
            )


def _rate(estimator: Any, solver: Solver, c: float) -> Any:
    """Return a learning rate that schuss multiplies its own gradient by."""
    kind = estimator.learning_rate
    if callable(kind):
        return kind if c == 1 else _Scaled(kind, c)
    if kind == "constant" or estimator.solver != "sgd":
        return solver.learning_rate * c
    return _Scaled(solver, c)


@dataclass(frozen=True)
class _Scaled:
    """A schedule times a constant."""

    schedule: Callable[[int, int], float]
    factor: float

    def __call__(self, step: int, epoch: int) -> float:
        return self.factor * self.schedule(step, epoch)
