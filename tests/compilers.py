"""C compilers there are, by which exported files are tried."""

import ctypes
import shutil
import subprocess

import numpy as np

COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O2"]


def compiled(compiler, path, *options):
    """Compile a C file with all warnings as errors; return what came of it."""
    made = path.with_suffix(f".{compiler}{len(options)}")
    command = [compiler, *STRICT, *options, str(path), "-o", str(made), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return made


def self_test(compiler, path):
    """Return what the program says that tests the file."""
    program = compiled(compiler, path, "-DSCHUSS_SELF_TEST")
    return subprocess.run([str(program)]).returncode


class Library:
    """The functions of a file, for rows of a table."""

    def __init__(self, path, compiler=None, name="model"):
        made = compiled(compiler or COMPILERS[0], path, "-shared", "-fPIC")
        self._functions, self._name = ctypes.CDLL(str(made)), name

    def table(self, function, X, outputs, dtype=None):
        """Call a function that writes its results, for every row."""
        results = np.empty((len(X), outputs), dtype or X.dtype)
        call = getattr(self._functions, f"{self._name}_{function}")
        call.restype = None
        for x, result in zip(np.ascontiguousarray(X), results, strict=True):
            call(ctypes.c_void_p(x.ctypes.data), ctypes.c_void_p(result.ctypes.data))
        return results

    def labels(self, X):
        """Call the function that returns a class, for every row."""
        call = getattr(self._functions, f"{self._name}_predict")
        rows = np.ascontiguousarray(X)
        return np.array([call(ctypes.c_void_p(x.ctypes.data)) for x in rows])

    def texts(self, count):
        """Return the names of the classes."""
        kind = ctypes.c_char_p * count
        found = kind.in_dll(self._functions, f"{self._name}_classes")
        return [each.decode() for each in found]
