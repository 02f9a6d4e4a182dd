"""Values of another system into the store: one MeasureReport a figure, all of them or none."""

from collections.abc import Mapping, Sequence
from typing import Any

from ansinh.fhir.store import Repository
from ansinh.kernel import clock, ids, text
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.naming import EXT
from ansinh.network.facilities.rules import Unit
from ansinh.programme.measures import resources, rules
from ansinh.programme.measures.aggregates.mapping import Element, NameMapping
from ansinh.programme.measures.aggregates.values import Value
from ansinh.programme.measures.counting import Counting
from ansinh.programme.measures.definition import Definition
from ansinh.programme.measures.figures import UnitFigure
from ansinh.programme.measures.rules import Period

RECEIVED = EXT("received-from")

type Figure = tuple[str, str, Period]
"""Measure, code of the unit, period."""
type Row = tuple[str, str]
"""Way of breaking down and stratum; both empty for the whole figure."""
type Counts = dict[str, int]
"""Count by part: `numerator`, `denominator`."""


def take(repository: Repository, mapping: NameMapping, given: Sequence[Value], source: str) -> int:
    """Keep what another system says; how many figures. The same file again changes nothing, a newer one a version.

    source: whose figures they are, as a person names it. Raises Invalid with every value that the mapping does not
    know, that says something twice, or whose share lacks a part; nothing is kept then.
    """
    count = Counting()
    found, problems = _parts(mapping, given)
    problems += [
        _lacking(figure) for figure, rows in found.items() if not _are_whole(count.definition(figure[0]), rows)
    ]
    if not given or not source.strip():
        problems.append(Problem("required", "Thiếu số liệu, hoặc thiếu tên hệ thống gửi."))
    by_code = {unit.code: unit for unit in count.register.units}
    if unknown := next((figure[1] for figure in found if figure[1] not in by_code), ""):
        problems.append(Problem("not-found", f"Tệp đối chiếu nêu đơn vị «{unknown}» mà nút này không có."))
    if problems:
        raise Invalid(f"Không nhận tệp, có {len(problems)} chỗ sai; đầu tiên: {problems[0].message}", problems=problems)
    for figure, rows in found.items():
        measure, unit = count.definition(figure[0]), by_code[figure[1]]
        repository.save(_report(measure, unit, figure[2], rows, (mapping.id, source)))
    return len(found)


def _parts(mapping: NameMapping, given: Sequence[Value]) -> tuple[dict[Figure, dict[Row, Counts]], list[Problem]]:
    units = {there: here for here, there in mapping.units.items()}
    names = _names(mapping)
    found: dict[Figure, dict[Row, Counts]] = {}
    problems: list[Problem] = []
    for value in given:
        option = value.options[0][1] if value.options else ""
        if value.unit not in units or (value.element, option) not in names:
            problems.append(_unknown(value, value.unit if value.unit not in units else f"{value.element} {option}"))
            continue
        element, row = names[value.element, option]
        counts = found.setdefault((element.measure, units[value.unit], value.period), {}).setdefault(row, {})
        if element.part in counts:
            problems.append(Problem("duplicate", f"{value.place}: số liệu nêu hai lần.", value.place))
        counts[element.part] = value.count
    return found, problems


def _names(mapping: NameMapping) -> dict[tuple[str, str], tuple[Element, Row]]:
    """By data element and option there: which element of the mapping, and which row of the figure here."""
    found: dict[tuple[str, str], tuple[Element, Row]] = {}
    for each in mapping.elements:
        options = {option: (each.by, stratum) for stratum, option in dict(each.options).items()} or {"": ("", "")}
        found |= {(each.element, option): (each, row) for option, row in options.items()}
    return found


def _unknown(value: Value, name: str) -> Problem:
    return Problem("code-invalid", f"{value.place}: tệp đối chiếu không có «{name[:60]}».", value.place)


def _lacking(figure: Figure) -> Problem:
    words = f"Chỉ tiêu «{figure[0]}» của «{figure[1]}» thiếu số chung, tử số hoặc mẫu số, hoặc tử số lớn hơn mẫu số."
    return Problem("required", words)


def _are_whole(measure: Definition, rows: Mapping[Row, Counts]) -> bool:
    return ("", "") in rows and all(_is_whole(measure, counts) for counts in rows.values())


def _is_whole(measure: Definition, counts: Counts) -> bool:
    if "numerator" not in counts:
        return False
    return measure.unit == "count" or counts["numerator"] <= counts.get("denominator", -1)


def _report(
    measure: Definition, unit: Unit, period: Period, rows: Mapping[Row, Counts], origin: tuple[str, str]
) -> dict[str, Any]:
    counts = rows["", ""]
    numerator, denominator = counts["numerator"], counts.get("denominator", 0)
    total = UnitFigure(unit.id, unit.name, numerator, denominator, rules.value(measure.unit, numerator, denominator))
    report = resources.report(measure, total, (), period, 0, clock.today().isoformat())
    if len(rows) > 1:
        report["group"][0]["stratifier"] = _stratifiers(rows)
    span = f"{period.start.isoformat()}/{period.end.isoformat()}"
    return report | {
        "id": ids.stable_id("MeasureReport", "received", origin[0], measure.id, unit.id, span),
        "extension": [{"url": RECEIVED, "valueString": text.nfc(origin[1].strip())}],
    }


def _stratifiers(rows: Mapping[Row, Counts]) -> list[dict[str, Any]]:
    ways = dict.fromkeys(by for by, _ in rows if by)
    return [
        {
            "code": [{"text": way}],
            "stratum": [
                {"value": {"text": stratum or "unknown"}, "population": _populations(counts)}
                for (by, stratum), counts in rows.items()
                if by == way
            ],
        }
        for way in ways
    ]


def _populations(counts: Counts) -> list[dict[str, Any]]:
    return [
        {"code": {"coding": [{"system": resources.POPULATION, "code": part}]}, "count": count}
        for part, count in counts.items()
    ]
