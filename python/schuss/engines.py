"""The two engines a model can run on: C++ kernels, or their meaning in NumPy."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from schuss import _core, reference
from schuss.checks import check_known

# Of one layer: weights and bias of a dense one, vectors of another.
Parameters = tuple[NDArray[Any], ...]
State = reference.memory.State
Averaged = reference.memory.Averaged
Rows = reference.training.Rows
Result = reference.training.Result
Kind = reference.stages.Kind

# What a network may be asked to predict: the last layer's outputs, what the loss takes
# them to say that targets are on average, or the class of the largest.
OUTPUTS, MEANS, CLASSES = range(3)

ENGINES = ("native", "reference")
DTYPES = ("float32", "float64")


class Network(Protocol):
    """What both engines offer; `schuss.reference.Network` tells what it means."""

    def parameters(self, layer: int) -> Parameters:
        """Return copies of the parameters of a layer that has some."""

    def gradients(self, layer: int) -> Parameters:
        """Return copies of a layer's gradients."""

    def set_parameters(self, layer: int, *arrays: NDArray[Any]) -> None:
        """Set what `parameters` returns."""

    def start(
        self,
        optimizer: str,
        settings: Sequence[float],
        l2: float = 0.0,
        weight_decay: float = 0.0,
        *,
        l1: float = 0.0,
        bias_l1: float = 0.0,
        bias_l2: float = 0.0,
        max_norm: float = np.inf,
        clip_norm: float = np.inf,
        clip_value: float = np.inf,
        learning_rate_factors: Sequence[float] = (),
    ) -> None:
        """Start an optimizer."""

    def state(self) -> State:
        """Return the steps taken and copies of the optimizer's state."""

    def set_state(self, steps: int, slots: Sequence[Sequence[Parameters]]) -> None:
        """Set the steps taken and the optimizer's state."""

    def steps_taken(self) -> int:
        """Return the steps since the optimizer was started."""

    def start_average(self, decay: float) -> None:
        """Begin an average of all parameters with the next step."""

    def average(self) -> Averaged:
        """Return the steps averaged over, and copies of the average of each layer."""

    def set_average(self, steps: int, layers: Sequence[Parameters]) -> None:
        """Set what `average` returns, for an average that was started."""

    def training(
        self,
        X: NDArray[Any],
        targets: NDArray[Any],
        batch_size: int,
        key: int | None = None,
        first_epoch: int = 0,
        weights: NDArray[np.float64] | None = None,
        validation: Sequence[Rows] = (),
    ) -> "Training":
        """Return what trains the network on a table."""

    def evaluate(
        self,
        X: NDArray[Any],
        targets: NDArray[Any],
        weights: NDArray[np.float64] | None = None,
    ) -> tuple[float, int]:
        """Return the mean loss and the number of hits."""

    def differentiate(
        self,
        X: NDArray[Any],
        targets: NDArray[Any],
        weights: NDArray[np.float64] | None = None,
    ) -> float:
        """Return the mean loss; leave its gradient."""

    def predict(self, X: NDArray[Any], wanted: int = OUTPUTS) -> NDArray[Any]:
        """Return the outputs, means, or classes."""


class Training(Protocol):
    """Steps through a table; `schuss.reference.Training` tells what it means."""

    def run(self, learning_rates: NDArray[np.float64]) -> Result:
        """Take one step for every learning rate; return what came of it."""

    def gradient_norms(self) -> NDArray[np.float64]:
        """Return those of the steps of the last run, if they were measured."""

    def evaluations(self) -> NDArray[np.float64]:
        """Return those of the epochs that ended in the last run."""


def make_network(
    engine: str,
    dtype: str,
    inputs: int,
    layers: Sequence[tuple[int, str]],
    loss: str,
    scale: float,
    offset: float,
    stages: Sequence[tuple[int, Kind, Sequence[float], int]] = (),
    loss_settings: Sequence[float] = (),
    custom_loss: Callable[..., tuple[Any, Any]] | None = None,
) -> Network:
    """Build a network with zero parameters.

    Parameters
    ----------
    engine : str
        One of `ENGINES`.
    dtype : str
        One of `DTYPES`.
    inputs : int, at least 1
    layers : sequence of (int, str)
        Outputs and activation of each layer.
    loss : str
    scale, offset : float
    stages : sequence of (int, str or pair of callables, sequence of float, int)
        What stands between layers; see `schuss.reference.Network`.
    loss_settings : sequence of float
    custom_loss : callable of (outputs, targets), optional
        What computes the loss, if it is no kernel.

    Returns
    -------
    Network
    """
    check_known("engine", engine, ENGINES)
    check_known("dtype", dtype, DTYPES)
    if engine == "reference":
        return reference.Network(
            inputs,
            layers,
            loss,
            scale,
            offset,
            dtype,
            stages,
            loss_settings,
            custom_loss,
        )
    native = _core.float32.Network if dtype == "float32" else _core.float64.Network
    return native(
        inputs, layers, loss, scale, offset, stages, loss_settings, custom_loss
    )


def make_predictor(network: Network, dtype: str) -> Callable[..., NDArray[Any]]:
    """Return a function of (X, out) that does what `Network.predict` does for means.

    It is called with less ado: X is an array, and `out` None, or left out, or where the
    result goes.

    Parameters
    ----------
    network : Network
        A native one.
    dtype : str
        Its precision.

    Returns
    -------
    callable
    """
    single = dtype == "float32"
    make = _core.float32.predictor if single else _core.float64.predictor
    return make(network)


def make_sparse_table(
    starts: NDArray[Any],
    columns: NDArray[Any],
    values: NDArray[Any],
    width: int,
    name: str,
    dtype: str,
) -> object:
    """Copy a table in compressed rows to where C++ reads it, and check it.

    Parameters
    ----------
    starts : ndarray, shape (rows + 1,)
        Where each row begins in the other two, and where the last ends.
    columns : ndarray
        The column of every entry, rising in each row.
    values : ndarray of `dtype`
        The entries.
    width : int, at least 1
        The number of columns.
    name : str
        What the argument is called in the message.
    dtype : str

    Returns
    -------
    object

    Raises
    ------
    ValueError
        If it is none, is empty, or a number is not finite.
    """
    module = _core.float32 if dtype == "float32" else _core.float64
    return module.SparseTable(starts, columns, values, width, name)


def check_table(array: NDArray[Any], name: str, columns: int, dtype: str) -> None:
    """Check that an array is a table of finite numbers, whatever the engine.

    Parameters
    ----------
    array : ndarray
    name : str
        What the argument is called in the message.
    columns : int
        How many it must have; 0 for any number.
    dtype : str
        The precision in which its numbers must be finite.

    Raises
    ------
    TypeError, ValueError
        If it is not.
    """
    single = dtype == "float32"
    check = _core.float32.check_table if single else _core.float64.check_table
    check(array, name, columns)
