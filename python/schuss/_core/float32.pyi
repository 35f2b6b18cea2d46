from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_Parameters = tuple[NDArray[Any], ...]
_Function = Callable[[NDArray[Any]], NDArray[Any]]
_Kind = str | tuple[_Function, _Function]
_State = tuple[int, list[list[_Parameters]]]
_Problem = str | BaseException | None
_Result = tuple[NDArray[np.float64], NDArray[np.int64], float, int, _Problem]

def check_table(array: NDArray[Any], name: str, columns: int = 0) -> None: ...

_Rows = tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]

class Training:
    def __init__(
        self,
        network: Network,
        X: NDArray[Any],
        targets: NDArray[Any],
        batch_size: int,
        key: int | None = None,
        first_epoch: int = 0,
        weights: NDArray[np.float64] | None = None,
        validation: Sequence[_Rows] = (),
    ) -> None: ...
    def run(self, learning_rates: NDArray[np.float64]) -> _Result: ...
    def gradient_norms(self) -> NDArray[np.float64]: ...
    def evaluations(self) -> NDArray[np.float64]: ...

class Network:
    def __init__(
        self,
        inputs: int,
        layers: Sequence[tuple[int, str]],
        loss: str,
        scale: float = 1.0,
        offset: float = 0.0,
        stages: Sequence[tuple[int, _Kind, Sequence[float], int]] = (),
        loss_settings: Sequence[float] = (),
        custom_loss: Callable[..., tuple[Any, Any]] | None = None,
    ) -> None: ...
    @property
    def isa(self) -> str: ...
    def parameters(self, layer: int) -> _Parameters: ...
    def gradients(self, layer: int) -> _Parameters: ...
    def set_parameters(self, layer: int, *arrays: NDArray[Any]) -> None: ...
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
        max_norm: float = ...,
        clip_norm: float = ...,
        clip_value: float = ...,
        learning_rate_factors: Sequence[float] = ...,
    ) -> None: ...
    def state(self) -> _State: ...
    def set_state(self, steps: int, slots: Sequence[Sequence[_Parameters]]) -> None: ...
    def steps_taken(self) -> int: ...
    def start_average(self, decay: float) -> None: ...
    def average(self) -> tuple[int, list[_Parameters]]: ...
    def set_average(self, steps: int, layers: Sequence[_Parameters]) -> None: ...
    def training(
        self,
        X: NDArray[Any],
        targets: NDArray[Any],
        batch_size: int,
        key: int | None = None,
        first_epoch: int = 0,
        weights: NDArray[np.float64] | None = None,
        validation: Sequence[_Rows] = (),
    ) -> Training: ...
    def evaluate(
        self,
        X: NDArray[Any],
        targets: NDArray[Any],
        weights: NDArray[np.float64] | None = None,
    ) -> tuple[float, int]: ...
    def differentiate(
        self,
        X: NDArray[Any],
        targets: NDArray[Any],
        weights: NDArray[np.float64] | None = None,
    ) -> float: ...
    def predict(self, X: NDArray[Any], wanted: int = 0) -> NDArray[Any]: ...

def predictor(network: Any) -> Callable[..., NDArray[Any]]: ...
