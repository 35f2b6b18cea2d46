"""A step's passes allocate nothing, however many steps a run has."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COUNTER = Path(__file__).with_name("count_allocations.c")
COMPILER = shutil.which("cc") or shutil.which("gcc")

PROGRAM = """
import ctypes, sys
import numpy as np
import schuss
from schuss import _core

schuss.set_threads(2)
count = ctypes.CDLL(sys.argv[1]).allocations
X = np.random.default_rng(0).integers(0, 255, (700, 50), dtype=np.uint8)
y = np.zeros(700, np.int32)
network = _core.float32.Network(
    50, [(40, "relu"), (30, "tanh"), (3, "identity")], "softmax_cross_entropy", 1 / 255
)
network.start("sgd", [0.9, 0.0])
def run(steps, batch):
    order = np.arange(steps * batch) % 700
    rates = np.full(steps, 0.1)
    before = count()
    network.train(X, y, order, batch, rates)
    return count() - before
for batch in (16, 600):
    run(1, batch)
    print(run(200, batch), run(600, batch))
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or COMPILER is None,
    reason="the counter needs Linux and a C compiler",
)
def test_no_allocation_inside_a_step(tmp_path):
    library = tmp_path / "count.so"
    command = [COMPILER, "-shared", "-fPIC", "-O1", COUNTER, "-o", library, "-ldl"]
    subprocess.run(command, check=True)
    output = subprocess.run(
        [sys.executable, "-c", PROGRAM, library],
        env={"LD_PRELOAD": str(library), "PYTHONPATH": ":".join(sys.path)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for line in output.splitlines():
        few, many = map(int, line.split())
        assert few == many > 0
    assert len(output.splitlines()) == 2
