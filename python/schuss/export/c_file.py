"""A model as one C99 file: constants, a few loops with names, and a test of itself."""

import re
from string import Template
from typing import Any

from schuss.checks import check_known
from schuss.export.c_functions import FUNCTIONS
from schuss.export.c_network import CNetwork, c_array, c_type
from schuss.export.golden import ROWS, golden
from schuss.export.operations import Exported
from schuss.export.quantization import quantized

_LINE = 80

HEAD = """\
/* A trained network, $title, with which schuss wrote this file.
 *
$what
 *
 * Nothing is allocated or kept between calls, which may come from any number of
 * threads; a call takes about $stack bytes of stack. Compiled with -DSCHUSS_SELF_TEST
 * the file is a program that returns 0 if it computes what it was made to.
 */
#include <math.h>

enum { ${NAME}_INPUTS = $inputs, ${NAME}_OUTPUTS = $outputs };

$prototypes
"""

OUTPUTS = """
/* The outputs of the last layer. */
static void outputs_of(const $real *x, $real *y) {
$body
}
"""

SELF_TEST = """
#ifdef SCHUSS_SELF_TEST

$arrays
int main(void) {
  for (int row = 0; row < $rows; ++row) {
    $real y[${NAME}_OUTPUTS];
    $function(golden_x + row * ${NAME}_INPUTS, y);
    for (int k = 0; k < ${NAME}_OUTPUTS; ++k) {
      const int place = row * ${NAME}_OUTPUTS + k;
      const $real difference = y[k] - golden_y[place];
      if (!(fabs$f(difference) <= golden_tolerances[place])) return row + 1;
    }
  }
  return 0;
}

#endif
"""

# Where the largest output, or its sign, is what a model predicts: the type returned,
# the result, and what is done.
LABELS = {
    "classes": (
        "int",
        "",
        """\
  $real y[${NAME}_OUTPUTS];
  outputs_of(x, y);
  return largest(${NAME}_OUTPUTS, y);""",
    ),
    "bits": (
        "void",
        "int events",
        """\
  $real y[${NAME}_OUTPUTS];
  outputs_of(x, y);
  for (int k = 0; k < ${NAME}_OUTPUTS; ++k) events[k] = y[k] > 0;""",
    ),
}
FINALS = {
    "softmax": "  softmax(${NAME}_OUTPUTS, $y);",
    "sigmoid": "  apply(${NAME}_OUTPUTS, sigmoid, $y);",
    "exp": "  apply(${NAME}_OUTPUTS, exp$f, $y);",
}


def c_file(exported: Exported, name: str, quantization: str | None) -> str:
    """Return the text of a C file.

    Parameters
    ----------
    exported : Exported
    name : str
        What its functions' names begin with.
    quantization : "int8" or None

    Returns
    -------
    str

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.
    """
    if not isinstance(name, str):
        raise TypeError(f"name is {name!r}; give a text.")
    if not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name):
        raise ValueError(
            f"name is {name!r}, with which no name in C can begin; give a letter, and "
            "letters, digits and _ after it."
        )
    if quantization is not None:
        check_known("quantization", quantization, ["int8"])
        exported = quantized(exported)
    return CFile(exported, name).text()


