"""Trains with PyTorch, eager, by its best idiom for a table that fits in memory.

Tensors of scaled float32 stand ready and there is no DataLoader. Tried, and the fastest
kept: the three forms of its SGD, and shuffling the table once per epoch against
collecting each batch by its indices. Gradients are dropped by hand, which is a little
faster than `zero_grad`, and no running loss is kept, as schuss and scikit-learn do.
"""

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.rivals.workloads import Layers, Task

_FORMS: dict[str, dict[str, bool]] = {
    "fused": {"fused": True},
    "foreach": {"foreach": True},
    "loop": {"foreach": False},
}


class Torch:
    """nn.Sequential, cross_entropy, backward, torch.optim.SGD."""

    options = tuple(
        {"sgd": form, "gather": unit}
        for form, unit in product(_FORMS, ("table", "batch"))
    )

    def __init__(self, task: Task, threads: int, sgd: str, gather: str) -> None:
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        work = task.workload
        self._task, self._form, self._gather = task, _FORMS[sgd], gather
        self._X, self._y = torch.from_numpy(task.scaled()), torch.from_numpy(task.y)
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(work.widths):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        self._net = nn.Sequential(*layers[:-1])

    def reset(self) -> None:
        """Go back to the first weights and a velocity of zero."""
        with torch.no_grad():
            for layer, (weights, bias) in zip(
                self._linear, self._task.first, strict=True
            ):
                layer.weight.copy_(torch.from_numpy(weights.T))
                layer.bias.copy_(torch.from_numpy(bias))
        work = self._task.workload
        self._optimizer = torch.optim.SGD(
            self._net.parameters(), work.learning_rate, work.momentum, **self._form
        )

    def train(self, epochs: int, shuffle: bool) -> None:
        """Train; this alone is timed."""
        net, optimizer = self._net, self._optimizer
        parameters = list(net.parameters())
        for _ in range(epochs):
            for x, y in self._batches(shuffle):
                for parameter in parameters:
                    parameter.grad = None
                functional.cross_entropy(net(x), y).backward()
                optimizer.step()

    def weights(self) -> Layers:
        """Return every layer's weights, inputs by outputs, and bias."""
        return [
            (layer.weight.detach().numpy().T, layer.bias.detach().numpy())
            for layer in self._linear
        ]

    @staticmethod
    def about() -> dict[str, str]:
        """Return versions and what else the result depends on."""
        capability = torch.backends.cpu.get_cpu_capability()
        return {"PyTorch": f"{torch.__version__} ({capability})"}

    @property
    def _linear(self) -> list[Any]:
        return [layer for layer in self._net if isinstance(layer, nn.Linear)]

    def _batches(self, shuffle: bool) -> Iterator[tuple[Tensor, Tensor]]:
        size = self._task.workload.batch_size
        rows = len(self._X)
        order = torch.randperm(rows) if shuffle else torch.arange(rows)
        if self._gather == "table":
            X, y = self._X.index_select(0, order), self._y.index_select(0, order)
            yield from zip(X.split(size), y.split(size), strict=True)
            return
        for some in order.split(size):
            yield self._X.index_select(0, some), self._y.index_select(0, some)
