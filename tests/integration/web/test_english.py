"""English readers meet no Vietnamese but names, words that somebody typed, and texts of law and plans.

Two nets: no message of the catalogue and no code with English words of its own stays as it was; whatever Vietnamese is
left is data, word for word.
"""

import functools
import gettext
import itertools
import re
from collections.abc import Iterator

import polib
import pytest
from django.conf import settings as configured
from django.core.signals import setting_changed
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ansinh.config import translations
from ansinh.config.login import outside_provider
from ansinh.kernel import yaml
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import nfc
from tests.support import private_lives
from tests.support.page_forms import fields_of
from tests.support.page_texts import VIETNAMESE, spoken

PLAN = "ninh-binh-2021-2030"
# One tool, measure or catalogue of each shape is enough for the words of a page.
MEASURES = ("people-managed-electronically", "facilities-commune-level-80", "staff-now", "screenings-positive")
FOLDERS_OF_DATA = ("facilities", "plans")
KEYS_OF_DATA = {"source", "sources", "says", "legal_basis", "merit_source"}
# Pages that another system or a step of a form leads to, with what it asks in the address.
ASKED_BY_A_STEP = {"smart_authorize", "medicine_witness"}
CODES_OF_DATA = {"technique", "ethnicity"}  # names of peoples, and a ministry's list that exists in Vietnamese only
NAMES = (
    *(f"Nhân viên {name.title()}" for name in ("lan", "binh", "mai", "cuc", "officer", "leader", "admin")),
    "Bảo hiểm xã hội Việt Nam",
)


# --- the catalogue -------------------------------------------------------------------------------------------------


@functools.cache
def catalogue() -> list[polib.POEntry]:
    return list(polib.pofile(str(translations.catalogue_path())))


def said(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%?%\(\w+\)[sd]|<[^>]+>", text))


def test_every_message_has_english():
    assert translations.missing() == []


def test_catalogue_is_finished():
    assert [entry.msgid for entry in catalogue() if entry.fuzzy or entry.obsolete or not all(said(entry))] == []


def test_english_keeps_every_placeholder():
    wrong = [
        entry.msgid
        for entry in catalogue()
        for number, text in enumerate(said(entry))
        if placeholders(text) != placeholders(entry.msgid_plural if number else entry.msgid)
    ]

    assert wrong == []


def test_english_has_no_vietnamese_word_but_those_it_quotes():
    def words(text: str) -> set[str]:
        return {word for word in re.findall(r"\w+", text) if VIETNAMESE.search(word)}

    assert [entry.msgstr for entry in catalogue() if words(entry.msgstr) - words(entry.msgid)] == []


# --- the pages -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def english():
    """The catalogue as pages read it, compiled anew when it is older than its source."""
    source = translations.catalogue_path()
    compiled = source.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        translations.compile_catalogue()
    gettext._translations.clear()
    setting_changed.send(sender=None, setting="LOCALE_PATHS", value=None, enter=True)


@pytest.fixture
def reader(english, client_of, settings):
    """A logged-in client that asks for English; `reader("lan")`."""
    # A provider of identities that nobody answers for: its pages are there, nothing leaves the machine.
    settings.OUTSIDE = outside_provider({"ANSINH_OIDC_ISSUER": "http://127.0.0.1:9", "ANSINH_OIDC_CLIENT": "x"})
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

    def client(name):
        made = client_of(name)
        made.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return made

    return client


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def plan_file(settings) -> dict:
    return yaml.read(settings.DEFINITIONS / "plans" / f"{PLAN}.yaml")


def nobody(pattern: URLPattern, key: str) -> str | int:
    """An id or a number that nothing has, for what the story did not make."""
    is_number = "Int" in type(pattern.pattern.converters[key]).__name__
    return 987654 if is_number else "018f0000-0000-7000-8000-00000000dead"


def addresses(story, settings) -> Iterator[tuple[str, str]]:
    """(URL name, address) of every page, with what the story made in place of its arguments."""
    plan = plan_file(settings)
    values = {
        "id": [story.person],
        "contact": [story.visit],
        "person_id": [story.person],
        "response_id": [story.response],
        "task_id": [story.task],
        "facility_id": [story.facility],
        "report_id": [story.report],
        "plan_id": [PLAN],
        "goal_id": [goal["id"] for goal in plan["goals"]],
        "measure_id": MEASURES,
        "catalogue": [path.stem for path in sorted((settings.DEFINITIONS / "capability").glob("*.yaml"))],
        "name": [path.stem for path in sorted((settings.DEFINITIONS / "questionnaires").glob("*.yaml"))],
        "change": ["chuyen", "sap-nhap", "doi-ten", "dong"],
        "kind": ["docx"],
        "post_id": [story.post],
        "account_id": [story.account.pk],
        **private_lives.of(story.account, story.person, story.facility),
        "assignment_id": [story.account.assignments.get().pk],
        "session_id": [0],
        "key_id": [story.key],
        "step": ["dong"],
        "place": [story.bed],
        "stay": [story.stay],
    }
    for pattern in patterns(get_resolver()):
        if pattern.name and not str(pattern.pattern).startswith("fhir"):
            own = values | story.treated.get(pattern.name, {})
            own |= {"task_id": [plan["tasks"][0]["id"]]} if pattern.name == "plan_task" else {}
            keys = list(pattern.pattern.converters)
            for chosen in itertools.product(*(own.get(key, [nobody(pattern, key)]) for key in keys)):
                yield pattern.name, reverse(pattern.name, kwargs=dict(zip(keys, chosen, strict=True)))


def read(client, story, settings) -> dict[str, set[str]]:
    """Every text of every page that this reader may open → names of the pages it stands on."""
    found: dict[str, set[str]] = {}
    for name, address in addresses(story, settings):
        response = client.get(address)
        if "html" in response.get("Content-Type", ""):
            for text in spoken(response.content.decode()):
                found.setdefault(nfc(text), set()).add(name)
    return found


def strings(part, wanted: bool) -> Iterator[str]:
    if isinstance(part, dict):
        for key, item in part.items():
            yield from strings(item, wanted or key in KEYS_OF_DATA)
    elif isinstance(part, list):
        for item in part:
            yield from strings(item, wanted)
    elif isinstance(part, str) and wanted and VIETNAMESE.search(part):
        yield " ".join(nfc(part).split())


@functools.cache
def shipped() -> frozenset[str]:
    """Vietnamese that stays, whoever reads: sentences of plans and laws, lists of data, English with quotations."""
    found = set(NAMES)
    for path in configured.DEFINITIONS.rglob("*.yaml"):
        content = yaml.read(path)
        found.update(strings(content, path.parent.name in FOLDERS_OF_DATA))
        if path.parent.name == "codesystems" and path.stem in CODES_OF_DATA:
            found.update(" ".join(nfc(concept["display"]).split()) for concept in content["concepts"])
    quoted = (text for entry in catalogue() for text in said(entry) if VIETNAMESE.search(text))
    return frozenset(
        found.union(word for text in quoted for word in re.findall(r"\w+", text) if VIETNAMESE.search(word))
    )


def data(story) -> list[str]:
    """All Vietnamese that stays, also names and what somebody typed; the longest first."""
    return sorted({story.name, story.report_title, *story.typed, *shipped()}, key=len, reverse=True)


def without(text: str, known: list[str]) -> str:
    for each in known:
        if each in text:
            text = text.replace(each, "")
        if not VIETNAMESE.search(text):
            break
    return text


@functools.cache
def forgotten() -> set[str]:
    """Messages as Vietnamese readers see them whole; those with values in them are left to the widest net."""
    return {
        " ".join(entry.msgid.replace("%%", "%").split())
        for entry in catalogue()
        if entry.msgid not in said(entry) and VIETNAMESE.search(entry.msgid)
    }


def displays_with_english(settings) -> set[str]:
    found = set()
    for path in (settings.DEFINITIONS / "codesystems").glob("*.yaml"):
        for concept in yaml.read(path)["concepts"]:
            if concept.get("english") not in (None, "", concept["display"]):
                found.add(nfc(concept["display"]))
    return {display for display in found if VIETNAMESE.search(display)}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["lan", "binh", "mai", "cuc", "officer", "leader", "admin"])
