"""Finding people: by any form of a name, by the end of any number, within reach; nobody else is found."""

import unicodedata
from collections.abc import Iterator

import pytest

from ansinh.clinical.registry import actions, queries
from ansinh.clinical.registry.drafts import Insurance, PersonDraft
from ansinh.fhir.store import Repository
from ansinh.fhir.views import live
from ansinh.kernel.context import system_context
from ansinh.kernel.text import fold

pytestmark = pytest.mark.django_db

NAMES = ("Nguyễn Thị Ánh Tuyết", "Y Bhin", "H'Ly Êban", "Đặng Văn Đạo", "Trần Anh", "Quàng Văn Ơn")


@pytest.fixture
def people(lan) -> dict[str, str]:
    """Name → id."""
    return {name: actions.register_person(lan, draft=PersonDraft(name)) for name in NAMES}


def found(context, text: str) -> set[str]:
    return {row.name for row in queries.find_people(context, text).rows}


def forms(text: str) -> Iterator[str]:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        yield unicodedata.normalize(form, text)
    yield text.upper()
    yield text.lower()
    yield fold(text)
    yield f"  {text.replace(' ', '   ')}\u00a0"


def test_name_is_found_in_every_unicode_form_case_and_without_marks(lan, people):
    for name in NAMES:
        for typed in forms(name):
            assert name in found(lan, typed), (name, ascii(typed))


@pytest.mark.parametrize("apostrophe", ["'", "\u2019", "\u2018", "\u02bc", "\u2032", "`", "\u00b4"])
def test_apostrophe_of_a_name_is_typed_as_the_keyboard_has_it(lan, people, apostrophe):
    assert found(lan, f"h{apostrophe}ly") == {"H'Ly Êban"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("tuyet nguyen", {"Nguyễn Thị Ánh Tuyết"}),  # in any order
        ("anh", {"Nguyễn Thị Ánh Tuyết", "Trần Anh"}),  # a word, whatever its marks
        ("an", {"Nguyễn Thị Ánh Tuyết", "Trần Anh"}),  # the beginning of a word
        ("nh", set()),  # not its middle
        ("dao", {"Đặng Văn Đạo"}),  # đ is a d
        ("van van", {"Đặng Văn Đạo", "Quàng Văn Ơn"}),
        ("on", {"Quàng Văn Ơn"}),
        ("nguyen dao", set()),  # all words, not any
        ("%", set()),
        ("_", set()),
        ("a,b|c$d\\", set()),
        ("'", set()),  # no word begins with it
    ],
)
def test_words_find_names_that_have_them_all(lan, people, typed, expected):
    assert found(lan, typed) == expected


def test_nothing_typed_is_everybody_in_the_order_of_given_names(lan, people):
    rows = queries.find_people(lan, " \u00a0 ").rows

    assert [row.name for row in rows] == [
        "Trần Anh", "Y Bhin", "Đặng Văn Đạo", "H'Ly Êban", "Quàng Văn Ơn", "Nguyễn Thị Ánh Tuyết",
    ]  # fmt: skip


# Numbers

NUMBERS = {
    "An": PersonDraft("An", citizen_number="037050001234", old_citizen_number="161234599"),
    "Bình": PersonDraft("Bình", citizen_number="037050001299"),
    "Cúc": PersonDraft("Cúc", insurance=Insurance("DN4373798765499")),
    "Dung": PersonDraft("Dung", insurance=Insurance("0123456789")),
}


@pytest.fixture
def numbered(lan) -> dict[str, set[str]]:
    """Name → every number of that person."""
    held = {}
    for name, draft in NUMBERS.items():
        person_id = actions.register_person(lan, draft=draft)
        patient = Repository(lan).read("Patient", person_id)
        card = {draft.insurance.card} if draft.insurance else set()
        held[name] = {one["value"] for one in patient["identifier"]} | card
    return held


def expected(held: dict[str, set[str]], ending: str) -> set[str]:
    return {name for name, numbers in held.items() if any(number.endswith(ending) for number in numbers)}


def test_every_ending_of_every_number_finds_who_has_it_and_nobody_else(lan, numbered):
    endings = {number[-length:] for numbers in numbered.values() for number in numbers for length in range(1, 16)}

    for ending in sorted(endings):
        if any(char.isdigit() for char in ending):
            assert found(lan, ending) == expected(numbered, ending), ending


@pytest.mark.parametrize("typed", ["037 050 001 234", "037.050.001.234", " 0370 5000 1234\u00a0", "01 234"])
def test_number_is_found_as_it_is_written_on_paper(lan, numbered, typed):
    assert found(lan, typed) == {"An"}


@pytest.mark.parametrize("typed", ["9%", "%9", "_9", "9_9", "%%99"])
def test_wildcards_in_a_number_mean_nothing(lan, numbered, typed):
    digits = typed.replace("%", "").replace("_", "")

    assert found(lan, typed) == expected(numbered, digits)


def test_letters_of_a_number_are_found_in_either_case(lan, numbered):
    assert found(lan, "dn4373798765499") == found(lan, "DN4373798765499") == {"Cúc"}


@pytest.mark.parametrize("typed", ["7", "17", "1 7"])
def test_number_of_another_system_that_is_shorter_than_an_ending_is_found(lan, typed):
    Repository(system_context()).create(
        {
            "resourceType": "Patient",
            "name": [{"text": "Ngắn"}],
            "identifier": [{"system": "https://example.org/so", "value": "17"}],
            "managingOrganization": {"reference": f"Organization/{lan.unit}"},
        }
    )

    assert found(lan, typed) == {"Ngắn"}


def test_number_of_another_facilitys_person_is_not_found(cuc, lan, numbered):
    for typed in ("037050001234", "234", "34", "4"):
        assert found(cuc, typed) == set()


def test_number_that_was_corrected_is_found_by_the_new_one_alone(lan):
    person = actions.register_person(lan, draft=PersonDraft("An", citizen_number="037050001234"))
    card = queries.person(lan, person)

    actions.correct_person(
        lan, person_id=person, draft=PersonDraft("An", citizen_number="037050005678"), version=card.version
    )

    assert (found(lan, "001234"), found(lan, "005678"), found(lan, "78")) == (set(), {"An"}, {"An"})


def test_short_ending_is_answered_by_the_index_of_endings_alone(db):
    """On SQLite: ordered by id, it looked up every number of the node in its table, one by one."""
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("the plan is SQLite's")
    shape = live.registered()["patient_identifier"]
    (number,) = [number for number, columns in shape.needed() if columns[:1] == ("ending",)]
    sql = "EXPLAIN QUERY PLAN " + queries._SHORT_ENDING.replace("{reach:i}", "i.org = 1").replace(
        "{reach:j}", "j.org = 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql.replace(":ending", "'%99'").replace("%", "%%"))
        plan = [row[-1] for row in cursor.fetchall()]

    assert any(f"COVERING INDEX {shape.table}_{number}" in line for line in plan), plan


@pytest.mark.parametrize("language", ["vi", "en"])
def test_people_are_narrowed_by_stay_and_group_at_once(lan, language):
    inside = actions.register_person(
        lan, draft=PersonDraft("Trong"), admission=actions.Admission("inpatient", "2026-01-05")
    )
    actions.register_person(lan, draft=PersonDraft("Ngoài"))

    rows = {
        stay: {row.id for row in queries.find_people(lan, stay=stay, language=language).rows} for stay in ("in", "out")
    }

    assert rows["in"] == {inside}
    assert inside not in rows["out"]
    assert queries.find_people(lan, stay="in", group="merit").rows == ()
