"""The laws of the house: layering, one name for each kernel, and the bar for size."""

import ast
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import schuss
from schuss import _core, reference

ROOT = Path(__file__).parents[1]
CPP = ROOT / "cpp"
PYTHON = ROOT / "python" / "schuss"
LAYERS = ["core", "kernels", "dispatch", "ops", "network", "bindings"]
KERNEL_INCLUDES = {"cstddef", "cstdint", "core/real.hpp"}
LONGEST_FILE, LONGEST_FUNCTION = 300, 60

SOURCES = sorted(path for path in CPP.rglob("*") if path.suffix in (".cpp", ".hpp"))
MODULES = sorted(PYTHON.rglob("*.py"))


def relative(path):
    return str(path.relative_to(ROOT))


def includes(path):
    return re.findall(r'^#include [<"]([^>"]+)[>"]', path.read_text(), re.M)


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_folder_uses_itself_and_folders_to_its_left(path):
    own = LAYERS.index(path.relative_to(CPP).parts[0])
    for name in includes(path):
        folder = name.split("/")[0]
        if folder in LAYERS:
            assert LAYERS.index(folder) <= own, name


@pytest.mark.parametrize("path", sorted((CPP / "kernels").glob("*")), ids=relative)
def test_kernels_include_next_to_nothing(path):
    for name in includes(path):
        assert name in KERNEL_INCLUDES or name.startswith("kernels/"), name


def test_one_place_each_for_openmp_cpu_questions_and_allocation():
    places = {
        r"#pragma omp|omp\.h|\bomp_": {"core/team.hpp", "core/team.cpp"},
        r"__builtin_cpu|getenv": {"dispatch/isa.cpp"},
        r"operator new|malloc|std::make_unique|\bnew ": {"core/buffer.hpp"},
        r"immintrin|_mm\d*_|arm_neon": set(),
    }
    for pattern, allowed in places.items():
        found = {
            str(path.relative_to(CPP))
            for path in SOURCES
            if re.search(pattern, re.sub(r"//.*", "", path.read_text()))
        }
        assert found <= allowed, pattern


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative(path)} imports relatively"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(path):
    return {name for name in imports(path) if name.startswith("schuss")}


DESCRIPTIONS = [
    "activations",
    "adaptive",
    "cycles",
    "layers",
    "lbfgs",
    "losses/__init__",
    "losses/classes",
    "losses/custom",
    "losses/loss",
    "losses/numbers",
    "normalization",
    "optimizers",
    "regularizers",
    "schedules",
    "spaces",
    "stages",
]
KNOWN = {
    "activations": "schuss.differences",
    "adaptive": "schuss.optimizers",
    "cycles": "schuss.schedules",
    "layers": "schuss.activations",
    "lbfgs": "schuss.optimizers",
    "losses/custom": "schuss.differences",
    "normalization": "schuss.stages",
    "schedules": "schuss.figures",
    "stages": ("schuss.activations", "schuss.layers"),
}


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_descriptions_know_only_how_to_refuse_and_schedules_to_be_drawn(name):
    own, known = "schuss." + name.split("/")[0], KNOWN.get(name, ())
    known = (known,) if isinstance(known, str) else known
    allowed = ("schuss.checks", "schuss.initializers", own, *known)
    for module in ours(PYTHON / f"{name}.py"):
        assert module.startswith(allowed), module


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_only_the_border_uses_the_extension(path):
    if path.relative_to(PYTHON).as_posix() not in (
        "__init__.py",
        "engines.py",
        "config.py",
    ):
        assert not any("_core" in name for name in imports(path))


@pytest.mark.parametrize(
    "path", sorted((PYTHON / "reference").glob("*.py")), ids=relative
)
def test_the_reference_imports_numpy_only(path):
    foreign = {name.split(".")[0] for name in imports(path)}
    assert foreign <= {"numpy", "collections", "typing", "itertools", "schuss"}
    assert all(name.startswith("schuss.reference") for name in ours(path))


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_numpy_is_the_only_dependency_at_import(path):
    standard = {"schuss", "numpy"}
    if path.parent == PYTHON / "sklearn":  # which only its users import
        standard |= {"sklearn", "scipy"}
    tree = ast.parse(path.read_text())
    for node in tree.body:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
        else:
            continue
        for name in names:
            top = name.split(".")[0]
            assert top in standard or top in __import__("sys").stdlib_module_names, name


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_estimators_are_imported_by_their_users_only(path):
    if path.parent != PYTHON / "sklearn":
        assert not any(name.startswith("schuss.sklearn") for name in imports(path))


