"""No form opens for what lies beyond the reader's reach: units, posts, tasks and reports of others.

Reading about others may be allowed (the directory of facilities, published plans). A form that can only be refused when
it is saved is not: who typed it in would lose it.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ansinh.access.contexts import context_of
from ansinh.fhir.store import journal
from ansinh.fhir.views import tables
from ansinh.kernel.context import system_context
from ansinh.network.workforce import actions as workforce
from ansinh.programme.reports import actions as reports
from tests.support import private_lives

pytestmark = pytest.mark.django_db
PLAN = "dak-nong-2021-2030"
POST = "director"
READERS = ("mai", "officer", "leader")


@pytest.fixture
def lam_dong(world) -> str:
    """The province that Đắk Nông became a part of: nobody of the cast works there."""
    rows = tables.rows(system_context(), "SELECT id FROM view_organization WHERE code = 'ubnd-lam-dong'")
    return rows[0]["id"]


@pytest.fixture
def foreign(world, son, lam_dong, account_of) -> dict[str, list[Any]]:
    """What may stand for each argument of an address, none of it within reach of facility A or of Ninh Bình."""
    cuc = account_of("cuc")
    post = workforce.take_up_post(son, facility=world.b, full_name="Người Khác", post=POST, start=date(2026, 1, 5))
    return {
        "facility_id": [world.b, lam_dong],
        "post_id": [post],
        "catalogue": ["rehab"],
        "change": ["chuyen", "dong"],
        "plan_id": [PLAN],
        "task_id": ["nv-1-a", "nv-2-b"],
        "goal_id": ["quan-ly-suc-khoe-dien-tu"],
        "measure_id": ["stays-open"],
        "report_id": [reports.build_draft(system_context(), plan_id=PLAN, year=2025).id],
        "kind": ["docx"],
        "account_id": [cuc.pk],
        **private_lives.of(cuc, "q", world.b),
        "assignment_id": [cuc.assignments.get().pk],
        "session_id": [UserSession.objects.create(user=cuc, ip="127.0.0.1", session_key="cua-cuc").pk],
        "key_id": [Authenticator.objects.create(user=cuc, type="webauthn", data={"name": "Khóa"}).pk],
        "step": ["dong", "mo-lai", "mo-khoa", "xoa-lop-hai", "dang-xuat", "la"],
    }


# Arguments of people's records, results, prescriptions and lots: strangers are refused there by the tests of the rooms.
ELSEWHERE = {"person_id", "report", "code", "lot"}


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def addresses(values: dict[str, list[str]]) -> list[str]:
    """Every address about a unit, a plan or a report; those about people are walked in test_strangers_on_pages."""
    found = []
    for pattern in patterns(get_resolver()):
        converters = pattern.pattern.converters
        if not pattern.name or not converters or set(converters) & ELSEWHERE:
            continue
        if any("UUID" in type(one).__name__ for one in converters.values()):
            continue
        assert set(converters) <= set(values), f"{pattern.name}: say what of it is beyond reach"
        given: list[dict[str, str]] = [{}]
        for name in converters:
            given = [{**one, name: value} for one in given for value in values[name]]
        found += [reverse(pattern.name, kwargs=one) for one in given]
    return found


def offers_form(answer: Any) -> bool:
    """A list of ticks that nobody can press is for reading."""
    main = re.search(r"<main.*</main>", answer.content.decode(), re.S)
    forms = re.findall(r'<form[^>]*method="post".*?</form>', main[0], re.S) if main else []
    return any("<button" in form for form in forms)


@pytest.mark.parametrize("reader", READERS)
def test_no_form_opens_for_what_is_beyond_reach(reader, client_of, account_of, foreign, world):
    client, context, before = client_of(reader), context_of(account_of(reader)), journal.position()
    own = {unit for unit in foreign["facility_id"] if context.reaches(unit)}

    for url in addresses({**foreign, "facility_id": [u for u in foreign["facility_id"] if u not in own]}):
        for answer in (client.get(url), client.post(url, {"version": "1"})):
            seen = answer.status_code == 200 and not offers_form(answer)
            assert answer.status_code in (403, 404, 405) or seen, (url, answer.status_code)

    assert journal.position() == before


def test_the_walk_finds_the_forms_of_ones_own_facility(client_of, foreign, world):
    """The test above would see a form: for the director of that facility the same walk finds some."""
    client = client_of("son")

    found = [url for url in addresses({**foreign, "facility_id": [world.b]}) if offers_form(client.get(url))]

    assert len(found) >= 3  # a catalogue, a new post, the end of a post
