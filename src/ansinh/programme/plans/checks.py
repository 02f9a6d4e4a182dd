"""What makes a plan file refused: every problem with its place in the file, in words for the person who writes it."""

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.shapes import ANY, DAY, FLAG, WORDS, misfits
from ansinh.programme.plans import rules
from ansinh.programme.plans.definition import Plan, build

GROUPS = (
    "principles", "scope", "period", "phases", "general_goal", "goals", "parties", "tasks", "reporting", "budget",
    "baseline_facts", "document",
)  # fmt: skip
_TEXT = {"section?": WORDS, "text?": WORDS, "english?": WORDS}
_LAW = {"number?": WORDS, "date?": DAY, "issuer?": WORDS, "title?": WORDS}
_TARGET = {"due?": DAY, "value?": ANY, "section?": WORDS, "text?": WORDS, "reason?": WORDS}
_YEARLY = {"recurrence?": WORDS, "due_month_day?": WORDS, "section?": WORDS}
# What each value is made of; what must be there and how the parts fit together is asked after that.
_FILE = {
    **dict.fromkeys(
        ("id?", "version?", "status?", "title?", "english?", "short_title?", "short_english?", "province?"), WORDS
    ),
    "document?": {
        **dict.fromkeys(("kind?", "number?", "number_reason?", "date_reason?", "issuer?"), WORDS), "date?": DAY,
        "signer?": WORDS, "signer_reason?": WORDS, "legal_basis?": [_LAW], "recipients?": [WORDS],
    },
    "period?": {"from?": DAY, "to?": DAY},
    "phases?": [{"id?": WORDS, "from?": DAY, "to?": DAY, "section?": WORDS}],
    "scope?": {
        **_TEXT, "facilities?": [WORDS], "facilities_note?": WORDS, "people?": [{"code?": WORDS, "text?": WORDS}],
        "people_note?": WORDS,
    },
    "principles?": [_TEXT],
    "general_goal?": _TEXT,
    "goals?": [{
        **dict.fromkeys(("id?", "measure?", "subject?", "comparator?", "unit?", "title?", "english?", "note?"), WORDS),
        "baseline?": {"value?": ANY, "reason?": WORDS}, "targets?": [_TARGET],
    }],
    "parties?": [dict.fromkeys(("id?", "organization?", "successor_duty?", "name?", "section?", "duty?"), WORDS)],
    "tasks?": [{
        **_YEARLY, **dict.fromkeys(("id?", "title?", "english?", "lead?", "deadline_reason?", "category?"), WORDS),
        "partners?": [WORDS], "due?": DAY, "goals?": [WORDS], "missions?": [WORDS],
    }],
    "reporting?": [{**_YEARLY, "id?": WORDS, "from?": WORDS, "to?": [WORDS], "source?": WORDS}],
    "budget?": [{"id?": WORDS, **_TEXT}],
    "baseline_facts?": [{"id?": WORDS, **_TEXT, "value?": ANY, "approximate?": FLAG, "unit?": WORDS}],
    "sections?": [{"section?": WORDS, "covers?": [WORDS], "reason?": WORDS}],
}  # fmt: skip
_NEEDED = (
    "id", "version", "title", "english", "province", "document", "period", "phases", "scope", "general_goal", "goals",
    "parties", "tasks", "reporting", "budget", "sections",
)  # fmt: skip
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
_SECTION = re.compile(r"[IVX]+(\.\d){0,3}(\.[a-zđ])?")
_MONTH_DAY = re.compile(r"\d\d-\d\d")
_MISSION = re.compile(r"M([1-9]|[12]\d|30)")


def read(path: Path, measures: Collection[str], organizations: Collection[str] | None = None) -> Plan:
    """The plan of a file. measures: ids that exist; organizations: unit codes that exist (None: not asked).

    Raises Invalid naming file and place of everything that is wrong.
    """
    return parse(yaml.document(path), path.name, measures, organizations)


