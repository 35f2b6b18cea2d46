"""Draws how schuss compares to the best rival, and how its cost grows."""

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

from bench.contestants import CONTESTANTS

_PARTS = ("training", "inference")


def draw(record: dict[str, Any], path: Path) -> None:
    """Write a bar for every race, with lowest and highest round, and the goals."""
    races = [
        (name, one)
        for part in _PARTS
        for name, one in reversed(record.get(part, {}).items())
        if one.get("verdict")
    ]
    if not races:
        return
    # The same record gives the same file: no dates in it, and no random names.
    pyplot.rcParams["svg.hashsalt"] = "schuss"
    size = (8, 1 + 0.32 * len(races))
    figure, axes = pyplot.subplots(figsize=size, layout="constrained")
    for place, (_, result) in enumerate(races):
        found = result["verdict"]
        low, high = min(found["ratios"]), max(found["ratios"])
        axes.barh(place, found["ratio"], color="#3b6ea5", height=0.6)
        axes.plot([low, high], [place, place], color="#1b2a3a", linewidth=1.5)
        if result.get("goal") is not None:
            axes.plot([result["goal"]], [place], "|", color="#d1495b", markersize=14)
        rival = CONTESTANTS[found["best_rival"]].title
        label = f" {found['ratio']:.2f} x {rival}"
        axes.annotate(label, (high, place), va="center", fontsize=8)
    axes.set_yticks(range(len(races)), [name for name, _ in races], fontsize=8)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_xlim(right=axes.get_xlim()[1] * 2.5)
    axes.set_xlabel("speed of schuss over that of the best rival; red: the goal")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def draw_scaling(record: dict[str, Any], path: Path) -> None:
    """Write the time per example along every axis, for each number of threads."""
    results = record.get("scaling", {})
    if not results:
        return
    pyplot.rcParams["svg.hashsalt"] = "schuss"
    figure, every = pyplot.subplots(
        1, len(results), figsize=(3 * len(results), 3), layout="constrained"
    )
    for axes, (name, result) in zip(every, results.items(), strict=True):
        points = result["points"]
        for threads in sorted({point["threads"] for point in points}):
            some = [point for point in points if point["threads"] == threads]
            values = [point["value"] for point in some]
            axes.plot(values, [point["median"] for point in some], ".-", label=threads)
        axes.set(xscale="log", yscale="log", xlabel=name)
        axes.spines[["top", "right"]].set_visible(False)
    every[0].set_ylabel("microseconds an example")
    every[0].legend(title="threads", frameon=False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
