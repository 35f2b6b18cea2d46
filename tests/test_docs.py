"""What is written is true: names exist, examples run, and nothing is missing."""

import ast
import doctest
import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

import schuss

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / "python"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
PAGES += sorted(ROOT.glob("examples/**/*.py"))
MODULES = [
    ".".join(path.relative_to(PYTHON).with_suffix("").parts)
    for path in sorted(PYTHON.rglob("*.py"))
    if ">>> " in path.read_text()
]

EXTRAS = {
    "schuss.plots": "matplotlib",
    "schuss.pruning": "optuna",
    "schuss.sklearn": "sklearn.base",
}


def documented():
    """The names of docs/api.rst, with the module that each is in."""
    module = "schuss"
    for line in (ROOT / "docs" / "api.rst").read_text().splitlines():
        if line.startswith(".. currentmodule:: "):
            module = line.split()[-1]
        elif re.fullmatch(r"   \w+", line):
            yield f"{module}.{line.strip()}"


def estimators():
    """The names of schuss.sklearn, which may not be importable here."""
    tree = ast.parse((PYTHON / "schuss" / "sklearn" / "__init__.py").read_text())
    return ast.literal_eval(tree.body[-1].value)


def public():
    yield from (f"schuss.sklearn.{name}" for name in estimators())
    for module in (schuss, schuss.plots, schuss.datasets, schuss.metrics):
        for name in module.__all__:
            if name[0] != "_" and not isinstance(getattr(module, name), ModuleType):
                yield f"{module.__name__}.{name}"


def test_the_api_page_has_every_public_name_once():
    assert sorted(documented()) == sorted(set(public()) - {"schuss.metrics.METRICS"})


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_name_only_what_there_is(path):
    for name in re.findall(r"\bschuss\.([A-Za-z]\w*(?:\.\w+)*)", path.read_text()):
        if name.startswith("sklearn"):
            assert name in ("sklearn", *(f"sklearn.{own}" for own in estimators()))
            continue
        found = schuss
        for part in name.split("."):
            found = getattr(found, part, None)
            assert found is not None, f"schuss.{name}"


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_run(name):
    for module, extra in EXTRAS.items():
        if name.startswith(module):
            pytest.importorskip(extra)
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
