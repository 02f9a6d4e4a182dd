"""Reads: who holds which post at a facility, what a document said, both side by side."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import NotFound
from ansinh.network.workforce import rules
from ansinh.network.workforce.resources import LEVEL, POST, baseline_from, post_from_row
from ansinh.network.workforce.rules import Baseline, Comparison, Post

_POSTS = """
    SELECT id, practitioner_id, practitioner_name, post, level, from_date, to_date FROM view_practitioner_role
    WHERE facility_id = :facility ORDER BY practitioner_name, from_date
"""
_REPORTS = """
    SELECT id FROM view_staff_count WHERE facility_id = :facility AND group_code = 'total' AND code = 'total'
    ORDER BY period_end
"""


@dataclass(frozen=True, slots=True)
class Staff:
    """One facility on a day."""

    at: date
    baseline: Baseline | None
    lines: tuple[Comparison, ...]
    posts: tuple[Post, ...]
    former: tuple[Post, ...]


def posts(context: Context, facility_id: str) -> list[Post]:
    """Every post of the facility, ended ones too: one query."""
    return [post_from_row(row) for row in tables.rows(context, _POSTS, {"facility": facility_id})]


def baseline(facility_id: str) -> Baseline | None:
    """The latest figures that a document gave for the facility. They were published in the plan: no reach is asked."""
    node = system_context()
    rows = tables.rows(node, _REPORTS, {"facility": facility_id})
    stored = Repository(node).find("MeasureReport", rows[-1]["id"]) if rows else None
    return baseline_from(stored) if stored else None


def stored_post(context: Context, facility_id: str, post_id: str) -> dict[str, Any]:
    """The PractitionerRole of a facility within reach. Raises NotFound for any other."""
    refuse_beyond_reach(context, facility_id)
    found = Repository(context).read("PractitionerRole", post_id)
    if found.get("organization", {}).get("reference") != f"Organization/{facility_id}":
        raise NotFound("Không tìm thấy vị trí này.")
    return found


def refuse_beyond_reach(context: Context, facility_id: str) -> None:
    """Raises NotFound for a facility whose staff the reader may not write about."""
    if not context.reaches(facility_id):
        raise NotFound("Không tìm thấy đơn vị.")


def staff(context: Context, facility_id: str, at: date | None = None) -> Staff:
    """Posts of a day, the document's figures, and both compared."""
    day, then, everyone = at or clock.today(), baseline(facility_id), posts(context, facility_id)
    return Staff(
        at=day,
        baseline=then,
        lines=tuple(rules.compare(then, everyone, day)),
        posts=tuple(post for post in everyone if post.held_on(day)),
        former=tuple(post for post in everyone if post.end and post.end < day),
    )


def post_name(code: str, language: str = "vi") -> str:
    """The post in words."""
    return concepts.display(POST, code, language)


def post_choices(language: str = "vi") -> list[tuple[str, str]]:
    """Posts that somebody may hold, in the order of the list."""
    return [(item.code, item.words(language)) for item in concepts.members(POST) if not item.is_abstract]


def level_choices(language: str = "vi") -> list[tuple[str, str]]:
    """Levels of training."""
    return [(item.code, item.words(language)) for item in concepts.members(LEVEL)]
