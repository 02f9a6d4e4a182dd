"""A file of definitions/workforce, read and checked. Figures are kept as the document gives them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.text import nfc
from ansinh.network.workforce.rules import Baseline, Figure

_HEAD = {"id", "measure", "plan", "section", "period", "source", "facilities", "notes"}
_FACILITY = {"facility", "total", "level", "profession"}


@dataclass(frozen=True, slots=True)
class Figures:
    """One document: its id and what it says of each facility (facility codes)."""

    id: str
    baselines: tuple[Baseline, ...]


def read(path: Path) -> Figures:
    """One file. Raises Invalid with every problem and its place."""
    try:
        data = yaml.read(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(f"Tệp {path.name} không đọc được: không phải YAML đúng.", code="not-yaml") from error
    if found := list(_problems(path, data)):
        raise Invalid(f"Tệp nhân lực chưa dùng được: {found[0].message}", code="workforce-file", problems=found)
    remarks = [(row.get("facility"), nfc(row["text"])) for row in data.get("notes") or []]
    baselines = [_baseline(data, row, remarks) for row in data["facilities"]]
    return Figures(data["id"], tuple(baselines))


def _problems(path: Path, data: Any) -> Iterable[Problem]:
    if not isinstance(data, Mapping) or not isinstance(data.get("facilities"), list):
        yield _problem(path, "facilities", "phải là danh sách cơ sở")
        return
    for key in ("id", "source", "period"):
        if not data.get(key):
            yield _problem(path, key, "không được để trống")
    days = [(data.get("period") or {}).get(key) for key in ("from", "to")]
    if not (isinstance(days[0], date) and isinstance(days[1], date) and days[0] <= days[1]):
        yield _problem(path, "period", "phải có from và to, to không trước from")
    yield from (_problem(path, key, "khóa không biết") for key in data if key not in _HEAD)
    seen: set[str] = set()
    for index, row in enumerate(data["facilities"]):
        place = f"facilities[{index}]"
        yield from (_problem(path, f"{place}.{key}", "khóa không biết") for key in row if key not in _FACILITY)
        if not row.get("facility") or row["facility"] in seen:
            yield _problem(path, f"{place}.facility", "thiếu hoặc bị trùng")
        seen.add(row.get("facility"))
        yield from _number_problems(path, place, row)


def _number_problems(path: Path, place: str, row: Mapping[str, Any]) -> Iterable[Problem]:
    numbers = [("total", row.get("total"))]
    for group in ("level", "profession"):
        for index, item in enumerate(row.get(group) or []):
            numbers.append((f"{group}[{index}].value", item.get("value")))
            if not item.get("code") or not item.get("text"):
                yield _problem(path, f"{place}.{group}[{index}]", "cần code và text")
    for where, number in numbers:
        if type(number) is not int or number < 0:
            yield _problem(path, f"{place}.{where}", "phải là số nguyên không âm")


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
