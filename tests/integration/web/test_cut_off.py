"""A form sent with an old token, because somebody logged in again in another window: nothing typed is lost."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from ansinh.access.actions import create_account
from ansinh.clinical.registry import actions
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.fhir.store import Repository, journal
from ansinh.kernel.ids import new_id

pytestmark = pytest.mark.django_db
PASSWORD = "đường dài đi mãi 27"
HERE, ELSEWHERE = {"origin": "http://testserver"}, {"origin": "https://example.org"}
PERSON = {"full_name": 'Lò Thị "Mỷ" <b>', "birth_date": "1951", "groups-TOTAL_FORMS": "0"}


@pytest.fixture
def browser(world) -> Client:
    """A nurse's browser, which checks tokens as a real one makes them checked."""
    create_account(username="ngan", password=PASSWORD, full_name="Vi Thị Ngân", role="nurse", unit=world.a)
    client = Client(enforce_csrf_checks=True, headers=HERE)
    logged_in(client)
    return client


def token(page) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]


def logged_in(client: Client) -> None:
    """In another window: the cookie of the token changes."""
    fields = {"csrfmiddlewaretoken": token(client.get(reverse("login"))), "username": "ngan", "password": PASSWORD}
    client.post(reverse("login"), fields)


def logged_in_anew(client: Client) -> None:
    del client.cookies["sessionid"]
    logged_in(client)


def offered(page) -> dict[str, str]:
    """What «Tiếp tục lưu» would send, and where (`action`)."""
    form = re.search(
        r'<form method="post" action="([^"]+)">(.*?)</form>', re.split("<main", page.content.decode())[1], re.S
    )
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[2])
    return {"action": unescape(form[1])} | {name: unescape(value) for name, value in found}


@pytest.fixture
def visit(browser, lan):
    """(address, what was typed) of a visit that was being written before the token changed."""
    person = actions.register_person(lan, draft=PersonDraft("Lò Thị Mỷ", "female", "1951"))
    address = reverse("visit_new", args=[person])
    typed = {"entry_id": new_id(), "moment": "10/03/2026 08:30", "complaint": 'Đau "đầu" <nhiều>\n& chóng mặt'}
    return address, typed | {"csrfmiddlewaretoken": token(browser.get(address))}


def test_form_with_an_old_token_is_not_saved_and_can_be_sent_again(browser, lan, visit):
    address, typed = visit
    logged_in_anew(browser)
    before = journal.position()

    refused = browser.post(address, typed)
    again = offered(refused)
    written = journal.position()
    saved = browser.post(again.pop("action"), again)

    assert (refused.status_code, written) == (403, before)
    assert "Vi Thị Ngân" in refused.content.decode()
    assert {name: again[name].replace("\r\n", "\n") for name in typed if name != "csrfmiddlewaretoken"} == {
        name: value for name, value in typed.items() if name != "csrfmiddlewaretoken"
    }
    assert again["csrfmiddlewaretoken"] != typed["csrfmiddlewaretoken"]
    assert saved.status_code == 302
    reason = Repository(lan).read("Encounter", typed["entry_id"])["reasonCode"][0]["text"]
    assert reason.startswith('Đau "đầu" <nhiều>')


def test_form_that_is_refused_after_all_shows_what_was_typed(browser, visit):
    address, typed = visit
    logged_in_anew(browser)

    again = offered(browser.post(address, typed | {"moment": "32/13/2026"}))
    shown = browser.post(again.pop("action"), again)

    assert shown.status_code == 422
    assert "Đau &quot;đầu&quot; &lt;nhiều&gt;" in shown.content.decode()


def test_form_without_any_token_of_somebody_logged_out_leads_through_the_log_in(browser, lan, visit):
    address, typed = visit
    browser.cookies.clear()

    late = browser.post(address, typed)

    assert late.status_code == 401
    assert 'name="giu.complaint"' in late.content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        ELSEWHERE,
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"referer": "https://example.org/x"},
    ],
)
def test_words_of_another_site_are_never_offered_for_saving(browser, visit, headers):
    address, typed = visit
    browser.defaults.pop("HTTP_ORIGIN")
    before = journal.position()

    refused = browser.post(address, typed | {"csrfmiddlewaretoken": "x"}, headers=headers)

    assert refused.status_code == 403
    assert "Đau" not in refused.content.decode()
    assert journal.position() == before


def test_form_with_nothing_in_it_or_with_a_file_is_refused_in_words(browser):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("danh-sach.csv", b"ma,ten")
    for data in ({}, {"start": "01/01/2026", "file": file}):
        refused = browser.post(reverse("person_new"), data)
        assert refused.status_code == 403
        assert "Trang này đã hết hạn" in refused.content.decode()


def test_log_in_page_left_open_leads_on_instead_of_refusing(browser):
    people = reverse("people")

    answer = browser.post(reverse("login"), {"next": people, "username": "ngan", "password": PASSWORD})

    assert answer.status_code == 302
    assert browser.get(answer["Location"])["Location"] == people


def test_log_in_page_that_carried_a_form_goes_on_carrying_it(browser):
    carried = {f"giu.{name}": value for name, value in PERSON.items()} | {"next": reverse("person_new")}

    refused = browser.post(reverse("login"), carried | {"username": "ngan", "password": PASSWORD})

    again = offered(refused)
    assert refused.status_code == 403
    assert again["action"] == reverse("person_new")
    assert {name: again[name] for name in PERSON} == PERSON
    assert PASSWORD not in refused.content.decode()


@pytest.mark.parametrize("next", ["", "https://example.org/steal", "//example.org"])
def test_log_in_page_never_sends_a_carried_form_elsewhere(browser, next):
    answer = browser.post(reverse("login"), {"giu.full_name": "Lò Thị Mỷ", "next": next})

    assert (answer.status_code, answer["Location"]) == (302, reverse("login"))
