"""Figures, by name, with their units and aims; as a table and as JSON."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `aim` is what it should not be above (or, for `more`, not below)."""

    value: float
    unit: str
    aim: float | None = None
    more: bool = False

    @property
    def verdict(self) -> str:
        """Does it reach its aim?"""
        if self.aim is None:
            return ""
        sign = "≥" if self.more else "≤"
        reached = self.value >= self.aim if self.more else self.value <= self.aim
        return f"{sign} {self.aim:,g}  {'yes' if reached else 'NO'}"


@dataclass(slots=True)
class Results:
    """All figures of one run, in order."""

    figures: dict[str, Figure] = field(default_factory=dict)

    def add(self, name: str, value: float, unit: str, aim: float | None = None, *, more: bool = False) -> None:
        """Note a figure, and print it."""
        figure = self.figures[name] = Figure(value, unit, aim, more)
        print(f"{name:<58}{_round(value):>12} {unit:<10} {figure.verdict}".rstrip(), flush=True)

    def write(self, path: Path) -> None:
        """As `{"name": {"value": …, "unit": …}}`; figures of earlier runs that were not measured now stay."""
        old = json.loads(path.read_text()) if path.exists() else {}
        new = {name: {"value": figure.value, "unit": figure.unit} for name, figure in self.figures.items()}
        path.write_text(json.dumps(old | new, indent=1, ensure_ascii=False) + "\n")


def _round(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of the values lie."""
    ordered = sorted(values)
    return ordered[min(round(percent / 100 * (len(ordered) - 1)), len(ordered) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
