"""A graph has every number once, and what runtimes lack in float64 in float32."""

import pytest

from schuss.export.onnx_graph import Graph

onnx = pytest.importorskip("onnx")


def test_numbers_are_constants_that_are_there_once(dtype):
    graph = Graph(onnx, dtype)
    names = {graph.add("Add", "x", 1.0), graph.add("Add", "x", 1.0, name="y")}
    assert len(names) == 2 and "y" in names
    assert len(graph.nodes) == 2 and len(graph.constants) == 1
    assert graph.nodes[0].input == graph.nodes[1].input


def test_single_operators_are_between_conversions(dtype):
    graph = Graph(onnx, dtype)
    graph.add_single("Erf", "x")
    kinds = [node.op_type for node in graph.nodes]
    assert kinds == (["Erf"] if dtype == "float32" else ["Cast", "Erf", "Cast"])
