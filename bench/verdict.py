"""Says how schuss did in one race: against the best rival, the goal, and the peak."""

from statistics import median
from typing import Any


def verdict(result: dict[str, Any], key: str) -> dict[str, Any]:
    """Return who is the best rival, how much faster schuss is, and what that reaches.

    `key` names everyone's samples, of which more is better for "rates" and less for
    "microseconds". The best rival is the one with the best median; the ratio is the
    median of the ratios within each round, so that a slow minute hits both.
    """
    raced = {n: one for n, one in result["contestants"].items() if key in one}
    rivals = {n: one for n, one in raced.items() if n != "schuss"}
    if "schuss" not in raced or not rivals:
        return {}
    sign = 1 if key == "rates" else -1
    best = max(rivals, key=lambda name: sign * median(rivals[name][key]))
    ratios = [
        (own / other) ** sign
        for own, other in zip(raced["schuss"][key], rivals[best][key], strict=True)
    ]
    ratio = median(ratios)
    found = {"best_rival": best, "ratio": ratio, "ratios": ratios}
    for wish in ("goal", "stretch"):
        if result.get(wish) is not None:
            found[f"{wish}_met"] = ratio >= result[wish]
    return found


def share_of_peak(result: dict[str, Any], one: dict[str, Any]) -> float:
    """Return a contestant's share of the peak of as many cores as it has threads.

    Counted are the multiplications and additions of the products alone. The peak is
    that of the widest instruction set, whoever used which.
    """
    peaks = result["peaks"]
    isas = [name for name in peaks if "threads" not in name]
    many = f"{isas[-1]}, {one['threads']} threads"
    peak = peaks.get(many, peaks[isas[-1]] * one["threads"])
    if "rates" in one:
        flops = result["flops_per_example"] * median(one["rates"])
    else:
        seconds = median(one["microseconds"]) / 1e6
        flops = result["flops_per_row"] * result["rows"] / seconds
    return float(flops / peak / 1e9)
