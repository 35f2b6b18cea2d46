"""There are nodes for every activation; the files' tests run them."""

import pytest

from schuss import reference
from schuss.export.onnx_activations import Activations
from schuss.export.onnx_graph import Graph

onnx = pytest.importorskip("onnx")


def test_every_activation_has_nodes():
    for name in set(reference.ACTIVATIONS) - {"identity"}:
        graph = Graph(onnx, "float32")
        assert Activations(graph).add(name, "x") == graph.nodes[-1].output[0]
