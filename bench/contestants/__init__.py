"""Lists who takes part, how each wants to be started, and finds their classes."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

from bench.task import Layers

# What can be varied, and its values; the first of each is where the search begins.
Axes = dict[str, tuple[Any, ...]]


class Trainer(Protocol):
    """What trains; made from (task, threads, **one value of every axis).

    `epochs` of one block should be a multiple of `unit`.
    """

    unit: int

    @staticmethod
    def axes(task: Any) -> Axes:
        """Return what is worth trying on this task."""

    @staticmethod
    def refuses(task: Any) -> str:
        """Return why this task cannot be done here, or nothing."""

    def reset(self) -> None:
        """Go back to the first weights."""

    def train(self, epochs: int, shuffle: bool) -> None:
        """Train for some epochs; making the order and the batches is part of it."""

    def weights(self) -> Layers:
        """Return the weights and biases as they are now."""


def _limits(threads: int) -> dict[str, str]:
    """Return what most libraries read, once, when they are loaded."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return dict.fromkeys(names, str(threads))


def _limits_of_jax(threads: int) -> dict[str, str]:
    """Return what XLA reads: the size of its pool, and not to share one product."""
    limits = {"NPROC": str(threads), "PJRT_NPROC": str(threads)}
    if threads == 1:
        limits["XLA_FLAGS"] = (
            "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        )
    return _limits(threads) | limits | {"JAX_PLATFORMS": "cpu"}


@dataclass(frozen=True)
class Contestant:
    """A title for the tables, where its classes are, and its environment."""

    title: str
    module: str
    trainer: str = "Trainer"
    predictor: str = "Predictor"
    packages: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    environment: Callable[[int], dict[str, str]] = _limits


CONTESTANTS = {
    "schuss": Contestant(
        "schuss", "with_schuss", packages=("schuss",), imports=("schuss",)
    ),
    "numpy": Contestant(
        "NumPy loop", "with_numpy", packages=("numpy",), imports=("numpy",)
    ),
    "sklearn": Contestant(
        "scikit-learn", "with_sklearn", packages=("scikit-learn",), imports=("sklearn",)
    ),
    "torch": Contestant(
        "PyTorch, eager", "with_torch", packages=("torch",), imports=("torch",)
    ),
    "torch-compiled": Contestant(
        "PyTorch, compiled", "with_torch_compiled", imports=("torch",)
    ),
    "jax": Contestant(
        "JAX",
        "with_jax",
        packages=("jax",),
        imports=("jax",),
        environment=_limits_of_jax,
    ),
    "onnxruntime": Contestant(
        "ONNX Runtime",
        "with_onnxruntime",
        trainer="",
        packages=("onnxruntime",),
        imports=("onnxruntime",),
    ),
}


def those_with(trade: str) -> list[str]:
    """Return the names of those who have a `trainer` or a `predictor`."""
    return [name for name, one in CONTESTANTS.items() if getattr(one, trade)]


def find(name: str, trade: str) -> Any:
    """Import a contestant's class; ImportError if its library is not installed."""
    contestant = CONTESTANTS[name]
    module = import_module(f"bench.contestants.{contestant.module}")
    return cast(Any, getattr(module, getattr(contestant, trade)))


def about(name: str) -> dict[str, str]:
    """Return versions and what else a contestant's results depend on."""
    module = import_module(f"bench.contestants.{CONTESTANTS[name].module}")
    return cast(dict[str, str], module.about())
