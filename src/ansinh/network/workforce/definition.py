"""A file of definitions/workforce, read and checked. Figures are kept as the document gives them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.shapes import COUNT, DAY, TEXT, WORDS, misfits
from ansinh.kernel.text import nfc
from ansinh.network.workforce.rules import Baseline, Figure

_FIGURE = {"code": TEXT, "text": TEXT, "value": COUNT}
_FACILITY = {"facility": TEXT, "total": COUNT, "level?": [_FIGURE], "profession?": [_FIGURE]}
_FILE = {
    "id": TEXT, "measure?": WORDS, "plan?": WORDS, "section?": WORDS, "period": {"from": DAY, "to": DAY},
    "source": TEXT, "facilities": [_FACILITY], "notes?": [{"facility": TEXT, "text": TEXT}],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """One document: its id and what it says of each facility (facility codes)."""

    id: str
    baselines: tuple[Baseline, ...]


def read(path: Path) -> Figures:
    """One file. Raises Invalid with every problem and its place."""
    data = yaml.document(path)
    if found := _problems(path, data):
        raise Invalid(f"Tệp nhân lực chưa dùng được: {found[0].message}", code="workforce-file", problems=found)
    remarks = [(row["facility"], nfc(row["text"])) for row in data.get("notes") or []]
    baselines = [_baseline(data, row, remarks) for row in data["facilities"]]
    return Figures(data["id"], tuple(baselines))


def _problems(path: Path, data: Any) -> list[Problem]:
    if found := [_problem(path, place, what) for place, what in misfits(data, _FILE)]:
        return found
    if data["period"]["to"] < data["period"]["from"]:
        found.append(_problem(path, "period", "phải có from và to, to không trước from"))
    facilities = [row["facility"] for row in data["facilities"]]
    for index, facility in enumerate(facilities):
        if facility in facilities[:index]:
            found.append(_problem(path, f"facilities[{index}].facility", "bị trùng"))
    return found


def _problem(path: Path, place: str, what: str) -> Problem:
    return Problem("value", f"{path.name}: {place}: {what}.", f"{path.name}: {place}", key="workforce-file")


def _baseline(data: Mapping[str, Any], row: Mapping[str, Any], remarks: list[tuple[str, str]]) -> Baseline:
    figures = [Figure("total", "total", "Tổng số", row["total"])]
    for group in ("level", "profession"):
        figures += [Figure(group, item["code"], nfc(item["text"]), item["value"]) for item in row.get(group) or []]
    baseline = Baseline(
        facility=row["facility"],
        period_from=data["period"]["from"],
        period_to=data["period"]["to"],
        source=nfc(data["source"]),
        figures=tuple(figures),
        notes=tuple(text for facility, text in remarks if facility == row["facility"]),
    )
    if not baseline.difference:
        return baseline
    note = (
        f"Văn bản ghi tổng {baseline.total} người, cộng theo trình độ là {baseline.sum_of('level')}; "
        "giữ nguyên số của văn bản."
    )
    return Baseline(
        baseline.facility, baseline.period_from, baseline.period_to, baseline.source, baseline.figures,
        (*baseline.notes, note),
    )  # fmt: skip
