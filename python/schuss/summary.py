"""A model as a table of layers, shapes, parameters and bytes."""

import numpy as np

from schuss.layers import Dense, Rescaling
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
    total, width = 0, inputs
    for layer in structure.items:
        if not isinstance(layer, Dense):
            rows.append((layer.title, "", "0", "0"))
            continue
        count = (width + 1) * layer.units if width else 0
        shape = f"{width or '?'} x {layer.units}"
        numbers = (f"{count:,}", f"{count * size:,}") if width else ("?", "?")
        rows.append((f"Dense {layer.activation}", shape, *numbers))
        total, width = total + count, layer.units
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
