"""A model as an ONNX graph: a node or a few for every operation."""

import json
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.export.onnx_activations import Activations
from schuss.export.onnx_graph import Graph
from schuss.export.operations import (
    Add,
    Affine,
    Apply,
    Exported,
    Keep,
    Normalize,
    Operation,
    Product,
    Rescale,
    Slopes,
)

# What runtimes of 2020 and later read.
OPSET, IR_VERSION = 13, 7
# What a file holds, and some room for what are no weights.
MOST_BYTES = 2**31 - 2**20


def onnx_file(exported: Exported) -> bytes:
    """Return the content of an ONNX file.

    Parameters
    ----------
    exported : Exported

    Returns
    -------
    bytes

    Raises
    ------
    ImportError
        If there is no onnx.
    ValueError
        If the file would exceed the 2 GB of the format.
    """
    onnx = _onnx()
    _check_size(exported)
    kind = _kind(onnx, exported.dtype)
    graph = Network(onnx, exported.dtype)
    outputs = graph.outputs(exported)
    make = onnx.helper.make_tensor_value_info
    results = [
        make(name, _kind(onnx, dtype), shape)
        for name, dtype, shape in graph.results(exported, outputs)
    ]
    model = onnx.helper.make_model(
        onnx.helper.make_graph(
            graph.nodes,
            "schuss",
            [make("X", kind, ["rows", exported.inputs])],
            results,
            graph.constants,
        ),
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="schuss",
    )
    if exported.feature_names is not None:
        names = json.dumps(exported.feature_names)
        onnx.helper.set_model_props(model, {"feature_names": names})
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def _onnx() -> Any:
    try:
        for part in ("checker", "helper", "numpy_helper"):
            import_module(f"onnx.{part}")
        return import_module("onnx")
    except ImportError as error:
        raise ImportError('to_onnx needs ONNX; pip install "schuss[onnx]".') from error


def _check_size(exported: Exported) -> None:
    products = (each for each in exported.operations if isinstance(each, Product))
    size = sum(each.weights.nbytes for each in products)
    if size > MOST_BYTES:
        raise ValueError(
            f"the weights take {size / 1e9:.1f} GB, and an ONNX file holds less than "
            "2.1 GB; write the model with to_numpy."
        )


def _kind(onnx: Any, dtype: str) -> int:
    known = onnx.TensorProto
    if dtype == "str":
        return int(known.STRING)
    return int(onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))


class Network(Graph):
    """The graph of a network; parameters as for `Graph`."""

    def outputs(self, exported: Exported) -> str:
        """Add all operations; return the name of the last layer's outputs."""
        x, kept = "X", []
        for operation in exported.operations:
            if isinstance(operation, Keep):
                kept.append(x)
            elif isinstance(operation, Add):
                x = self.add("Add", kept.pop(), x)
            else:
                x = self._operation(operation, x)
        return x

    def results(
        self, exported: Exported, outputs: str
    ) -> list[tuple[str, str, list[str | int]]]:
        """Add what a user asks for; return names, dtypes and shapes.

        Parameters
        ----------
        exported : Exported
        outputs : str
            The last layer's.
        """
        width, dtype = exported.outputs, str(self.dtype)
        table: list[str | int] = ["rows", width]
        # As `Model.predict`, numbers of one output are in one dimension.
        shape: list[str | int] = ["rows", width] if width > 1 else ["rows"]
        if exported.predicts == "numbers":
            means = self.add("Exp", outputs) if exported.final == "exp" else outputs
            self._flat(means, "prediction", width)
            return [("prediction", dtype, shape)]
        if exported.predicts == "bits":
            bits = self.add("Less", 0.0, outputs)
            self._flat(bits, "label", width, to=int(self.onnx.TensorProto.INT64))
            self.add("Sigmoid", outputs, name="probabilities")
            return [("label", "int64", shape), ("probabilities", dtype, table)]
        of_label = self._label(exported.classes, outputs)
        if exported.has_probabilities:
            name = self.add("Softmax", outputs, name="probabilities", axis=1)
        else:
            name = self.add("Identity", outputs, name="scores")
        return [("label", of_label, ["rows"]), (name, dtype, table)]

    def _label(self, classes: NDArray[Any] | None, outputs: str) -> str:
        """Add the label of the largest output; return its dtype."""
        index = "" if classes is not None else "label"
        index = self.add("ArgMax", outputs, name=index, axis=1, keepdims=0)
        if classes is None:
            return "int64"
        text = classes.dtype.kind not in "biuf"
        kind = object if text else np.float64 if classes.dtype.kind == "f" else np.int64
        labels = np.array([str(each) if text else each for each in classes], kind)
        self.add("Gather", self.constant("classes", labels), index, name="label")
        return "str" if text else str(labels.dtype)

    def _flat(self, table: str, name: str, width: int, to: int = 0) -> None:
        """Add a table under a name, of another type or without a lone column."""
        if to:
            table = self.add("Cast", table, name=name if width > 1 else "", to=to)
        if width == 1:
            flat = self.constant("shape", np.array([-1], np.int64))
            self.add("Reshape", table, flat, name=name)
        elif not to:
            self.add("Identity", table, name=name)

    def _operation(self, operation: Operation, x: str) -> str:
        if isinstance(operation, Product):
            weights = self.constant("weights", operation.weights)
            return self.add("Gemm", x, weights, self.constant("bias", operation.bias))
        if isinstance(operation, Rescale):
            scaled = self.add("Mul", x, operation.scale)
            return self.add("Add", scaled, operation.offset)
        if isinstance(operation, Slopes):
            below = self.add("Mul", x, self.constant("slope", operation.slopes))
            return self.add("Where", self.add("Less", x, 0.0), below, x)
        if isinstance(operation, Affine | Normalize):
            if isinstance(operation, Affine):
                z, scale = x, operation.scale
            else:
                z, scale = self._normalized(x, operation.epsilon), operation.gain
            scaled = self.add("Mul", z, self.constant("gain", scale))
            return self.add("Add", scaled, self.constant("shift", operation.shift))
        assert isinstance(operation, Apply)
        return Activations(self).add(operation.name, x)

    def _normalized(self, x: str, epsilon: float) -> str:
        centred = self.add("Sub", x, self.add("ReduceMean", x, axes=[1], keepdims=1))
        squares = self.add("Mul", centred, centred)
        variance = self.add("ReduceMean", squares, axes=[1], keepdims=1)
        deviation = self.add("Sqrt", self.add("Add", variance, epsilon))
        return self.add("Div", centred, deviation)