def parse(data: Any, name: str, measures: Collection[str], organizations: Collection[str] | None = None) -> Plan:
    """Like `read`, from a document that is already read. name: how messages call the file."""
    found = [
        Problem("value", f"{name}: {problem.expression}: {problem.message}", problem.expression, key=problem.key)
        for problem in problems(data, measures, organizations)
    ]
    if found:
        raise Invalid(f"Kế hoạch bị từ chối. {found[0].message}", code="plan-file", problems=found)
    return build(data)


def problems(data: Any, measures: Collection[str], organizations: Collection[str] | None = None) -> list[Problem]:
    """Everything that is wrong with a document. Its shape first: what follows relies on it."""
    if not isinstance(data, Mapping):
        return [_problem("$", "phải là một bảng khóa và giá trị.", "not-mapping")]
    if shape := [*_shape(data), *(_problem(place, f"{what}.", "shape") for place, what in misfits(data, _FILE))]:
        return shape
    found = [*_goals(data, measures), *_tasks(data), *_reporting(data), *_ids(data), *_sections(data)]
    if organizations is not None:
        found += _organizations(data, organizations)
    return found


def _shape(data: Mapping[str, Any]) -> Iterator[Problem]:
    for key in _NEEDED:
        if not data.get(key):
            yield _problem(key, "không được để trống.", "missing")
    period = _table(data, "period")
    if not _is_day(period.get("from")) or not _is_day(period.get("to")) or period["to"] <= period["from"]:
        yield _problem("period", "cần from và to là ngày, to sau from.", "period")
    for key, needed in (
        ("goals", ("id", "measure", "comparator", "title", "targets")),
        ("tasks", ("id", "section", "title", "lead", "recurrence", "deadline_reason", "missions")),
        ("parties", ("id", "organization", "name", "section", "duty")),
        ("reporting", ("id", "from", "to", "recurrence", "section", "source")),
        ("phases", ("id", "from", "to", "section")),
        ("sections", ("section",)),
    ):
        yield from _rows(data, key, needed)
    document = _table(data, "document")
    for key in ("number", "date"):
        if not document.get(key) and not document.get(f"{key}_reason"):
            yield _problem(f"document.{key}", "thiếu; nếu bản văn không ghi thì nêu ở " + f"{key}_reason.", "document")
    for key in ("issuer", "legal_basis", "recipients"):
        if not document.get(key):
            yield _problem(f"document.{key}", "không được để trống.", "missing")


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A part of the file; one that is no table is told by its shape."""
    part = data.get(key)
    return part if isinstance(part, Mapping) else {}


def _rows(data: Mapping[str, Any], key: str, needed: Sequence[str]) -> Iterator[Problem]:
    rows = data.get(key)
    if not isinstance(rows, list):
        yield _problem(key, "phải là danh sách.", "not-list")
        return
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            yield _problem(f"{key}[{index}]", "phải là một bảng khóa và giá trị.", "not-mapping")
            continue
        for name in needed:
            if not row.get(name):
                yield _problem(f"{key}[{index}].{name}", "không được để trống.", "missing")


def _goals(data: Mapping[str, Any], measures: Collection[str]) -> Iterator[Problem]:
    for index, goal in enumerate(data["goals"]):
        place = f"goals[{index}]"
        if goal["measure"] not in measures:
            yield _problem(f"{place}.measure", f"không có chỉ tiêu «{goal['measure']}».", "unknown-measure")
        if goal["comparator"] not in rules.COMPARATORS:
            known = ", ".join(rules.COMPARATORS)
            yield _problem(
                f"{place}.comparator", f"phép so «{goal['comparator']}» không dùng được; chỉ có {known}.", "comparator"
            )
        baseline = goal.get("baseline") or {}
        if baseline.get("value") is None and not baseline.get("reason"):
            yield _problem(f"{place}.baseline", "cần số đầu kỳ, hoặc lý do không có.", "baseline")
        elif baseline.get("value") is not None and not _is_number(baseline["value"]):
            yield _problem(f"{place}.baseline.value", "phải là số.", "baseline")
        yield from _targets(data, goal, place)


def _targets(data: Mapping[str, Any], goal: Mapping[str, Any], place: str) -> Iterator[Problem]:
    dues = [target.get("due") for target in goal["targets"]]
    for phase in data["phases"]:
        if phase["to"] not in dues:
            yield _problem(f"{place}.targets", f"thiếu mốc {phase['to']:%d/%m/%Y} của {phase['id']}.", "missing-target")
    for number, target in enumerate(goal["targets"]):
        where = f"{place}.targets[{number}]"
        for key in ("section", "text"):
            if not target.get(key):
                yield _problem(f"{where}.{key}", "không được để trống.", "missing")
        if not _is_day(target.get("due")) or not data["period"]["from"] <= target["due"] <= data["period"]["to"]:
            yield _problem(f"{where}.due", "phải là ngày trong thời gian của kế hoạch.", "target-due")
        yield from _value(goal, target, where)
    if len(set(dues)) != len(dues):
        yield _problem(f"{place}.targets", "hai mốc cùng một ngày.", "duplicate-target")


def _value(goal: Mapping[str, Any], target: Mapping[str, Any], where: str) -> Iterator[Problem]:
    value = target.get("value")
    if value is None:
        if not target.get("reason"):
            yield _problem(
                f"{where}.value", "thiếu giá trị; nếu kế hoạch không đặt số thì nêu ở reason.", "missing-target"
            )
        if goal["comparator"] != "none":
            yield _problem(f"{where}.value", "không có số thì phép so phải là none.", "comparator")
        return
    if not _is_number(value):
        yield _problem(f"{where}.value", "phải là số.", "target-value")
    elif goal.get("unit", "%") == "%" and not 0 <= value <= 100:
        yield _problem(f"{where}.value", "phần trăm phải từ 0 đến 100.", "target-value")
    if goal["comparator"] == "none":
        yield _problem(f"{where}.value", "có số thì phép so không thể là none.", "comparator")


def _tasks(data: Mapping[str, Any]) -> Iterator[Problem]:
    parties, goals = _names(data, "parties"), _names(data, "goals")
    for index, task in enumerate(data["tasks"]):
        place = f"tasks[{index}]"
        for party in (task["lead"], *(task.get("partners") or ())):
            if party not in parties:
                yield _problem(f"{place}.lead", f"không có bên «{party}» trong parties.", "unknown-party")
        for goal in task.get("goals") or ():
            if goal not in goals:
                yield _problem(f"{place}.goals", f"không có mục tiêu «{goal}».", "unknown-goal")
        for mission in task["missions"]:
            if not _MISSION.fullmatch(str(mission)):
                yield _problem(f"{place}.missions", f"không có việc «{mission}»; chỉ có M1 đến M30.", "unknown-mission")
        yield from _deadline(data, task, place)


def _deadline(data: Mapping[str, Any], task: Mapping[str, Any], place: str) -> Iterator[Problem]:
    recurrence = task["recurrence"]
    if recurrence not in rules.RECURRENCES:
        yield _problem(
            f"{place}.recurrence",
            f"«{recurrence}» không dùng được; chỉ có {', '.join(rules.RECURRENCES)}.",
            "recurrence",
        )
    if recurrence == "once" and not (
        _is_day(task.get("due")) and data["period"]["from"] <= task["due"] <= data["period"]["to"]
    ):
        yield _problem(f"{place}.due", "việc làm một lần cần hạn là ngày trong thời gian của kế hoạch.", "task-due")
    if recurrence == "yearly" and not _is_month_day(task.get("due_month_day")):
        yield _problem(f"{place}.due_month_day", "việc hằng năm cần ngày dạng 12-15 (tháng-ngày).", "task-due")


def _reporting(data: Mapping[str, Any]) -> Iterator[Problem]:
    parties = _names(data, "parties")
    for index, row in enumerate(data["reporting"]):
        for party in (row["from"], *row["to"]):
            if party not in parties:
                yield _problem(f"reporting[{index}]", f"không có bên «{party}» trong parties.", "unknown-party")
        if row["recurrence"] == "yearly" and not _is_month_day(row.get("due_month_day")):
            yield _problem(f"reporting[{index}].due_month_day", "cần ngày dạng 12-15 (tháng-ngày).", "task-due")


def _ids(data: Mapping[str, Any]) -> Iterator[Problem]:
    """One name, one thing: the section index refers to goals, tasks and reports by id alone."""
    seen: set[str] = set()
    for key in ("goals", "tasks", "reporting"):
        for index, row in enumerate(data[key]):
            if not _ID.fullmatch(str(row["id"])):
                yield _problem(f"{key}[{index}].id", "mã gồm chữ thường không dấu, số và gạch nối.", "id")
            if row["id"] in seen or row["id"] in GROUPS:
                yield _problem(f"{key}[{index}].id", f"mã «{row['id']}» bị trùng.", "duplicate-id")
            seen.add(row["id"])
    parties = [row["id"] for row in data["parties"]]
    for index, party in enumerate(parties):
        if party in parties[:index]:
            yield _problem(f"parties[{index}].id", f"mã «{party}» bị trùng.", "duplicate-id")


def _sections(data: Mapping[str, Any]) -> Iterator[Problem]:
    indexed: set[str] = set()
    known = {row["id"] for key in ("goals", "tasks", "reporting") for row in data[key]} | set(GROUPS)
    for index, row in enumerate(data["sections"]):
        place = f"sections[{index}]"
        if not _SECTION.fullmatch(str(row["section"])):
            yield _problem(f"{place}.section", f"«{row['section']}» không phải số mục dạng IV.1.2.a.", "section")
        if row["section"] in indexed:
            yield _problem(f"{place}.section", f"mục {row['section']} bị trùng.", "duplicate-section")
        indexed.add(row["section"])
        if bool(row.get("covers")) == bool(row.get("reason")):
            yield _problem(place, "cần covers hoặc reason, một trong hai.", "section-empty")
        for name in row.get("covers") or ():
            if name not in known:
                yield _problem(f"{place}.covers", f"không có «{name}» trong kế hoạch.", "unknown-cover")
    for place, section in _used_sections(data):
        if section not in indexed:
            yield _problem(place, f"mục {section} chưa có trong sections.", "section-unknown")


def _used_sections(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("tasks", "parties", "reporting", "budget", "phases", "principles", "baseline_facts"):
        for index, row in enumerate(data.get(key) or []):
            yield f"{key}[{index}].section", row.get("section", "")
    for index, goal in enumerate(data["goals"]):
        for number, target in enumerate(goal["targets"]):
            yield f"goals[{index}].targets[{number}].section", target.get("section", "")
    yield "scope.section", data["scope"].get("section", "")
    yield "general_goal.section", data["general_goal"].get("section", "")


def _organizations(data: Mapping[str, Any], organizations: Collection[str]) -> list[Problem]:
    named = [("province", data["province"])]
    named += [(f"parties[{index}].organization", row["organization"]) for index, row in enumerate(data["parties"])]
    named += [(f"scope.facilities[{i}]", code) for i, code in enumerate(data["scope"].get("facilities") or [])]
    named += [(f"goals[{i}].subject", goal["subject"]) for i, goal in enumerate(data["goals"]) if goal.get("subject")]
    return [
        _problem(place, f"không có đơn vị «{code}» trong danh sách cơ sở.", "unknown-organization")
        for place, code in named
        if code not in organizations
    ]


def _names(data: Mapping[str, Any], key: str) -> set[str]:
    return {row["id"] for row in data[key]}


def _is_day(value: Any) -> bool:
    return type(value) is date


def _is_number(value: Any) -> bool:
    """YAML's `.inf` and `.nan` are none."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value)


def _is_month_day(value: Any) -> bool:
    """Checked in a year without 29 February: a yearly deadline must exist every year."""
    if not isinstance(value, str) or not _MONTH_DAY.fullmatch(value):
        return False
    try:
        date(2025, int(value[:2]), int(value[3:]))
    except ValueError:
        return False
    return True


def _problem(place: str, message: str, key: str) -> Problem:
    return Problem("value", message, place, key=key)
