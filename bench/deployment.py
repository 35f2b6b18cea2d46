"""Measures exported models: bytes of each file, and microseconds for a row.

``python -m bench.deployment`` prints the tables; with ``--publish`` they also go into
docs/deployment.md. It takes half a minute, and everything has one thread.
"""

import argparse
import ctypes
import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import schuss
from bench.machine import describe
from schuss.export.operations import export
from schuss.export.quantization import quantized
from schuss.export.rounding import exact_outputs

NETWORKS = {"digits": (64, 256, 128, 10), "mnist": (784, 256, 128, 10)}
OPTIONS = ["-std=c99", "-O3", "-march=native", "-shared", "-fPIC"]
# Rounds take turns, so that what else the machine does strikes all alike.
ROUNDS, SECONDS = 9, 0.05
PAGE = Path(__file__).parents[1] / "docs" / "deployment.md"
BEGIN, END = "<!-- sizes:begin -->\n", "<!-- sizes:end -->\n"
# Many calls in one, so that a call from Python does not count.
DRIVER = """
void model_predict_proba(const float *x, float *probabilities);
void repeat(long calls, const float *x, float *probabilities);
void repeat(long calls, const float *x, float *probabilities) {
  for (long call = 0; call < calls; ++call) model_predict_proba(x, probabilities);
}
"""
Repeat = Callable[[int], None]


def model_of(widths: tuple[int, ...]) -> schuss.Model:
    """Return a model of these widths; numbers do not matter for time."""
    hidden = [schuss.Dense(width, "relu") for width in widths[1:-1]]
    layers = [schuss.Rescaling(1 / 16), *hidden, schuss.Dense(widths[-1])]
    return schuss.Model(layers, seed=0).build(widths[0])


def calls(function: Callable[[Any], Any], x: Any) -> Repeat:
    """Return what calls a function of Python's so many times."""

    def repeat(count: int) -> None:
        for _ in range(count):
            function(x)

    return repeat


def calls_into(function: Callable[[Any, Any], Any], x: Any, out: Any) -> Repeat:
    """Return the same with a place for the result."""

    def repeat(count: int) -> None:
        for _ in range(count):
            function(x, out)

    return repeat


def compiled(path: Path, x: np.ndarray) -> tuple[Repeat, int]:
    """Return what calls a C file's function, and the bytes of the compiled file."""
    driver, library = path.with_name("driver.c"), path.with_suffix(".so")
    driver.write_text(DRIVER)
    command = [shutil.which("gcc") or "cc", *OPTIONS, str(path), str(driver)]
    subprocess.run([*command, "-o", str(library), "-lm"], check=True)
    function = ctypes.CDLL(str(library)).repeat
    y = np.empty(10, np.float32)
    given, result = (ctypes.c_void_p(array.ctypes.data) for array in (x, y))

    def repeat(count: int, _kept: object = (x, y)) -> None:
        function(ctypes.c_long(count), given, result)

    return repeat, library.stat().st_size


