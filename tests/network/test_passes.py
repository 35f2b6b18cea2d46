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
y = np.zeros(700, np.int32)
STAGES = [
    (0, "gaussian_noise", [0.1], 1),
    (1, "dropout", [0.5], 2),
    (2, "dropout", [0.1], 3),
]
def measure(inputs, batch, few, many, stages=()):
    X = np.random.default_rng(0).integers(0, 255, (700, inputs), dtype=np.uint8)
    layers = [(40, "relu"), (30, "gelu"), (3, "identity")]
    loss = "softmax_cross_entropy"
    network = _core.float32.Network(inputs, layers, loss, 1 / 255, stages=stages)
    network.start("adam", [0.9, 0.99, 1e-3])
    training = network.training(X, y, batch, key=1)
    def run(steps):
        rates = np.broadcast_to(1e-4, (steps,))
        before = count()
        result = training.run(rates)
        after = count()
        assert result[3] == steps and len(result[0]) >= steps * batch // 1400, result
        return after - before
    for steps in (few, many):  # NumPy keeps what arrays below 1 KiB leave behind
        run(steps)
    print(run(few), run(many))
for inputs in (50, 300):  # in one part, and in two
    measure(inputs, 16, 200, 600)
    measure(inputs, 600, 40, 120)
measure(50, 600, 40, 120, STAGES)
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
    assert len(output.splitlines()) == 5
