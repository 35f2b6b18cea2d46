"""A model as one Python file that needs nothing but NumPy, and checks itself."""

import base64
import json
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schuss.export.golden import golden
from schuss.export.numpy_functions import FUNCTIONS, NEEDS
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

_LINE = 88

HEAD = '''\
"""A trained network, $title, that needs nothing but NumPy; written by schuss.

$what Run as a script, the file compares what it computes
for some rows with what is right, and ends with an error if that is something else.
"""

import base64
${math}
import numpy as np

DTYPE = np.dtype("$dtype")
$classes
'''

UNPACK = '''
def unpack(text, shapes):
    """Return the arrays that a text holds: bytes in base64, one after the other."""
    numbers, arrays = np.frombuffer(base64.b64decode(text), DTYPE), {}
    for name, shape in shapes.items():
        size = int(np.prod(shape))
        arrays[name], numbers = numbers[:size].reshape(shape), numbers[size:]
    return arrays
'''

NETWORK = '''
def outputs(X):
    """Return the outputs of the last layer, shape (rows, $outputs)."""
    x = np.asarray(X, DTYPE)
    if x.ndim != 2 or x.shape[1] != $inputs:
        raise ValueError(f"X has shape {x.shape}; give (rows, $inputs).")
$body
    return x
'''

MEANS = '''
def $function(X):
    """Return $result, shape $shape, for a table X of rows."""
    return $value
'''

CHECK = '''
def check():
    """Compare what is computed with what is right, within a bound on all roundings."""
    found = $function(arrays["golden_x"]).reshape(arrays["golden_y"].shape)
    off = np.abs(found - arrays["golden_y"])
    assert np.all(off <= arrays["golden_tolerances"]), f"it is off by {off.max()}."
'''

TAIL = '''
SHAPES = {
$shapes
}
TEXT = """
$text
"""
arrays = unpack(TEXT, SHAPES)

if __name__ == "__main__":
    check()
'''


def numpy_file(exported: Exported) -> str:
    """Return the text of a Python file.

    Parameters
    ----------
    exported : Exported

    Returns
    -------
    str
    """
    return NumpyFile(exported).text()


class NumpyFile:
    """A Python file; parameters as for `numpy_file`."""

    def __init__(self, exported: Exported) -> None:
        self._exported = exported
        self._arrays: dict[str, NDArray[Any]] = {}
        self._lines: list[str] = []
        self._functions: set[str] = set()
        self._kept = 0  # values that are not added yet
        for operation in exported.operations:
            self._operation(operation)
        for name, array in golden(exported)._asdict().items():
            short = {"X": "x", "expected": "y"}.get(name, name)
            self._arrays[f"golden_{short}"] = array
        if exported.final != "identity":
            self._call(exported.final)

    def text(self) -> str:
        """Return the whole file."""
        exported = self._exported
        used = [text for name, text in FUNCTIONS.items() if name in self._functions]
        public, compared, what = self._public()
        classes = ""
        if exported.classes is not None and exported.predicts == "classes":
            names = "".join(f"    {_literal(each)},\n" for each in exported.classes)
            classes = f"CLASSES = [\n{names}]\n"
        head = Template(HEAD).substitute(
            title=exported.title,
            what=what,
            math="import math\n" if "gelu" in self._functions else "",
            dtype=_kind(exported.dtype).str,
            classes=classes,
        )
        network = Template(NETWORK).substitute(
            inputs=exported.inputs,
            outputs=exported.outputs,
            body="\n".join(f"    {line}" for line in self._lines),
        )
        check = Template(CHECK).substitute(function=compared)
        parts = [head.rstrip("\n") + "\n", UNPACK, *used, network, *public, check]
        return "\n".join([*parts, self._tail()])

    def _tail(self) -> str:
        kind = _kind(self._exported.dtype)
        arrays = self._arrays.items()
        content = b"".join(array.astype(kind).tobytes() for _, array in arrays)
        text = base64.b64encode(content).decode()
        return Template(TAIL).substitute(
            shapes="\n".join(f'    "{name}": {a.shape!r},' for name, a in arrays),
            text="\n".join(
                text[first : first + _LINE] for first in range(0, len(text), _LINE)
            ),
        )

    def _public(self) -> tuple[list[str], str, str]:
        """Return functions for users, the one that is checked, and what is said."""
        exported, width = self._exported, self._exported.outputs
        table = f"(rows, {width})"
        flat, lone = (table, "") if width > 1 else ("(rows,)", "[:, 0]")
        final = "outputs(X)"
        if exported.final != "identity":
            final = f"{exported.final}({final})"
        if exported.predicts == "numbers":
            text = _function("predict", "what is predicted", flat, final + lone)
            return [text], "predict", "`predict` gives numbers."
        if exported.predicts == "bits":
            what, value = "`predict` gives events", f"(outputs(X) > 0){lone}"
            value += ".astype(np.int64)"
            label = _function("predict", "0 or 1 for every event", flat, value)
        else:
            what, value = "`predict` gives classes", "outputs(X).argmax(axis=1)"
            if exported.classes is not None:
                value = f"np.array(CLASSES)[{value}]"
            label = _function("predict", "the class of every row", "(rows,)", value)
        if not exported.has_probabilities:
            return [label], "outputs", f"{what}."
        name = "predict_proba"
        means = _function(name, "probabilities", table, final)
        return [label, means], name, f"{what}, `{name}` probabilities."

    def _operation(self, operation: Operation) -> None:
        if isinstance(operation, Keep):
            self._lines.append(f"kept_{self._kept} = x")
            self._kept += 1
        elif isinstance(operation, Add):
            self._kept -= 1
            self._lines.append(f"x = kept_{self._kept} + x")
        else:
            self._lines.append(f"x = {self._value(operation)}")

    def _value(self, operation: Operation) -> str:
        if isinstance(operation, Rescale):
            scaled = f"x * DTYPE.type({operation.scale!r})"
            return f"{scaled} + DTYPE.type({operation.offset!r})"
        if isinstance(operation, Product):
            weights = self._array("weights", operation.weights)
            return f"x @ {weights} + {self._array('bias', operation.bias)}"
        if isinstance(operation, Affine):
            scale = self._array("scale", operation.scale)
            return f"x * {scale} + {self._array('shift', operation.shift)}"
        if isinstance(operation, Slopes):
            return self._call("prelu", self._array("slopes", operation.slopes))
        if isinstance(operation, Normalize):
            gain = self._array("gain", operation.gain)
            shift = self._array("shift", operation.shift)
            return self._call("layer_norm", gain, shift, repr(operation.epsilon))
        assert isinstance(operation, Apply)
        return self._call(operation.name)

    def _call(self, function: str, *given: str) -> str:
        self._functions |= {function, *NEEDS.get(function, [])}
        return f"{function}({', '.join(['x', *given])})"

    def _array(self, name: str, array: NDArray[Any]) -> str:
        number = sum(each.startswith(f"{name}_") for each in self._arrays)
        self._arrays[f"{name}_{number}"] = array
        return f'arrays["{name}_{number}"]'


def _function(name: str, result: str, shape: str, value: str) -> str:
    return Template(MEANS).substitute(
        function=name, result=result, shape=shape, value=value
    )


def _kind(dtype: str) -> np.dtype[Any]:
    return np.dtype(dtype).newbyteorder("<")


def _literal(label: object) -> str:
    """Return a label as Python writes it, in double quotes."""
    value = label.item() if isinstance(label, np.generic) else label
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
