"""A person of facility A does not exist for others: no page, list, count, file or refusal tells of them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ansinh.fhir.store import Repository, journal
from ansinh.programme.reports import actions as reports
from tests.support import private_lives, whole_person
from tests.support.whole_person import WholePerson

pytestmark = pytest.mark.django_db
PLAN = "ninh-binh-2021-2030"
NOBODY = "018f0000-0000-7000-8000-00000000dead"  # an id that nothing has
STRANGERS = ("cuc", "son", "officer", "leader", "admin")
OF_A_PERSON = frozenset({"id", "person_id", "response_id", "task_id"})
QUERIES = {
    "people": (f"?q={whole_person.NAME}&page=1", f"?q={whole_person.CITIZEN}", "?stay=in&group=merit"),
    "tasks": ("?loc=all", "?loc=urgent"),
    "measure_people": ("?phan=tat-ca&ky=2026", "?phan=dat&ky=2026&trang=2"),
    "person_versions": ("?loai=Encounter&id={Encounter}",),
    "person_timeline": ("?loai=visit&sau=x",),
    "measure_csv": ("?ky=2026&don-vi={unit}",),
}


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


@pytest.fixture
def values(whole, world, officer, account_of) -> dict[str, list[Any]]:
    """What may stand for each argument of an address."""
    lan_account = account_of("lan").pk
    report = reports.build_draft(officer, plan_id=PLAN, year=2025)
    return {
        "id": [whole.id],
        "contact": [whole.records["Encounter"]],
        "stay": [whole.records["EpisodeOfCare"]],
        "person_id": [whole.id],
        "response_id": [whole.records["QuestionnaireResponse"]],
        "name": ["phq-9"],
        "facility_id": [world.a, world.b, world.province],
        "catalogue": ["rehab"],
        "post_id": ["x"],
        "change": ["rename"],
        "plan_id": [PLAN],
        "goal_id": ["x"],
        "measure_id": ["people-managed-electronically", "stays-open"],
        "report_id": [report.id],
        "kind": ["docx", "xlsx"],
        "place": ["018f0000-0000-7000-8000-0000000fffff"],
        "account_id": [lan_account],
        **private_lives.of(account_of("lan"), whole.id, world.a),
        "assignment_id": [1],
        "session_id": [1],
        "key_id": [1],
    }


def fits(converter: Any, value: Any) -> bool:
    """True when an argument of this kind may be written so: apps use one name for numbers and for ids."""
    return re.fullmatch(converter.regex, str(value)) is not None


def unknown(is_uuid: bool) -> Any:
    """An id or a number that nobody has."""
    return "018f0000-0000-7000-8000-0000000fffff" if is_uuid else 987654


def addresses(values: dict[str, list[Any]], whole: WholePerson) -> list[tuple[str, bool]]:
    """(address, is it one person's?) of every named URL with every combination of arguments and its queries."""
    found = []
    for pattern in patterns(get_resolver()):
        names = list(pattern.pattern.converters)
        if not pattern.name or pattern.name in ("logout", "sessions_end"):
            continue
        uuid = {name for name in names if "UUID" in type(pattern.pattern.converters[name]).__name__}
        given: list[dict[str, Any]] = [{}]
        for name in names:
            offered = (
                [whole.records["Task"]]
                if name == "task_id" and name in uuid
                else values.get(name, [NOBODY if name in uuid else "x"])
            )
            fitting = [value for value in offered if fits(pattern.pattern.converters[name], value)]
            given = [{**one, name: value} for one in given for value in fitting or [unknown(name in uuid)]]
        queries = [
            "",
            *(query.format(unit=values["facility_id"][0], **whole.records) for query in QUERIES.get(pattern.name, ())),
        ]
        plain = [reverse(pattern.name, kwargs=one) for one in given]
        found += [(address + query, bool(uuid & OF_A_PERSON)) for address in plain for query in queries]
    return found


def told(answer: Any, whole: WholePerson, address: str) -> list[str]:
    """What an answer tells of the person, in body and headers; what the address itself named does not count."""
    body = b"".join(answer) if answer.streaming else answer.content
    text = body.decode("utf-8", "replace") + " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return [one for one in whole.told_in(text, ids=True) if one not in address]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_page_tells_a_stranger_anything(client_of, whole, values, stranger):
    client, before = client_of(stranger), journal.position()
    for url, personal in addresses(values, whole):
        answer = client.get(url)
        assert answer.status_code < 500, url
        assert not personal or answer.status_code in (403, 404, 405), (url, answer.status_code)
        assert told(answer, whole, url) == [], url
    assert journal.position() == before


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_stranger_writes_about_the_person(client_of, whole, values, stranger):
    client, before = client_of(stranger), journal.position()
    for address, personal in addresses(values, whole):
        if personal:
            answer = client.post(address, {"version": "1", "full_name": "Kẻ Lạ", "step": "take", "take-version": "1"})
            assert answer.status_code in (403, 404, 405), address
            assert told(answer, whole, address) == []
    assert journal.position() == before


def test_the_walk_finds_the_person_where_they_may_be_seen(client_of, whole, values):
    """The two tests above would see a leak: for Lan the same walk tells a lot."""
    client = client_of("lan")
    telling = [
        address
        for address, personal in addresses(values, whole)
        if personal and client.get(address).status_code == 200 and told(client.get(address), whole, address)
    ]

    assert len(telling) > 8


@pytest.mark.parametrize("stranger", ["cuc", "son"])
def test_counts_of_lists_are_those_of_a_facility_without_people(client_of, whole, stranger):
    client = client_of(stranger)

    people = client.get(reverse("people"))
    assert people.context["page"].total == 0
    assert [tab[3] for tab in client.get(reverse("tasks")).context["tabs"] if tab[3]] == []
    assert whole.told_in(client.get(reverse("home")).content.decode(), ids=True) == []


def test_registering_the_same_person_elsewhere_tells_nothing_of_the_first_record(client_of, whole, world):
    data = {
        "person_id": "018f0000-0000-7000-8000-000000000abc",
        "full_name": whole_person.NAME,
        "birth_date": "17/05/1950",
        "gender": "female",
        "citizen_number": whole_person.CITIZEN,
        "insurance_card": whole_person.CARD,
        "groups-TOTAL_FORMS": "0",
        "groups-INITIAL_FORMS": "0",
    }

    answer = client_of("cuc").post(reverse("person_new"), data)
    page = client_of("cuc").get(answer["Location"]).content.decode()

    assert answer.status_code == 302
    assert whole.id not in answer["Location"] + page
    typed = " ".join(data.values())
    assert [one for one in whole.told_in(page, ids=True) if one not in typed] == []


def test_taking_the_id_of_another_facilitys_person_overwrites_and_tells_nothing(client_of, whole, lan):
    data = {
        "person_id": whole.id,
        "full_name": "Kẻ Lạ",
        "groups-TOTAL_FORMS": "0",
        "groups-INITIAL_FORMS": "0",
    }
    client, before = client_of("cuc"), journal.position()

    answer = client.post(reverse("person_new"), data)

    assert answer.status_code in (404, 409, 422)
    assert journal.position() == before
    assert [one for one in told(answer, whole, "") if one != whole.id] == []
    assert Repository(lan).read("Patient", whole.id)["name"][0]["text"] == whole_person.NAME


@pytest.mark.parametrize("stranger", STRANGERS)
def test_refusal_for_another_facilitys_person_is_the_one_for_nobody(client_of, whole, stranger):
    client = client_of(stranger)
    nobody = "018f0000-0000-7000-8000-0000000fffff"

    for name in ("person", "person_edit", "person_versions", "visit_new", "screening_choose"):
        theirs = client.get(reverse(name, args=[whole.id]))
        nowhere = client.get(reverse(name, args=[nobody]))
        assert theirs.status_code == nowhere.status_code
        assert _plain(theirs, whole.id) == _plain(nowhere, nobody)


def _plain(answer: Any, person_id: str) -> str:
    text = answer.content.decode().replace(person_id, "…")
    return re.sub(r"[A-Za-z0-9]{64}", "token", text)
