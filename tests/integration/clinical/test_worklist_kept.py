"""The work list is read once while nothing of it is written: never longer, and never for another reader."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ansinh.clinical.encounters import actions as care
from ansinh.clinical.registry import actions as registry
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.clinical.worklist import queries
from ansinh.clinical.worklist.queries import Filters
from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import reads
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_friday():
    with clock.frozen(NOW):
        yield


def a_resident(context, name: str, start: str = "2020-01-05") -> str:
    draft = PersonDraft(name, "male", "1950")
    return registry.register_person(context, draft=draft, admission=Admission("inpatient", start), confirmed_new=True)


def names(context, **filters) -> list[str]:
    return [one.name for one in queries.work(context, context.unit, Filters(**filters)).works]


def asked(act) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)


@pytest.fixture
def known_terms(lan, monkeypatch):
    """Code lists are read, and not asked again whether they changed: that comes every few seconds, not with a page."""
    monkeypatch.setattr(concepts, "_FRESH_SECONDS", 3600)
    a_resident(lan, "Lê Văn Quen")
    names(lan)


def test_list_asked_again_costs_the_marks_and_the_names(lan, known_terms):
    a_resident(lan, "Trần Văn Cũ")

    first, second = asked(lambda: names(lan)), asked(lambda: names(lan))

    assert first <= 5
    assert second == 2


def test_write_is_on_the_list_at_once(lan, binh):
    an = a_resident(lan, "Nguyễn Văn An")
    assert names(lan, kind="periodic-check") == ["Nguyễn Văn An"]

    care.record_check(
        binh, person_id=an, notes=care.Notes(NOW - timedelta(days=3), {"pulse": Decimal(70)}, note="Ổn định")
    )
    assert names(lan, kind="periodic-check") == []

    a_resident(lan, "Lê Văn Mới")
    assert names(lan, kind="periodic-check") == ["Lê Văn Mới"]


def test_next_day_is_asked_anew(lan):
    a_resident(lan, "Lê Văn Mới", "2026-06-20")
    before = names(lan, kind="periodic-check")

    with clock.frozen(NOW + timedelta(days=60)):
        after = names(lan, kind="periodic-check")

    assert (before, after) == ([], ["Lê Văn Mới"])


def test_readers_of_two_facilities_share_nothing(lan, cuc):
    a_resident(lan, "Nguyễn Văn An")
    a_resident(cuc, "Vàng A Páo")

    assert (names(lan), names(cuc), names(lan)) == (["Nguyễn Văn An"], ["Vàng A Páo"], ["Nguyễn Văn An"])
    assert queries.work(cuc, lan.unit, Filters()).works == []


def test_person_who_moves_to_another_facility_leaves_the_list(lan, cuc, system):
    an = a_resident(lan, "Nguyễn Văn An")
    assert names(lan) == ["Nguyễn Văn An"]

    patient = system.read("Patient", an)
    system.update({**patient, "managingOrganization": {"reference": f"Organization/{cuc.unit}"}})

    assert names(lan) == []


def test_filters_sort_a_copy_and_leave_what_is_kept(lan):
    for name in ("Bùi Văn Hai", "Trần Văn Cũ"):
        a_resident(lan, name)
    whole = names(lan)

    names(lan, kind="task")

    assert names(lan) == whole


def test_only_those_whom_the_page_names_are_noted_as_read(lan, monkeypatch):
    for name in ("Bùi Văn Hai", "Trần Văn Cũ", "Đỗ Văn Ba"):
        a_resident(lan, name)
    monkeypatch.setattr(queries, "PAGE", 2)
    noted: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(
        reads, "note_people", lambda _context, kind, people, verb="view": noted.append((kind, list(people)))
    )

    shown = [one.person for one in queries.work(lan, lan.unit, Filters(kind="periodic-check")).works]

    assert [sorted(people) for kind, people in noted if kind == "Patient"] == [sorted(shown)]
    assert Repository(lan).exists("Patient", shown[0])
    assert len(shown) == 2
