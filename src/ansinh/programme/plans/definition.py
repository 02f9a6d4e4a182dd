"""What a file of definitions/plans says, as values. `checks` refuses a file that is not whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ansinh.kernel.text import nfc
from ansinh.programme.plans.rules import Comparator


@dataclass(frozen=True, slots=True)
class Target:
    """A value to reach by a day; without a value the plan's reason for giving none."""

    due: date
    value: Decimal | None
    section: str
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """subject: code of the one facility the goal speaks of, "" for all facilities of the province."""

    id: str
    measure: str
    comparator: Comparator
    unit: str
    title: str
    english: str
    targets: tuple[Target, ...]
    subject: str = ""
    baseline: Decimal | None = None
    baseline_reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part. successor_duty: which branch carries on when the body has ended."""

    id: str
    organization: str
    name: str
    section: str
    duty: str
    successor_duty: str = ""


@dataclass(frozen=True, slots=True)
class PlanTask:
    """recurrence: continuous, yearly (month_day) or once (due). deadline_reason: where the deadline comes from."""

    id: str
    section: str
    title: str
    english: str
    lead: str
    partners: tuple[str, ...]
    recurrence: str
    due: date | None
    month_day: tuple[int, int] | None
    deadline_reason: str
    category: str
    goals: tuple[str, ...]
    missions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who reports to whom, when, and where that is written."""

    id: str
    sender: str
    receivers: tuple[str, ...]
    recurrence: str
    month_day: tuple[int, int] | None
    section: str
    source: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One provincial plan. data: the file's other parts as they were read (document, scope, budget, …)."""

    id: str
    version: str
    title: str
    english: str
    short_title: str
    short_english: str
    province: str
    start: date
    end: date
    goals: tuple[Goal, ...]
    parties: tuple[Party, ...]
    tasks: tuple[PlanTask, ...]
    reporting: tuple[Reporting, ...]
    data: Mapping[str, Any]

    def goal(self, goal_id: str) -> Goal | None:
        """One goal by id."""
        return next((goal for goal in self.goals if goal.id == goal_id), None)

    def task(self, task_id: str) -> PlanTask | None:
        """One task by id."""
        return next((task for task in self.tasks if task.id == task_id), None)

    def party(self, party_id: str) -> Party | None:
        """One party by id."""
        return next((party for party in self.parties if party.id == party_id), None)

    def name_of(self, party_id: str) -> str:
        """A party as the plan names it."""
        party = self.party(party_id)
        return party.name if party else party_id

    @property
    def number(self) -> str:
        """Number of the document; "" when the copy that was read gives none."""
        return self.data["document"].get("number") or ""

    @property
    def document(self) -> Mapping[str, Any]:
        """Number, date, issuer, legal basis, recipients."""
        return self.data["document"]


def build(data: Mapping[str, Any]) -> Plan:
    """The plan of a document that `checks.problems` found whole."""
    return Plan(
        id=data["id"],
        version=data["version"],
        title=nfc(data["title"]),
        english=nfc(data.get("english", "")),
        short_title=nfc(data.get("short_title") or data["title"]),
        short_english=nfc(data.get("short_english") or data.get("english", "")),
        province=data["province"],
        start=data["period"]["from"],
        end=data["period"]["to"],
        goals=tuple(_goal(row) for row in data["goals"]),
        parties=tuple(_party(row) for row in data["parties"]),
        tasks=tuple(_task(row) for row in data["tasks"]),
        reporting=tuple(_reporting(row) for row in data["reporting"]),
        data=data,
    )


def month_day(text: str | None) -> tuple[int, int] | None:
    """ "12-15" → (12, 15)."""
    if not text:
        return None
    month, number = text.split("-")
    return int(month), int(number)


def _goal(row: Mapping[str, Any]) -> Goal:
    baseline = row.get("baseline") or {}
    return Goal(
        id=row["id"],
        measure=row["measure"],
        comparator=row["comparator"],
        unit=row.get("unit", "%"),
        title=nfc(row["title"]),
        english=nfc(row.get("english", "")),
        targets=tuple(
            Target(t["due"], _decimal(t.get("value")), t["section"], nfc(t["text"]), nfc(t.get("reason") or ""))
            for t in row["targets"]
        ),
        subject=row.get("subject") or "",
        baseline=_decimal(baseline.get("value")),
        baseline_reason=nfc(baseline.get("reason") or ""),
        note=nfc(row.get("note", "")),
    )


def _party(row: Mapping[str, Any]) -> Party:
    return Party(
        row["id"],
        row["organization"],
        nfc(row["name"]),
        row["section"],
        nfc(row["duty"]),
        row.get("successor_duty", ""),
    )


def _task(row: Mapping[str, Any]) -> PlanTask:
    return PlanTask(
        id=row["id"],
        section=row["section"],
        title=nfc(row["title"]),
        english=nfc(row.get("english", "")),
        lead=row["lead"],
        partners=tuple(row.get("partners") or ()),
        recurrence=row["recurrence"],
        due=row.get("due"),
        month_day=month_day(row.get("due_month_day")),
        deadline_reason=nfc(row.get("deadline_reason", "")),
        category=row.get("category", ""),
        goals=tuple(row.get("goals") or ()),
        missions=tuple(row.get("missions") or ()),
    )


def _reporting(row: Mapping[str, Any]) -> Reporting:
    return Reporting(
        id=row["id"],
        sender=row["from"],
        receivers=tuple(row["to"]),
        recurrence=row["recurrence"],
        month_day=month_day(row.get("due_month_day")),
        section=row["section"],
        source=nfc(row.get("source", "")),
    )


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
