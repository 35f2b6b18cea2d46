"""Trains and predicts with PyTorch, eager, by its best idiom for a table in memory.

Tensors of scaled float32 stand ready and there is no DataLoader. Tried, and the fastest
kept: the three forms of its optimizer, and shuffling the table once per epoch against
collecting each batch by its indices. Gradients are dropped by hand, which is a little
faster than `zero_grad`, and no running loss is kept.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.contestants import Axes
from bench.task import Layers, Task
from bench.workloads import SQUARED_ERROR, Workload

FORMS: dict[str, dict[str, bool]] = {
    "fused": {"fused": True},
    "foreach": {"foreach": True},
    "loop": {"foreach": False},
}
_ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def about() -> dict[str, str]:
    """Return versions and what else the result depends on."""
    capability = torch.backends.cpu.get_cpu_capability()
    return {"PyTorch": f"{torch.__version__} ({capability})"}


def network(widths: tuple[int, ...], activation: str) -> nn.Sequential:
    """Return linear layers with activations between them."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), _ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


def linear(net: nn.Module) -> list[Any]:
    """Return the layers that have weights."""
    return [layer for layer in net.modules() if isinstance(layer, nn.Linear)]


def set_weights(net: nn.Module, layers: Layers) -> None:
    """Give a network its weights; PyTorch keeps them outputs by inputs."""
    with torch.no_grad():
        for layer, (weights, bias) in zip(linear(net), layers, strict=True):
            layer.weight.copy_(torch.from_numpy(weights.T))
            layer.bias.copy_(torch.from_numpy(bias))


def optimizer(net: nn.Module, work: Workload, form: str) -> torch.optim.Optimizer:
    """Return the workload's optimizer in one of its forms."""
    kind: Any = torch.optim.SGD if work.optimizer == "sgd" else torch.optim.Adam
    return kind(net.parameters(), lr=work.learning_rate, **FORMS[form])


class Trainer:
    """nn.Sequential, a functional loss, backward, and an optimizer of torch.optim."""

    unit = 1

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying."""
        forms: Axes = {"optimizer": tuple(FORMS)}
        return forms if task.full_batch else forms | {"gather": ("table", "batch")}

    @staticmethod
    def refuses(task: Task) -> str:
        """Return why this task cannot be done here, or nothing."""
        return ""

    def __init__(
        self, task: Task, threads: int, optimizer: str, gather: str = "none"
    ) -> None:
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        self._task, self._form, self._gather = task, optimizer, gather
        self._X = torch.from_numpy(task.scaled())
        self._y = torch.from_numpy(task.table.y)
        work = task.workload
        self._net = network(work.widths, work.activation)
        squared = work.loss == SQUARED_ERROR
        self._loss = functional.mse_loss if squared else functional.cross_entropy

    def reset(self) -> None:
        """Go back to the first weights and an optimizer that knows nothing."""
        set_weights(self._net, self._task.first)
        self._optimizer = optimizer(self._net, self._task.workload, self._form)

    def train(self, epochs: int, shuffle: bool) -> None:
        """Train; this alone is timed."""
        net, loss, step = self._net, self._loss, self._optimizer.step
        parameters = list(net.parameters())
        for _ in range(epochs):
            for x, y in self._batches(shuffle):
                for parameter in parameters:
                    parameter.grad = None
                loss(net(x), y).backward()
                step()

    def weights(self) -> Layers:
        """Return every layer's weights, inputs by outputs, and bias."""
        return [
            (layer.weight.detach().numpy().T, layer.bias.detach().numpy())
            for layer in linear(self._net)
        ]

    def _batches(self, shuffle: bool) -> Iterator[tuple[Tensor, Tensor]]:
        if self._task.full_batch:
            yield self._X, self._y
            return
        size, rows = self._task.batch_size, len(self._X)
        order = torch.randperm(rows) if shuffle else torch.arange(rows)
        if self._gather == "table":
            X, y = self._X.index_select(0, order), self._y.index_select(0, order)
            yield from zip(X.split(size), y.split(size), strict=True)
            return
        for some in order.split(size):
            yield self._X.index_select(0, some), self._y.index_select(0, some)


class Predictor:
    """The network and softmax in inference mode, which is entered once for all."""

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying."""
        return {}

    @staticmethod
    def refuses(task: Task) -> str:
        """Return why this task cannot be done here, or nothing."""
        return ""

    def __init__(self, task: Task, threads: int) -> None:
        torch.set_num_threads(threads)
        net = network(task.workload.widths, task.workload.activation)
        set_weights(net, task.first)
        net.append(nn.Softmax(dim=1))
        self.net: Any = net.eval().requires_grad_(False)
        torch.inference_mode().__enter__()

    def predict(self, x: Any) -> Any:
        """Return the probabilities of every row."""
        return self.net(torch.from_numpy(x)).numpy()
