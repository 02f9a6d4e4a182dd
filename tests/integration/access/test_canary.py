"""A canary in the record: its name and numbers are in no log, address, cursor or page of an error."""

import io
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from ansinh.api import interactions
from ansinh.clinical.registry import actions, queries
from ansinh.clinical.screening import queries as screening
from ansinh.fhir.store import Repository
from tests.support import whole_person
from tests.support.whole_person import DRAFT, WholePerson

pytestmark = pytest.mark.django_db
CANARY = f"{whole_person.NAME} {whole_person.CITIZEN} {whole_person.CARD}"
FORM = {
    "person_id": "018f0000-0000-7000-8000-000000000abc",
    "full_name": whole_person.NAME,
    "birth_date": "17/05/1950",
    "gender": "female",
    "citizen_number": whole_person.CITIZEN,
    "insurance_card": whole_person.CARD,
    "phone": whole_person.PHONE,
    "guardian_name": whole_person.GUARDIAN,
    "groups-TOTAL_FORMS": "0",
    "groups-INITIAL_FORMS": "0",
}


class Everything(logging.Handler):
    """Keeps each record as a server would write it: message, arguments and traceback with the words of the error."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # What the database is asked is logged by Django in its debug mode only.
        if record.name != "django.db.backends":
            self.lines.append(self.format(record))


@pytest.fixture
def logs(monkeypatch) -> Iterator[Everything]:
    """All that is logged at DEBUG, and what is written to standard error, as in the served process."""
    handler, errors = Everything(), io.StringIO()
    names = [logging.getLogger(name) for name in ("", "django", "django.request", "ansinh", "ansinh.ui", "ansinh.fhir")]
    before = [(logger, logger.level) for logger in names]
    for logger in names:
        logger.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    monkeypatch.setattr(sys, "stderr", errors)
    yield handler
    handler.lines.append(errors.getvalue())
    logging.getLogger().removeHandler(handler)
    for logger, level in before:
        logger.setLevel(level)


def silent(logs: Everything, whole: WholePerson) -> bool:
    told = [line for line in logs.lines if whole.told_in(line)]
    assert told == []
    return True


def addresses_of(answer: Any) -> str:
    """Every address that an answer leads to: where it sends the reader, links, forms and what scripts load."""
    named = ("Location", "Content-Location", "HX-Redirect", "HX-Push-Url", "HX-Location", "Link", "Refresh")
    body = "" if answer.get("Content-Type", "").startswith("application/") else answer.content.decode()
    links = re.findall(r'(?:href|action|src|hx-[a-z]+|data-[a-z-]+url)="([^"]*)"', body)
    return " ".join([answer.get(name, "") for name in named] + links)


def test_registering_and_its_refusals_are_silent(client_of, whole, logs):
    client = client_of("lan")
    spoiled = [{"birth_date": "31/02/1950"}, {"citizen_number": whole_person.CITIZEN + "1"}, {"phone": "x"}, {}]
    fresh = {"full_name": "Quàng Thị Bồng Lai Hai", "citizen_number": "", "insurance_card": "", "confirmed": "1"}

    answers = [client.post(reverse("person_new"), FORM | change) for change in (*spoiled, fresh, fresh)]
    answers.append(client.post(reverse("card_scan"), {"qr": f"{whole_person.CITIZEN}|{whole_person.NAME}|x"}))

    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 302, 302, 422]
    assert [whole.told_in(addresses_of(answer)) for answer in answers] == [[]] * 7
    assert silent(logs, whole)


def test_pages_of_the_person_lead_to_no_address_that_tells(client_of, whole):
    client = client_of("lan")
    for name in ("people", "tasks", "home"):
        assert whole.told_in(addresses_of(client.get(reverse(name)))) == []
    for name in ("person", "person_timeline", "person_papers", "person_versions", "person_edit", "visit_new"):
        assert whole.told_in(addresses_of(client.get(reverse(name, args=[whole.id])))) == []


def test_stale_and_conflicting_saves_are_silent(client_of, lan, whole, logs):
    client = client_of("lan")
    edit = {**FORM, "version": "1", "citizen_number": whole_person.CITIZEN}
    actions.correct_person(lan, person_id=whole.id, draft=DRAFT, version=queries.person(lan, whole.id).version)

    assert client.post(reverse("person_edit", args=[whole.id]), edit).status_code == 422
    assert (
        client.post(reverse("stay_admit", args=[whole.id]), {"kind": "inpatient", "start": "01/02/2026"}).status_code
        == 422
    )
    assert (
        client.post(reverse("task", args=[whole.records["Task"]]), {"step": "take", "take-version": "9"}).status_code
        == 412
    )
    assert silent(logs, whole)


@pytest.mark.parametrize("htmx", [False, True])
def test_page_that_fails_tells_nobody_why(client_of, whole, monkeypatch, logs, htmx):
    client = client_of("lan")
    client.raise_request_exception = False

    def fail(*_args: Any, **_more: Any) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(queries, "person", fail)
    monkeypatch.setattr(screening, "tasks", fail)
    headers = {"HX-Request": "true"} if htmx else {}
    for address in (reverse("person", args=[whole.id]), reverse("tasks")):
        answer = client.get(address, headers=headers)
        assert answer.status_code == 500
        assert whole.told_in(answer.content.decode()) == []
    assert silent(logs, whole)


def test_failing_write_tells_nobody_why(client_of, whole, monkeypatch, logs):
    client = client_of("lan")
    client.raise_request_exception = False

    def fail(*_args: Any, **_more: Any) -> None:
        raise OperationalError(f"UNIQUE constraint failed: {CANARY}")

    monkeypatch.setattr(Repository, "create", fail)
    answer = client.post(reverse("person_new"), FORM | {"citizen_number": "", "insurance_card": "", "confirmed": "1"})

    assert answer.status_code in (500, 503)
    assert whole.told_in(answer.content.decode()) == []
    assert silent(logs, whole)


@pytest.mark.parametrize("stranger", ["cuc", "officer", "admin", ""])
def test_refusing_strangers_is_silent(client_of, whole, logs, stranger):
    client = client_of(stranger)
    for name in ("person", "person_edit", "visit_new"):
        answer = client.get(reverse(name, args=[whole.id]))
        assert whole.told_in(answer.content.decode() + addresses_of(answer)) == []
    assert silent(logs, whole)


def test_forged_form_with_a_person_in_it_is_refused_in_silence(account_of, whole, logs):
    client = Client(enforce_csrf_checks=True)
    client.force_login(account_of("lan"))

    answer = client.post(reverse("person_new"), FORM)

    assert answer.status_code == 403
    assert whole.told_in(answer.content.decode()) == []
    assert silent(logs, whole)


def test_errors_of_the_door_are_silent(door_of, whole, monkeypatch, logs):
    door = door_of("binh")
    patient = door.call("GET", f"/Patient/{whole.id}").json
    bodies = [
        patient | {"gender": CANARY},
        patient | {"birthDate": whole_person.CITIZEN},
        patient | {CANARY: 1},
        patient | {"active": CANARY},
        patient | {"managingOrganization": {"reference": f"Organization/{whole_person.CITIZEN}"}},
    ]
    answers = [door.call("PUT", f"/Patient/{whole.id}", body) for body in bodies]
    answers.append(door.call("PUT", f"/Patient/{whole.id}", patient, If_Match='W/"77"'))
    answers.append(door.call("POST", "/Patient", CANARY.encode()))
    answers.append(door.call("GET", "/Patient/no-such"))
    answers.append(door_of("cuc").call("GET", f"/Patient/{whole.id}"))

    def fail(*_args: Any) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(interactions, "repository_of", fail)
    answers.append(door.call("GET", f"/Patient/{whole.id}"))

    assert [answer.status_code // 100 for answer in answers] == [4] * 9 + [5]
    for answer in answers:
        headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
        assert whole.told_in(answer.text + headers) == []
    assert silent(logs, whole)


@pytest.mark.parametrize("sort", ["name", "birthdate", "-_lastUpdated", "identifier", "family"])
def test_cursors_and_links_of_a_posted_search_carry_nothing_of_people(door_of, lan, whole, sort):
    for number in range(3):
        draft = DRAFT.__class__(f"{whole_person.NAME} {'x' * (number + 1)}", "female", "1950-05-17")
        actions.register_person(lan, draft=draft, confirmed_new=True)
    form = f"name=quang&birthdate=1950-05-17&_sort={sort}&_count=1".encode()

    answer = door_of("lan").call("POST", "/Patient/_search", form, Content_Type="application/x-www-form-urlencoded")

    if answer.status_code == 200:
        links = {link["relation"]: link["url"] for link in answer.json["link"]}
        assert "next" in links
        assert whole.told_in(" ".join(links.values())) == []
        assert "quang" not in " ".join(links.values()).lower()
        assert "1950" not in links["next"]
    else:
        assert answer.status_code == 400


def test_timeline_and_task_cursors_carry_dates_and_ids_only(client_of, lan, whole):
    from ansinh.clinical.registry import timeline

    page = timeline.timeline(lan, whole.id)

    assert whole.told_in(page.after) == []
    assert whole.told_in(screening.tasks(lan, limit=1).after) == []
