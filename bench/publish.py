"""Puts the record's tables into README.md and docs/, and draws the figure."""

import json
from pathlib import Path
from statistics import median
from typing import Any

from bench import figure, tables
from bench.contestants import CONTESTANTS
from bench.process import ROOT
from bench.suite import PARTS
from bench.verdict import share_of_peak

README, PERFORMANCE = ROOT / "README.md", ROOT / "docs" / "performance.md"
_HEADINGS = {
    "machine": "The machine",
    "levels": "Instruction sets",
    "products": "Single products",
    "training": "Training",
    "inference": "Inference",
    "footprint": "Footprint",
    "scaling": "How the cost grows",
}


def publish(path: Path) -> str | None:
    """Write everything that is made from a record; return why not, if so."""
    record = json.loads(path.read_text(encoding="utf-8"))
    results = [one for some in record.values() for one in some.values()]
    if any(one["quick"] for one in results):
        return "this record has results of a quick run; run the suite again."
    if any(one.get("odd") for one in results):
        return "this record has results of unequal work; run the suite again."
    rewrite(README, "speed", summary(record))
    rewrite(PERFORMANCE, "tables", everything(record))
    figure.draw(record, PERFORMANCE.with_suffix(".svg"))
    figure.draw_scaling(record, PERFORMANCE.with_name("scaling.svg"))
    return None


def rewrite(path: Path, mark: str, new: str) -> None:
    """Replace what stands between two marks of a file."""
    begin, end = f"<!-- {mark}:begin -->", f"<!-- {mark}:end -->"
    before, first, rest = path.read_text(encoding="utf-8").partition(begin)
    _, last, after = rest.partition(end)
    if not first or not last:
        raise ValueError(f"{path.name} lacks the marks {begin} and {end}; add them.")
    text = f"{before}{begin}\n\n{new}\n\n{end}{after}"
    path.write_text(text, encoding="utf-8")


def summary(record: dict[str, Any]) -> str:
    """Return one line for every race that schuss ran in."""
    parts = []
    for part, key, unit in (
        ("training", "rates", "examples/s"),
        ("inference", "microseconds", "microseconds a call"),
    ):
        some = [
            (name, one)
            for name, one in record.get(part, {}).items()
            if one.get("verdict")
        ]
        if not some:
            continue
        head = (part, "network", f"schuss, {unit}", "best rival", "ratio", "goal")
        lines = [
            f"| {' | '.join(head)} | of peak |",
            "|---|---|---:|---:|---:|---:|---:|",
        ]
        lines += [f"| {' | '.join(_line(name, one, key))} |" for name, one in some]
        parts.append("\n".join(lines))
    newest = max(
        (one for some in record.values() for one in some.values()),
        key=lambda one: str(one["date"]),
    )
    versions = ", ".join(f"{n} {v}" for n, v in all_versions(record).items())
    parts.append(
        f"Measured on {newest['machine']['cores']} cores of "
        f"{newest['machine']['processor']} until {newest['date']} with {versions}; "
        "numbers of threads in parentheses."
    )
    return "\n\n".join(parts)


def all_versions(record: dict[str, Any]) -> dict[str, str]:
    """Return who was there in which version."""
    versions: dict[str, str] = {}
    for some in record.values():
        for one in some.values():
            versions |= one.get("versions", {})
    return versions


def _line(name: str, result: dict[str, Any], key: str) -> list[str]:
    found, everyone = result["verdict"], result["contestants"]
    own, best = everyone["schuss"], everyone[found["best_rival"]]

    def speed(one: dict[str, Any]) -> str:
        middle = median(one[key])
        form = ",.0f" if middle >= 100 else ",.3g"
        return f"{middle:{form}} ({one['threads']})"

    goal = "" if result.get("goal") is None else f"{result['goal']:g}"
    if goal:
        goal += " reached" if found["goal_met"] else " missed"
    network = result["network"]
    if result["rows"] > 1 and key == "microseconds":
        network += f", {result['rows']:,} rows"
    return [
        name,
        network,
        speed(own),
        f"{CONTESTANTS[found['best_rival']].title}, {speed(best)}",
        f"{found['ratio']:.2f}",
        goal,
        tables.percent(share_of_peak(result, own)),
    ]


def everything(record: dict[str, Any]) -> str:
    """Return all tables of the record."""
    parts = []
    for part in PARTS:
        if part in record:
            parts.append(f"## {_HEADINGS[part]}")
            parts += [tables.markdown(part, n, r) for n, r in record[part].items()]
    return "\n\n".join(parts)
