"""Predicts with ONNX Runtime: a graph of Gemm, activations and Softmax.

All optimizations of graphs are on. Tried: whether its threads spin between calls, and
whether inputs and outputs are bound beforehand.
"""

from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from bench.contestants import Axes
from bench.task import Layers, Task

_OPERATORS = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid"}
# Every ONNX Runtime of the last years reads these.
_OPSET, _IR_VERSION = 17, 8


def about() -> dict[str, str]:
    """Return versions and what else the result depends on."""
    return {"ONNX Runtime": onnxruntime.__version__}


def model_of(layers: Layers, activation: str) -> onnx.ModelProto:
    """Return the network with softmax at its end."""
    nodes, initializers, last = [], [], "x"
    for i, (weights, bias) in enumerate(layers):
        for name, array in ((f"w{i}", weights), (f"b{i}", bias)):
            initializers.append(
                numpy_helper.from_array(np.ascontiguousarray(array), name)
            )
        nodes.append(helper.make_node("Gemm", [last, f"w{i}", f"b{i}"], [f"z{i}"]))
        final = i == len(layers) - 1
        operator, last = (
            ("Softmax", "p") if final else (_OPERATORS[activation], f"a{i}")
        )
        nodes.append(helper.make_node(operator, [f"z{i}"], [last]))
    inputs, outputs = len(layers[0][0]), len(layers[-1][1])

    def table(name: str, width: int) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, width])

    graph = helper.make_graph(
        nodes, "network", [table("x", inputs)], [table("p", outputs)], initializers
    )
    opset = helper.make_opsetid("", _OPSET)
    return helper.make_model(graph, opset_imports=[opset], ir_version=_IR_VERSION)


class Predictor:
    """An InferenceSession on the CPU."""

    @staticmethod
    def axes(task: Task) -> Axes:
        """Return what is worth trying."""
        return {"spinning": ("1", "0"), "call": ("run", "binding")}

    @staticmethod
    def refuses(task: Task) -> str:
        """Return why this task cannot be done here, or nothing."""
        return ""

    def __init__(self, task: Task, threads: int, spinning: str, call: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", spinning)
        model = model_of(task.first, task.workload.activation).SerializeToString()
        self._session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )
        self._binding = self._session.io_binding()
        if call == "binding":
            self.predict = self._bound

    def predict(self, x: Any) -> Any:
        """Return the probabilities of every row."""
        return self._session.run(None, {"x": x})[0]

    def _bound(self, x: Any) -> Any:
        binding = self._binding
        binding.bind_cpu_input("x", x)
        binding.bind_output("p")
        self._session.run_with_iobinding(binding)
        return binding.copy_outputs_to_cpu()[0]
