"""What texts mean that were not written for Sphinx: docstrings, other Markdown."""

import os
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
# Pages that are a file of the repository, and nothing else.
FILES = {
    "accuracy": "bench/accuracy/README.md",
    "benchmarks": "bench/README.md",
    "changelog": "CHANGELOG.md",
    "contributing": "CONTRIBUTING.md",
}
PAGES = {ROOT / file: f"{page}.md" for page, file in FILES.items()}


def read_plainly(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Take bars and underscores of a docstring for what they are, as in |w| and w_."""
    for number, line in enumerate(lines):
        parts = re.split("(`+.*?`+)", line)
        parts[::2] = [
            re.sub(r"(?<=\w)_(?!\w)", r"\_", part.replace("|", r"\|"))
            for part in parts[::2]
        ]
        lines[number] = "".join(parts)


def read_file(app: Sphinx, docname: str, source: list[str]) -> None:
    """Fill a page that is a file; let links between files be links between pages."""
    folder = Path(app.srcdir)
    if docname in FILES:
        file = ROOT / FILES[docname]
        folder, source[0] = file.parent, file.read_text()
    if app.env.doc2path(docname).suffix != ".md":
        return

    def target(match: re.Match[str]) -> str:
        path = Path(os.path.normpath(folder / match[1]))
        return f"]({PAGES.get(path, os.path.relpath(path, app.srcdir))})"

    source[0] = re.sub(r"\]\(([\w./-]+)\)", target, source[0])


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect both to where Sphinx reads."""
    app.connect("autodoc-process-docstring", read_plainly)
    app.connect("source-read", read_file)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
