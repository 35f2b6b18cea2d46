"""Puts the parts of the suite in order and collects what is wrong."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import (
    footprint,
    inference,
    levels,
    machine,
    products,
    scaling,
    tables,
    training,
)
from bench.race import Effort, Field, call_up, report
from bench.record import Record
from bench.workloads import WORKLOADS

PARTS = (
    "machine",
    "levels",
    "products",
    "training",
    "inference",
    "footprint",
    "scaling",
)
# What a quick run takes of each: every activation, optimizer, loss and kind of batch.
_QUICK = (
    ("xor", "digits", "mnist-adam", "primes", "regression"),
    ("call-overhead", "single-mnist", "table-small"),
)


@dataclass(frozen=True)
class Plan:
    """What to run: parts, names (empty for all), contestants (same), and how much."""

    parts: tuple[str, ...]
    names: list[str]
    contestants: list[str]
    effort: Effort
    mnist: Path | None
    quick: bool
    complete: bool


def mnist_folder() -> Path | None:
    """Return where the environment says MNIST is."""
    folder = os.environ.get("SCHUSS_DATA")
    return Path(folder) / "mnist" if folder else None


def names() -> list[str]:
    """Return the names of all results but that of the machine."""
    return [
        *levels.NAMES,
        *products.SHAPES,
        *WORKLOADS,
        *inference.CONTESTS,
        *footprint.NAMES,
        *scaling.AXES,
    ]


def run(plan: Plan, record: Record) -> str | None:
    """Run the plan; print its tables; return what is wrong, if anything is."""
    for part in plan.parts:
        for name, result, how in _RUNNERS[part](plan):
            record.add(part, name, result, quick=plan.quick, **how)
            print(tables.terminal(part, name, record.new[part][name]), flush=True)
    return wrong(plan, record.new) or None


def wrong(plan: Plan, new: dict[str, dict[str, Any]]) -> str:
    """Return who did unequal work or crashed, and who should not be missing."""
    sentences = []
    for some in new.values():
        for name, result in some.items():
            if odd := result.get("odd"):
                sentences.append(f"unequal work or a crash in {name}: {', '.join(odd)}")
            if plan.complete and (missing := result.get("missing")):
                sentences.append(f"missing in {name}: {', '.join(missing)}")
    return "\n".join(sentences)


Results = Iterable[tuple[str, dict[str, Any], dict[str, Any]]]


def _field(plan: Plan, trade: str) -> Field:
    field = call_up(trade)
    if plan.contestants:
        field.names = [name for name in field.names if name in plan.contestants]
    return field


def _wanted(plan: Plan, names: Iterable[str]) -> list[str]:
    quick = {name for some in _QUICK for name in some}
    wanted = plan.names or (quick if plan.quick else names)
    return [name for name in names if name in wanted]


def _how(field: Field, plan: Plan) -> dict[str, Any]:
    return {
        "versions": field.about,
        "missing": field.missing,
        "rounds": plan.effort.rounds,
    }


def _machine(plan: Plan) -> Results:
    report("machine")
    yield (
        "machine",
        {"peaks": machine.peaks(), "bandwidth": machine.bandwidth()},
        {},
    )


def _levels(plan: Plan) -> Results:
    if _wanted(plan, levels.NAMES) or plan.quick:
        report("instruction sets")
        for name, result in levels.run(plan.quick):
            yield name, result, {}


def _products(plan: Plan) -> Results:
    report("products")
    shapes = [name for name in products.SHAPES if name in (plan.names or names())]
    for name, result in products.run(shapes, plan.quick):
        yield name, result, {}


def _training(plan: Plan) -> Results:
    if names := _wanted(plan, WORKLOADS):
        field = _field(plan, "trainer")
        for name in names:
            result = training.run(name, field, plan.effort, plan.mnist, plan.quick)
            yield name, result, _how(field, plan)


def _inference(plan: Plan) -> Results:
    if names := _wanted(plan, inference.CONTESTS):
        field = _field(plan, "predictor")
        for name in names:
            result = inference.run(name, field, plan.effort, plan.quick)
            yield name, result, _how(field, plan)


def _footprint(plan: Plan) -> Results:
    kinds = [name for name in footprint.NAMES if name in (plan.names or names())]
    for name, result in footprint.run(kinds, plan.mnist, plan.quick):
        yield name, result, {}


def _scaling(plan: Plan) -> Results:
    report("scaling")
    axes = [name for name in scaling.AXES if name in (plan.names or names())]
    for name, result in scaling.run(axes, plan.quick):
        yield name, result, {}


_RUNNERS: dict[str, Callable[[Plan], Results]] = {
    "machine": _machine,
    "levels": _levels,
    "products": _products,
    "training": _training,
    "inference": _inference,
    "footprint": _footprint,
    "scaling": _scaling,
}
