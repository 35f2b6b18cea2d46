"""Writes the table of errors, from the record, into this folder's README."""

import json
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from bench.accuracy.experiments import EXPERIMENTS
from bench.publish import rewrite

README = Path(__file__).with_name("README.md")
HEAD = (
    "experiment",
    "network",
    "published",
    "schuss, mean ± deviation",
    "lowest to highest",
    "seeds",
    "epochs",
    "seconds a seed",
)


def publish(path: Path) -> None:
    """Put the table of a record between the marks of the README."""
    record = json.loads(path.read_text(encoding="utf-8"))["mnist"]
    lines = [_row(HEAD), _row(["---", "---", *["---:"] * (len(HEAD) - 2)])]
    lines += [
        _row(_cells(name, record[name])) for name in EXPERIMENTS if name in record
    ]
    last = max(record.values(), key=lambda one: str(one["date"]))
    machine = last["machine"]
    lines += [
        "",
        f"{last['date']}, {machine['cores']} cores of {machine['processor']}.",
    ]
    rewrite(README, "accuracy", "\n".join(lines))


def _cells(name: str, result: dict[str, Any]) -> list[str]:
    experiment, errors = EXPERIMENTS[name], result["errors"]
    return [
        f"`{name}`: {experiment.source}",
        experiment.network,
        f"{experiment.published} %",
        f"{mean(errors):.2f} ± {stdev(errors):.2f} %",
        f"{min(errors):.2f} to {max(errors):.2f} %",
        str(len(errors)),
        str(experiment.epochs),
        f"{mean(result['seconds']):.0f}",
    ]


def _row(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"
