"""Turns results into tables, and tables into text for a terminal or Markdown."""

from statistics import median
from typing import Any, NamedTuple

from bench.contestants import CONTESTANTS
from bench.verdict import share_of_peak


class Sheet(NamedTuple):
    """A table with a title, what is said below it, and all cells as text."""

    title: str
    head: list[str]
    rows: list[list[str]]
    notes: list[str]


def terminal(part: str, name: str, result: dict[str, Any]) -> str:
    """Return one result as plain text."""
    sheet = sheet_of(part, name, result)
    table = [sheet.head, *sheet.rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(sheet.head))]
    lines = [sheet.title]
    for row in table:
        first = row[0].ljust(widths[0])
        others = [cell.rjust(n) for cell, n in zip(row[1:], widths[1:], strict=True)]
        lines.append("  " + "  ".join([first, *others]).rstrip())
    return "\n".join([*lines, *(f"  {note}" for note in sheet.notes), ""])


def markdown(part: str, name: str, result: dict[str, Any]) -> str:
    """Return one result as Markdown."""
    sheet = sheet_of(part, name, result)
    rule = ["---", *["---:"] * (len(sheet.head) - 1)]
    rows = ["| " + " | ".join(row) + " |" for row in (sheet.head, rule, *sheet.rows)]
    return "\n\n".join([f"**{sheet.title}**", "\n".join(rows), *sheet.notes])


def sheet_of(part: str, name: str, result: dict[str, Any]) -> Sheet:
    """Return one result as a table."""
    if "refused" in result:
        return Sheet(f"{part} {name}", ["not measured"], [], [result["refused"]])
    return _SHEETS[part](name, result)


def spread(samples: list[float], form: str = ",.0f") -> str:
    """Return median, lowest and highest."""
    low, middle, high = min(samples), median(samples), max(samples)
    return f"{middle:{form}} ({low:{form}} to {high:{form}})"


def percent(share: float | None) -> str:
    """Return a share in percent, or nothing."""
    if share is None:
        return ""
    return "below 0.01 %" if 0 < share < 1e-4 else f"{100 * share:.3g} %"


def sentence(result: dict[str, Any]) -> str:
    """Return where, when and how busy."""
    machine = result["machine"]
    text = (
        f"{result['date']}, {machine['cores']} cores of {machine['processor']} "
        f"({machine['system']}), Python {machine['python']}"
    )
    if "others" in result:
        text += (
            f"; {percent(result['others'])} of the processors' time went to other "
            f"processes, {percent(result['stolen'])} to other guests"
        )
    return text + "."


def describe_training(result: dict[str, Any]) -> str:
    """Return what is trained on what."""
    batch = result["batch_size"]
    how = f"batches of {batch}" if batch else "all in one batch"
    loss = ", squared error" if result["loss"].startswith("mean") else ""
    optimizer = {"sgd": "SGD", "adam": "Adam"}[result["optimizer"]]
    return (
        f"{result['network']} {result['activation']}".rstrip()
        + f"{loss}, {optimizer}, {how}, {result['rows']:,} rows: {result['what']}"
    )


def judgement(result: dict[str, Any]) -> str:
    """Return the ratio to the best rival, beside what was wanted."""
    found = result["verdict"]
    if result["quick"]:
        return "A quick run, whose times mean nothing."
    if not found:
        return "schuss ran alone, or not at all."
    title = CONTESTANTS[found["best_rival"]].title
    text = f"schuss is {found['ratio']:.2f} x as fast as the best rival, {title}"
    if result.get("goal") is not None:
        text += f"; goal {result['goal']:g} x"
        text += " reached" if found["goal_met"] else " missed"
    if result.get("stretch"):
        text += f", stretch {result['stretch']:g} x"
        text += " reached" if found["stretch_met"] else " missed"
    return text + "."


def _training(name: str, result: dict[str, Any]) -> Sheet:
    rows, raced = _raced(result, "rates")
    losses = [one["checked_loss"] for one in raced]
    same = (
        f"from a loss of {result['checked_first_loss']:.4f}, the first steps in the "
        f"rows' own order led to {min(losses):.6f} to {max(losses):.6f}."
    )
    verdict = "NOT THE SAME WORK" if result["odd"] else "Same work"
    return Sheet(
        f"{name}: {describe_training(result)}",
        ["", "threads", "examples/s, median (min to max)", "of peak", "set-up"],
        rows,
        [judgement(result), f"{verdict}: {same}", *_absent(result), sentence(result)],
    )


def _inference(name: str, result: dict[str, Any]) -> Sheet:
    rows, raced = _raced(result, "microseconds")
    worst = max(one["difference"] for one in raced)
    same = f"probabilities differ from NumPy's in float64 by {worst:.1e} at most."
    verdict = "NOT THE SAME RESULT" if result["odd"] else "Same result"
    size = f"{result['rows']:,} {'row' if result['rows'] == 1 else 'rows'} a call"
    return Sheet(
        f"{name}: {result['network']} {result['activation']}, {size}",
        ["", "threads", "microseconds, median (min to max)", "of peak", "set-up"],
        rows,
        [judgement(result), f"{verdict}: {same}", *_absent(result), sentence(result)],
    )


def _raced(result: dict[str, Any], key: str) -> tuple[list[list[str]], list[Any]]:
    rows, raced = [], []
    for name, one in result["contestants"].items():
        if key not in one:
            continue
        form = ",.0f" if median(one[key]) >= 100 else ",.2f"
        options = ", ".join(f"{axis} {value}" for axis, value in one["options"].items())
        share = percent(share_of_peak(result, one))
        title = CONTESTANTS[name].title
        rows.append(
            [title, str(one["threads"]), spread(one[key], form), share, options]
        )
        raced.append(one)
    return rows, raced


