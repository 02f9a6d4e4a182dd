"""The page of the audit: in words, narrowed, for who looks after a unit."""

import pytest
from django.urls import reverse

from ansinh.access.audit import words
from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import trail
from ansinh.kernel import clock
from ansinh.kernel.text import format_date

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client_of):
    client = client_of("mai")

    def get(**asked: str):
        return client.get(reverse("audit"), asked)

    return get


def test_page_tells_who_did_what_to_whom_in_words(people, lan, page):
    Repository(lan).read("Observation", "o-p1")

    text = page().content.decode()

    assert "Nhân viên Lan" in text
    assert "Mở xem: chỉ số và kết quả đo" in text
    assert "Người P1" in text
    assert "Điều dưỡng" in text


def test_page_of_a_person_tells_only_of_that_person_and_of_everybody_who_looked(people, lan, binh, page):
    Repository(lan).read("Patient", "p1")
    Repository(binh).read("Patient", "p2")

    text = page(nguoi="p1").content.decode()

    assert "dữ liệu của Người P1" in text
    assert 'value="Nhân viên Binh"' not in text
    assert "Người P2" not in text


def test_person_of_another_facility_is_not_found(people, page):
    assert page(nguoi="q1").status_code == 404


@pytest.mark.parametrize(
    ("asked", "there"),
    [({"viec": "xem"}, True), ({"viec": "ghi"}, False), ({"viec": "xuat"}, False), ({"viec": "khan-cap"}, False),
     ({"tu": "01/01/2020"}, True), ({"den": "01/01/2020"}, False)],
)  # fmt: skip
def test_filter_narrows(people, lan, page, asked, there):
    Repository(lan).read("Patient", "p1")

    assert ("Mở xem: thông tin chung" in page(**asked).content.decode()) is there


def test_filter_by_one_of_the_staff(people, lan, binh, page):
    Repository(lan).read("Patient", "p1")
    Repository(binh).read("Observation", "o-p1")

    text = page(tai_khoan=lan.login).content.decode()

    assert "Mở xem: thông tin chung" in text
    assert "Mở xem: chỉ số" not in text


def test_day_that_is_none_is_told_and_shows_everything(people, lan, page):
    Repository(lan).read("Patient", "p1")

    answer = page(tu="31/02/2026")

    assert answer.status_code == 422
    assert "dd/mm/yyyy" in answer.content.decode()


def test_older_rows_stand_on_the_next_page(people, lan, page):
    trail.append(trail.entry(lan, "export", "Patient", "p1") for _ in range(60))

    first = page(viec="xuat").content.decode()

    assert first.count("Xuất ra ngoài:") == 50
    before = first.split("truoc=")[1].split('"')[0]
    assert page(viec="xuat", truoc=before).content.decode().count("Xuất ra ngoài:") == 10


def test_page_asks_as_much_for_fifty_rows_as_for_one(people, lan, page, django_assert_max_num_queries):
    trail.append(trail.entry(lan, "export", "Patient", "p1") for _ in range(50))
    with django_assert_max_num_queries(24):
        page()


def row(**given):
    at = clock.now()
    common = {"id": 1, "at": at, "patient": None, "key": None, "position": None, "verb": "read", "what": {}}
    who = {"actor": "", "login": "", "role": "nurse", "unit": "", "purpose": "TREAT", "source": ""}
    return trail.Happened(**{**common, **who, **given})


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"Observation": 1}, "chỉ số và kết quả đo"),
        ({"Observation": 3, "Patient": 1}, "thông tin chung, chỉ số và kết quả đo (3 lần)"),
        ({"Media": 255}, "Media (từ 255 trở lên)"),
    ],
)
def test_kinds_are_told_in_words_the_important_ones_first(what, said):
    assert words.what_in_words(row(what=what)) == said


@pytest.mark.parametrize(
    ("source", "said"),
    [("page 10.0.0.5", "trang web, 10.0.0.5"), ("fhir 10.0.0.9", "phần mềm khác qua FHIR, 10.0.0.9"),
     ("job", "việc chạy nền"), ("", "chính nút này")],
)  # fmt: skip
def test_source_is_told_in_words(source, said):
    assert words.source_in_words(source) == said


def test_every_verb_has_words_and_a_code():
    from ansinh.access.audit import events
    from ansinh.fhir.store.audit.entries import VERBS

    assert set(words.VERBS) == set(VERBS) == set(events._VERBS)
    assert format_date(clock.today())
