"""Trains and predicts with PyTorch compiled by Inductor, in the better of two ways.

"autograd" compiles network and loss, whose backward pass is then compiled, too, and the
optimizer's step beside it. "step" compiles all of one step into one graph: collecting
the batch, the gradients by `torch.func`, and the update in place, which saves most of
the crossings between Python and PyTorch.
"""

import warnings
from collections.abc import Callable
from typing import Any

import torch
import torch._inductor.config as inductor
from torch import Tensor
from torch.func import functional_call, grad

from bench.contestants import Axes, with_torch
from bench.task import Task

about = with_torch.about
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8


class Trainer(with_torch.Trainer):
    """As the eager one, with its parts compiled."""

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying."""
        ways: Axes = {"way": ("step", "autograd")}
        return ways if task.full_batch else ways | {"gather": ("batch", "table")}

    def __init__(
        self, task: Task, threads: int, way: str, gather: str = "none"
    ) -> None:
        super().__init__(
            task, threads, "fused" if way == "autograd" else "loop", gather
        )
        self._way = way
        self._module = self._net
        self._compiled: Callable[..., Tensor] = torch.compile(
            self._loss_of, dynamic=False, fullgraph=True
        )
        self._whole = torch.compile(self._one_step, dynamic=False, fullgraph=True)

    def reset(self) -> None:
        """Go back to the first weights and an optimizer that knows nothing."""
        super().reset()
        with torch.no_grad():
            self._parameters = {
                name: p.detach().clone(memory_format=torch.contiguous_format)
                for name, p in self._net.named_parameters()
            }
        zeros = {name: torch.zeros_like(p) for name, p in self._parameters.items()}
        self._state = {
            "first": zeros,
            "second": {name: zero.clone() for name, zero in zeros.items()},
            "count": torch.zeros(()),
        }

    def train(self, epochs: int, shuffle: bool) -> None:
        """Train; this alone is timed."""
        for _ in range(epochs):
            if self._way == "step":
                self._steps(shuffle)
            else:
                self._with_autograd(shuffle)

    def weights(self) -> Any:
        """Return every layer's weights, inputs by outputs, and bias."""
        if self._way == "step":
            with torch.no_grad():
                for name, p in self._net.named_parameters():
                    p.copy_(self._parameters[name])
        return super().weights()

    def _with_autograd(self, shuffle: bool) -> None:
        parameters, step = list(self._net.parameters()), self._optimizer.step
        for x, y in self._batches(shuffle):
            for parameter in parameters:
                parameter.grad = None
            self._compiled(x, y).backward()
            step()

    def _loss_of(self, x: Tensor, y: Tensor) -> Tensor:
        return self._loss(self._module(x), y)

    def _steps(self, shuffle: bool) -> None:
        whole, parameters, state = self._whole, self._parameters, self._state
        if self._gather == "batch":
            rows = len(self._X)
            order = torch.randperm(rows) if shuffle else torch.arange(rows)
            for some in order.split(self._task.batch_size):
                whole(parameters, state, self._X, self._y, some)
            return
        for x, y in self._batches(shuffle):
            whole(parameters, state, x, y, None)

    def _one_step(
        self, parameters: Any, state: Any, x: Tensor, y: Tensor, some: Tensor | None
    ) -> None:
        if some is not None:
            x, y = x.index_select(0, some), y.index_select(0, some)

        def loss(values: dict[str, Tensor]) -> Tensor:
            return self._loss(functional_call(self._module, values, (x,)), y)

        gradients = grad(loss)(parameters)
        rate = self._task.workload.learning_rate
        if self._task.workload.optimizer == "sgd":
            for name, p in parameters.items():
                p.sub_(gradients[name], alpha=rate)
        else:
            _adam(parameters, gradients, state, rate)


def _adam(parameters: Any, gradients: Any, state: Any, rate: float) -> None:
    count = state["count"].add_(1)
    rate = rate / (1 - _BETA1**count)
    root = (1 - _BETA2**count).rsqrt()
    for name, p in parameters.items():
        g, m, v = gradients[name], state["first"][name], state["second"][name]
        m.mul_(_BETA1).add_(g, alpha=1 - _BETA1)
        v.mul_(_BETA2).addcmul_(g, g, value=1 - _BETA2)
        p.sub_(rate * m / (v.sqrt() * root + _EPSILON))


class Predictor(with_torch.Predictor):
    """The network compiled: as it is, with frozen weights, or as TorchScript.

    "tuned" also lets Inductor try kernels of its own for products with frozen weights.
    """

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying."""
        return {"way": ("frozen", "plain", "tuned", "script")}

    def __init__(self, task: Task, threads: int, way: str) -> None:
        super().__init__(task, threads)
        torch.compiler.reset()
        if way == "script":
            self._script(task)
            return
        inductor.freezing = way in ("frozen", "tuned")
        mode = "max-autotune-no-cudagraphs" if way == "tuned" else "default"
        self.net = torch.compile(self.net, dynamic=False, fullgraph=True, mode=mode)

    def _script(self, task: Task) -> None:
        # Deprecated, and still the quickest call of PyTorch's for one row.
        warnings.simplefilter("ignore", DeprecationWarning)
        example = torch.from_numpy(task.table.X[:1])
        with torch.inference_mode(False), torch.no_grad():
            traced = torch.jit.trace(self.net, example.clone())
            frozen = torch.jit.freeze(traced)
            self.net = torch.jit.optimize_for_inference(frozen)