class CFile:
    """A C file; parameters as for `c_file`."""

    def __init__(self, exported: Exported, name: str) -> None:
        self._exported, self._name = exported, name
        self._network = CNetwork(exported)
        real, suffix = c_type(exported.dtype)
        self._words = {
            "real": real,
            "f": suffix,
            "name": name,
            "NAME": name.upper(),
            "inputs": exported.inputs,
            "outputs": exported.outputs,
            "title": exported.title,
        }
        self._public = self._functions()

    def text(self) -> str:
        """Return the whole file."""
        network = self._network
        bodies = "\n".join(f"{head} {{\n{body}\n}}\n" for head, body in self._public)
        width = 4 if self._words["f"] else 8
        stack = width * (sum(network.buffers.values()) + self._exported.outputs)
        used = (text for name, text in FUNCTIONS.items() if name in network.functions)
        prototypes = "\n".join(f"{head};" for head, _ in self._public)
        return "".join(
            [
                self._filled(
                    HEAD, what=self._what(), stack=stack, prototypes=prototypes
                ),
                self._classes(),
                "\n",
                "\n".join(network.arrays),
                *(self._filled(text) for text in used),
                self._filled(OUTPUTS, body=self._body()),
                "\n",
                bodies,
                self._self_test(),
            ]
        )

    def _filled(self, text: str, **more: Any) -> str:
        return Template(text).substitute(self._words | more)

    def _what(self) -> str:
        """Return what is said of the functions and the weights."""
        kinds = {"classes": "the class of a row x, from 0", "bits": "likely events"}
        what = kinds.get(self._exported.predicts, "numbers")
        lines = [
            f"{self._name}_predict gives {what}.",
            "The inputs x are as they were in the training, and finite.",
        ]
        if "dense_int8" in self._network.functions:
            lines.append("Weights are int8 times a scale of their unit, and each is")
            lines.append("within half that scale of what it was in the training.")
        return "\n".join(f" * {line}" for line in lines)

    def _functions(self) -> list[tuple[str, str]]:
        """Return the heads and bodies of the functions for users."""
        exported, need = self._exported, self._network.need
        functions = []
        if exported.predicts in LABELS:
            kind, result, body = LABELS[exported.predicts]
            functions.append(self._function(kind, "predict", result, body))
        if exported.predicts == "classes":
            need("largest")
        if exported.has_probabilities:
            name, y = "predict_proba", "probabilities"
        elif exported.predicts == "classes":
            name, y = "scores", "scores"
        else:
            name, y = "predict", "prediction"
        body = "  outputs_of(x, $y);"
        if exported.final != "identity":
            body += f"\n{FINALS[exported.final]}"
            need("softmax" if exported.final == "softmax" else "apply")
        if exported.final == "sigmoid":
            need("sigmoid")
        self._compared = f"{self._name}_{name}"
        return [*functions, self._function("void", name, f"$real {y}", body, y)]

    def _function(
        self, kind: str, name: str, result: str, body: str, y: str = ""
    ) -> tuple[str, str]:
        into = f", {result}[${{NAME}}_OUTPUTS]" if result else ""
        head = f"{kind} ${{name}}_{name}(const $real x[${{NAME}}_INPUTS]{into})"
        head, body = self._filled(head), self._filled(body, y=y)
        if len(head) > _LINE:
            head = head.replace(", ", f",\n{' ' * (head.index('(') + 1)}", 1)
        return head, body

    def _classes(self) -> str:
        """Return the names of the classes, if they have some."""
        if self._exported.classes is None:
            return ""
        names = "\n".join(f'  "{_escaped(each)}",' for each in self._exported.classes)
        head = "\n/* What the classes are called. */\n"
        return head + self._filled(
            "extern const char *const ${name}_classes[${NAME}_OUTPUTS];\n"
            "const char *const ${name}_classes[${NAME}_OUTPUTS] = {\n"
            "$names\n};\n",
            names=names,
        )

    def _body(self) -> str:
        sizes = self._network.buffers.items()
        buffers = [f"{self._words['real']} {name}[{size}];" for name, size in sizes]
        return "\n".join(f"  {line}" for line in [*buffers, *self._network.calls])

    def _self_test(self) -> str:
        X, y, tolerances = (part.ravel() for part in golden(self._exported))
        parts = [("x", X), ("y", y), ("tolerances", tolerances)]
        arrays = "\n".join(c_array(f"golden_{name}", part) for name, part in parts)
        return self._filled(
            SELF_TEST, arrays=arrays, rows=ROWS, function=self._compared
        )


def _escaped(label: object) -> str:
    """Return a label as the inside of a C string in UTF-8."""
    return "".join(
        f"\\{byte:03o}" if byte in b'"\\?' or not 32 <= byte < 127 else chr(byte)
        for byte in str(label).encode()
    )