def _absent(result: dict[str, Any]) -> list[str]:
    lines = [
        f"{CONTESTANTS[name].title} was not installed." for name in result["missing"]
    ]
    for name, one in result["contestants"].items():
        if "refused" in one:
            lines.append(
                f"{CONTESTANTS[name].title} is left out: {one['refused'].rstrip('.')}."
            )
    return lines


def _machine(name: str, result: dict[str, Any]) -> Sheet:
    rows = [
        [f"float32 multiply-adds, {name}", f"{one['highest']:.0f} GFLOP/s"]
        for name, one in result["peaks"].items()
    ]
    for threads, rate in result["bandwidth"].items():
        rows.append([f"copying 128 MiB, {threads}", f"{rate:.0f} GB/s"])
    return Sheet("machine", ["", "measured"], rows, [sentence(result)])


def _levels(name: str, result: dict[str, Any]) -> Sheet:
    rows = [[isa, spread(rates, ",.0f")] for isa, rates in result["rates"].items()]
    notes = [sentence(result)]
    if "ratio" in result:
        text = f"avx2 is {result['ratio']:.2f} x as fast as the baseline; goal "
        notes.insert(0, f"{text}{result['goal']:g} x {_met(result)}.")
    head = [f"{result['network']}, one thread", "examples/s, median (min to max)"]
    return Sheet("instruction sets", head, rows, notes)


def _products(name: str, result: dict[str, Any]) -> Sheet:
    rows = []
    for isa, kinds in result["shares"].items():
        for kind, one in kinds.items():
            cells = [percent(one[key]) for key in ("median", "lowest", "highest")]
            rows.append([f"{isa}, {kind}", *cells])
    goal = f"Goal: {percent(result['goal'])} of the peak of the same instruction set, "
    goal += f"{_met(result)}."
    notes = [goal]
    head = ["", "of peak, median", "lowest", "highest"]
    return Sheet(f"products, {name}", head, rows, [*notes, sentence(result)])


def _footprint(name: str, result: dict[str, Any]) -> Sheet:
    notes = [sentence(result)]
    if name == "cold":
        head, rows = _cold(result)
        wanted = f"Wanted: {percent(result['accuracy'])} of the images."
        notes = [wanted, judgement(result), *notes]
    elif name == "import":
        head = ["import", "milliseconds, median (min to max)"]
        rows = [
            [_library(one), spread([1000 * t for t in clocks])]
            for one, clocks in result["seconds"].items()
        ]
    else:
        called = _library if name == "size" else _title
        rows = [[called(one), f"{m:,.0f}"] for one, m in result["megabytes"].items()]
        head = [
            "installed, with all it needs" if name == "size" else "peak memory",
            "MB",
        ]
    if name == "memory":
        text = f"schuss needs {result['ratio']:.2f} x data, network and NumPy; goal "
        notes.insert(0, f"{text}{result['goal']:g} x {_met(result)}.")
    return Sheet(f"{name}: {_FOOTPRINTS[name]}", head, rows, notes)


def _scaling(name: str, result: dict[str, Any]) -> Sheet:
    one_core = list(result["peaks"].values())
    rows = []
    for point in result["points"]:
        peak = one_core[-1] if point["threads"] > 1 else one_core[-2]
        share = point["flops"] / point["median"] / 1e3 / peak
        values = [point[key] for key in ("median", "lowest", "highest")]
        shown = "{:.3g} ({:.3g} to {:.3g})".format(*values)
        cells = [f"{point['value']:,}", str(point["threads"]), shown, percent(share)]
        rows.append(cells)
    head = [name, "threads", "microseconds an example, median (min to max)", "of peak"]
    return Sheet(f"{name}: {_AXES[name]}", head, rows, [sentence(result)])


def _met(result: dict[str, Any]) -> str:
    if result["quick"]:
        return "not judged in a quick run"
    return "reached" if result["goal_met"] else "missed"


def _cold(result: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    rows = []
    for one, runs in result["contestants"].items():
        clocks = [us / 1e6 for us in runs["microseconds"]]
        cells = [spread(clocks, ".2f"), spread(runs["epochs"], "g")]
        rows.append([_title(one), str(runs["threads"]), *cells])
    return ["", "threads", "seconds, median (min to max)", "epochs"], rows


def _library(name: str) -> str:
    """Return a contestant's title without how it is used."""
    return CONTESTANTS[name].title.partition(",")[0].removesuffix(" loop")


def _title(name: str) -> str:
    if name == "baseline":
        return "data, network and NumPy alone"
    return CONTESTANTS[name].title


_FOOTPRINTS = {
    "import": "what an import takes above an empty interpreter",
    "size": "what an installation takes on the disk",
    "memory": "at most in memory in an epoch of the workload mnist",
    "cold": "from a cold start to a share of MNIST's test images told right",
}
_AXES = {
    "width": "256-w-w-10, batches of 128",
    "depth": "256 inputs, d hidden layers of 256, batches of 128",
    "batch": "784-256-128-10, batches of b",
    "rows": "784-256-128-10, batches of 128, r rows of 784 bytes in all",
}
_SHEETS = {
    "machine": _machine,
    "levels": _levels,
    "products": _products,
    "training": _training,
    "inference": _inference,
    "footprint": _footprint,
    "scaling": _scaling,
}
