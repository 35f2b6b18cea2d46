"""What texts mean that were not written for Sphinx: docstrings, other Markdown."""

import re
from typing import Any

from sphinx.application import Sphinx

# Files of the repository that are pages of the site, by how docs/*.md link to them.
PAGES = {"../bench/README.md": "benchmarks.md"}


def read_bars(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Take the bars of a docstring for absolute values, |w|, and not for markup."""
    for number, line in enumerate(lines):
        parts = re.split("(``.*?``)", line)
        parts[::2] = [part.replace("|", r"\|") for part in parts[::2]]
        lines[number] = "".join(parts)


def read_links(app: Sphinx, docname: str, source: list[str]) -> None:
    """Let links between files of the repository be links between pages."""
    for file, page in PAGES.items():
        source[0] = source[0].replace(f"]({file})", f"]({page})")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect both to where Sphinx reads."""
    app.connect("autodoc-process-docstring", read_bars)
    app.connect("source-read", read_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
