"""The mapping file: which figures go under which names. Pure but for reading the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.shapes import TEXT, WORDS, misfits
from ansinh.programme.measures.definition import Definition

PARTS = ("numerator", "denominator")
_FILE = {
    "id": TEXT, "title": TEXT, "source?": WORDS, "notes?": [WORDS], "data_set": TEXT, "units": {...: TEXT},
    "elements": [
        {"measure": TEXT, "part": TEXT, "element": TEXT, "by?": TEXT, "category?": TEXT, "options?": {...: TEXT}},
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Element:
    """One data element: a part of a measure, whole or by the strata of one way of breaking it down.

    options: stratum here → option of `category` there; empty for the whole figure.
    """

    measure: str
    part: str
    element: str
    by: str = ""
    category: str = ""
    options: Mapping[str, str] = ()  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class NameMapping:
    """units: code of a unit here → identifier of the organisation unit there."""

    id: str
    title: str
    data_set: str
    units: Mapping[str, str]
    elements: tuple[Element, ...]

    def measures(self) -> list[str]:
        """Ids of the measures that are exchanged, each once."""
        return list(dict.fromkeys(each.measure for each in self.elements))


def read(path: Path, measures: Mapping[str, Definition]) -> NameMapping:
    """The mapping of a file, against the measures of the node. Raises Invalid with every problem and its place."""
    data = yaml.document(path)
    problems = [
        Problem("structure", f"{what[:1].upper()}{what[1:]}.", place or "$") for place, what in misfits(data, _FILE)
    ]
    problems = problems or [Problem("value", what, place) for place, what in _unfit(data, measures)]
    if problems:
        first = problems[0]
        raise Invalid(f"Tệp đối chiếu {path.name}: {first.expression}: {first.message}", problems=problems)
    return NameMapping(
        data["id"], data["title"], data["data_set"], dict(data["units"]), tuple(map(_element, data["elements"]))
    )


def _element(row: Mapping[str, Any]) -> Element:
    said = {key: row.get(key) or "" for key in ("measure", "part", "element", "by", "category")}
    return Element(**said, options=dict(row.get("options") or {}))


def _unfit(data: Mapping[str, Any], measures: Mapping[str, Definition]) -> Iterator[tuple[str, str]]:
    seen: dict[tuple[str, str], int] = {}
    if len(set(data["units"].values())) < len(data["units"]):
        yield "units", "Hai đơn vị cùng một mã của hệ thống bên kia."
    for index, row in enumerate(data["elements"]):
        place, measure = f"elements[{index}]", measures.get(row["measure"])
        if measure is None:
            yield f"{place}.measure", f"Không có chỉ tiêu «{row['measure']}»."
            continue
        if row["part"] not in PARTS or (row["part"] == "denominator" and measure.unit == "count"):
            yield f"{place}.part", "Phần phải là numerator, hoặc denominator với chỉ tiêu tính tỷ lệ."
        by, options = row.get("by") or "", row.get("options") or {}
        if by and by not in measure.stratifiers:
            yield f"{place}.by", f"Chỉ tiêu «{measure.id}» không phân tổ theo «{by}»."
        if bool(by) != bool(options) or bool(by) != bool(row.get("category")):
            yield f"{place}.options", "Ba khóa by, category và options đi cùng nhau."
        for option in list(options.values()) or [""]:
            if (row["element"], option) in seen:
                yield f"{place}.element", f"Trùng tên và lựa chọn với elements[{seen[row['element'], option]}]."
            seen.setdefault((row["element"], option), index)