def fields_of_kernels():
    """Function pointers and lists of the struct, as kernels.hpp declares them."""
    texts = (
        (CPP / "kernels" / f"{name}.hpp").read_text() for name in ("kernels", "stages")
    )
    body = "".join(text[text.index("Kernels") :] for text in texts)
    pointers = re.findall(r"\(\*(\w+)\)\(", body)
    return set(pointers), set(re.findall(r"List<\w+> (\w+);", body))


def names_in(folder, prefix):
    names = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith(prefix):
                names.add(node.name.removeprefix(prefix))
    return names


def test_one_name_for_kernel_reference_test_and_benchmark():
    kernels = {name for name in dir(_core.kernels) if not name.startswith("_")}
    assert kernels == set(reference.KERNELS)
    assert len(reference.KERNELS) == len(set(reference.KERNELS))
    for name in kernels:
        assert callable(getattr(reference, name)), name
    assert kernels <= names_in("tests", "test_")
    assert kernels <= names_in("bench", "bench_")


def test_every_field_of_the_table_has_a_name_in_python():
    pointers, lists = fields_of_kernels()
    assert lists == {"activations", "losses", "optimizers"}
    assert len(pointers) >= 10
    assert pointers <= set(reference.KERNELS)


def test_the_lists_of_both_engines_are_the_same():
    native = set(dir(_core.kernels))
    names = {*reference.ACTIVATIONS, *reference.LOSSES, *reference.OPTIMIZERS}
    assert names <= native


@pytest.mark.parametrize("path", [*SOURCES, *MODULES], ids=relative)
def test_every_file_opens_with_what_it_is_for(path):
    text = path.read_text()
    assert text.startswith("// " if path.suffix != ".py" else '"""')
    assert "TODO" not in text
    assert max(map(len, text.splitlines())) <= 88


def long_python_functions(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            start = node.body[1] if ast.get_docstring(node) and node.body[1:] else node
            length = node.end_lineno - start.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{relative(path)}: {node.name} has {length} lines"


@pytest.mark.filterwarnings("default::UserWarning")
def test_files_and_functions_stay_under_the_bar():
    """A warning and no failure: a file may have a reason to be long, once."""
    for path in [*SOURCES, *MODULES]:
        length = len(path.read_text().splitlines())
        if length > LONGEST_FILE:
            warnings.warn(f"{relative(path)} has {length} lines", stacklevel=1)
        if path.suffix == ".py":
            for sentence in long_python_functions(path):
                warnings.warn(sentence, stacklevel=1)


def test_the_version_stands_in_one_place():
    declared = re.search(
        r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M
    )
    assert _core.__version__ == declared[1]
    for path in [*SOURCES, *MODULES, ROOT / "CMakeLists.txt"]:
        assert f'"{declared[1]}"' not in path.read_text()


def test_one_test_file_for_each_source_file():
    """Headers are tested with the source that uses them."""
    missing = []
    for path in [*CPP.rglob("*.cpp"), *PYTHON.rglob("*.py")]:
        root = CPP if path.suffix == ".cpp" else PYTHON
        folder = path.relative_to(root).parent
        if path.stem.startswith("__") or folder.name == "reference":
            continue  # kernels' tests hold native and reference against each other
        if not (ROOT / "tests" / folder / f"test_{path.stem}.py").exists():
            missing.append(relative(path))
    assert not missing


def test_names_are_at_home_where_their_types_say():
    """`__init__.py` says it for Python, `__init__.pyi` for those who check types."""
    text = (PYTHON / "__init__.pyi").read_text()
    stub, told = ast.parse(text), {}
    for node in stub.body:
        if isinstance(node, ast.ImportFrom) and node.module != "schuss._core":
            for alias in node.names:
                told[alias.name] = node.module.removeprefix("schuss").lstrip(".")
    parts = {name for name, home in told.items() if not home}
    listed = ast.literal_eval(stub.body[-1].value)
    assert told == dict.fromkeys(parts, "") | schuss._HOMES
    assert parts == set(schuss._PARTS)
    assert set(listed) == set(schuss.__all__) == {"__version__", *told}
    assert all(getattr(schuss, name) is not None for name in dir(schuss))


def test_importing_the_package_loads_next_to_nothing():
    code = (
        "import sys, numpy; before = set(sys.modules); import schuss; "
        "print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    own = {name for name in done.stdout.split() if not name.startswith("schuss._core")}
    assert {name for name in own if name.startswith("schuss")} == {"schuss"}
    assert len(own) < 10, own
