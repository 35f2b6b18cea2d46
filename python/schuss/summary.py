"""A model as a table of layers, shapes, parameters and bytes."""

import math

import numpy as np

from schuss.layers import Dense, Rescaling
from schuss.stages import Branch, Join
from schuss.structure import Structure


def summarize(structure: Structure, inputs: int, dtype: str) -> str:
    """Return the summary of a model.

    Parameters
    ----------
    structure : Structure
    inputs : int
        0 while they are not known; weights of the first layer then are not, either.
    dtype : str

    Returns
    -------
    str
        A line per layer, and one for the sum.
    """
    size = np.dtype(dtype).itemsize
    rows = [("layer", "weights", "parameters", "bytes")]
    rescaling = structure.rescaling
    if rescaling != Rescaling():
        rows.append(
            (
                f"Rescaling {rescaling.scale:.4g} x + {rescaling.offset:.4g}",
                "",
                "0",
                "0",
            )
        )
    total, width, inside = 0, inputs, 0
    for layer in structure.items:
        count = sum(math.prod(shape) for shape in layer.shapes(width))
        known = width > 0 or not layer.names
        numbers = (f"{count:,}", f"{count * size:,}") if known else ("?", "?")
        if not isinstance(layer, Join):
            name = "  " * inside + layer.title
            rows.append((name, layer.form(width), *numbers))
        inside += isinstance(layer, Branch) - isinstance(layer, Join)
        total += count if known else 0
        width = layer.units if isinstance(layer, Dense) else width
    known = inputs > 0
    rows.append(
        (
            f"total ({dtype})",
            "",
            f"{total:,}" if known else "?",
            f"{total * size:,}" if known else "?",
        )
    )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    first, *rest = widths
    lines = []
    for name, *cells in rows:
        right = [f"{cell:>{width}}" for cell, width in zip(cells, rest, strict=True)]
        lines.append("  ".join([f"{name:<{first}}", *right]).rstrip())
    return "\n".join(lines)
