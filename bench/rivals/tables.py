"""Turns a record of the race into text: for the terminal, and for README.md."""

from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.rivals.contestants import CONTESTANTS

BEGIN, END = "<!-- speed:begin -->", "<!-- speed:end -->"


class Row(NamedTuple):
    """A contestant's line; speeds in examples per second, middle, lowest, highest."""

    title: str
    threads: int
    speeds: tuple[float, float, float]
    ratio: float
    loss: float


def rows_of(workload: dict[str, Any]) -> list[Row]:
    """Return the lines of one workload; the ratio is the median of those per round."""
    examples = workload["rows"] * workload["epochs"]
    results = workload["contestants"]
    own = results["schuss"]["seconds"]
    rows = []
    for name, result in results.items():
        seconds = result["seconds"]
        speeds = [examples / one for one in seconds]
        ratios = [other / mine for other, mine in zip(seconds, own, strict=True)]
        rows.append(
            Row(
                CONTESTANTS[name].title,
                result["threads"],
                (median(speeds), min(speeds), max(speeds)),
                median(ratios),
                median(result["losses"]),
            )
        )
    return rows


def terminal(record: dict[str, Any]) -> str:
    """Return the whole record as plain text."""
    lines = [sentence(record), ""]
    for name, workload in record["workloads"].items():
        lines += [f"{name}: {describe(workload)}", ""]
        lines.append(
            f"  {'':<27}{'threads':>7}{'examples/s':>12}{'min':>11}{'max':>11}"
            f"{'schuss is':>11}{'loss':>9}"
        )
        for row in rows_of(workload):
            middle, low, high = row.speeds
            lines.append(
                f"  {row.title:<27}{row.threads:>7}{middle:>12,.0f}{low:>11,.0f}"
                f"{high:>11,.0f}{row.ratio:>10.2f}x{row.loss:>9.4f}"
            )
        lines += ["", f"  {verdict(workload)}", ""]
    for name, reason in record["missing"].items():
        lines.append(f"not here: {CONTESTANTS[name].title} ({reason})")
    return "\n".join(lines).rstrip()


def markdown(record: dict[str, Any]) -> str:
    """Return the whole record as Markdown, as it stands in README.md."""
    parts = [sentence(record)]
    for name, workload in record["workloads"].items():
        lines = [
            "| | threads | examples/s, median (min to max) | schuss is | final loss |",
            "|---|---:|---:|---:|---:|",
        ]
        for row in rows_of(workload):
            middle, low, high = row.speeds
            speed = f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"
            ratio = "" if row.title == "schuss" else f"{row.ratio:.1f} x as fast"
            cells = (row.title, row.threads, speed, ratio, f"{row.loss:.3f}")
            lines.append("| " + " | ".join(map(str, cells)) + " |")
        parts += [f"**{name}**: {describe(workload)}", "\n".join(lines)]
        parts.append(verdict(workload))
    for name in record["missing"]:
        parts.append(f"{CONTESTANTS[name].title} was not installed.")
    return "\n\n".join(parts)


def sentence(record: dict[str, Any]) -> str:
    """Return where, when and with what."""
    machine = record["machine"]
    versions = ", ".join(
        f"{name} {version}" for name, version in record["versions"].items()
    )
    return (
        f"Measured on {record['date']} on {machine['cores']} cores of "
        f"{machine['processor']} ({machine['system']}), {record['rounds']} rounds, "
        f"with Python {machine['python']}, {versions}."
    )


def describe(workload: dict[str, Any]) -> str:
    """Return what is trained on what."""
    return (
        f"{workload['network']} ReLU, batches of {workload['batch_size']}, "
        f"{workload['epochs']} epochs of {workload['rows']:,} rows: {workload['data']}."
    )


def verdict(workload: dict[str, Any]) -> str:
    """Return whether everybody did the same work, and how that was told."""
    results = workload["contestants"].values()
    losses = [one["ordered_loss"] for one in results]
    allowed = workload["tolerances"]
    spread = (
        f"from a loss of {workload['first_loss']:.4f}, one epoch in the rows' own "
        f"order led to {min(losses):.6f} to {max(losses):.6f} (allowed: "
        f"{allowed['ordered']:.1%} off the median); the final losses, each after "
        f"shuffling of its own, may be {allowed['shuffled']:.0%} off."
    )
    if workload["odd"]:
        return f"NOT THE SAME WORK, see {', '.join(workload['odd'])}: {spread}"
    return f"Same work: {spread}"


def rewrite(readme: Path, record: dict[str, Any]) -> None:
    """Replace what stands between the two marks of a file."""
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme.name} lacks the marks {BEGIN} and {END}; add them.")
    new = f"{before}{BEGIN}\n\n{markdown(record)}\n\n{END}{after}"
    readme.write_text(new, encoding="utf-8")