def session(path: Path) -> Callable[[np.ndarray], Any]:
    """Return ONNX Runtime's function for a file, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    run = onnxruntime.InferenceSession(str(path), options).run
    return lambda X: run(["probabilities"], {"X": X})


def module(path: Path) -> Any:
    """Return an exported Python file as a module."""
    spec = importlib.util.spec_from_file_location("exported", path)
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def times(contestants: dict[str, Repeat]) -> dict[str, float]:
    """Return microseconds per call of each, the median over rounds that take turns."""
    counts = {}
    for name, repeat in contestants.items():
        repeat(100)
        begin = time.perf_counter()
        repeat(100)
        counts[name] = max(1, int(100 * SECONDS / (time.perf_counter() - begin)))
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, repeat in contestants.items():
            begin = time.perf_counter()
            repeat(counts[name])
            found[name].append(1e6 * (time.perf_counter() - begin) / counts[name])
    return {name: median(each) for name, each in found.items()}


def measure(widths: tuple[int, ...]) -> list[tuple[str, str, float]]:
    """Return of every way its name, its bytes as text, and microseconds for a row."""
    with tempfile.TemporaryDirectory() as folder:
        ways = all_ways(widths, Path(folder))
        found = times({name: repeat for name, (_, repeat) in ways.items()})
    return [(name, ways[name][0], found[name]) for name in ways]


def all_ways(widths: tuple[int, ...], folder: Path) -> dict[str, tuple[str, Repeat]]:
    """Return what the bytes are and what predicts a row, for every way there is."""
    model = model_of(widths)
    X = np.random.default_rng(0).random((1, widths[0]), np.float32)
    paths = {name: folder / name for name in ("m.onnx", "m.c", "m8.c", "m.py")}
    model.to_onnx(paths["m.onnx"])
    model.to_c(paths["m.c"])
    model.to_c(paths["m8.c"], quantization="int8")
    model.to_numpy(paths["m.py"])
    exact, bytes_exact = compiled(paths["m.c"], X)
    small, bytes_small = compiled(paths["m8.c"], X)
    predictor, out = model.compile_predict(), np.empty((1, widths[-1]), np.float32)
    of_numpy, of_onnx = module(paths["m.py"]).predict_proba, session(paths["m.onnx"])
    of_c = f"{size(paths['m.c'])}, {kilo(bytes_exact)} compiled"
    of_int8 = f"{size(paths['m8.c'])}, {kilo(bytes_small)} compiled"
    return {
        "`model.predict_proba(x)`": ("", calls(model.predict_proba, X)),
        "`predictor(x)`": ("", calls(predictor, X)),
        "`predictor.function(x)`": ("", calls(predictor.function, X)),
        "`predictor.function(x, y)`": ("", calls_into(predictor.function, X, out)),
        "`to_onnx`, in ONNX Runtime": (size(paths["m.onnx"]), calls(of_onnx, X)),
        "`to_numpy`": (size(paths["m.py"]), calls(of_numpy, X)),
        "`to_c`, called from C": (of_c, exact),
        "`to_c` with int8, called from C": (of_int8, small),
    }


def size(path: Path) -> str:
    """Return the size of a file."""
    return kilo(path.stat().st_size)


def kilo(count: int) -> str:
    """Return a number of bytes as a text."""
    return f"{count / 1000:,.0f} kB"


def accuracies() -> str:
    """Return a sentence about digits told with weights in full and in eight bits."""
    X, y = schuss.datasets.load_digits()
    data = schuss.datasets.stratified_split(X, y, seed=0)
    model = model_of(NETWORKS["digits"])
    model.fit(data.X_train, data.y_train, epochs=20, verbose=False)
    exported = export(model)
    rows = data.X_test.astype(np.float32)
    labels = [
        exact_outputs(each, rows).values.argmax(axis=1)
        for each in (exported, quantized(exported))
    ]
    right = [100 * np.mean(label == data.y_test) for label in labels]
    changed = int(np.sum(labels[0] != labels[1]))
    return (
        f"Of {len(rows)} digits that it has not seen, the trained network tells "
        f"{right[0]:.2f} % with weights in float32 and {right[1]:.2f} % with int8; "
        f"{changed} of them get another class."
    )


def tables() -> str:
    """Measure, and return the tables in Markdown."""
    schuss.set_threads(1)
    columns = [measure(each) for each in NETWORKS.values()]
    heads = [f"{name} {'-'.join(map(str, each))}" for name, each in NETWORKS.items()]
    cells = " | ".join(f"{head}: bytes | µs for a row" for head in heads)
    rows = [f"| | {cells} |", "|---" + "|---|---:" * len(heads) + "|"]
    for ways in zip(*columns, strict=True):
        cells = " | ".join(f"{text} | {time:.2f}" for _, text, time in ways)
        rows.append(f"| {ways[0][0]} | {cells} |")
    found = describe()
    where = (
        f"Measured by `python -m bench.deployment` on a core of {found['processor']}, "
        f"Python {found['python']}, NumPy {np.__version__}, `{' '.join(OPTIONS[:3])}`; "
        f"medians of {ROUNDS} rounds.\n"
    )
    return "\n\n".join(["\n".join(rows), accuracies(), where])


def main() -> None:
    """Print the tables, and publish them if asked to."""
    parser = argparse.ArgumentParser("python -m bench.deployment", description=__doc__)
    parser.add_argument("--publish", action="store_true", help=f"write {PAGE.name}")
    given = parser.parse_args()
    found = tables()
    print(found)
    if given.publish:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n{found}\n{END}{after}")


if __name__ == "__main__":
    main()
