"""What pages of rehabilitation show, in the reader's language."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop

from ansinh.clinical.registry.views.reading import entry_url
from ansinh.clinical.rehab import goals, outcomes, reading
from ansinh.clinical.rehab.careplan import Activity
from ansinh.clinical.rehab.reading import GoalLine, Outcome, Slot
from ansinh.fhir.terminology import concepts
from ansinh.kernel.naming import CS
from ansinh.ui import charts
from ansinh.ui.language import in_language

# Units of measured totals and items, as the forms name them.
_UNITS = [gettext_noop(one) for one in ("giây", "m/giây", "dấu hiệu", "mức", "điểm", "giờ/ngày")]
_TONES = {"achieved": "good", "improving": "good", "not-achieved": "bad", "no-progress": "warn", "in-progress": "info"}


def outcome_rows(person_id: str, found: Sequence[Outcome], language: str) -> list[dict[str, Any]]:
    """Each measure: last value, small line, and what the change says in a sentence."""
    return [
        {
            "label": reading.measure_words(one.code, language),
            "value": one.last.value,
            "unit": in_language(one.unit),
            "at": one.last.at,
            "url": entry_url(person_id, "Observation", one.last.id),
            "sentence": in_language(outcomes.sentence(one.change, in_language(one.unit))) if one.change else "",
            "source": one.change.mcid.source if one.change and one.change.mcid else "",
            "trend": one.change.trend if one.change else "",
            "path": charts.spark_path([float(point.value) for point in one.points]) if len(one.points) > 1 else "",
        }
        for one in found
    ]


def discipline_words(code: str, language: str) -> str:
    """What a discipline is called."""
    return concepts.display(CS("rehab-discipline"), code, language)


def goal_rows(person_id: str, lines: Sequence[GoalLine], language: str) -> list[dict[str, Any]]:
    """Each goal with its measure in words, its state, and where it is taken back."""
    return [
        asdict(line)
        | {
            "discipline": discipline_words(line.discipline, language),
            "measure": reading.measure_words(line.measure, language) if line.target is not None else line.measure,
            "state_words": in_language(goals.STATES.get(line.state, "")),
            "tone": _TONES.get(line.state, "neutral"),
            "open": line.is_open,
            "reached": line.is_reached,
            "unit": in_language(line.unit),
            "off_url": reverse("rehab_goal_off", args=[person_id, line.id]),
        }
        for line in lines
    ]


def activity_rows(person_id: str, lines: Sequence[Activity], language: str) -> list[dict[str, Any]]:
    """Lines of the plan by discipline, in the order of the disciplines."""
    order = [one.code for one in concepts.members(CS("rehab-discipline"))]
    shown = []
    for code in sorted({line.discipline for line in lines}, key=lambda one: order.index(one) if one in order else 99):
        rows = [
            {"line": line, "stop_url": reverse("rehab_activity_stop", args=[person_id, line.id])}
            for line in lines
            if line.discipline == code
        ]
        shown.append({"words": discipline_words(code, language), "rows": rows})
    return shown


def slot_rows(slots: Sequence[Slot], language: str) -> list[dict[str, Any]]:
    """Days of a week with their sessions."""
    days: dict[Any, list[dict[str, Any]]] = {}
    for slot in slots:
        row = {
            "slot": slot,
            "from": slot.booking.start.astimezone(reading.VIETNAM).strftime("%H:%M"),
            "to": slot.booking.end.astimezone(reading.VIETNAM).strftime("%H:%M"),
            "discipline": discipline_words(slot.discipline, language),
            "url": reverse("person_rehab", args=[slot.booking.person]),
            "cancel_url": reverse("rehab_cancel", args=[slot.booking.person, slot.booking.id]),
        }
        days.setdefault(slot.day, []).append(row)
    return [{"day": day, "rows": rows} for day, rows in sorted(days.items())]
