"""Names the data sets, readers and splitters that the package offers."""

from schuss.datasets.digits import load_digits
from schuss.datasets.idx import load_mnist, read_idx
from schuss.datasets.split import Split, stratified_split
from schuss.datasets.synthetic import (
    make_blobs,
    make_circles,
    make_moons,
    make_spirals,
    make_xor,
)

__all__ = [
    "Split",
    "load_digits",
    "load_mnist",
    "make_blobs",
    "make_circles",
    "make_moons",
    "make_spirals",
    "make_xor",
    "read_idx",
    "stratified_split",
]
