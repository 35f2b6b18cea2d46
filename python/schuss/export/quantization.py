"""Weights as whole numbers of eight bits, with a scale for each unit."""

from dataclasses import replace

import numpy as np

from schuss.export.operations import Exported, Product

MOST = 127


def quantized(exported: Exported) -> Exported:
    """Return the same with int8 weights: each is within half its scale of what it was.

    A unit's scale is the largest |w| of its weights / 127, and q = round(w / scale).

    Parameters
    ----------
    exported : Exported

    Returns
    -------
    Exported
    """
    operations = [
        _quantized(each) if isinstance(each, Product) else each
        for each in exported.operations
    ]
    return replace(exported, operations=operations)


def _quantized(product: Product) -> Product:
    weights = product.weights
    # A scale below the normal numbers would have lost its digits.
    scales = np.abs(weights).max(axis=0) / weights.dtype.type(MOST)
    scales = np.maximum(scales, np.finfo(weights.dtype).tiny)
    whole = np.rint(weights / scales).astype(np.int8)
    return Product(whole, product.bias, scales)