def test_pages_in_english_show_no_vietnamese_but_data(reader, story, settings, name):
    texts = {text: pages for text, pages in read(reader(name), story, settings).items() if VIETNAMESE.search(text)}
    known, left = data(story), forgotten() | displays_with_english(settings)

    found = [
        f"{sorted(pages)[0]}: {text}"
        for text, pages in texts.items()
        if text not in known
        and pages != {"gallery"}  # which shows sample names
        and (text in left or VIETNAMESE.search(without(text, known)))
    ]
    assert "\n".join(sorted(found)) == ""


@pytest.mark.django_db
def test_every_page_is_walked_by_somebody(reader, story, settings):
    clients = [reader(name) for name in ("lan", "binh", "mai", "officer", "admin")]
    closed = {
        name
        for name, address in addresses(story, settings)
        if not any(client.get(address).status_code in (200, 302, 405) for client in clients)
    }

    assert closed == ASKED_BY_A_STEP


@pytest.mark.django_db
def test_vietnamese_readers_keep_vietnamese(english, client_of):
    texts = spoken(client_of("lan").get("/").content.decode())

    assert "Trang chính" in texts
    assert "Home page" not in texts


@pytest.mark.django_db
def test_language_chosen_on_the_page_is_kept(reader, client_of):
    client = client_of("lan")
    client.post(reverse("set_language"), {"language": "en", "next": "/"})

    assert "Home page" in spoken(client.get("/").content.decode())


@pytest.mark.django_db
def test_refusals_of_a_form_are_english(reader, world):
    client = reader("lan")
    fields = fields_of(client.get(reverse("person_new")).content.decode())
    page = client.post(reverse("person_new"), {**fields, "full_name": "An 1", "citizen_number": "12"})

    assert page.status_code == 422
    assert {
        "The citizen number has 2 digits; it must have 12.",
        "The full name has no digits and at most 120 characters.",
    } <= {text.removeprefix("Error: ") for text in spoken(page.content.decode())}


@pytest.mark.django_db
def test_refusals_of_a_rule_keep_label_and_unit_english(reader, story):
    answer = reader("binh").post(
        reverse("visit_new", args=[story.person]),
        {"entry_id": new_id(), "moment": "10/03/2026 08:30", "temperature": "70"},
    )

    assert "Temperature must be from 30 to 44 °C. Measure or type it again." in spoken(answer.content.decode())


@pytest.mark.django_db
def test_unknown_record_is_refused_in_english(reader):
    answer = reader("lan").get(reverse("person", args=["00000000-0000-7000-8000-000000000000"]))

    assert answer.status_code == 404
    assert not forgotten() & set(spoken(answer.content.decode()))
