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


def lecture():
    """The rows of both tables of docs/lecture.md: first cells, and whole lines."""
    for line in (ROOT / "docs" / "lecture.md").read_text().splitlines():
        if found := re.match(r"\| ([\d, to]+) \|", line):
            numbers = [int(number) for number in re.findall(r"\d+", found[1])]
            if "to" in found[1]:
                numbers = list(range(numbers[0], numbers[1] + 1))
            yield numbers, line


def test_every_row_of_the_lecture_has_a_page_code_and_tests():
    shown, proved = [], []
    for numbers, line in lecture():
        (proved if ".py)" in line else shown).extend(numbers)
    assert shown == list(range(1, 29))
    assert proved == list(range(1, 28))  # the last row is history


def test_what_the_lecture_links_to_is_there():
    pages, functions = set(), 0
    for _, line in lecture():
        for page in re.findall(r"<gallery/(\S+)>`", line):
            pages.add(f"{page}.py")
        for path in re.findall(r"\]\(\.\./(\S+?)\)", line):
            assert (ROOT / path).is_file(), path
        for path, names in re.findall(r"\(\.\./(tests/\S+?)\): ([\w`, ]+)", line):
            for name in re.findall(r"`(\w+)`", names):
                assert f"def {name}(" in (ROOT / path).read_text(), name
                functions += 1
    assert functions >= 27
    scripts = {
        path.relative_to(ROOT / "examples")
        for path in PAGES[1:]
        if "examples" in path.parts
    }
    assert pages == {path.as_posix() for path in scripts}


def test_strengths_of_regularization_convert_back():
    """That they mean the same is proved in test_regularizers.py."""
    text = (ROOT / "docs" / "coming_from.md").read_text()
    table = text[text.index("## Strengths of regularization") :]
    converted = 0
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 6 or "=" not in cells[4]:
            continue
        names = {"a": 0.3, "c": 0.7, "d": 0.02, "r": 0.4, "n": 32, "N": 150}
        there = re.fullmatch(r"`(.+)`", cells[3])[1]
        strengths = eval(there, {"L1": schuss.L1, "L2": schuss.L2}, names).strengths
        for back in re.findall(r"`(\w) = (.+?)`", cells[4]):
            known = {"l1": strengths.l1, "l2": strengths.l2, "n": 32, "N": 150}
            assert eval(back[1], {}, known) == pytest.approx(names[back[0]])
            converted += 1
    assert converted == 11
