"""Keeps the suite's record: read, added to part by part, written after each."""

import datetime
import json
from pathlib import Path
from typing import Any

from bench import machine
from bench.process import ROOT

RECORD = ROOT / "bench" / "results" / "suite.json"


class Record:
    """Results by part and name, each with its own date, machine and versions.

    Results of an older run stay until a new one of the same name replaces them. Without
    a path nothing is read or written.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.new: dict[str, dict[str, Any]] = {}
        self.parts: dict[str, dict[str, Any]] = {}
        if path and path.exists():
            self.parts = json.loads(path.read_text(encoding="utf-8"))

    def add(self, part: str, name: str, result: dict[str, Any], **how: Any) -> None:
        """Add a result with where, when and how, and write the file."""
        result = {
            "date": datetime.date.today().isoformat(),
            "machine": machine.describe(),
            **how,
            **result,
        }
        for parts in (self.new, self.parts):
            parts.setdefault(part, {})[name] = result
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(_rounded(self.parts), indent=1)
            self._path.write_text(text + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    """Return the same with six significant digits, more than any clock is worth."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
