"""Charts drawn on the server as SVG that stretches without scaling its text, each with its figures as a table.

Places across are percentages, places down are pixels, so one drawing serves a phone and a desk. Colours come from
CSS classes (`as-series-1` …), a dash pattern and a marker shape tell series apart without colour.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ansinh.kernel.text import format_number

Number = int | float | Decimal

TOP, BOTTOM, HEIGHT = 24.0, 30.0, 240.0
LEFT, RIGHT = 5.0, 95.0


@dataclass(frozen=True, slots=True)
class Series:
    """One line. points: (label across, value or None where nothing was measured), in order."""

    label: str
    points: Sequence[tuple[str, Number | None]]


@dataclass(frozen=True, slots=True)
class LineChart:
    """Values over time. target: a level to reach, drawn as a dashed line. low, high: force the axis."""

    title: str
    series: Sequence[Series]
    unit: str = ""
    description: str = ""
    target: Number | None = None
    target_label: str = ""
    low: Number | None = None
    high: Number | None = None
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. url opens what is behind the figure; note is a short text after it (12/40)."""

    label: str
    value: Number | None
    url: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class BarChart:
    """Values side by side, one row each. target: a mark across all bars."""

    title: str
    bars: Sequence[Bar]
    unit: str = ""
    description: str = ""
    target: Number | None = None
    target_label: str = ""
    high: Number | None = None
    places: int | None = None


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round values that cover low…high, about `count` steps of 1, 2, 2.5 or 5 times a power of ten."""
    if high <= low:
        high = low + 1
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from values to pixels from the top."""

    low: float
    high: float
    height: float = HEIGHT

    def y(self, value: Number) -> float:
        share = (float(value) - self.low) / (self.high - self.low)
        return round(self.height - BOTTOM - share * (self.height - TOP - BOTTOM), 2)


def line_drawing(chart: LineChart) -> dict[str, object]:
    """What `ui/_line_chart.html` draws: grid, across labels, lines with their markers, target."""
    values = [float(value) for line in chart.series for _, value in line.points if value is not None]
    if chart.target is not None:
        values.append(float(chart.target))
    low = float(chart.low) if chart.low is not None else min([0.0, *values])
    high = float(chart.high) if chart.high is not None else max([low + 1, *values])
    steps = ticks(low, high)
    axis = Axis(steps[0], steps[-1])
    labels = list(dict.fromkeys(label for line in chart.series for label, _ in line.points))
    places = {label: _across(index, len(labels)) for index, label in enumerate(labels)}
    return {
        "height": HEIGHT,
        "gutter": 8 * max(len(number(step)) for step in steps) + 10,
        "grid": [(axis.y(step), number(step)) for step in steps],
        "across": _across_labels(labels, places),
        "lines": [_line(index, line, axis, places, chart) for index, line in enumerate(chart.series, start=1)],
        "target": None if chart.target is None else axis.y(chart.target),
        "baseline": axis.y(axis.low),
    }


def _across(index: int, count: int) -> float:
    """Place of the n-th label in percent; a single one stands in the middle."""
    return 50.0 if count < 2 else round(LEFT + index * (RIGHT - LEFT) / (count - 1), 3)


def _across_labels(labels: Sequence[str], places: dict[str, float]) -> list[tuple[float, str, bool]]:
    """At most seven labels are written, evenly; on a phone only every second of these (the flag)."""
    step = max(1, math.ceil((len(labels) - 1) / 6)) if len(labels) > 1 else 1
    written = labels[::step]
    return [(places[label], label, index % 2 == 1) for index, label in enumerate(written)]


def _line(index: int, line: Series, axis: Axis, places: dict[str, float], chart: LineChart) -> dict[str, object]:
    dots, path, pen_down = [], [], False
    for label, value in line.points:
        if value is None:
            pen_down = False
            continue
        x, y = places[label], axis.y(value)
        path.append(f"{'L' if pen_down else 'M'}{x} {y}")
        pen_down = True
        dots.append({"x": x, "y": y, "text": f"{label}: {amount(value, chart.unit, chart.places)}"})
    return {"index": index, "label": line.label, "path": " ".join(path), "dots": dots, "single": len(dots) == 1}


def bar_drawing(chart: BarChart) -> dict[str, object]:
    """What `ui/_bar_chart.html` draws: the length of each bar in percent, and the target's place."""
    values = [float(bar.value) for bar in chart.bars if bar.value is not None]
    if chart.target is not None:
        values.append(float(chart.target))
    high = float(chart.high) if chart.high is not None else (max(values, default=0.0) or 1.0)
    return {
        "bars": [
            {
                "bar": bar,
                "width": None if bar.value is None else share(bar.value, high),
                "text": "–" if bar.value is None else amount(bar.value, chart.unit, chart.places),
            }
            for bar in chart.bars
        ],
        "target": None if chart.target is None else share(chart.target, high),
    }


def share(value: Number, whole: Number) -> float:
    """Percent of the whole for drawing: 0…100, one decimal; a whole of nothing gives 0."""
    if not whole:
        return 0.0
    return round(min(100.0, max(0.0, 100 * float(value) / float(whole))), 1)


def spark_path(values: Sequence[Number], width: float = 100.0, height: float = 28.0) -> str:
    """Path of a small line without axes through the values measured, 3 px inside its box; "" for none."""
    if not values:
        return ""
    low, high = float(min(values)), float(max(values))
    path: list[str] = []
    for index, value in enumerate(values):
        x = width / 2 if len(values) < 2 else 3 + index * (width - 6) / (len(values) - 1)
        level = 0.5 if high == low else (float(value) - low) / (high - low)
        path.append(f"{'L' if path else 'M'}{x:.1f} {height - 3 - level * (height - 6):.1f}")
    if len(path) == 1:
        path.append("h0.1")
    return " ".join(path)


def number(value: Number | None, places: int | None = None) -> str:
    """1.350,5 – without a needless ",0"."""
    if value is None:
        return "–"
    if places is None and float(value) == int(value):
        return format_number(int(value))
    return format_number(value, places)


def amount(value: Number | None, unit: str = "", places: int | None = None) -> str:
    """Number and unit: "70%", "128 mmHg"; no space that could break a line between them."""
    text = number(value, places)
    if not unit or value is None:
        return text
    return f"{text}%" if unit == "%" else f"{text}\u00a0{unit}"
